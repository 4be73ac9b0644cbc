//! Releases from Norsk pasientregister for financing: NPR rules.

use crate::types::rule::{Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[&NPR_01, &NPR_02, &NPR_03, &NPR_04, &NPR_05, &NPR_06, &NPR_07];

/// NPR-01.
pub static NPR_01: Rule = Rule {
    code: "NPR-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Formålet er drift og utvikling av en ordning som § 3-3 første ledd dekker: isf \
             (innsatsstyrt finansiering) eller kmf (kommunal medfinansiering).",
        en: "The purpose is the operation and development of a scheme that § 3-3 first paragraph \
             covers: isf (activity-based funding) or kmf (municipal co-funding).",
    },
    cause: Text {
        nb: "Linjen #purpose mangler, er skrevet feil, eller uttrekket er laget til noe annet.",
        en: "The line #purpose is missing or mistyped, or the extract was made for something else.",
    },
    cure: Text {
        nb: "Skriv #purpose=isf eller #purpose=kmf. Er formålet et annet, kan uttrekket ikke \
             utleveres denne veien.",
        en: "Write #purpose=isf or #purpose=kmf. If the purpose is another, the extract cannot be \
             released this way.",
    },
    source: "Norsk pasientregisterforskriften § 3-3 første ledd",
};

/// NPR-02.
pub static NPR_02: Rule = Rule {
    code: "NPR-02",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Opplysninger til betaling for utskrivningsklare pasienter utleveres ikke til \
             Helsedirektoratet: det oppgjøret er desentralisert.",
        en: "Data for the payment for patients ready for discharge are not released to the \
             Directorate of Health: that settlement is decentralised.",
    },
    cause: Text {
        nb: "Uttrekket er laget til oppgjøret mellom kommunen og helseforetaket.",
        en: "The extract was made for the settlement between municipality and hospital trust.",
    },
    cure: Text {
        nb: "Ikke send det hit. Oppgjøret er mellom kommunen og det regionale helseforetaket.",
        en: "Do not send it here. The settlement is between the municipality and the regional \
             health authority.",
    },
    source: "Kongelig resolusjon om endring av Norsk pasientregisterforskriften, avsnitt 3",
};

/// NPR-03.
pub static NPR_03: Rule = Rule {
    code: "NPR-03",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Opplysninger til utredning av vesentlige endringer eller utvidelser av ordningene \
             utleveres bare i henhold til §§ 3-4, 3-5 eller 3-6, og uttrekket oppgir hvilken.",
        en: "Data for studies of substantial changes or extensions of the schemes are released \
             only under §§ 3-4, 3-5 or 3-6, and the extract says which.",
    },
    cause: Text {
        nb: "Linjen #legal_basis mangler, viser til en annen bestemmelse, eller har andre ord enn en henvisning.",
        en: "The line #legal_basis is missing, cites another provision, or holds other words than a citation.",
    },
    cure: Text {
        nb: "Skriv for eksempel #legal_basis=§ 3-4 når vedtaket er gjort etter den, ellers kan \
             uttrekket ikke utleveres.",
        en: "Write #legal_basis=§ 3-4, say, where the decision was made under it; otherwise the \
             extract cannot be released.",
    },
    source: "Norsk pasientregisterforskriften § 3-3 tredje ledd",
};

/// NPR-04.
pub static NPR_04: Rule = Rule {
    code: "NPR-04",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det utleveres ingen direkte personidentifiserbare kjennetegn: hver kolonne står på \
             formålets liste og har verdier av sin form, personen er et pseudonym, fødselsdatoen \
             er fødselsåret, adressen er kommunen, og alt som går ut, er lest en gang til.",
        en: "No directly identifying characteristic is released: every column is on the purpose's \
             list and holds values of its form, the person is a pseudonym, the birth date is the \
             birth year, the address is the municipality, and all that leaves was read once more.",
    },
    cause: Text {
        nb: "Uttrekket har en kolonne for mye, en verdi står i feil kolonne, eller en person kan \
             ikke få pseudonym fordi fid er ugyldig. Det siste koster bare raden.",
        en: "The extract has a column too many, a value stands in the wrong column, or a person \
             cannot be given a pseudonym because fid is not valid. The last costs the row alone.",
    },
    cure: Text {
        nb: "Se hvilken kolonne eller rad det gjelder, rett uttrekket, og send det på nytt. Er hele \
             filen avvist, er ingenting av den lagret.",
        en: "See which column or row it is about, correct the extract, and send it again. Where the \
             whole file was refused, nothing of it was stored.",
    },
    source: "Norsk pasientregisterforskriften § 3-3 første ledd",
};

/// NPR-05.
pub static NPR_05: Rule = Rule {
    code: "NPR-05",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Opplysningene slettes så snart oppgavene er utført, og senest 5 år etter avsluttet \
             driftsår. Er oppgaven for driftsåret utført, tas det ikke imot mer for året.",
        en: "The data are erased as soon as the tasks are performed, and 5 years after the end of \
             the operating year at the latest. Once the task of an operating year is done, nothing \
             more is taken for it.",
    },
    cause: Text {
        nb: "Uttrekket kommer etter at oppgaven er meldt utført, eller driftsåret er skrevet feil.",
        en: "The extract comes after the task was reported done, or the operating year is mistyped.",
    },
    cure: Text {
        nb: "Kontroller driftsåret. Skal det likevel arbeides med året, må mottakeren be driften \
             gjenåpne det.",
        en: "Check the operating year. If there is work on it after all, the recipient must ask the \
             operator to reopen it.",
    },
    source: "Norsk pasientregisterforskriften § 3-3 andre ledd",
};

/// NPR-06.
pub static NPR_06: Rule = Rule {
    code: "NPR-06",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Driftsåret er oppgitt, har begynt, og det er ikke mer enn 5 år siden det ble avsluttet.",
        en: "The operating year is stated, has begun, and ended no more than 5 years ago.",
    },
    cause: Text {
        nb: "Uttrekket er så gammelt at det skulle vært slettet, eller driftsåret er skrevet feil.",
        en: "The extract is so old that it would have to be erased, or the operating year is \
             mistyped.",
    },
    cure: Text {
        nb: "Kontroller linjen #operating_year. Er året riktig, kan uttrekket ikke oppbevares og \
             tas ikke imot.",
        en: "Check the line #operating_year. If the year is right, the extract may not be kept and \
             is not taken.",
    },
    source: "Norsk pasientregisterforskriften § 3-3 andre ledd",
};

/// NPR-07.
pub static NPR_07: Rule = Rule {
    code: "NPR-07",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Kommunal medfinansiering gjelder driftsår fra og med 2012.",
        en: "Municipal co-funding is about operating years from 2012 on.",
    },
    cause: Text {
        nb: "Formålet er kmf, men driftsåret er før ordningen trådte i kraft 1. januar 2012.",
        en: "The purpose is kmf, but the operating year is before the scheme came into force on \
             1 January 2012.",
    },
    cure: Text {
        nb: "Kontroller formål og driftsår.",
        en: "Check the purpose and the operating year.",
    },
    source: "Norsk pasientregisterforskriften, endringen del II",
};
