//! What is wrong with a signature, in the words of the receipt (IN-06). No value of either file.

use crate::types::{
    finding::{Finding, Place},
    rule::{Hint, hints},
    rules::intake::IN_06,
};

/// Why a file is not taken as its sender's. Every one of them is a breach of IN-06.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// The signature is of other bytes.
    Differs,
    /// No signature came.
    Missing,
    /// What came is none that we can read.
    NoSignature,
    /// It was made with a key that is not this sender's.
    OtherKey,
    /// It was made for something else than this exchange.
    OtherNamespace,
    /// Its permissions keep us from reading it.
    Unreadable,
}

impl Wrong {
    /// What comes out before the file itself is read.
    pub const BEFORE_READING: [Self; 5] =
        [Self::Missing, Self::NoSignature, Self::OtherKey, Self::OtherNamespace, Self::Unreadable];

    /// The finding for the receipt.
    pub fn finding(self) -> Finding {
        Finding::new(&IN_06, Place::File {}).hint(self.hint())
    }

    /// What is wrong and what to do, in both languages.
    pub fn hint(self) -> &'static Hint {
        match self {
            Self::Differs => &SIGNATURE_DIFFERS,
            Self::Missing => &NO_SIGNATURE_CAME,
            Self::NoSignature => &NOT_A_SIGNATURE,
            Self::OtherKey => &SIGNED_WITH_OTHER_KEY,
            Self::OtherNamespace => &SIGNED_FOR_OTHER_USE,
            Self::Unreadable => &SIGNATURE_UNREADABLE,
        }
    }
}

hints! {
    /// IN-06: nothing came for a day, or lies beside a file that is tried out.
    NO_SIGNATURE_CAME = "no-signature", None,
        "Filer fra denne avsenderen skal være signert, og denne har ingen signaturfil (.sig). En fil som er lastet opp, venter på den i et døgn.",
        "This sender's files must be signed, and this one has no signature file (.sig). A file that was uploaded waits one day for it.",
        cure: "Signer filen med «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn», og last opp både filen og filnavn.sig. Har ikke dere sendt filen, ring driften med en gang.",
        "Sign the file with `ssh-keygen -Y sign -n filsluse -f keyfile name`, and upload both the file and name.sig. If you did not send the file, telephone the operator at once.";
    /// IN-06.
    NOT_A_SIGNATURE = "not-a-signature", None,
        "Filen .sig er ikke en hel signatur fra ssh-keygen. Den er avkortet, eller laget med et annet program.",
        "The .sig file is not a whole signature by ssh-keygen. It was cut short, or made with another program.",
        cure: "Lag den på nytt med «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn», og last opp både filen og filnavn.sig som de er.",
        "Make it again with `ssh-keygen -Y sign -n filsluse -f keyfile name`, and upload both the file and name.sig as they are.";
    /// IN-06: told of a file whose bytes were read.
    SIGNATURE_DIFFERS = "signature-differs", None,
        "Signaturen er laget med riktig nøkkel, men av et annet innhold: filen ble endret etter at den ble signert, eller signaturen hører til en annen fil. SHA-256 av det vi mottok, står i kvitteringen.",
        "The signature was made with the right key, but of other content: the file was changed after it was signed, or the signature is another file's. The SHA-256 of what we received stands in the receipt.",
        cure: "Signer filen slik den skal sendes (pakket eller kryptert først, signert til slutt): «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn». Overfør begge filene binært, og last opp begge på nytt.",
        "Sign the file as it is to be sent (packed or encrypted first, signed last): `ssh-keygen -Y sign -n filsluse -f keyfile name`. Transfer both files in binary mode, and upload both again.";
    /// IN-06.
    SIGNATURE_UNREADABLE = "signature-unreadable", None,
        "Rettighetene til filen .sig hindrer oss i å lese den.",
        "The permissions of the .sig file keep us from reading it.",
        cure: "Gi den rettighetene 0644 hos dere (chmod 644 filnavn.sig), og last opp både filen og filnavn.sig på nytt.",
        "Set its permissions to 0644 on your side (chmod 644 name.sig), and upload both the file and name.sig again.";
    /// IN-06.
    SIGNED_FOR_OTHER_USE = "signed-for-other-use", None,
        "Signaturen er laget for noe annet enn denne utvekslingen: navnerommet er ikke «filsluse».",
        "The signature was made for something else than this exchange: its namespace is not \"filsluse\".",
        cure: "Signer på nytt med nøyaktig «-n filsluse»: «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn». Last opp både filen og filnavn.sig.",
        "Sign again with exactly `-n filsluse`: `ssh-keygen -Y sign -n filsluse -f keyfile name`. Upload both the file and name.sig.";
    /// IN-06.
    SIGNED_WITH_OTHER_KEY = "signed-with-other-key", None,
        "Signaturen er laget med en nøkkel som ikke er registrert for denne avsenderen.",
        "The signature was made with a key that is not registered for this sender.",
        cure: "Signer med nøkkelen som er meldt til driften, «ssh-keygen -Y sign -n filsluse -f nøkkelfil filnavn», og last opp både filen og filnavn.sig. Har dere byttet nøkkel, meld den nye (innholdet i .pub-filen) til driften først; det må være en ssh-ed25519-nøkkel. Har ikke dere sendt filen, ring driften med en gang.",
        "Sign with the key that the operator has been given, `ssh-keygen -Y sign -n filsluse -f keyfile name`, and upload both the file and name.sig. If you have changed keys, give the operator the new one (what stands in the .pub file) first; it must be an ssh-ed25519 key. If you did not send the file, telephone the operator at once.";
}
