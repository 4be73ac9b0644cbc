//! What exactly is wrong in an embassy list, in the words of a receipt. No value of any field.

use crate::types::rule::hints;

hints! {
    /// EMB-06.
    ACCREDITATION_NUMBER = "accreditation-number", None,
        "Nummeret på kortet eller svarnoten mangler. Skriv det slik det står på dokumentet.",
        "The number of the card or reply note is missing. Write it as it stands on the document.";
    /// EMB-06.
    ACCREDITATION_TYPE = "accreditation-type", None,
        "Skriv hva som dokumenterer akkrediteringen: identity-card, residence-card eller ud-note.",
        "Write what documents the accreditation: identity-card, residence-card or ud-note.";
    /// IN-02.
    ACTION = "action", None,
        "Raden sier ikke hva som skal gjøres. Skriv enrol (innmelding) eller withdraw (utmelding).",
        "The row does not say what to do. Write enrol or withdraw.";
    /// EMB-09.
    BIRTH_DATE = "birth-date-differs", None,
        "Fødselsdatoen er en annen enn den i D-nummeret. Raden er tatt imot; kontroller begge.",
        "The birth date is not the one in the D-number. The row was taken; check both.";
    /// EMB-05.
    BIRTH_DATE_MISSING = "birth-date-missing", None,
        "Uten fødselsdato kan vi ikke avgjøre hvem som skal samtykke. Fyll den ut (ÅÅÅÅ-MM-DD).",
        "Without a birth date we cannot tell who must consent. Fill it in (YYYY-MM-DD).";
    /// EMB-09.
    BIRTH_DATE_UNREADABLE = "birth-date-unreadable", None,
        "Fødselsdatoen er ingen dato og er ikke brukt. Skriv ÅÅÅÅ-MM-DD neste gang.",
        "The birth date is no date and was not used. Write YYYY-MM-DD the next time.";
    /// EMB-01.
    CASE_HANDLER_COMPLETE = "case-handler-complete", None,
        "En saksbehandler sender endringer (list_type changes). Bare stasjonen selv sender en fullstendig liste.",
        "A case handler sends changes (list_type changes). Only the mission itself sends a complete list.";
    /// EMB-04.
    CATEGORY = "category", None,
        "Kategorien mangler eller er ikke en av dem som omfattes. Bruk en av kategoriene i veiledningen.",
        "The category is missing or is not one that is covered. Use one of the categories in the guide.";
    /// EMB-02.
    CHECK_DIGIT = "check-digit", Some("E31"),
        "Kontrollsifrene stemmer ikke. Sjekk D-nummeret mot kortet: ofte er to sifre byttet om.",
        "The check digits do not fit. Compare the D-number with the card: often two digits are swapped.";
    /// EMB-05.
    CONSENT_BY = "consent-by", None,
        "Skriv hvem som har samtykket: self (personen selv) eller guardian (foresatt).",
        "Write who consented: self or guardian.";
    /// EMB-05.
    CONSENT_DATE = "consent-date", None,
        "Datoen for samtykket mangler eller er ingen dato. Skriv ÅÅÅÅ-MM-DD.",
        "The date of the consent is missing or is no date. Write YYYY-MM-DD.";
    /// EMB-05.
    CONSENT_LATER = "consent-later", None,
        "Samtykket er datert etter listen. Rett datoen, eller send personen på en ny liste.",
        "The consent is dated after the list. Correct the date, or send the person on a new list.";
    /// EMB-07 and others.
    DATE = "date", None,
        "Dette er ingen dato. Skriv ÅÅÅÅ-MM-DD.",
        "This is no date. Write YYYY-MM-DD.";
    /// EMB-02.
    D_NUMBER_MISSING = "missing", Some("E30"),
        "D-nummeret mangler. Uten det kan personen ikke stå på en fastleges liste.",
        "The D-number is missing. Without it a person cannot stand on a GP's list.";
    /// EMB-12.
    DEPARTED_BEFORE = "departed-before", None,
        "Utenriksdepartementet har meldt at personen, eller hovedpersonen, reiste før listens dato. Personen er meldt inn, og saken blir sett på. Har personen reist, send en ny liste som melder personen ut.",
        "The Ministry of Foreign Affairs has told that the person, or the principal, left before the list's date. The person was enrolled, and the case will be looked at. If the person has left, send a new list that withdraws them.";
    /// EMB-12.
    DEPARTED_SINCE = "departed-since", None,
        "Utenriksdepartementet har meldt at personen, eller hovedpersonen, reiser eller reiste på listens dato eller senere. Raden er derfor ikke tatt med. Er personen hos dere også etter utreisedagen, send en ny liste med senere dato.",
        "The Ministry of Foreign Affairs has told that the person, or the principal, leaves or left on the list's date or later, so the row was not taken. If the person is with you after the day of departure too, send a new list with a later date.";
    /// IN-02.
    DEPARTURE_AHEAD = "departure-ahead", None,
        "Utreisen ligger lenger fram enn den 1. i neste måned, da fastlegelistene skifter. Personen er fortsatt innmeldt. Kontroller datoen, og send utreisen på nytt i måneden før.",
        "The departure lies further ahead than the 1st of next month, when GP lists change. The person is still enrolled. Check the date, and send the departure again in the month before.";
    /// IN-02.
    DEPARTURE_LONG_AGO = "departure-long-ago", None,
        "Utreisen er mer enn fem år gammel. Personen er fortsatt innmeldt. Kontroller året, og send utreisen på nytt.",
        "The departure is more than five years ago. The person is still enrolled. Check the year, and send the departure again.";
    /// EMB-10.
    DUPLICATE_DIFFERS = "duplicate-differs", None,
        "Samme D-nummer står tidligere i listen med annet innhold. Den første raden gjelder; fjern eller rett denne.",
        "The same D-number stands earlier in the list with other content. The first row counts; remove or correct this one.";
    /// EMB-10.
    DUPLICATE_SAME = "duplicate-same", None,
        "Raden står to ganger i listen og gjelder én gang. Fjern den ene.",
        "The row stands twice in the list and counts once. Remove one of them.";
    /// IN-02.
    EMPTY = "empty", None,
        "Listen har ingen rader. Send en liste med minst én rad.",
        "The list has no rows. Send a list with at least one row.";
    /// EMB-06.
    EXPIRED = "expired", None,
        "Akkrediteringen var utløpt på listens dato. Skriv det nye kortets nummer og utløpsdato.",
        "The accreditation had expired on the list's date. Write the new card's number and last day.";
    /// EMB-06.
    EXPIRES_MISSING = "expires-missing", None,
        "Kortets utløpsdato mangler. Skriv den slik den står på kortet (ÅÅÅÅ-MM-DD).",
        "The card's last day is missing. Write it as it stands on the card (YYYY-MM-DD).";
    /// EMB-03.
    FNR = "fnr", None,
        "Dette er et fødselsnummer: personen er bosatt og bruker den ordinære fastlegeordningen. Ta raden ut.",
        "This is a fødselsnummer: the person is resident and uses the ordinary GP scheme. Remove the row.";
    /// Any typed column.
    FORMULA = "formula", None,
        "Cellen inneholder en formel. Lim inn verdien i stedet (Lim inn utvalg, Verdier).",
        "The cell holds a formula. Paste the value instead (Paste special, Values).";
    /// EMB-05.
    GUARDIAN = "guardian", None,
        "Personen er under 16 år på listens dato. Da samtykker en foresatt: skriv guardian.",
        "The person is under 16 on the list's date. A guardian consents then: write guardian.";
    /// EMB-05.
    GUARDIAN_BY_YOUNGER = "guardian-by-younger", None,
        "Fødselsdatoen og D-nummeret er ikke enige om alderen, og etter den yngste av dem er personen under 16 år på listens dato: da samtykker foresatt. Rett den som er feil, eller skriv guardian når foresatt har samtykket.",
        "The birth date and the D-number do not agree on the age, and by the younger of them the person is under 16 on the list's date: the guardian consents. Correct the one that is wrong, or write guardian once the guardian has consented.";
    /// IN-02.
    HEAD_DATE = "list-date", Some("T02"),
        "Listens dato mangler eller er ingen dato. Skriv den i list_date (ÅÅÅÅ-MM-DD).",
        "The list's date is missing or is no date. Write it in list_date (YYYY-MM-DD).";
    /// IN-02.
    HEAD_DATE_AHEAD = "list-date-ahead", None,
        "Listens dato ligger mer enn et halvt år fram. Alder og akkreditering er regnet etter den. Kontroller året i list_date.",
        "The list's date lies more than half a year ahead. Age and accreditation were reckoned by it. Check the year in list_date.";
    /// IN-02.
    HEAD_ID = "list-id", Some("T02"),
        "Listens nummer mangler. Gi hver liste et eget nummer i list_id.",
        "The list's number is missing. Give each list a number of its own in list_id.";
    /// IN-02.
    HEAD_MIXED = "mixed-heads", Some("T02"),
        "Radene hører til flere lister: liste-id, stasjonskode, dato og type må være like i hele filen. Send én fil per liste.",
        "The rows belong to several lists: list id, mission code, date and type must be the same throughout. Send one file per list.";
    /// IN-02.
    HEAD_TYPE = "list-type", Some("T02"),
        "Skriv i list_type om listen er complete (fullstendig) eller changes (endringer).",
        "Write in list_type whether the list is complete or changes.";
    /// EMB-08.
    HOUSEHOLD_OF_HOUSEHOLD = "principal-is-household", None,
        "Hovedpersonen er selv oppført som husstandsmedlem. Oppgi D-nummeret til den som er utsendt.",
        "The principal is listed as a household member too. Give the D-number of the one who is posted.";
    /// EMB-02.
    LENGTH = "length", Some("E31"),
        "Et D-nummer har 11 sifre.",
        "A D-number has 11 digits.";
    /// EMB-03.
    LOCALLY_EMPLOYED = "locally-employed", None,
        "Lokalt ansatte skal være folkeregistrert og bruker den ordinære fastlegeordningen. Ta raden ut.",
        "Locally employed staff are to be registered as resident and use the ordinary GP scheme. Remove the row.";
    /// EMB-01.
    MISSION_MISSING = "mission-missing", None,
        "Stasjonskoden mangler. Skriv stasjonens kode i mission_code.",
        "The mission code is missing. Write the mission's code in mission_code.";
    /// EMB-01.
    MISSION_OTHER = "mission-other", None,
        "Stasjonskoden i filen er ikke avsenderens egen. Rett koden, eller send filen fra riktig konto.",
        "The mission code in the file is not the sender's own. Correct the code, or send the file from the right account.";
    /// EMB-01.
    MISSION_SHAPE = "mission-shape", None,
        "Stasjonskoden er 1 til 16 bokstaver, sifre og bindestreker, med bokstav først og høyst fire sifre.",
        "A mission code is 1 to 16 letters, digits and hyphens, a letter first and at most four digits.";
    /// EMB-07.
    MUNICIPALITY = "municipality", None,
        "Kommunenummeret har fire sifre, som 0301 for Oslo.",
        "A municipality number has four digits, such as 0301 for Oslo.";
    /// EMB-07.
    MUNICIPALITY_DATE = "municipality-date", None,
        "Kommunenummeret var ikke i bruk på listens dato. Bruk nummeret som gjelder nå; mange ble endret i 2020 og 2024.",
        "The municipality number was not in use on the list's date. Use the one in force now; many changed in 2020 and 2024.";
    /// EMB-07.
    NAME = "name", None,
        "Navnet mangler. Har personen bare ett navn, skriv en strek (-) i det andre feltet.",
        "The name is missing. Where a person has one name only, write a dash (-) in the other field.";
    /// EMB-03.
    NORWEGIAN_CITIZEN = "norwegian-citizen", None,
        "Norske statsborgere regnes som bosatt og bruker den ordinære fastlegeordningen. Ta raden ut.",
        "Norwegian citizens count as resident and use the ordinary GP scheme. Remove the row.";
    /// IN-02.
    NOTICE_DATE = "notice-date", Some("T02"),
        "Meldingens dato mangler eller er ingen dato. Skriv den i notice_date (ÅÅÅÅ-MM-DD).",
        "The notice's date is missing or is no date. Write it in notice_date (YYYY-MM-DD).";
    /// IN-02.
    NOTICE_DATE_AHEAD = "notice-date-ahead", Some("T02"),
        "Meldingens dato ligger lenger fram enn den 1. i neste måned. Kontroller året i notice_date.",
        "The notice's date lies further ahead than the 1st of next month. Check the year in notice_date.";
    /// IN-02.
    NOTICE_ID = "notice-id", Some("T02"),
        "Meldingens nummer mangler. Gi hver melding et eget nummer i notice_id.",
        "The notice's number is missing. Give each notice a number of its own in notice_id.";
    /// EMB-12.
    NEWER_ELSEWHERE = "newer-elsewhere", None,
        "En annen stasjon har personen innmeldt med en nyere liste, og den gjelder. Raden er ikke tatt med. Er personen hos dere nå, send en ny liste med dagens dato.",
        "Another mission has enrolled the person by a newer list, and that one counts. The row was not taken. If the person is with you now, send a new list with today's date.";
    /// EMB-02.
    NO_SUCH_DAY = "no-such-day", Some("E31"),
        "De seks første sifrene er ingen dag. I et D-nummer er dagen økt med 40.",
        "The first six digits are no day. In a D-number the day is raised by 40.";
    /// EMB-02.
    NOT_DIGITS = "not-digits", Some("E31"),
        "D-nummeret inneholder annet enn sifre.",
        "The D-number holds something other than digits.";
    /// EMB-02.
    NOT_D_NUMBER = "not-d-number", Some("E31"),
        "Dette er et annet nummer enn et D-nummer. Bruk D-nummeret (første siffer 4 til 7).",
        "This is another number than a D-number. Use the D-number (first digit 4 to 7).";
    /// EMB-12.
    NOT_ENROLLED = "not-enrolled", None,
        "Personen er ikke innmeldt av denne stasjonen. Sjekk D-nummeret, eller ta raden ut.",
        "The person is not enrolled by this mission. Check the D-number, or remove the row.";
    /// EMB-12, in a departure notice.
    NOT_ENROLLED_ANYWHERE = "not-enrolled-anywhere", None,
        "Personen er ikke innmeldt av noen stasjon. Sjekk D-nummeret, eller ta raden ut.",
        "No mission has enrolled the person. Check the D-number, or remove the row.";
    /// EMB-13.
    OLDER_LIST = "older-list", None,
        "Listen er datert før den siste fullstendige listen vi har fra dere. Utmeldingene den ville gitt, venter derfor på saksbehandler. Send en ny fullstendig liste med dagens dato.",
        "The list is dated before the newest complete list that we have from you, so the withdrawals it would bring wait for a case handler. Send a new complete list with today's date.";
    /// EMB-11.
    OTHER_MISSION = "other-mission", None,
        "En annen stasjon hadde personen innmeldt. Denne listen gjelder; begge sakene blir sett på.",
        "Another mission had enrolled the person. This list counts; both cases will be looked at.";
    /// EMB-05.
    OWN_CONSENT = "own-consent", None,
        "Personen er 16 år eller eldre på listens dato og må samtykke selv: skriv self når samtykket er gitt.",
        "The person is 16 or older on the list's date and must consent in person: write self once given.";
    /// EMB-02.
    PLACEHOLDER = "placeholder", Some("E31"),
        "Dette er et plassholdernummer, ikke et D-nummer. Vent med raden til personen har fått D-nummer.",
        "This is a placeholder, not a D-number. Leave the row out until the person has a D-number.";
    /// EMB-07.
    POSTAL_CODE = "postal-code", None,
        "Postnummeret har fire sifre. Excel fjerner nuller foran: formater kolonnen som tekst.",
        "A postal code has four digits. Excel drops leading zeroes: format the column as text.";
    /// EMB-08.
    PRINCIPAL_ENROLLED_AS_MEMBER = "principal-enrolled-as-member", None,
        "Hovedpersonen er selv innmeldt under en annen hovedperson. Oppgi D-nummeret til den som er utsendt.",
        "The principal is enrolled under another principal. Give the D-number of the one who is posted.";
    /// EMB-08.
    PRINCIPAL_LEFT_OUT = "principal-left-out", None,
        "Hovedpersonen er innmeldt, men står ikke med en rad som melder inn i denne listen. Ta med hovedpersonen, eller rett D-nummeret.",
        "The principal is enrolled, but this list has no row that enrols them. Include the principal, or correct the D-number.";
    /// EMB-08.
    PRINCIPAL_MISSING = "principal-missing", None,
        "Et husstandsmedlem må ha hovedpersonens D-nummer i principal_d_number.",
        "A household member must name the principal's D-number in principal_d_number.";
    /// EMB-08.
    PRINCIPAL_UNKNOWN = "principal-unknown", None,
        "Hovedpersonen står ikke på listen og er ikke innmeldt av stasjonen. Ta med hovedpersonen, eller rett D-nummeret.",
        "The principal is not on the list and not enrolled by the mission. Include the principal, or correct the D-number.";
    /// EMB-08.
    PRINCIPAL_WITHDRAWN = "principal-withdrawn", None,
        "Hovedpersonen meldes ut med denne listen, og da husstanden også. Ta med hovedpersonen, eller rett D-nummeret.",
        "The principal is withdrawn by this list, and the household too. Include the principal, or correct the D-number.";
    /// EMB-02.
    REAL_IN_TEST = "real-in-test", Some("E31"),
        "Dette er et testmiljø: her brukes bare syntetiske numre (måned + 80).",
        "This is a test environment: only synthetic numbers (month + 80) are used here.";
    /// EMB-07.
    STREET = "street", None,
        "Gateadressen mangler. Personen får fastlege i bostedskommunen.",
        "The street address is missing. The person gets a GP in the municipality of residence.";
    /// EMB-02.
    SYNTHETIC = "synthetic", Some("E31"),
        "Dette er et syntetisk testnummer. Testpersoner skal ikke meldes inn.",
        "This is a synthetic test number. Test persons must not be enrolled.";
    /// EMB-13.
    TOO_MANY = "too-many-withdrawals", None,
        "Listen ville melde ut uvanlig mange. Innmeldinger og endringer er tatt imot; utmeldingene venter på at saksbehandler godkjenner dem. Stemmer listen, trenger dere ikke gjøre noe. Mangler noen ved en feil, send en ny fullstendig liste.",
        "The list would withdraw unusually many. Enrolments and changes were taken; the withdrawals wait for a case handler. If the list is right, you need not do anything. If somebody is missing by mistake, send a new complete list.";
    /// IN-02.
    UNKNOWN_COLUMN = "unknown-column", None,
        "Kolonnen er ikke en av listens kolonner og er ikke lest.",
        "The column is not one of the list's columns and was not read.";
    /// IN-02.
    UNKNOWN_PART = "unknown-part", Some("T02"),
        "Her står et element eller attributt som ikke hører hjemme i listen. Se veiledningens beskrivelse av formatet.",
        "An element or attribute stands here that does not belong in the list. See the guide's description of the format.";
    /// EMB-13.
    UNREADABLE_ROWS = "unreadable-rows", None,
        "Rader uten lesbart D-nummer kan gjelde dem som mangler. Utmeldingene venter derfor på saksbehandler. Rett radene og send en ny fullstendig liste.",
        "Rows without a readable D-number may be the very persons who are missing, so the withdrawals wait for a case handler. Correct the rows and send a new complete list.";
    /// IN-02.
    TWICE = "column-twice", Some("T02"),
        "To kolonner har samme overskrift. Fjern den ene.",
        "Two columns have the same heading. Remove one.";
    /// IN-01.
    ROW_COUNT = "row-count", None,
        "Antallet rader er et annet enn det filen selv oppgir. Filen kan være avkortet: send den på nytt.",
        "The number of rows is not the one that the file declares. It may be cut short: send it again.";
    /// Yes or no.
    YES_NO = "yes-no", None,
        "Skriv yes eller no (ja eller nei).",
        "Write yes or no.";
    /// EMB-12.
    WITHDRAWN_SINCE = "withdrawn-since", None,
        "En nyere liste for stasjonen har meldt personen ut, så denne eldre listen melder ikke personen inn igjen. Er personen hos dere nå, send en ny liste med dagens dato.",
        "A newer list for the mission has withdrawn the person, so this older one does not enrol them again. If the person is with you now, send a new list with today's date.";
}
