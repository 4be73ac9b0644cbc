//! What exactly is wrong in a request or a reply, in the words of a receipt. No value of any field.

use crate::types::rule::hints;

hints! {
    /// POL-03.
    ANONYMOUS_ADDRESS = "anonymous-address", None,
        "Teksten inneholder en adresse. Fjern den: det som sendes anonymt, skal ikke si hvem pasienten er.",
        "The text holds an address. Remove it: what is sent anonymously must not tell who the patient is.";
    /// POL-03.
    ANONYMOUS_CONSENT = "anonymous-consent", None,
        "Et samtykke sier hvem pasienten er. Ta ut consent, eller oppgi grunnlaget samtykke.",
        "A consent tells who the patient is. Take consent out, or give the basis samtykke.";
    /// POL-03.
    ANONYMOUS_EMAIL = "anonymous-email", None,
        "Teksten inneholder en e-postadresse. Fjern den; din egen hører hjemme i contact.",
        "The text holds an e-mail address. Remove it; your own belongs in contact.";
    /// POL-03.
    ANONYMOUS_NAME = "anonymous-name", None,
        "Teksten inneholder et navn. Fjern det: det som sendes anonymt, skal ikke si hvem pasienten er.",
        "The text holds a name. Remove it: what is sent anonymously must not tell who the patient is.";
    /// POL-03.
    ANONYMOUS_NUMBER = "anonymous-number", None,
        "Feltet inneholder et fødselsnummer, en del av et eller lignende. Fjern det.",
        "The field holds a national identity number, a part of one or the like. Remove it.";
    /// POL-03.
    ANONYMOUS_PERSON = "anonymous-person", None,
        "Feltet person skal ikke være med når forespørselen er anonym. Ta det ut, eller oppgi et annet grunnlag.",
        "The field person must not be there when the request is anonymous. Take it out, or give another basis.";
    /// POL-02.
    ASSESSMENT = "assessment", None,
        "Tungtveiende interesser krever en skriftlig, konkret vurdering. Skriv i basis_details hvorfor vilkårene er oppfylt i dette tilfellet, med minst åtte forskjellige ord.",
        "Weighty interests need a written, concrete assessment. Write in basis_details why the conditions are met in this case, in at least eight different words.";
    /// POL-02.
    BASIS_MISSING = "basis-missing", None,
        "Det rettslige grunnlaget mangler. Skriv ett av: anonymisert, avverge-skade, begjaering-tvang, bistand, kjent-pasientforhold, samtykke, tungtveiende-interesser.",
        "The legal basis is missing. Write one of: anonymisert, avverge-skade, begjaering-tvang, bistand, kjent-pasientforhold, samtykke, tungtveiende-interesser.";
    /// POL-02.
    BASIS_ONE = "basis-one", None,
        "Det er oppgitt flere rettslige grunnlag. Oppgi nøyaktig ett: det som bærer det som deles.",
        "Several legal bases are given. Give exactly one: the one that carries what is shared.";
    /// POL-02.
    BASIS_UNKNOWN = "basis-unknown", None,
        "Det rettslige grunnlaget er ikke et som vi kjenner. Skriv ett av: anonymisert, avverge-skade, begjaering-tvang, bistand, kjent-pasientforhold, samtykke, tungtveiende-interesser.",
        "The legal basis is not one that we know. Write one of: anonymisert, avverge-skade, begjaering-tvang, bistand, kjent-pasientforhold, samtykke, tungtveiende-interesser.";
    /// POL-02 and others.
    BOOLEAN = "boolean", None,
        "Skriv true (ja) eller false (nei).",
        "Write true or false.";
    /// POL-05.
    CASE_MISSING = "case-missing", None,
        "Saksnummeret mangler. Opprett pasientsaken i saksarkivet først, og skriv nummeret i case_number.",
        "The case number is missing. Make the case in the archive first, and write its number in case_number.";
    /// POL-05.
    CASE_SHAPE = "case-shape", None,
        "Dette er ikke noe saksnummer. Skriv det slik saksarkivet viser det: år, skråstrek, løpenummer, som 26/00123.",
        "This is no case number. Write it as the archive shows it: year, slash, number, as 26/00123.";
    /// POL-01.
    CHECK_DIGIT = "national-id", Some("E31"),
        "Punkt 1 av 8: personnummeret er ikke gyldig her. Kontroller det mot folkeregisteret: ofte er to sifre byttet om.",
        "Point 1 of 8: the national id is not valid here. Compare it with the population register: often two digits are swapped.";
    /// POL-02.
    CONSENT_BY = "consent-by", None,
        "Skriv i consent.given_by hvem som har samtykket.",
        "Write in consent.given_by who consented.";
    /// POL-02.
    CONSENT_COMPETENT = "consent-competent", None,
        "Samtykket gjelder bare når den som samtykker, har beslutningskompetanse i spørsmålet. Bekreft det med consent.competent = true, eller vurder et annet grunnlag.",
        "Consent holds only where whoever consents is competent to decide on it. Confirm that by consent.competent = true, or consider another basis.";
    /// POL-02.
    CONSENT_DATE = "consent-date", None,
        "Datoen for samtykket mangler eller er ingen dato. Skriv ÅÅÅÅ-MM-DD i consent.date.",
        "The date of the consent is missing or is no date. Write YYYY-MM-DD in consent.date.";
    /// POL-02.
    CONSENT_INFORMED = "consent-informed", None,
        "Samtykket må være informert: pasienten forstår hvem, hvilke opplysninger og hvilke konsekvenser. Bekreft det med consent.informed = true.",
        "Consent must be informed: the patient understands from whom, which information and which consequences. Confirm that by consent.informed = true.";
    /// POL-02.
    CONSENT_LATER = "consent-later", None,
        "Samtykket er datert i fremtiden. Rett datoen; et samtykke må være gitt før det sendes.",
        "The consent is dated in the future. Correct the date; consent must be given before anything is sent.";
    /// POL-02.
    CONSENT_VOLUNTARY = "consent-voluntary", None,
        "Samtykket må være gitt frivillig. Bekreft det med consent.voluntary = true.",
        "Consent must be voluntary. Confirm that by consent.voluntary = true.";
    /// IN-02.
    DATE = "date", None,
        "Datoen mangler eller er ingen dato. Skriv ÅÅÅÅ-MM-DD.",
        "The date is missing or is no date. Write YYYY-MM-DD.";
    /// IN-02.
    DATE_LATER = "date-later", None,
        "Svaret er datert i fremtiden. Rett datoen.",
        "The reply is dated in the future. Correct the date.";
    /// IN-02.
    DISTRICT_MISSING = "district-missing", Some("E21"),
        "Skriv i police_district hvilket politidistrikt det skal til. Flere er satt opp her.",
        "Write in police_district which police district it is for. Several are set up here.";
    /// IN-02.
    DISTRICT_NONE = "district-none", Some("E21"),
        "Ingen politidistrikter er satt opp som mottakere her ennå. Ta kontakt med driften.",
        "No police district is set up as a receiver here yet. Get in touch with the operator.";
    /// IN-02.
    DISTRICT_UNKNOWN = "district-unknown", Some("E21"),
        "Politidistriktet er ikke et som vi sender til. Bruk koden som driften har oppgitt.",
        "The police district is not one that we send to. Use the code that the operator gave you.";
    /// IN-02.
    DOCUMENT_BASE64 = "document-content", None,
        "Innholdet i dokumentet mangler, er avkortet eller er ikke base64. Legg det ved på nytt.",
        "The document's content is missing, cut short or not base64. Attach it again.";
    /// IN-02.
    DOCUMENT_NAME = "document-name", None,
        "Dokumentet har ikke noe navn. Skriv et i name.",
        "The document has no name. Write one in name.";
    /// IN-02.
    DOCUMENT_TYPE = "document-type", None,
        "Dokumenttypen tas ikke imot. Bruk application/pdf, image/jpeg, image/png, image/tiff eller text/plain i media_type.",
        "The type of the document is not taken. Use application/pdf, image/jpeg, image/png, image/tiff or text/plain in media_type.";
    /// IN-02.
    DOCUMENT_TYPE_DIFFERS = "document-type-differs", None,
        "Innholdet i dokumentet er ikke av den typen som media_type sier. Rett typen, eller legg ved riktig fil.",
        "The document's content is not of the type that media_type says. Correct the type, or attach the right file.";
    /// IN-02.
    DOCUMENTS_MISSING = "documents-missing", None,
        "Svaret sier at opplysninger er delt, men har ingen dokumenter. Legg dem ved, eller skriv refused i shared.",
        "The reply says that information was shared, but holds no documents. Attach them, or write refused in shared.";
    /// IN-02.
    DOCUMENTS_TOO_MANY = "documents-too-many", None,
        "Svaret har for mange dokumenter. Legg ved høyst 1000.",
        "The reply holds too many documents. Attach at most 1000.";
    /// POL-01.
    HELP_NUMBER = "help-number", Some("E31"),
        "Dette er et hjelpenummer (H-nummer), som bare betyr noe i én institusjon og sier ikke politiet noe. Skriv fødselsnummeret eller D-nummeret i person.national_id. Et varsel kan sendes uten nummer.",
        "This is a help number (H-number), which means something in one institution only and tells the police nothing. Write the fødselsnummer or D-number in person.national_id. A notice may be sent without a number.";
    /// POL-10.
    INFORMED_MISSING = "informed-missing", None,
        "Skriv i patient_informed om pasienten er informert: yes (ja), no (nei) eller later (senere).",
        "Write in patient_informed whether the patient was informed: yes, no or later.";
    /// POL-10.
    INFORMED_WORD = "informed-word", None,
        "Ordet i patient_informed er ikke et vi kjenner. Skriv yes (ja), no (nei) eller later (senere).",
        "The word in patient_informed is not one that we know. Write yes, no or later.";
    /// POL-04.
    INVESTIGATION = "investigation", None,
        "Dette grunnlaget gir ikke hjemmel til å gi opplysninger til politiets etterforskning av straffbare forhold. Send det ikke; ta det opp med ledelsen eller juristen.",
        "This basis gives no authority to hand over information for the police's investigation. Do not send it; take it up with your management or lawyer.";
    /// POL-12.
    KNOWN_CONTENT = "known-patient-content", None,
        "Under kjent-pasientforhold kan ingenting utover pasientforholdet utleveres. Tøm feltet, eller registrer utleveringen under grunnlaget som gjaldt for resten.",
        "Under kjent-pasientforhold nothing beyond the patient relationship may be disclosed. Leave the field blank, or record the disclosure under the basis that applied to the rest.";
    /// POL-09.
    NEEDED_BY_DATE = "needed-by-date", None,
        "Punkt 8 av 8: fristen er ingen dato. Den sendes slik den står, men vi følger ikke opp etter den. Skriv ÅÅÅÅ-MM-DD i needed_by neste gang.",
        "Point 8 of 8: the day is no date. It is sent as it stands, but we do not follow up by it. Write YYYY-MM-DD in needed_by the next time.";
    /// POL-09.
    NEEDED_BY_PAST = "needed-by-past", None,
        "Punkt 8 av 8: fristen er alt passert, så svaret regnes som forsinket fra i dag. Skriv en dag fra og med i dag neste gang.",
        "Point 8 of 8: the day has passed already, so the answer counts as late from today. Write a day from today on the next time.";
    /// POL-13.
    NOTICE_BASIS = "notice-basis", None,
        "Et varsel på eget initiativ kan bare bygge på avverge-skade eller tungtveiende-interesser. Oppgi det av dem som gjelder.",
        "A notice on your own initiative can only build on avverge-skade or tungtveiende-interesser. Give the one that applies.";
    /// POL-13.
    NOTICE_THREAT = "notice-threat", None,
        "Beskriv i basis_details hvem faren gjelder: konkrete personer, eller et miljø eller en bestemt gruppe. Skriv minst tre forskjellige ord, eller to som sier hva faren er og hvem den gjelder, som Truer naboen.",
        "Describe in basis_details whom the danger is to: concrete persons, or a milieu or a certain group. Write at least three different words, or two that tell what the danger is and to whom, as Truer naboen (threatens the neighbour).";
    /// POL-01.
    PERIOD_DATE = "period-date", None,
        "Punkt 7 av 8: tidsrommet har noe som ikke er en dato. Skriv ÅÅÅÅ-MM-DD i period.from og period.to.",
        "Point 7 of 8: the period holds what is no date. Write YYYY-MM-DD in period.from and period.to.";
    /// POL-01.
    PERIOD_ORDER = "period-order", None,
        "Punkt 7 av 8: tidsrommet slutter før det begynner. Rett den av datoene som er feil.",
        "Point 7 of 8: the period ends before it begins. Correct the date that is wrong.";
    /// POL-01.
    POINT_1 = "missing-person", None,
        "Punkt 1 av 8 mangler: hvem forespørselen gjelder. Skriv navn og personnummer i person.",
        "Point 1 of 8 is missing: whom the request is about. Write name and national id in person.";
    /// POL-01.
    POINT_1_ID = "missing-national-id", Some("E30"),
        "Punkt 1 av 8 mangler: personnummeret til den som forespørselen gjelder. Skriv det i person.national_id.",
        "Point 1 of 8 is missing: the national id of whom the request is about. Write it in person.national_id.";
    /// POL-01, for notices.
    POINT_1_NUMBER = "missing-number", Some("E30"),
        "Personnummeret mangler i punkt 1 av 8. Et varsel stanses ikke av det; gi politiet nummeret når det er kjent.",
        "The national id is missing in point 1 of 8. That stops no notice; give the police the number when it is known.";
    /// POL-01.
    POINT_2 = "missing-requester", None,
        "Punkt 2 av 8 mangler: hvem som ber om innsyn. Skriv navn, stilling og avdeling i requester.",
        "Point 2 of 8 is missing: who asks. Write name, position and department in requester.";
    /// POL-01.
    POINT_3 = "missing-contact", None,
        "Punkt 3 av 8 mangler: kontaktinformasjon. Skriv telefon eller e-post i contact.",
        "Point 3 of 8 is missing: contact information. Write telephone or e-mail in contact.";
    /// POL-01.
    POINT_4 = "missing-purpose", None,
        "Punkt 4 av 8 mangler: formålet. Skriv i purpose hva opplysningene skal brukes til.",
        "Point 4 of 8 is missing: the purpose. Write in purpose what the information is to be used for.";
    /// POL-01.
    POINT_6 = "missing-register", None,
        "Punkt 6 av 8 mangler: hvilket register det bes om innsyn i. Skriv det i register.",
        "Point 6 of 8 is missing: which police register. Write it in register.";
    /// POL-01.
    POINT_7 = "missing-period", None,
        "Punkt 7 av 8 mangler: hvilket tidsrom det bes om innsyn i. Skriv første og siste dag i period.",
        "Point 7 of 8 is missing: which period. Write its first and last day in period.";
    /// POL-01.
    POINT_8 = "missing-needed-by", None,
        "Punkt 8 av 8 mangler: hvor raskt det er behov for svar. Skriv dagen i needed_by.",
        "Point 8 of 8 is missing: how soon an answer is needed. Write the day in needed_by.";
    /// POL-01.
    PURPOSE_CODE = "purpose-code", None,
        "Punkt 4 av 8: koden for formålet mangler eller er ukjent. Skriv i purpose_code en av: risikovurdering, farevilkaar, risikoreduserende-tiltak, vaapen, rusmidler, varslingsplikt, avverge-skade, bistand, tvungent-vern, rutine, etterforskning.",
        "Point 4 of 8: the code of the purpose is missing or unknown. Write in purpose_code one of: risikovurdering, farevilkaar, risikoreduserende-tiltak, vaapen, rusmidler, varslingsplikt, avverge-skade, bistand, tvungent-vern, rutine, etterforskning.";
    /// POL-01.
    OTHER_PURPOSE = "other-purpose", None,
        "Koden for formålet er ukjent, og føres som annet. Bruk en av kodene i veiledningen om en av dem passer.",
        "The code of the purpose is unknown, and is recorded as annet (other). Use one of the guide's codes where one fits.";
    /// POL-11.
    PURPOSE_UNTOLD = "purpose-untold", None,
        "Politiet må få vite formålet med innhentingen. Skriv det i purpose.",
        "The police must be told the purpose of asking. Write it in purpose.";
    /// IN-02.
    REFUSAL_BASIS = "refusal-basis", None,
        "Svaret er et avslag uten grunnlag. Skriv i refusal_basis hvilken bestemmelse det bygger på.",
        "The reply is a refusal without a basis. Write in refusal_basis which provision it builds on.";
    /// POL-11.
    RELATIONSHIP = "relationship", None,
        "Politiet må få vite om pasientforholdet. Skriv i patient_relationship hva slags det er.",
        "The police must be told of the patient relationship. Write in patient_relationship what it is.";
    /// POL-07.
    REPLY_CLOSED = "reply-closed", None,
        "Forespørselen er ikke åpen lenger: den er besvart eller avsluttet. Ta kontakt med den som spurte, om det er mer å svare.",
        "The request is no longer open: it was answered or closed. Contact whoever asked if there is more to answer.";
    /// POL-07.
    REPLY_DISTRICT = "reply-district", None,
        "police_district mangler eller er ikke koden til politidistriktet som sender. Skriv deres egen kode.",
        "police_district is missing or is not the code of the district that sends. Write your own code.";
    /// IN-02.
    REPLY_ID = "reply-id", None,
        "Svarets egen id mangler eller er ingen GUID. Skriv en ny GUID i reply_id for hvert svar.",
        "The reply's own id is missing or is no GUID. Write a new GUID in reply_id for each reply.";
    /// POL-07.
    REPLY_NOT_ASKED = "reply-not-asked", None,
        "Det svaret viser til, var et varsel eller en muntlig utlevering, som ikke skal besvares.",
        "What the reply names was a notice or an oral disclosure, which is not to be answered.";
    /// POL-07.
    REPLY_TO = "reply-to", None,
        "in_reply_to mangler eller er ingen GUID. Skriv request_id fra forespørselen dere mottok.",
        "in_reply_to is missing or is no GUID. Write the request_id of the request that you received.";
    /// POL-07.
    REPLY_TWICE = "reply-twice", Some("E10"),
        "Et svar med samme reply_id er mottatt før. Har dere mer å svare, bruk en ny GUID.",
        "A reply with the same reply_id was received before. If there is more to answer, use a new GUID.";
    /// POL-07.
    REPLY_UNKNOWN = "reply-unknown", None,
        "Svaret viser ikke til noen forespørsel som er sendt herfra til dere. Kontroller in_reply_to.",
        "The reply names no request that was sent from here to you. Check in_reply_to.";
    /// POL-06.
    REQUEST_ID = "request-id", None,
        "request_id mangler eller er ingen GUID. Uten den kan svaret ikke finne forespørselen.",
        "request_id is missing or is no GUID. Without it the reply cannot find the request.";
    /// POL-06.
    REQUEST_ID_USED = "request-id-used", Some("E10"),
        "Denne request_id er brukt før. Bruk en ny GUID for hver forespørsel.",
        "This request_id was used before. Use a new GUID for each request.";
    /// POL-02.
    ROUTINE = "routine", None,
        "Helsepersonelloven § 23 nr. 4 kan ikke brukes rutinemessig: det må alltid gjøres en konkret vurdering. Bruk et annet grunnlag.",
        "Helsepersonelloven § 23 no. 4 cannot be used as a routine: there must always be a concrete assessment. Use another basis.";
    /// IN-02.
    SHARED = "shared", None,
        "Skriv i shared hvor mye som er delt: full (helt), partial (delvis) eller refused (avslag).",
        "Write in shared how much was shared: full, partial or refused.";
    /// IN-02.
    TEXT_UNEXPECTED = "text-unexpected", None,
        "Her står det tekst utenfor feltene. Flytt den inn i et felt, eller ta den ut.",
        "Text stands here outside the fields. Move it into a field, or take it out.";
    /// IN-04.
    TOO_LONG = "too-long", None,
        "Teksten i feltet er for lang. Gjør den kortere; dokumentasjon hører hjemme i saksarkivet.",
        "The text of the field is too long. Make it shorter; documents belong in the case archive.";
    /// IN-02.
    TWICE = "twice", None,
        "Feltet eller gruppen står to ganger. Fjern det ene.",
        "The field or group stands twice. Remove one.";
    /// IN-02.
    TYPE = "type", None,
        "Skriv i type hva det er: inquiry (forespørsel) eller notice (varsel).",
        "Write in type what it is: inquiry or notice.";
    /// IN-02.
    UNKNOWN_PART = "unknown-part", Some("T02"),
        "Et element eller attributt som skjemaet ikke har. Ta det ut, eller bruk navnet fra veiledningen.",
        "An element or attribute that the form does not have. Take it out, or use the guide's name.";
}
