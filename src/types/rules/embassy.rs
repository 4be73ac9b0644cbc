//! Embassy enrolment lists: EMB rules.

use crate::types::rule::{OURS, Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[
    &EMB_01, &EMB_02, &EMB_03, &EMB_04, &EMB_05, &EMB_06, &EMB_07, &EMB_08, &EMB_09, &EMB_10,
    &EMB_11, &EMB_12, &EMB_13,
];

/// EMB-01.
pub static EMB_01: Rule = Rule {
    code: "EMB-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Listen kommer fra en ambassade, en organisasjon eller en saksbehandler i Helfo som \
             er registrert for denne typen liste, og mission_code i filen er avsenderens egen.",
        en: "The list comes from a mission, an organisation or a Helfo case handler that is \
             registered for this kind of list, and mission_code in the file is the sender's own.",
    },
    cause: Text {
        nb: "Filen er lagt i en annen avsenders katalog, eller koden er kopiert fra en annen \
             liste.",
        en: "The file was put in another sender's directory, or the code was copied from another \
             list.",
    },
    cure: Text {
        nb: "Skriv din egen kode i mission_code på hver rad og send listen på nytt. Er koden \
             riktig, må driften rette registreringen din: ta kontakt.",
        en: "Write your own code in mission_code on every row and send the list again. If the \
             code is right, your registration must be corrected: contact the operator.",
    },
    source: "høringsnotat fastlegeordningen, 5.2.1",
};

/// EMB-02.
pub static EMB_02: Rule = Rule {
    code: "EMB-02",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Hver person er oppgitt med et gyldig d-nummer på 11 sifre.",
        en: "Every person is given with a valid D-number of 11 digits.",
    },
    cause: Text {
        nb: "Et siffer er skrevet feil, regnearket har fjernet en null, eller feltet inneholder \
             et annet nummer enn d-nummeret.",
        en: "A digit was mistyped, the spreadsheet dropped a zero, or the field holds some other \
             number than the D-number.",
    },
    cure: Text {
        nb: "Sammenlign med d-nummeret i brevet fra Skatteetaten, formater kolonnen som tekst og \
             skriv alle 11 sifre uten mellomrom. Send personen på nytt.",
        en: "Compare with the D-number in the letter from the Norwegian Tax Administration, \
             format the column as text and write all 11 digits without spaces. Send the person \
             again.",
    },
    source: "høringsnotat fastlegeordningen, 5.2.1",
};

/// EMB-03.
pub static EMB_03: Rule = Rule {
    code: "EMB-03",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Personen er ikke bosatt i Norge: den som har fødselsnummer, er norsk statsborger i \
             husstanden eller er lokalt ansatt, bruker den vanlige fastlegeordningen.",
        en: "The person is not resident in Norway: whoever has a fødselsnummer, is a Norwegian \
             citizen in the household or is locally employed uses the ordinary GP scheme.",
    },
    cause: Text {
        nb: "Listen inneholder lokalt ansatte eller familiemedlemmer som er registrert som \
             bosatt.",
        en: "The list includes locally employed staff, or family members who are registered as \
             resident.",
    },
    cure: Text {
        nb: "Ta personen ut av listen. Den som er folkeregistrert som bosatt, velger fastlege \
             selv på helsenorge.no; den som ikke er det ennå, melder først flytting til \
             Skatteetaten.",
        en: "Take the person off the list. Whoever is registered as resident chooses a GP on \
             helsenorge.no; whoever is not yet, first reports the move to the Norwegian Tax \
             Administration.",
    },
    source: "høringsnotat fastlegeordningen, 3, 4",
};

/// EMB-04.
pub static EMB_04: Rule = Rule {
    code: "EMB-04",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Kategorien er en som utlendingsloven § 5 tredje ledd og utlendingsforskriften §§ 1-4 \
             og 1-5 omfatter: utsendt personell, deres husstand eller deres private tjenere.",
        en: "The category is one that utlendingsloven § 5 third paragraph and \
             utlendingsforskriften §§ 1-4 and 1-5 cover: posted staff, their household or their \
             private servants.",
    },
    cause: Text {
        nb: "Feltet category er tomt, er skrevet med egne ord, eller personen hører ikke til \
             ordningen.",
        en: "The field category is empty, is written in words of your own, or the person is \
             outside the scheme.",
    },
    cure: Text {
        nb: "Skriv én av kodene i veiledningen for ambassadelister, for eksempel diplomat, spouse \
             eller dependent-child, og send personen på nytt. Passer ingen av dem, skal personen \
             ikke stå på listen.",
        en: "Write one of the codes in the guide to embassy lists, such as diplomat, spouse or \
             dependent-child, and send the person again. If none of them fits, the person does \
             not belong on the list.",
    },
    source: "høringsnotat fastlegeordningen, 3, 4",
};

/// EMB-05.
pub static EMB_05: Rule = Rule {
    code: "EMB-05",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Samtykket er dokumentert for hver person. For den som er under 16 år på listens \
             dato, samtykker den foresatte; fra og med 16 år samtykker personen selv.",
        en: "Consent is documented for every person. The guardian consents for whoever is under \
             16 on the date of the list; from 16 on the person consents in person.",
    },
    cause: Text {
        nb: "Datoen for samtykket mangler eller ligger etter listens dato, eller en ungdom har \
             fylt 16 år siden forrige liste.",
        en: "The date of the consent is missing or is later than the list, or a young person has \
             turned 16 since the last list.",
    },
    cure: Text {
        nb: "Innhent samtykket, skriv self eller guardian i consent_by og datoen i consent_date, \
             og send personen på nytt.",
        en: "Obtain the consent, write self or guardian in consent_by and the date in \
             consent_date, and send the person again.",
    },
    source: "høringsnotat fastlegeordningen, 5.2.1",
};

/// EMB-06.
pub static EMB_06: Rule = Rule {
    code: "EMB-06",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Akkrediteringen er dokumentert med identitetskort, oppholdskort (Residence Card \
             Foreign Missions) eller svarnote fra Utenriksdepartementet: med nummer, og ikke \
             utløpt på listens dato.",
        en: "Accreditation is documented with an identity card, a Residence Card Foreign Missions \
             or a reply note from the Ministry of Foreign Affairs: with its number, and not \
             expired on the date of the list.",
    },
    cause: Text {
        nb: "Kortet er fornyet uten at listen er oppdatert, eller nummeret eller utløpsdatoen \
             mangler.",
        en: "The card was renewed and the list was not updated, or the number or the date of \
             expiry is missing.",
    },
    cure: Text {
        nb: "Skriv type, nummer og utløpsdato fra det gyldige kortet eller noten, og send \
             personen på nytt. Er kortet utløpt, må det først fornyes hos Utenriksdepartementet.",
        en: "Write type, number and date of expiry from the valid card or note, and send the \
             person again. If the card has expired, have it renewed by the Ministry of Foreign \
             Affairs first.",
    },
    source: "høringsnotat fastlegeordningen, 5.2.1",
};

/// EMB-07.
pub static EMB_07: Rule = Rule {
    code: "EMB-07",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Navn, gateadresse, postnummer og kommunenummer er oppgitt, og kommunenummeret var \
             gyldig på listens dato: personen får fastlege i bostedskommunen.",
        en: "Name, street address, postal code and municipality number are given, and the \
             municipality number was valid on the date of the list: the person gets a GP in the \
             municipality of residence.",
    },
    cause: Text {
        nb: "Et felt er tomt, regnearket har fjernet en null foran i nummeret, eller kommunen har \
             fått nytt nummer.",
        en: "A field is empty, the spreadsheet dropped a leading zero, or the municipality has \
             been given a new number.",
    },
    cure: Text {
        nb: "Fyll ut adressen, skriv fire sifre i postal_code og municipality_number (0301 for \
             Oslo), og send personen på nytt.",
        en: "Fill in the address, write four digits in postal_code and in municipality_number \
             (0301 for Oslo), and send the person again.",
    },
    source: "høringsnotat fastlegeordningen, 5.2.1",
};

/// EMB-08.
pub static EMB_08: Rule = Rule {
    code: "EMB-08",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Et husstandsmedlem viser til hovedpersonens d-nummer, og hovedpersonen står på \
             listen eller er alt meldt inn av samme ambassade.",
        en: "A household member names the D-number of a principal who is on the list or has \
             already been enrolled by the same mission.",
    },
    cause: Text {
        nb: "Feltet principal_d_number er tomt eller feilskrevet, eller hovedpersonens egen rad \
             ble avvist.",
        en: "The field principal_d_number is empty or mistyped, or the principal's own row was \
             refused.",
    },
    cure: Text {
        nb: "Rett hovedpersonens rad først, skriv så det samme d-nummeret i principal_d_number, \
             og send hele husstanden samlet.",
        en: "Correct the principal's row first, then write the same D-number in \
             principal_d_number, and send the whole household together.",
    },
    source: "høringsnotat fastlegeordningen, 4, 5.2.1",
};

/// EMB-09.
pub static EMB_09: Rule = Rule {
    code: "EMB-09",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "Fødselsdatoen i d-nummeret og den oppgitte fødselsdatoen er like.",
        en: "The birth date in the D-number and the stated birth date are the same.",
    },
    cause: Text {
        nb: "Dag og måned er byttet om, d-nummeret tilhører en annen i husstanden, eller \
             fødselsdatoen er ingen dato.",
        en: "Day and month were swapped, the D-number belongs to somebody else in the household, \
             or the birth date is no date.",
    },
    cure: Text {
        nb: "Personen er tatt med. Kontroller begge feltene mot passet før neste liste, og send \
             en rettet rad hvis ett av dem er feil.",
        en: "The person was taken. Check both fields against the passport before the next list, \
             and send a corrected row if one of them is wrong.",
    },
    source: OURS,
};

/// EMB-10.
pub static EMB_10: Rule = Rule {
    code: "EMB-10",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Hvert d-nummer står bare én gang i listen.",
        en: "Each D-number stands only once in the list.",
    },
    cause: Text {
        nb: "Samme person er ført opp av to avdelinger, eller en gammel rad ble stående da en ny \
             ble lagt til.",
        en: "Two offices listed the same person, or an old row was left when a new one was added.",
    },
    cure: Text {
        nb: "Behold den riktige raden, slett den andre og send personen på nytt. Er radene like, \
             er personen tatt med én gang, og du trenger ikke gjøre noe.",
        en: "Keep the right row, delete the other and send the person again. If the rows are \
             identical, the person was taken once and you need not do anything.",
    },
    source: OURS,
};

/// EMB-11.
pub static EMB_11: Rule = Rule {
    code: "EMB-11",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "Personen er ikke meldt inn av en annen ambassade fra før.",
        en: "The person has not been enrolled by another mission already.",
    },
    cause: Text {
        nb: "Personen har byttet arbeidssted, og den forrige ambassaden har ikke meldt personen \
             ut.",
        en: "The person has changed posts, and the former mission has not withdrawn the person.",
    },
    cure: Text {
        nb: "Personen er tatt med hos dere, for den nyeste listen gjelder. Be den forrige \
             ambassaden ta personen ut av sin liste; Helfo ser på saken.",
        en: "The person was taken for your mission, since the newest list counts. Ask the former \
             mission to take the person off its list; Helfo looks into the case.",
    },
    source: OURS,
};

/// EMB-12.
pub static EMB_12: Rule = Rule {
    code: "EMB-12",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text {
        nb: "Bare en person som denne ambassaden har meldt inn, kan meldes ut av den. Ingen \
             meldes inn av en liste som er eldre enn utmeldingen, utreisen eller en annen \
             ambassades innmelding av personen.",
        en: "Only a person whom this mission has enrolled can be withdrawn by it. Nobody is \
             enrolled by a list that is older than the withdrawal, the departure or another \
             mission's enrolment of the person.",
    },
    cause: Text {
        nb: "Personen er alt meldt ut, ble meldt inn av en annen ambassade, d-nummeret er \
             feilskrevet, eller listen er eldre enn det som sist er sagt om personen.",
        en: "The person has been withdrawn already, was enrolled by another mission, the \
             D-number is mistyped, or the list is older than what was said of the person \
             last.",
    },
    cure: Text {
        nb: "Sammenlign d-nummeret med listen som personen ble meldt inn med. Er personen alt \
             meldt ut, slett raden. Skal personen være innmeldt, send en ny liste med dagens \
             dato.",
        en: "Compare the D-number with the list that enrolled the person. If the person has \
             been withdrawn already, delete the row. If the person is to be enrolled, send a \
             new list with today's date.",
    },
    source: OURS,
};

/// EMB-13.
pub static EMB_13: Rule = Rule {
    code: "EMB-13",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "En fullstendig liste er ikke eldre enn den forrige, har lesbart d-nummer i hver \
             rad og melder ikke ut en uvanlig stor del av dem som ambassaden har innmeldt.",
        en: "A complete list is not older than the one before it, has a D-number that can be \
             read in every row, and does not withdraw an unusually large part of those whom \
             the mission has enrolled.",
    },
    cause: Text {
        nb: "Listen er bare en del av den fullstendige listen, en liste med endringer er \
             merket complete, en gammel liste er sendt, eller et d-nummer mangler eller er \
             feilskrevet.",
        en: "The list is only a part of the complete one, a list of changes is marked \
             complete, an old list was sent, or a D-number is missing or mistyped.",
    },
    cure: Text {
        nb: "Utmeldingene venter på en saksbehandlers godkjenning. Er noe i listen galt eller \
             gammelt, send en ny fullstendig liste med dagens dato; den trer i stedet for \
             denne. Skriv changes i list_type når en fil bare inneholder endringer.",
        en: "The withdrawals wait for a case handler's approval. If something in the list is \
             wrong or old, send a new complete list with today's date; it takes the place of \
             this one. Write changes in list_type when a file holds changes only.",
    },
    source: OURS,
};
