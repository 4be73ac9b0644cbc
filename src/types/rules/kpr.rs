//! Municipal reports, KPR event messages and annual IPLOS submissions: KPR rules.

use crate::types::rule::{OURS, Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] =
    &[&KPR_01, &KPR_02, &KPR_03, &KPR_04, &KPR_05, &KPR_06, &KPR_07, &KPR_08, &KPR_09];

/// KPR-01.
pub static KPR_01: Rule = Rule {
    code: "KPR-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Avsenderen er registrert som rapporterende for tjenesteåret. Helsedirektoratet \
             bestemmer hvem som rapporterer, og hva.",
        en: "The sender is registered as a reporter for the service year. The Directorate of \
             Health decides who reports, and what.",
    },
    cause: Text {
        nb: "Filen gjelder et år som avsenderen ikke har ansvaret for, eller registreringen er \
             ikke oppdatert etter en sammenslåing.",
        en: "The file is about a year that the sender is not responsible for, or the registration \
             was not brought up to date after a merger.",
    },
    cure: Text {
        nb: "Kontroller året i filen. Er det riktig, be driften registrere dere som rapporterende \
             for det året.",
        en: "Check the year in the file. If it is right, ask the operator to register you as a \
             reporter for that year.",
    },
    source: "KPR-forskriften §§ 3-1, 3-2",
};

/// KPR-02.
pub static KPR_02: Rule = Rule {
    code: "KPR-02",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Filen gjelder én kommune. Kommunenummeret er avsenderens eget, og var i bruk i \
             tjenesteåret.",
        en: "The file is about one municipality. Its number is the sender's own, and was in use in \
             the service year.",
    },
    cause: Text {
        nb: "Kommunenummeret ble endret ved en sammenslåing (2017, 2018, 2020 eller 2024), eller \
             fagsystemet er satt opp med nummeret til en annen kommune.",
        en: "The municipality number changed at a merger (2017, 2018, 2020 or 2024), or the system \
             is set up with the number of another municipality.",
    },
    cure: Text {
        nb: "Bruk nummeret kommunen hadde i tjenesteåret, også når filen sendes senere, og send én \
             fil for hver kommune.",
        en: "Use the number that the municipality had in the service year, also when the file is \
             sent later, and send one file for each municipality.",
    },
    source: OURS,
};

/// KPR-03.
pub static KPR_03: Rule = Rule {
    code: "KPR-03",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Tjenesteåret har begynt, og har et register som tar det imot i denne typen innsending. \
             Med mindre driften har satt opp noe annet, er det til og med 2016 IPLOS, for 2017 både \
             IPLOS og KPR av den samme filen, og fra 2018 KPR; hendelser bare fra 2018.",
        en: "The service year has begun, and has a registry that takes it in this kind of \
             submission. Unless the operator has set it up otherwise, that is up to 2016 IPLOS, for \
             2017 both IPLOS and KPR from the same file, and from 2018 KPR; events from 2018 only.",
    },
    cause: Text {
        nb: "Året er skrevet feil, eller en hendelse er datert i et år som ikke meldes med \
             hendelsesmeldinger.",
        en: "The year is mistyped, or an event is dated in a year that is not reported by event \
             messages.",
    },
    cure: Text {
        nb: "Rett året eller datoen. Er det riktig, spør driften hvor året rapporteres: noen år \
             rapporteres bare i den årlige filen.",
        en: "Correct the year or the date. If it is right, ask the operator where the year is \
             reported: some years are reported in the annual file only.",
    },
    source: "brev om rapportering av 2017-data til IPLOS og KPR",
};

/// KPR-04.
pub static KPR_04: Rule = Rule {
    code: "KPR-04",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Personen har et gyldig fødselsnummer, D-nummer, DUF-nummer, hjelpenummer eller felles \
             hjelpenummer i fid, og typeID sier hvilket. Ukjent nummer tas imot når typeID sier \
             det. Nummeret står ikke noe annet sted.",
        en: "The person has a valid national identity number, D-number, DUF number, help number or \
             common help number in fid, and typeID says which. A number that is not known is taken \
             when typeID says so. The number stands nowhere else.",
    },
    cause: Text {
        nb: "Et siffer er skrevet feil, typeID passer ikke til nummeret, det er brukt et \
             konstruert nummer, eller en testperson er med i uttrekket. Mangler fid eller typeID, \
             eller er det en testperson, er hele filen avvist.",
        en: "A digit was mistyped, typeID does not fit the number, a placeholder was used, or a \
             test person is in the export. When fid or typeID is missing, or it is a test person, \
             the whole file is refused.",
    },
    cure: Text {
        nb: "Slå opp personen i folkeregisteret, og rett nummeret i fagsystemet. Er nummeret ukjent, \
             bruk typeID 9 og fødselsdatoen som ddmmåå. Send på nytt slik det står øverst i \
             kvitteringen.",
        en: "Look the person up in the population register, and correct the number in your system. \
             If the number is not known, use typeID 9 and the birth date as ddmmyy. Send again as \
             the top of the receipt says.",
    },
    source: OURS,
};

/// KPR-05.
pub static KPR_05: Rule = Rule {
    code: "KPR-05",
    severity: Severity::RejectFile,
    apprec: "T02",
    demand: Text {
        nb: "Meldingen følger skjemaet for sin versjon: alle påkrevde elementer og attributter, \
             ingen andre, og innenfor grensene for størrelse og antall.",
        en: "The message follows the schema of its version: all required elements and attributes, \
             no others, and within the limits of size and number.",
    },
    cause: Text {
        nb: "Fagsystemet eksporterer en annen versjon av meldingen, eller filen er redigert eller \
             avkortet.",
        en: "The system exports another version of the message, or the file was edited or cut \
             short.",
    },
    cure: Text {
        nb: "Be leverandøren av fagsystemet om riktig versjon av meldingen, og ikke endre filen \
             etter eksporten. Send på nytt slik det står øverst i kvitteringen.",
        en: "Ask the supplier of your system for the right version of the message, and do not \
             change the file after the export. Send again as the top of the receipt says.",
    },
    source: OURS,
};

/// KPR-06.
pub static KPR_06: Rule = Rule {
    code: "KPR-06",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Koder finnes i sitt kodeverk og er ikke utgått, datoer er ekte og ligger i \
             tjenesteåret, start er før slutt, tekster er høyst 100 tegn, og hver notifikasjon har \
             sin egen GUID, viser til den forrige og viser bare til notifikasjoner som er sendt.",
        en: "Codes are in their code list and have not expired, dates are real and in the service \
             year, start is before end, texts are at most 100 characters, and each notification \
             has its own GUID, names the one before it, and refers only to notifications that were \
             sent.",
    },
    cause: Text {
        nb: "Et gammelt kodeverk i fagsystemet, en feilskrevet dato, eller en leveranse som ikke \
             ble sendt eller ble sendt to ganger.",
        en: "An old code list in the system, a mistyped date, or a delivery that was not sent or \
             was sent twice.",
    },
    cure: Text {
        nb: "Rett verdien i fagsystemet, og send på nytt slik det står øverst i kvitteringen. \
             Mangler en leveranse, send den.",
        en: "Correct the value in your system, and send again as the top of the receipt says. If a \
             delivery is missing, send it.",
    },
    source: "HIS 1135:2021",
};

/// KPR-07.
pub static KPR_07: Rule = Rule {
    code: "KPR-07",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "Filen inneholder bare felter som er besluttet innsamlet for tjenesteåret.",
        en: "The file holds only fields that were decided to be collected for the service year.",
    },
    cause: Text {
        nb: "Fagsystemet eksporterer alle feltene i meldingen, også dem som ikke er besluttet.",
        en: "The system exports all fields of the message, also those that were not decided on.",
    },
    cure: Text {
        nb: "Du trenger ikke gjøre noe: feltet er tatt ut før lagring. Ta det gjerne ut av \
             eksporten.",
        en: "You need not do anything: the field was dropped before anything was stored. You may \
             take it out of the export.",
    },
    source: "KPR-forskriften § 3-2",
};

/// KPR-08.
pub static KPR_08: Rule = Rule {
    code: "KPR-08",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Andelen avviste oppføringer er ikke over den grensen som driften har satt (5 prosent, \
             om ikke noe annet er satt).",
        en: "The share of rejected records is not above the limit that the operator has set (5 per \
             cent, unless set otherwise).",
    },
    cause: Text {
        nb: "Den samme feilen går igjen i hele filen, ofte etter en endring i fagsystemet.",
        en: "The same mistake runs through the whole file, often after a change in the system.",
    },
    cure: Text {
        nb: "Se hvilken regel som oftest er brutt, rett årsaken, og send hele filen på nytt.",
        en: "See which rule was broken most often, correct the cause, and send the whole file \
             again.",
    },
    source: OURS,
};

/// KPR-09.
pub static KPR_09: Rule = Rule {
    code: "KPR-09",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "En senere fullstendig innsending fra samme kommune for samme år erstatter den forrige, \
             som slettes når den nye er lagret.",
        en: "A later complete submission by the same municipality for the same year replaces the \
             former, which is erased when the new one is stored.",
    },
    cause: Text {
        nb: "Kommunen har rettet årets rapportering og sendt den fullstendige filen på nytt.",
        en: "The municipality corrected its report for the year and sent the complete file again.",
    },
    cure: Text {
        nb: "Du trenger ikke gjøre noe. Er filen bare en del av årets rapportering, skriv \
             komplett=\"false\".",
        en: "You need not do anything. If the file is only a part of the year's report, write \
             komplett=\"false\".",
    },
    source: OURS,
};
