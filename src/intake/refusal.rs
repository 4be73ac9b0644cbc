//! Why a thing in an inbound directory is not taken (IN-01), in the words of its receipt.
//!
//! A closed set: the codes become catalogue values and alarm subjects. Never holds a file name.

use crate::{
    intake::name::BadName,
    signature::Wrong,
    types::{
        finding::{Finding, Place},
        rule::{Hint, hint},
        rules::intake::IN_01,
    },
};

/// Why a thing is refused. A breach of IN-01, and of IN-06 where it is for its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalReason {
    /// The manifest beside the file is not one line of `sha256sum` for it.
    BadManifest,
    /// The name is one that no file may have.
    BadName(BadName),
    /// It was written to in the moment of its claim.
    Changed,
    /// A character or block device.
    Device,
    /// A directory other than `test`.
    Directory,
    /// No bytes came.
    Empty,
    /// A named pipe.
    Fifo,
    /// Parts of it were never written.
    Hole,
    /// The evidence stayed below the sender's minimum for a day.
    Incomplete,
    /// It has more than one name.
    Links,
    /// A manifest whose file never came.
    LoneManifest,
    /// A signature whose file never came.
    LoneSignature,
    /// It is not signed as its sender's files must be (IN-06).
    Signature(Wrong),
    /// A socket.
    Socket,
    /// Another file took its name in the moment of its claim.
    Swapped,
    /// A symbolic link.
    Symlink,
    /// It kept a temporary name for a day.
    Temporary,
    /// It is larger than this sender may send.
    TooLarge,
    /// Its permissions keep us from reading it.
    Unreadable,
    /// It belongs to an account that is not the sender's.
    WrongOwner,
}

impl RefusalReason {
    /// All of them, for documentation and tables.
    pub const ALL: [Self; 29] = [
        Self::BadManifest,
        Self::BadName(BadName::Bidi),
        Self::BadName(BadName::Control),
        Self::BadName(BadName::Hyphen),
        Self::BadName(BadName::Length),
        Self::BadName(BadName::NotUtf8),
        Self::BadName(BadName::Path),
        Self::Changed,
        Self::Device,
        Self::Directory,
        Self::Empty,
        Self::Fifo,
        Self::Hole,
        Self::Incomplete,
        Self::Links,
        Self::LoneManifest,
        Self::LoneSignature,
        Self::Signature(Wrong::Missing),
        Self::Signature(Wrong::NoSignature),
        Self::Signature(Wrong::OtherKey),
        Self::Signature(Wrong::OtherNamespace),
        Self::Signature(Wrong::Unreadable),
        Self::Socket,
        Self::Swapped,
        Self::Symlink,
        Self::Temporary,
        Self::TooLarge,
        Self::Unreadable,
        Self::WrongOwner,
    ];

    /// The stable word for catalogue and alarms: the hint's key.
    pub fn code(self) -> &'static str {
        self.hint().key
    }

    /// Reads what [`Self::code`] gave.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The finding for the receipt.
    pub fn finding(self) -> Finding {
        match self {
            Self::Signature(wrong) => wrong.finding(),
            _ => Finding::new(&IN_01, Place::File {}).hint(self.hint()),
        }
    }

    /// What is wrong and what to do, in both languages.
    pub fn hint(self) -> &'static Hint {
        match self {
            Self::BadManifest => &BAD_MANIFEST,
            Self::BadName(BadName::Bidi) => &NAME_BIDI,
            Self::BadName(BadName::Control) => &NAME_CONTROL,
            Self::BadName(BadName::Hyphen) => &NAME_HYPHEN,
            Self::BadName(BadName::Length) => &NAME_LENGTH,
            Self::BadName(BadName::NotUtf8) => &NAME_NOT_UTF8,
            Self::BadName(BadName::Path) => &NAME_PATH,
            Self::Changed => &CHANGED,
            Self::Device => &DEVICE,
            Self::Directory => &DIRECTORY,
            Self::Empty => &EMPTY,
            Self::Fifo => &FIFO,
            Self::Hole => &HOLE,
            Self::Incomplete => &INCOMPLETE,
            Self::Links => &LINKS,
            Self::LoneManifest => &LONE_MANIFEST,
            Self::LoneSignature => &LONE_SIGNATURE,
            Self::Signature(wrong) => wrong.hint(),
            Self::Socket => &SOCKET,
            Self::Swapped => &SWAPPED,
            Self::Symlink => &SYMLINK,
            Self::Temporary => &TEMPORARY,
            Self::TooLarge => &TOO_LARGE,
            Self::Unreadable => &UNREADABLE,
            Self::WrongOwner => &WRONG_OWNER,
        }
    }
}

hint!(
    BAD_MANIFEST,
    "bad-manifest",
    "Kontrollfilen (.sha256) ved siden av filen er ikke én linje fra sha256sum for denne filen.",
    "The checksum file (.sha256) beside the file is not one line of sha256sum for this file.",
    cure: "Lag den med «sha256sum filnavn > filnavn.sha256»: én linje med 64 heksadesimale tegn, to mellomrom og navnet som filen har hos oss. Last opp begge på nytt.",
    "Make it with `sha256sum name > name.sha256`: one line of 64 hexadecimal digits, two spaces and the name that the file has here. Upload both again."
);
hint!(
    CHANGED,
    "changed",
    "Filen ble skrevet til mens den ble hentet; send den på nytt og la den være til kvitteringen kommer.",
    "The file was written to while it was being taken; send it again and leave it alone until the receipt comes."
);
hint!(
    DEVICE,
    "device",
    "Dette er en enhetsfil, ikke en vanlig fil.",
    "This is a device, not a plain file.",
    cure: "Send en vanlig fil.",
    "Send a plain file."
);
hint!(
    DIRECTORY,
    "directory",
    "Mapper blir ikke lest.",
    "Directories are not read.",
    cure: "Legg filene rett i inbound (eller i inbound/test), og fjern mappen.",
    "Put the files straight into inbound (or into inbound/test), and remove the directory."
);
hint!(
    EMPTY,
    "empty",
    "Filen er tom; opplastingen ble trolig brutt, send den på nytt.",
    "The file is empty; the upload was probably cut off, send it again."
);
hint!(
    FIFO,
    "fifo",
    "Dette er et navngitt rør, ikke en vanlig fil.",
    "This is a named pipe, not a plain file.",
    cure: "Send en vanlig fil.",
    "Send a plain file."
);
hint!(
    HOLE,
    "hole",
    "Deler av filen ble aldri skrevet; opplastingen ble trolig brutt, send hele filen på nytt.",
    "Parts of the file were never written; the upload was probably cut off, send the whole file again."
);
hint!(
    INCOMPLETE,
    "incomplete",
    "Det kom ikke bekreftelse på at filen er hel innen et døgn; send hele filen på nytt, gjerne med en kontrollfil (.sha256).",
    "Nothing showed within a day that the file is whole; send the whole file again, preferably with a checksum file (.sha256)."
);
hint!(
    LINKS,
    "links",
    "Filen har flere navn (harde lenker).",
    "The file has more than one name (hard links).",
    cure: "Send den som en egen fil.",
    "Send it as a file of its own."
);
hint!(
    LONE_MANIFEST,
    "lone-manifest",
    "Kontrollfilen (.sha256) hører til en fil som ikke kom, eller som var hentet alt.",
    "The checksum file (.sha256) belongs to a file that did not come, or that had been taken already.",
    cure: "Har filen fått sin egen kvittering, trenger du ikke gjøre noe. Ellers: last opp filen på nytt, med kontrollfilen før eller sammen med den.",
    "If the file has a receipt of its own, there is nothing to do. Otherwise upload the file again, with its checksum file before it or together with it."
);
hint!(
    LONE_SIGNATURE,
    "lone-signature",
    "Signaturfilen (.sig) hører til en fil som ikke kom, eller som var hentet alt.",
    "The signature file (.sig) belongs to a file that did not come, or that had been taken already.",
    cure: "Har filen fått sin egen kvittering, trenger du ikke gjøre noe. Ellers: last opp filen på nytt, sammen med signaturfilen.",
    "If the file has a receipt of its own, there is nothing to do. Otherwise upload the file again, together with its signature file."
);
hint!(
    NAME_BIDI,
    "name-bidi",
    "Filnavnet har tegn som snur skriveretningen.",
    "The file name has characters that turn the writing direction.",
    cure: "Send filen på nytt med et navn av vanlige bokstaver og tall.",
    "Send the file again with a name of ordinary letters and digits."
);
hint!(
    NAME_CONTROL,
    "name-control",
    "Filnavnet har styretegn eller linjeskift.",
    "The file name has control characters or line breaks.",
    cure: "Send filen på nytt med et navn av vanlige bokstaver og tall.",
    "Send the file again with a name of ordinary letters and digits."
);
hint!(
    NAME_HYPHEN,
    "name-hyphen",
    "Filnavnet begynner med bindestrek.",
    "The file name starts with a hyphen.",
    cure: "Send filen på nytt med et navn som begynner med en bokstav eller et tall.",
    "Send the file again with a name that starts with a letter or a digit."
);
hint!(
    NAME_LENGTH,
    "name-length",
    "Filnavnet er lengre enn 200 byte.",
    "The file name is longer than 200 bytes.",
    cure: "Send filen på nytt med et kortere navn.",
    "Send the file again with a shorter name."
);
hint!(
    NAME_NOT_UTF8,
    "name-not-utf8",
    "Filnavnet er ikke i UTF-8.",
    "The file name is not in UTF-8.",
    cure: "Still programmet til UTF-8, eller bruk bare bokstavene a til z, og send filen på nytt.",
    "Set the program to UTF-8, or use the letters a to z only, and send the file again."
);
hint!(
    NAME_PATH,
    "name-path",
    "Filnavnet har skråstrek eller omvendt skråstrek.",
    "The file name has a slash or backslash.",
    cure: "Send filen på nytt med et navn uten.",
    "Send the file again with a name without."
);
hint!(
    SOCKET,
    "socket",
    "Dette er en socket, ikke en vanlig fil.",
    "This is a socket, not a plain file.",
    cure: "Send en vanlig fil.",
    "Send a plain file."
);
hint!(
    SWAPPED,
    "swapped",
    "En annen fil tok filens navn mens den ble hentet; ingen av dem ble behandlet, send filen på nytt.",
    "Another file took the file's name while it was being taken; neither was processed, send the file again."
);
hint!(
    SYMLINK,
    "symlink",
    "Dette er en symbolsk lenke, ikke en vanlig fil. Lenken ble ikke fulgt.",
    "This is a symbolic link, not a plain file. It was not followed.",
    cure: "Send selve filen.",
    "Send the file itself."
);
hint!(
    TEMPORARY,
    "temporary",
    "Filen hadde et midlertidig navn i et døgn; send den på nytt og gi den sitt endelige navn når den er hel.",
    "The file kept a temporary name for a day; send it again and give it its final name when it is whole."
);
hint!(
    TOO_LARGE,
    "too-large",
    "Filen er større enn avtalt for denne avsenderen.",
    "The file is larger than agreed for this sender.",
    cure: "Del den opp, eller avtal en høyere grense med driften.",
    "Split it, or agree on a higher limit with the operator."
);
hint!(
    UNREADABLE,
    "unreadable",
    "Filens rettigheter hindrer oss i å lese den.",
    "The file's permissions keep us from reading it.",
    cure: "Send den på nytt uten å endre rettighetene.",
    "Send it again without changing its permissions."
);
hint!(
    WRONG_OWNER,
    "wrong-owner",
    "Filen tilhører en annen konto enn avsenderens.",
    "The file belongs to another account than the sender's.",
    cure: "Send den fra avsenderens egen konto.",
    "Send it from the sender's own account."
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RefusalReason;

    #[test]
    fn every_reason_has_its_own_code_and_both_languages() {
        let codes: BTreeSet<_> = RefusalReason::ALL.map(RefusalReason::code).into();
        assert_eq!(codes.len(), RefusalReason::ALL.len());
        for reason in RefusalReason::ALL {
            assert_eq!(RefusalReason::parse(reason.code()), Some(reason));
            let text = &reason.hint().text;
            for text in [Some(text), reason.hint().cure.as_ref()].into_iter().flatten() {
                assert!(text.nb.ends_with('.') && text.en.ends_with('.'), "{}", reason.code());
            }
            let rule =
                if matches!(reason, RefusalReason::Signature(_)) { "IN-06" } else { "IN-01" };
            assert_eq!(reason.finding().rule.code, rule);
        }
        assert_eq!(RefusalReason::parse("other"), None);
    }
}
