//! What the two files of a receipt are called in `outbound/`. Nothing else knows these endings.

use crate::types::ids::SubmissionId;

/// The names of the `AppRec` and of the text: `<stem>.<submission>[.<number>].receipt.xml` and
/// `.txt`.
///
/// `stem` is the file name that the sender chose, or a word of ours when that name was refused. The
/// result is the sender's to see and nobody else's: it never stands in a log. A stem of the
/// greatest length that intake lets in, 200 bytes, leaves room for `.age` within 255.
pub fn names(stem: &str, submission: SubmissionId, number: u32) -> (String, String) {
    let answer = if number > 1 { format!(".{number}") } else { String::new() };
    let base = format!("{stem}.{submission}{answer}.receipt");
    (format!("{base}.xml"), format!("{base}.txt"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::names;
    use crate::types::ids::SubmissionId;

    #[test]
    fn the_second_answer_has_its_number() {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let zeroes = "0".repeat(26);
        for (number, want) in [(1, ""), (2, ".2"), (13, ".13")] {
            let (xml, txt) = names("list.csv", id, number);
            assert_eq!(xml, format!("list.csv.{zeroes}{want}.receipt.xml"));
            assert_eq!(txt, format!("list.csv.{zeroes}{want}.receipt.txt"));
        }
        let (longest, _) = names(&"a".repeat(200), id, u32::MAX);
        assert!(longest.len() + ".age".len() <= 255, "{}", longest.len());
    }
}
