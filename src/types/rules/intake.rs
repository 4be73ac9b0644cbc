//! Rules for all kinds: IN rules.

use crate::types::rule::{OURS, Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[&IN_01, &IN_02, &IN_03, &IN_04, &IN_05, &IN_06];

/// IN-01.
pub static IN_01: Rule = Rule {
    code: "IN-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "Det som sendes, er en vanlig og fullstendig fil, eid av avsenderen, innenfor \
             størrelsesgrensen, i katalogen til en kjent avsender. Lenker, enheter og rør følges \
             aldri.",
        en: "What is sent is a plain and complete file, owned by the sender, within the size \
             limit, in the directory of a known sender. Links, devices and pipes are never \
             followed.",
    },
    cause: Text {
        nb: "Opplastingen ble avbrutt, filen er tom eller for stor, navnet inneholder tegn som \
             ikke kan brukes, eller det er lagt inn en lenke i stedet for en fil.",
        en: "The upload was interrupted, the file is empty or too large, its name has characters \
             that cannot be used, or a link was put there instead of a file.",
    },
    cure: Text {
        nb: "Last opp filen på nytt under et midlertidig navn som slutter på .part, gi den riktig \
             navn når den er ferdig, og bruk bare bokstaver, sifre, bindestrek og punktum i \
             navnet.",
        en: "Upload the file again under a temporary name that ends in .part, rename it when it \
             is finished, and use only letters, digits, hyphens and full stops in its name.",
    },
    source: OURS,
};

/// IN-02.
pub static IN_02: Rule = Rule {
    code: "IN-02",
    severity: Severity::RejectFile,
    apprec: "T10",
    demand: Text {
        nb: "Innholdet er av en type som denne avsenderen kan sende, i en versjon som vi kjenner. \
             Typen leses av innholdet, aldri av filnavnet.",
        en: "The content is of a kind that this sender may send, in a version that we know. The \
             kind is read from the content, never from the file name.",
    },
    cause: Text {
        nb: "Filen er ment for en annen mottaker. XML: rotelementet eller navnerommet er et annet \
             enn det avtalte. Regneark og CSV: overskriftsraden mangler eller er endret, eller \
             listen ligger ikke på det første arket.",
        en: "The file was meant for another recipient. XML: the root element or the namespace is \
             another than was agreed. Spreadsheet and CSV: the header row is missing or was \
             changed, or the list is not on the first sheet.",
    },
    cure: Text {
        nb: "XML: eksporter filen fra fagsystemet i den versjonen som er avtalt. Regneark og CSV: ta \
             utgangspunkt i malen for typen, og behold overskriftsraden slik den er. Skal du sende \
             en ny type, be driften åpne for den.",
        en: "XML: export the file from your system in the version that was agreed. Spreadsheet and \
             CSV: start from the template for the kind, and keep its header row as it is. To send a \
             new kind, ask the operator to open for it.",
    },
    source: OURS,
};

/// IN-03.
pub static IN_03: Rule = Rule {
    code: "IN-03",
    severity: Severity::Warning,
    apprec: "E10",
    demand: Text {
        nb: "Samme fil sendes én gang. Kommer nøyaktig det samme innholdet igjen, gjelder det \
             første svaret, og ingenting lagres to ganger.",
        en: "A file is sent once. When the very same content comes again, the first answer stands \
             and nothing is stored twice.",
    },
    cause: Text {
        nb: "Filen ble sendt om igjen fordi kvitteringen ikke var lest, eller en gammel fil ble \
             valgt i stedet for den nye.",
        en: "The file was sent again because the receipt had not been read, or an old file was \
             picked instead of the new one.",
    },
    cure: Text {
        nb: "Les det første svaret. Ville du sende noe nytt, kontroller at du har valgt den nye \
             filen.",
        en: "Read the first answer. If you meant to send something new, check that you picked the \
             new file.",
    },
    source: OURS,
};

/// IN-04.
pub static IN_04: Rule = Rule {
    code: "IN-04",
    severity: Severity::RejectFile,
    apprec: "T01",
    demand: Text {
        nb: "Filen er lesbar: tegnsettet er UTF-8, UTF-16 eller ISO-8859-1/Windows-1252 som \
             oppgitt, oppbygningen er riktig, og den inneholder ingen DTD, egne entiteter eller \
             henvisninger som skal hentes.",
        en: "The file can be read: its encoding is UTF-8, UTF-16 or ISO-8859-1/Windows-1252 as \
             declared, it is well formed, and it holds no DTD, entities of its own or references \
             to be fetched.",
    },
    cause: Text {
        nb: "Filen ble avkortet under opplasting, er lagret i et annet tegnsett enn den oppgir, \
             eller er redigert for hånd.",
        en: "The file was cut short on its way, is saved in another encoding than it declares, or \
             was edited by hand.",
    },
    cure: Text {
        nb: "XML: eksporter filen på nytt fra fagsystemet, og ikke rediger den. Regneark: lagre det \
             på nytt som .xlsx eller «CSV UTF-8». Send filen igjen.",
        en: "XML: export the file again from your system, and do not edit it. Spreadsheet: save it \
             again as .xlsx or \"CSV UTF-8\". Send the file again.",
    },
    source: OURS,
};

/// IN-05.
pub static IN_05: Rule = Rule {
    code: "IN-05",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text {
        nb: "En fil som er kryptert med age, kan åpnes med mottakets egen nøkkel.",
        en: "A file that is encrypted with age opens with the receiver's own key.",
    },
    cause: Text {
        nb: "Filen er kryptert til en annen eller en eldre nøkkel, eller den er skadet.",
        en: "The file was encrypted to another or an older key, or it is damaged.",
    },
    cure: Text {
        nb: "Krypter filen på nytt til den nøkkelen (age1...) som driften har oppgitt, og send \
             den igjen.",
        en: "Encrypt the file again to the key (age1...) that the operator has given you, and \
             send it again.",
    },
    source: OURS,
};

/// IN-06.
pub static IN_06: Rule = Rule {
    code: "IN-06",
    severity: Severity::RejectFile,
    apprec: "S01",
    demand: Text {
        nb: "Der det er avtalt signering, følger det en gyldig løs signatur med filen, laget med \
             avsenderens registrerte nøkkel.",
        en: "Where signing has been agreed, a valid detached signature made with the sender's \
             registered key comes with the file.",
    },
    cause: Text {
        nb: "Filen .sig mangler, hører til en annen utgave av filen, er laget med en nøkkel som \
             ikke er registrert, eller er laget for noe annet enn denne utvekslingen.",
        en: "The .sig file is missing, belongs to another edition of the file, was made with a key \
             that is not registered, or was made for something else than this exchange.",
    },
    cure: Text {
        nb: "Signer den endelige filen med «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn», og \
             last opp både filen og filnavn.sig, i hvilken rekkefølge du vil. Har dere byttet nøkkel, \
             meld den nye til driften først. Har ikke dere sendt filen, ring driften med en gang.",
        en: "Sign the final file with `ssh-keygen -Y sign -n filsluse -f keyfile name`, and upload \
             both the file and name.sig, in whatever order. If you have changed keys, give the \
             operator the new one first. If you did not send the file, telephone the operator at \
             once.",
    },
    source: OURS,
};
