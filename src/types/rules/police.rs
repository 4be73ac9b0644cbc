//! What health personnel ask and tell the police, and what these answer: POL rules.

use crate::types::rule::{OURS, Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[
    &POL_01, &POL_02, &POL_03, &POL_04, &POL_05, &POL_06, &POL_07, &POL_08, &POL_09, &POL_10,
    &POL_11, &POL_12, &POL_13,
];

/// POL-01.
pub static POL_01: Rule = Rule {
    code: "POL-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Forespørselen er så spesifikk som mulig: 1 hvem den gjelder (navn og personnummer), \
             2 hvem som ber om innsyn (navn, stilling og avdeling), 3 kontaktinformasjon, \
             4 formålet, 5 eventuell henvisning til helseregelverket, 6 hvilket register, \
             7 hvilket tidsrom og 8 hvor raskt det er behov for svar.",
        en: "The request is as specific as possible: 1 whom it is about (name and national id), \
             2 who asks (name, position and department), 3 contact information, 4 the purpose, \
             5 a reference to the health legislation where there is one, 6 which register, \
             7 which period and 8 how soon an answer is needed.",
    },
    cause: Text {
        nb: "Ett av de åtte punktene er ikke fylt ut i fagsystemet, eller er skrevet slik at det \
             ikke kan leses.",
        en: "One of the eight points was not filled in, or is written so that it cannot be read.",
    },
    cure: Text {
        nb: "Fyll ut punktet som kvitteringen nevner, og send forespørselen på nytt. Et varsel \
             trenger ikke punkt 6 til 8, og en muntlig utlevering heller ikke punkt 3.",
        en: "Fill in the point that the receipt names, and send the request again. A notice does \
             not need points 6 to 8, and an oral disclosure does not need point 3 either.",
    },
    source: "retningslinjen 3.3",
};

/// POL-02.
pub static POL_02: Rule = Rule {
    code: "POL-02",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det er oppgitt nøyaktig ett kjent rettslig grunnlag. Et samtykke er informert, gitt \
             frivillig og av en som har beslutningskompetanse. Tungtveiende interesser krever en \
             skriftlig, konkret vurdering, og brukes aldri rutinemessig.",
        en: "Exactly one known legal basis is given. Consent is informed, voluntary and given with \
             decision-making competence. Weighty interests need a written, concrete assessment, \
             and are never used as a routine.",
    },
    cause: Text {
        nb: "Grunnlaget mangler, flere er oppgitt, eller det som grunnlaget krever, er ikke \
             dokumentert.",
        en: "The basis is missing, several are given, or what the basis demands is not documented.",
    },
    cure: Text {
        nb: "Vurder hvilket unntak fra taushetsplikten som gjelder, oppgi det ene, og dokumenter \
             det som kvitteringen sier at mangler. Finnes det ikke noe, skal det ikke sendes.",
        en: "Decide which exception from the duty of confidentiality applies, give that one, and \
             document what the receipt says is missing. If there is none, do not send it.",
    },
    source: "retningslinjen 3.2; helsepersonelloven §§ 22, 23",
};

/// POL-03.
pub static POL_03: Rule = Rule {
    code: "POL-03",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det som sendes i anonym form, har ingen opplysninger om hvem pasienten er: hverken \
             fødselsnummer, navn eller adresse, i noe felt.",
        en: "What is sent in anonymous form tells nowhere who the patient is: no national id, no \
             name and no address, in any field.",
    },
    cause: Text {
        nb: "Et felt om personen er fylt ut, eller fritekst inneholder et nummer, en adresse eller \
             en e-postadresse.",
        en: "A field about the person is filled in, or a free text holds a number, an address or \
             an e-mail address.",
    },
    cure: Text {
        nb: "Fjern det som kvitteringen peker på. Må politiet vite hvem det gjelder, kreves et \
             annet rettslig grunnlag.",
        en: "Remove what the receipt points at. If the police must know who it is, another legal \
             basis is needed.",
    },
    source: "retningslinjen 3.2; helsepersonelloven § 23 nr. 3",
};

/// POL-04.
pub static POL_04: Rule = Rule {
    code: "POL-04",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Helsepersonelloven §§ 23 nr. 4 og 31 gir ikke hjemmel til å videreformidle \
             informasjon som er nødvendig for politiets etterforskning av straffbare forhold.",
        en: "Helsepersonelloven §§ 23 no. 4 and 31 give no authority to hand over information that \
             is needed for the police's investigation of criminal offences.",
    },
    cause: Text {
        nb: "Formålet er etterforskning, og grunnlaget er tungtveiende interesser eller \
             avvergeplikten.",
        en: "The purpose is investigation, and the basis is weighty interests or the duty to avert \
             harm.",
    },
    cure: Text {
        nb: "Send det ikke på dette grunnlaget. Ber politiet om opplysninger til en \
             etterforskning, må det avklares med ledelsen eller juristen.",
        en: "Do not send it on this basis. If the police ask for information for an investigation, \
             it must be settled with your management or lawyer.",
    },
    source: "retningslinjen 3.2",
};

/// POL-05.
pub static POL_05: Rule = Rule {
    code: "POL-05",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det er opprettet en pasientsak i saksarkivet, og saksnummeret er oppgitt.",
        en: "A patient case exists in the case archive, and its number is given.",
    },
    cause: Text {
        nb: "Saken er ikke opprettet i Public 360, eller nummeret er skrevet på en annen måte.",
        en: "The case has not been made in Public 360, or the number is written in another way.",
    },
    cure: Text {
        nb: "Opprett saken i saksarkivet og skriv nummeret slik arkivet viser det, som 26/00123.",
        en: "Make the case in the archive and write the number as the archive shows it, as \
             26/00123.",
    },
    source: "retningslinjen 3.3",
};

/// POL-06.
pub static POL_06: Rule = Rule {
    code: "POL-06",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det journalføres hvilke opplysninger som er delt med politiet, når, med hvem og på \
             hvilket rettslig grunnlag, under forespørselens egen id.",
        en: "What was shared with the police, when, with whom and on which legal basis is recorded, \
             under the request's own id.",
    },
    cause: Text {
        nb: "Forespørselens id mangler, er ingen GUID, eller er brukt før.",
        en: "The request's id is missing, is no GUID, or has been used before.",
    },
    cure: Text {
        nb: "La fagsystemet trekke en ny GUID for hver forespørsel, hvert varsel og hver muntlig \
             utlevering.",
        en: "Let the system draw a new GUID for each request, notice and oral disclosure.",
    },
    source: "retningslinjen 3.3; helsepersonelloven §§ 39, 40",
};

/// POL-07.
pub static POL_07: Rule = Rule {
    code: "POL-07",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Et svar viser til en forespørsel som er sendt herfra, som fortsatt er åpen, og som ble \
             sendt til det politidistriktet som svarer.",
        en: "A reply names a request that was sent from here, that is still open, and that was sent \
             to the police district that answers.",
    },
    cause: Text {
        nb: "Svaret viser til feil forespørsel, er sendt to ganger, eller kommer fra et annet \
             distrikt enn det forespørselen gikk til.",
        en: "The reply names the wrong request, was sent twice, or comes from another district than \
             the request went to.",
    },
    cure: Text {
        nb: "Sett in_reply_to til request_id i forespørselen dere mottok. Svaret er satt til side \
             og går ikke til journalen; driften er varslet.",
        en: "Set in_reply_to to the request_id of the request that you received. The reply was set \
             aside and does not reach the journal; the operator was alerted.",
    },
    source: OURS,
};

/// POL-08.
pub static POL_08: Rule = Rule {
    code: "POL-08",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "Et svar venter på behandlerens avgjørelse: det som er relevant og nødvendig for \
             helsehjelpen, inntas i pasientjournalen og slettes her; resten slettes.",
        en: "A reply waits for the clinician's decision: what is relevant and necessary for the \
             health care enters the patient journal and is erased here; the rest is erased.",
    },
    cause: Text {
        nb: "Svaret er mottatt, og ingen har avgjort om det er relevant.",
        en: "The reply was received, and nobody has decided whether it is relevant.",
    },
    cure: Text {
        nb: "Politidistriktet trenger ikke gjøre noe. Uavgjort etter 30 dager varsles ledelsen, og \
             etter 90 dager slettes svaret.",
        en: "The police district need not do anything. Undecided after 30 days it is escalated, and \
             after 90 days the reply is erased.",
    },
    source: "retningslinjen 3.3; helsepersonelloven §§ 39, 40",
};

/// POL-09.
pub static POL_09: Rule = Rule {
    code: "POL-09",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text {
        nb: "Forespørselen sier hvilken dag det er behov for svar innen, og svaret kommer innen \
             den dagen.",
        en: "The request says by which day an answer is needed, and the answer comes by that day.",
    },
    cause: Text {
        nb: "Dagen er ingen dato eller er alt passert; eller politiet har ikke svart i tide.",
        en: "The day is no date or has passed already; or the police have not answered in time.",
    },
    cure: Text {
        nb: "Skriv en dato fra og med i dag (ÅÅÅÅ-MM-DD). Mangler svaret, ta kontakt med \
             politidistriktet.",
        en: "Write a date from today on (YYYY-MM-DD). If the answer is late, contact the police \
             district.",
    },
    source: "retningslinjen 3.3",
};

/// POL-10.
pub static POL_10: Rule = Rule {
    code: "POL-10",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det er oppgitt om pasienten er informert om at opplysninger er gitt: ja, nei eller \
             senere.",
        en: "It is told whether the patient was informed that information was given: yes, no or \
             later.",
    },
    cause: Text {
        nb: "Feltet patient_informed er ikke fylt ut, eller har et annet ord.",
        en: "The field patient_informed was not filled in, or has another word.",
    },
    cure: Text {
        nb: "Skriv yes (ja), no (nei) eller later (senere). Pasienten bør informeres så langt \
             forholdene tilsier det.",
        en: "Write yes, no or later. The patient should be informed as far as circumstances allow.",
    },
    source: "retningslinjen 3.3; pasient- og brukerrettighetsloven § 3-6 tredje ledd",
};

/// POL-11.
pub static POL_11: Rule = Rule {
    code: "POL-11",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "En forespørsel som ikke er anonym, opplyser politiet om pasientforholdet og formålet \
             med innhentingen.",
        en: "A request that is not anonymous tells the police of the patient relationship and of \
             the purpose of asking.",
    },
    cause: Text {
        nb: "Feltet patient_relationship eller purpose er tomt.",
        en: "The field patient_relationship or purpose is blank.",
    },
    cure: Text {
        nb: "Skriv hva slags pasientforhold det er, og hva opplysningene skal brukes til.",
        en: "Write what patient relationship there is, and what the information is to be used for.",
    },
    source: "retningslinjen 3.3",
};

/// POL-12.
pub static POL_12: Rule = Rule {
    code: "POL-12",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "På grunnlag av at politiet kjenner personen som pasient, utleveres ingenting utover \
             det: taushetsplikten gjelder fortsatt for andre opplysninger.",
        en: "On the ground that the police know the person as a patient, nothing beyond that is \
             disclosed: the duty of confidentiality still holds for all else.",
    },
    cause: Text {
        nb: "Registreringen av utleveringen har innhold i basis_details eller health_reference.",
        en: "The record of the disclosure has content in basis_details or health_reference.",
    },
    cure: Text {
        nb: "Er mer utlevert enn pasientforholdet, må det registreres under grunnlaget som gjaldt \
             for det. Ellers skal feltene være tomme.",
        en: "If more than the patient relationship was disclosed, record it under the basis that \
             applied. Otherwise leave the fields blank.",
    },
    source: "retningslinjen 3.2; helsepersonelloven § 23 nr. 1",
};

/// POL-13.
pub static POL_13: Rule = Rule {
    code: "POL-13",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Et varsel på eget initiativ bygger på plikten til å avverge alvorlig skade (§ 31) \
             eller på tungtveiende interesser (§ 23 nr. 4). Under § 31 er faren beskrevet: trusler \
             mot konkrete personer, eller like alvorlige mot et miljø eller en bestemt gruppe.",
        en: "A notice on one's own initiative builds on the duty to avert serious harm (§ 31) or on \
             weighty interests (§ 23 no. 4). Under § 31 the danger is described: threats against \
             concrete persons, or equally serious ones against a milieu or a certain group.",
    },
    cause: Text {
        nb: "Varselet har et annet grunnlag, eller sier ikke hva faren er.",
        en: "The notice has another basis, or does not say what the danger is.",
    },
    cure: Text {
        nb: "Oppgi avverge-skade eller tungtveiende-interesser, og beskriv i basis_details hvem \
             trusselen gjelder. Haster det, ring politiet og registrer det muntlige etterpå.",
        en: "Give avverge-skade or tungtveiende-interesser, and describe in basis_details whom the \
             threat is against. If it is urgent, call the police and record it afterwards.",
    },
    source: "retningslinjen 3.2; helsepersonelloven §§ 23 nr. 4, 31",
};
