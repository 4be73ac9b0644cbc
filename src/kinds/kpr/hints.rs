//! What exactly is wrong in a municipal report, in the words of a receipt. No value of any field.

use crate::types::rule::{Hint, hints};

hints! {
    /// KPR-05.
    ATTRIBUTE_MISSING = "attribute-missing", Some("T02"),
        "Et påkrevd attributt mangler eller er tomt. Fyll det ut i fagsystemet.",
        "A required attribute is missing or empty. Fill it in in your system.";
    /// KPR-05. Where nothing is struck for it.
    ATTRIBUTE_MISSING_SET = "attribute-missing-set", Some("T02"),
        "Et påkrevd attributt mangler eller er tomt. Det er satt til -1.",
        "A required attribute is missing or empty. It was set to -1.";
    /// KPR-05.
    ATTRIBUTE_PROHIBITED = "attribute-prohibited", Some("T02"),
        "Attributtet skal ikke være med i denne meldingen. Ta det ut av eksporten.",
        "The attribute must not be in this message. Take it out of the export.";
    /// KPR-05.
    ATTRIBUTE_UNKNOWN = "attribute-unknown", Some("T02"),
        "Attributtet finnes ikke i denne versjonen av meldingen. Ta det ut, eller bruk riktig versjon.",
        "This version of the message has no such attribute. Take it out, or use the right version.";
    /// KPR-06.
    BOOLEAN = "boolean", None,
        "Skriv true eller false.",
        "Write true or false.";
    /// KPR-04.
    CHECK_DIGIT = "check-digit", Some("E31"),
        "Kontrollsifrene stemmer ikke. Kontroller nummeret mot folkeregisteret: ofte er to sifre byttet om.",
        "The check digits do not fit. Compare the number with the population register: often two digits are swapped.";
    /// KPR-06.
    CONTACT_1_MISSING = "contact-one-missing", None,
        "En kontaktperson av type 1 mangler. Legg den til før neste innsending.",
        "A contact person of type 1 is missing. Add it before the next delivery.";
    /// KPR-06.
    CONTACT_15_MISSING = "contact-fifteen-missing", None,
        "En kontaktperson av type 15 mangler. Legg den til før neste innsending.",
        "A contact person of type 15 is missing. Add it before the next delivery.";
    /// KPR-06.
    CONTACT_16_MISSING = "contact-sixteen-missing", None,
        "En kontaktperson av type 16 mangler. Legg den til før neste innsending.",
        "A contact person of type 16 is missing. Add it before the next delivery.";
    /// KPR-06.
    CONTACT_17_MISSING = "contact-seventeen-missing", None,
        "En kontaktperson av type 17 mangler. Legg den til før neste innsending.",
        "A contact person of type 17 is missing. Add it before the next delivery.";
    /// KPR-06.
    CONTACT_TYPE = "contact-type", None,
        "Typen kontaktperson finnes ikke i kodeverk 8471. Den er satt til -1.",
        "The type of contact person is not in code list 8471. It was set to -1.";
    /// KPR-05.
    CONTACTS_TOO_MANY = "contacts-too-many", None,
        "Meldingen har for mange kontaktpersoner. Oppgi høyst 100.",
        "The message has too many contact persons. Give at most 100.";
    /// KPR-05.
    COUNT_DIFFERS = "count-differs", None,
        "antallBrukere er et annet tall enn antallet brukere i filen. Filen er ufullstendig eller endret: eksporter den på nytt.",
        "antallBrukere is not the number of users in the file. The file is incomplete or was changed: export it again.";
    /// KPR-06.
    DATE = "date", None,
        "Dette er ingen dato. Skriv ÅÅÅÅ-MM-DD.",
        "This is no date. Write YYYY-MM-DD.";
    /// KPR-06.
    DATE_ORDER = "date-order", None,
        "Startdatoen er etter sluttdatoen. Rett den av dem som er feil.",
        "The start is after the end. Correct the one that is wrong.";
    /// KPR-06.
    DATE_TIME = "date-time", None,
        "Dette er ikke noe tidspunkt. Skriv ÅÅÅÅ-MM-DDTtt:mm:ss.",
        "This is no point in time. Write YYYY-MM-DDThh:mm:ss.";
    /// KPR-06.
    DISTRICT = "district", None,
        "Bydel er seks sifre, og de fire første er kommunenummeret. Oppføringen strykes ikke for dette; rett koden.",
        "A district is six digits, the first four of them the municipality. The record is not struck for this; correct the code.";
    /// KPR-06.
    DISTRICT_DROPPED = "district-dropped", None,
        "Bydel er seks sifre, og de fire første er kommunenummeret. Verdien er tatt ut. Oppføringen strykes ikke for dette; rett koden.",
        "A district is six digits, the first four of them the municipality. The value was taken out. The record is not struck for this; correct the code.";
    /// KPR-04.
    DUF_CHECK_DIGIT = "duf-check-digit", Some("E31"),
        "Kontrollsifrene i DUF-nummeret stemmer ikke. Skriv nummeret på nytt fra kilden: ofte er to sifre byttet om.",
        "The check digits of the DUF number do not fit. Write it again from its source: often two digits are swapped.";
    /// KPR-04.
    DUF_LENGTH = "duf-length", Some("E31"),
        "Et DUF-nummer er tolv sifre uten mellomrom. Skriv det på nytt.",
        "A DUF number is twelve digits without spaces. Write it again.";
    /// KPR-06. For a notification that was written before it could be known that it came twice.
    DUPLICATE_AT_ONCE = "duplicate-at-once", Some("E10"),
        "En notifikasjon med samme GUID kom i en fil som ble lest samtidig. Registeret har fått begge, og kjenner dem igjen på GUID-en. Send en fil om gangen, og hver notifikasjon én gang.",
        "A notification with the same GUID came in a file that was read at the same time. The register got both, and knows them by the GUID. Send one file at a time, and each notification once.";
    /// KPR-06.
    DUPLICATE_DIFFERS = "duplicate-differs", Some("E10"),
        "notifikasjonGUID er brukt før med annet innhold. Gi notifikasjonen en ny GUID, eller send den som M (erstatter).",
        "notifikasjonGUID was used before with other content. Give the notification a new GUID, or send it as M (replaces).";
    /// KPR-06.
    DUPLICATE_SAME = "duplicate-same", Some("E10"),
        "Den samme notifikasjonen er sendt før. Den er tatt med bare én gang.",
        "The same notification was sent before. It was taken once only.";
    /// KPR-05.
    ELEMENT_MISSING = "element-missing", Some("T02"),
        "Et påkrevd element mangler. Meldingen skal ha minst én Kontaktperson og én Kommune.",
        "A required element is missing. The message must have at least one Kontaktperson and one Kommune.";
    /// KPR-05.
    ELEMENT_ORDER = "element-order", Some("T02"),
        "Elementet står på feil plass. Rekkefølgen er Notifikasjon, Kontaktperson, Kommune.",
        "The element is out of place. The order is Notifikasjon, Kontaktperson, Kommune.";
    /// KPR-05.
    ELEMENT_UNKNOWN = "element-unknown", Some("T02"),
        "Elementet finnes ikke i denne versjonen av meldingen. Ta det ut, eller bruk riktig versjon.",
        "This version of the message has no such element. Take it out, or use the right version.";
    /// KPR-06.
    EVENT_LATER = "event-later", None,
        "Hendelsen er datert etter at filen kom. Rett datoen.",
        "The event is dated after the file came. Correct the date.";
    /// KPR-05.
    EVENT_MISSING = "event-missing", Some("T02"),
        "Notifikasjonen har ingen hendelse. Den skal ha nøyaktig én.",
        "The notification has no event. It must have exactly one.";
    /// KPR-06. The message's table says that GUIDs are unique, and not what a breach costs. The
    /// notification is another one, so it is taken; only the sender knows which of the two is
    /// right.
    EVENT_TWICE = "event-twice", None,
        "En tidligere original (N) i filen har samme hendelseGUID. Ingen av dem strykes for dette. Send en rettelse som M, og gi hver hendelse sin egen GUID.",
        "An earlier original (N) of the file has the same hendelseGUID. Neither is struck for this. Send a correction as M, and give each event a GUID of its own.";
    /// KPR-05.
    EVENTS_MANY = "events-many", Some("T02"),
        "Notifikasjonen har mer enn én hendelse. Send hver hendelse i sin egen notifikasjon.",
        "The notification has more than one event. Send each event in a notification of its own.";
    /// KPR-06.
    GUID = "guid", None,
        "Dette er ingen GUID. Skriv 32 heksadesimale sifre delt 8-4-4-4-12.",
        "This is no GUID. Write 32 hexadecimal digits as 8-4-4-4-12.";
    /// KPR-06.
    GUID_ZERO = "guid-zero", None,
        "Bare nuller betyr «ingen», og kan ikke være GUID-en til en notifikasjon. Lag en ny GUID for hver.",
        "All zeros mean \"none\", and cannot be the GUID of a notification. Make a new GUID for each.";
    /// KPR-06.
    HOME_MUNICIPALITY = "home-municipality", None,
        "Hjemkommunen fantes ikke det året, og er ingen av spesialkodene 9000, 9900 og 9999.",
        "The home municipality did not exist in that year, and is none of the special codes 9000, 9900 and 9999.";
    /// KPR-06.
    HOURS = "hours", None,
        "Timer per uke er et tall fra 0 til 168, med punktum foran desimalene.",
        "Hours per week are a number from 0 to 168, with a full stop before the decimals.";
    /// KPR-04.
    ID_DATE = "id-date", Some("E31"),
        "De seks første sifrene er ingen dato. Skriv nummeret på nytt fra kilden.",
        "The first six digits are no date. Write the number again from its source.";
    /// KPR-04.
    ID_DDMMYY = "id-ddmmyy", None,
        "Med typeID 9 skal fid være fødselsdatoen som ddmmåå. Er nummeret kjent, bruk typen det har.",
        "With typeID 9, fid must be the birth date as ddmmyy. If the number is known, use its own type.";
    /// KPR-04.
    ID_LENGTH = "id-length", Some("E31"),
        "Nummeret har ikke riktig antall sifre. Skriv 11 sifre uten mellomrom.",
        "The number has not the right number of digits. Write 11 digits without spaces.";
    /// KPR-04.
    ID_MISSING = "id-missing", Some("E30"),
        "Enten fid eller typeID mangler. Uten dem er meldingen strøket: fyll ut begge, og bruk typeID 9 når nummeret er ukjent.",
        "Either fid or typeID is missing. Without them the message is struck: fill in both, and use typeID 9 when the number is not known.";
    /// KPR-06.
    ID_TYPE = "id-type", None,
        "typeID finnes ikke i kodeverk 9032. Bruk koden for den typen nummer det er.",
        "typeID is not in code list 9032. Use the code for the type of number that it is.";
    /// KPR-04.
    ID_TOO_LONG = "id-too-long", Some("E31"),
        "Nummeret er lengre enn 100 tegn. Skriv det på nytt fra kilden, og bare nummeret.",
        "The number is longer than 100 characters. Write it again from its source, and the number alone.";
    /// KPR-04.
    IDENTITY_INSIDE = "identity-inside", None,
        "Feltet inneholder et fødselsnummer eller lignende, som bare hører hjemme i fid. Verdien er tatt ut.",
        "The field holds a national identity number or the like, which belongs in fid only. The value was taken out.";
    /// KPR-04.
    IDENTITY_INSIDE_SET = "identity-inside-set", None,
        "Feltet inneholder et fødselsnummer eller lignende, som bare hører hjemme i fid. Verdien er satt til -1.",
        "The field holds a national identity number or the like, which belongs in fid only. The value was set to -1.";
    /// KPR-04.
    IDENTITY_INSIDE_KEY = "identity-inside-key", None,
        "Denne GUID-en eller nøkkelen inneholder personens eget nummer.",
        "This GUID or key holds the person's own number.",
        cure: "Lag en annen GUID eller nøkkel, uten nummeret. Send på nytt slik det står øverst i kvitteringen.",
        "Make another GUID or key, without the number. Send again as the top of the receipt says.";
    /// KPR-04.
    LEADING_ZERO = "leading-zero", Some("E31"),
        "Nummeret har ti sifre og mangler nullen foran. Formater feltet som tekst.",
        "The number has ten digits and lost its leading zero. Format the field as text.";
    /// KPR-05.
    MESSAGE_TYPE = "message-type", Some("T10"),
        "Verdien skal være K for hendelsesmeldinger.",
        "The value must be K for event messages.";
    /// KPR-04.
    MONTH_FORTY = "month-forty", Some("E31"),
        "Måneden er 40 for høy: dette er et hjelpenummer eller en testperson fra NAV. Er det et hjelpenummer, skal typeID være 3. Testpersoner skal aldri rapporteres.",
        "The month is 40 too high: this is a help number or one of NAV's test persons. For a help number, typeID is 3. Test persons must never be reported.";
    /// KPR-02.
    MUNICIPALITIES_MANY = "municipalities-many", None,
        "Meldingen gjelder mer enn én kommune. Send en egen melding for hver rapporteringsenhet.",
        "The message is about more than one municipality. Send one message for each reporting unit.";
    /// KPR-02.
    MUNICIPALITY_OTHER = "municipality-other", None,
        "Kommunenummeret er ikke avsenderens eget. Rett det, eller be driften rette registreringen.",
        "The municipality number is not the sender's own. Correct it, or have the registration corrected.";
    /// KPR-02.
    MUNICIPALITY_SHAPE = "municipality-shape", None,
        "Kommunenummeret er fire sifre, med null foran der den hører til.",
        "A municipality number is four digits, with its leading zero.";
    /// KPR-02.
    MUNICIPALITY_YEAR = "municipality-year", None,
        "Kommunenummeret var ikke i bruk i tjenesteåret. Bruk nummeret som gjaldt da, og send hendelser fra år med ulike numre i hver sin melding.",
        "The municipality number was not in use in the service year. Use the one of that time, and send events of years with different numbers in a message each.";
    /// KPR-04.
    NOT_A_NATIONAL_ID = "not-a-national-id", None,
        "Personen har ikke fødselsnummer eller D-nummer her. Oppføringen strykes ikke for dette. Når nummeret er kjent, send det: en hendelse som en erstatning (M), en årlig fil på nytt.",
        "The person has no national identity number here. The record is not struck for this. When the number is known, send it: an event as a replacement (M), an annual file again.";
    /// KPR-07.
    NOT_DECIDED = "not-decided", None,
        "Feltet er ikke besluttet innsamlet for året i et register som filen går til. Det er tatt ut av det registeret får.",
        "The field was not decided to be collected for the year by a registry that the file goes to. It was dropped from what that registry gets.";
    /// KPR-01.
    NOT_REPORTER = "not-reporter", None,
        "Avsenderen er ikke registrert som rapporterende for tjenesteåret til alle registre som året skal til. Ta kontakt med driften.",
        "The sender is not registered as a reporter for the service year to every registry that the year goes to. Contact the operator.";
    /// KPR-05.
    NOTIFICATIONS_TOO_MANY = "notifications-too-many", None,
        "Meldingen har flere enn 4 millioner notifikasjoner. Del den opp.",
        "The message has more than 4 million notifications. Split it.";
    /// KPR-06.
    NUMBER = "number", None,
        "Dette er ikke noe helt tall.",
        "This is no whole number.";
    /// KPR-06.
    ORG_NUMBER = "org-number", None,
        "Organisasjonsnummeret er ni sifre og skal finnes i Brønnøysund. Kopier det derfra.",
        "An organisation number is nine digits and stands in the Brønnøysund register. Copy it from there.";
    /// KPR-06.
    ORG_NUMBER_DROPPED = "org-number-dropped", None,
        "Organisasjonsnummeret er ni sifre og skal finnes i Brønnøysund. Verdien er tatt ut. Kopier nummeret derfra.",
        "An organisation number is nine digits and stands in the Brønnøysund register. The value was taken out. Copy the number from there.";
    /// KPR-04.
    OTHER_ID_TYPE = "other-id-type", None,
        "Nummeret er gyldig, men av en annen type enn typeID sier. Oppføringen strykes ikke for dette; rett typeID.",
        "The number is valid but of another type than typeID says. The record is not struck for this; correct typeID.";
    /// KPR-06.
    OUTSIDE_YEAR = "outside-year", None,
        "Datoen ligger utenfor rapporteringsåret. Ta ut oppføringen, eller rett datoen.",
        "The date is outside the service year. Take the record out, or correct the date.";
    /// KPR-04.
    PATIENT_GUID_ELSEWHERE = "patient-guid-elsewhere", None,
        "Feltet har den samme GUID-en som pasientGUID, som ikke skal forlate kommunen slik den er.",
        "The field has the same GUID as pasientGUID, which must not leave the municipality as it is.",
        cure: "Lag en annen GUID. Send på nytt slik det står øverst i kvitteringen.",
        "Make another GUID. Send again as the top of the receipt says.";
    /// KPR-06. A warning: each of the records may hold services that the other does not, and all of
    /// them leave under one pseudonym, by which the register can put them together.
    PERSON_TWICE = "person-twice", None,
        "Personen står allerede som Bruker i filen. Ingen av dem strykes for dette. Samle alle tjenester, skårer og avslag i én Bruker.",
        "The person is in the file as a Bruker already. Neither is struck for this. Put all services, scores and refusals into one Bruker.";
    /// KPR-06.
    PHASE = "phase", None,
        "Tjenestetypen er ikke blant dem som skal sendes i denne fasen. Oppføringen strykes ikke for dette. Sies én gang for hver type.",
        "The service type is not among those expected in this phase. The record is not struck for this. Said once for each type.";
    /// KPR-04.
    PLACEHOLDER = "placeholder", Some("E31"),
        "Dette er et konstruert nummer og ikke et tildelt. Skriv personens eget, eller bruk typeID 9.",
        "This is a placeholder and not an issued number. Write the person's own, or use typeID 9.";
    /// KPR-04.
    REAL_PERSON = "real-person", None,
        "Filen kan inneholde ekte personer, og dette er et testmottak. Bruk syntetiske personer.",
        "The file may hold real people, and this is a test installation. Use synthetic persons.";
    /// KPR-05.
    RECORD_TOO_LONG = "record-too-long", None,
        "Oppføringen er for stor. Ingen bruker har så mange tjenester: kontroller eksporten.",
        "The record is too large. Nobody has that many services: check the export.";
    /// KPR-06.
    REFERENCE_MISSING = "reference-missing", None,
        "notifikasjonRef mangler. M og C skal vise til notifikasjonen de erstatter eller annullerer.",
        "notifikasjonRef is missing. M and C must name the notification that they replace or annul.";
    /// KPR-06.
    REFERENCE_UNKNOWN = "reference-unknown", None,
        "notifikasjonRef viser ikke til en original (N) som er tatt imot fra denne avsenderen. Vis til selve originalen, ikke til en rettelse av den. Er originalen strøket, send den rettet som en ny N. Er den sendt fra et annet system, rett den derfra. Er den ikke sendt, send den først.",
        "notifikasjonRef does not name an original (N) that was taken from this sender. Name the original itself, not a correction of it. If the original was struck, send it corrected as a new N. If it was sent by another system, correct it from there. If it was not sent, send it first.";
    /// KPR-06.
    REFERENCE_UNWANTED = "reference-unwanted", None,
        "En original (N) viser ikke til noen annen. Ta ut notifikasjonRef, eller bruk M eller C.",
        "An original (N) refers to no other. Take notifikasjonRef out, or use M or C.";
    /// KPR-06.
    REFERENCE_ZERO = "reference-zero", None,
        "En original (N) viser ikke til noen annen. Nullene i notifikasjonRef er tatt ut.",
        "An original (N) refers to no other. The zeros in notifikasjonRef were taken out.";
    /// KPR-06.
    SCORE = "score", None,
        "Skåren er en av 1, 2, 3, 4, 5 og 9.",
        "A score is one of 1, 2, 3, 4, 5 and 9.";
    /// KPR-06.
    SEQUENCE_FORK = "sequence-fork", None,
        "Notifikasjonen viser til en som er tatt imot, men etter den har det alt kommet andre fra kommunen. Ingen leveranse mangler her. Alle systemer i kommunen skal telle i én felles rekke.",
        "This notification names one that was taken, but others of the municipality have come after that one already. No delivery is missing here. All systems of a municipality count in one common sequence.";
    /// KPR-06.
    SEQUENCE_GAP = "sequence-gap", None,
        "Notifikasjonen før denne mangler. Kontroller om en leveranse ikke er sendt, og send den.",
        "The notification before this one is missing. Check whether a delivery was not sent, and send it.",
        cure: "Send leveransen som mangler, hvis den ikke er sendt. Ikke send på nytt det som er tatt imot.",
        "Send the delivery that is missing, if it was not sent. Do not send again what was taken.";
    /// KPR-06.
    SEQUENCE_NUMBER = "sequence-number", None,
        "notifikasjonLopeNr er ikke noe tall, så rekkefølgen kan ikke følges.",
        "notifikasjonLopeNr is no number, so the sequence cannot be followed.";
    /// KPR-06.
    SEQUENCE_REPEAT = "sequence-repeat", None,
        "notifikasjonLopeNr er ikke høyere enn et som har kommet før. Er dette en leveranse som manglet, er den nå mottatt. Ellers: tell videre uten å begynne på nytt.",
        "notifikasjonLopeNr is not higher than one that came before. If this is a delivery that was missing, it has arrived now. If not: count on without starting again.";
    /// KPR-06.
    SEQUENCE_START = "sequence-start", None,
        "Dette er den første notifikasjonen vi har fått, men den viser til en tidligere. Kontroller om en leveranse mangler.",
        "This is the first notification that we have had, but it names an earlier one. Check whether a delivery is missing.",
        cure: "Send leveransen som mangler, hvis den ikke er sendt. Ikke send på nytt det som er tatt imot.",
        "Send the delivery that is missing, if it was not sent. Do not send again what was taken.";
    /// KPR-06.
    SERVICE_EXPIRED = "service-expired", None,
        "Tjenestetypen er utgått i kodeverk 9151. Bruk koden som har tatt over.",
        "The service type has expired in code list 9151. Use the code that took over.";
    /// KPR-06.
    SERVICE_TYPE = "service-type", None,
        "Tjenestetypen finnes ikke i kodeverk 9151.",
        "The service type is not in code list 9151.";
    /// KPR-06.
    SEX = "sex", None,
        "Kjønn er en av kodene 0, 1, 2 og 9 i kodeverk 3101.",
        "Sex is one of the codes 0, 1, 2 and 9 of code list 3101.";
    /// KPR-06.
    STATUS = "status", None,
        "statusNotifikasjon er N (original), M (erstatter) eller C (annullerer). T er ikke i bruk.",
        "statusNotifikasjon is N (original), M (replaces) or C (annuls). T is not in use.";
    /// KPR-04.
    TEST_PERSON = "test-person", None,
        "Filen inneholder en testperson. Testpersoner skal aldri rapporteres: ta dem ut av uttrekket.",
        "The file holds a test person. Test persons must never be reported: take them out of the export.";
    /// KPR-05.
    TEXT_UNEXPECTED = "text-unexpected", Some("T02"),
        "Det står tekst mellom elementene. Alle opplysninger skal stå i attributter.",
        "Text stands between the elements. All data must be in attributes.";
    /// KPR-06.
    TEXT_TOO_LONG = "text-too-long", None,
        "Teksten er lengre enn 100 tegn. Den er tatt ut.",
        "The text is longer than 100 characters. It was taken out.";
    /// KPR-06.
    TEXT_TOO_LONG_SET = "text-too-long-set", None,
        "Teksten er lengre enn 100 tegn. Den er satt til -1.",
        "The text is longer than 100 characters. It was set to -1.";
    /// KPR-08.
    THRESHOLD = "threshold", None,
        "Flere oppføringer er avvist enn driften tillater. Det kan være flere enn dem som er nevnt: rett årsaken i hele filen, og send hele filen på nytt.",
        "More records were rejected than the operator allows. There may be more than those named: correct the cause in the whole file, and send the whole file again.";
    /// KPR-05.
    USER_MANY = "user-many", Some("T02"),
        "Hendelsen har mer enn én Bruker. Den skal ha nøyaktig én.",
        "The event has more than one Bruker. It must have exactly one.";
    /// KPR-05.
    USER_MISSING = "user-missing", Some("T02"),
        "Hendelsen har ingen Bruker. Den skal ha nøyaktig én.",
        "The event has no Bruker. It must have exactly one.";
    /// KPR-05.
    USERS_NONE = "users-none", Some("T02"),
        "Innsendingen har ingen Bruker. Den skal ha minst én.",
        "The submission has no Bruker. It must have at least one.";
    /// KPR-06.
    USER_NUMBER = "user-number", None,
        "brukerNr er lengre enn 100 tegn. Bruk fagsystemets egen nøkkel for brukeren.",
        "brukerNr is longer than 100 characters. Use the system's own key for the user.";
    /// KPR-05.
    VERSION = "version", Some("T10"),
        "Versjonen av meldingen tas ikke imot. Bruk den versjonen som navnerommet oppgir.",
        "This version of the message is not taken. Use the one that the namespace names.";
    /// KPR-06.
    YEAR = "year", None,
        "Dette er ikke noe årstall som kan stemme. Skriv fire sifre.",
        "This is no year that can be right. Write four digits.";
    /// KPR-03.
    YEAR_NOT_ROUTED = "year-not-routed", None,
        "Tjenesteåret tas ikke imot i denne typen innsending, eller har ikke begynt. Rett året eller datoen. Er det riktig, spør driften hvor det skal rapporteres.",
        "The service year is not taken in this kind of submission, or has not begun. Correct the year or the date. If it is right, ask the operator where it is to be reported.";
}

/// What to say of a wrong value that does not leave: what came of it, taken out or, where one is
/// demanded, set to -1.
pub fn of_lost(hint: &'static Hint, is_demanded: bool) -> &'static Hint {
    [
        (&DISTRICT, &DISTRICT_DROPPED, false),
        (&IDENTITY_INSIDE, &IDENTITY_INSIDE_SET, true),
        (&ORG_NUMBER, &ORG_NUMBER_DROPPED, false),
        (&TEXT_TOO_LONG, &TEXT_TOO_LONG_SET, true),
    ]
    .into_iter()
    .find_map(|(kept, lost, demanded)| {
        (kept.key == hint.key && demanded == is_demanded).then_some(lost)
    })
    .unwrap_or(hint)
}
