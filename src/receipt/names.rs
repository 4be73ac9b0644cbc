//! What the two files of a receipt are called in `outbound/`. Nothing else knows these endings.

use crate::types::ids::SubmissionId;

/// The names of the `AppRec` and of the text: `<stem>.<submission>[.<number>].receipt.xml` and
/// `.txt`.
///
/// `stem` is the file name that the sender chose, or a word of ours when that name was refused. The
/// result is the sender's to see and nobody else's: it never stands in a log. A stem of the
/// greatest length that intake lets in, 200 bytes, leaves room for `.age` within 255.
pub fn names(stem: &str, submission: SubmissionId, number: u32) -> (String, String) {
    let base = format!("{stem}.{}", base(submission, number));
    (format!("{base}.xml"), format!("{base}.txt"))
}

/// What the name of the `AppRec` ends in, behind the sender's own: all of it that we may show.
/// `is_sealed`: whether it is encrypted to the sender.
pub fn ending(submission: SubmissionId, number: u32, is_sealed: bool) -> String {
    let sealed = if is_sealed { SEALED } else { "" };
    format!("{}.xml{sealed}", base(submission, number))
}

/// The same in both names.
fn base(submission: SubmissionId, number: u32) -> String {
    let answer = if number > 1 { format!(".{number}") } else { String::new() };
    format!("{submission}{answer}.receipt")
}

/// What the name of an encrypted one has behind all that.
pub const SEALED: &str = ".age";

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{SEALED, ending, names};
    use crate::types::ids::SubmissionId;

    #[test]
    fn the_second_answer_has_its_number() {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let zeroes = "0".repeat(26);
        for (number, want) in [(1, ""), (2, ".2"), (13, ".13")] {
            let (xml, txt) = names("list.csv", id, number);
            assert_eq!(xml, format!("list.csv.{zeroes}{want}.receipt.xml"));
            assert_eq!(txt, format!("list.csv.{zeroes}{want}.receipt.txt"));
            assert_eq!(xml, format!("list.csv.{}", ending(id, number, false)));
            assert_eq!(format!("{xml}{SEALED}"), format!("list.csv.{}", ending(id, number, true)));
        }
        let (longest, _) = names(&"a".repeat(200), id, u32::MAX);
        assert!(longest.len() + SEALED.len() <= 255, "{}", longest.len());
    }
}
