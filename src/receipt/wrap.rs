//! Lines of bounded width, for people who read in a terminal or in Notepad.

/// Appends `text` in lines of at most [`WIDTH`] characters. `first` stands before the first line
/// and `rest` before the others; a word that is wider than a line stands alone on one.
///
/// Breaks at spaces and control characters only, so that a non-breaking space keeps a number
/// together, and not within quotation marks, which stand around commands.
pub(super) fn paragraph(page: &mut String, first: &str, rest: &str, text: &str) {
    if first.len() + text.len() <= WIDTH && is_plain_line(text) {
        for piece in [first, text, "\n"] {
            page.push_str(piece);
        }
    } else {
        wrapped(page, first, rest, text);
    }
}

fn wrapped(page: &mut String, first: &str, rest: &str, text: &str) {
    if text.contains(QUOTES) && quotes_match(text) {
        // A command is copied from the receipt: it stays on one line.
        let mut is_quoted = false;
        let is_break = |c: char| {
            match c {
                '«' => is_quoted = true,
                '»' => is_quoted = false,
                '`' => is_quoted = !is_quoted,
                _ => {}
            }
            !is_quoted && (c == ' ' || c.is_control())
        };
        fill(page, first, rest, text.split(is_break));
    } else if text.chars().any(char::is_control) {
        fill(page, first, rest, text.split(|c: char| c == ' ' || c.is_control()));
    } else {
        fill(page, first, rest, text.split(' '));
    }
}

/// Whether each quotation ends before the next begins, none of them is as long as a line, and no
/// control character is in one.
fn quotes_match(text: &str) -> bool {
    let (mut open, mut length) = (None, 0);
    for c in text.chars() {
        match (open, c) {
            (None, '«') => (open, length) = (Some('»'), 0),
            (None, '`') => (open, length) = (Some('`'), 0),
            (None, '»') => return false,
            (Some(end), _) if c == end => open = None,
            (Some(_), _) if c.is_control() || QUOTES.contains(&c) || length == LONGEST_QUOTE => {
                return false;
            }
            _ => length += 1,
        }
    }
    open.is_none()
}

fn fill<'t>(page: &mut String, first: &str, rest: &str, words: impl Iterator<Item = &'t str>) {
    page.push_str(first);
    let mut column = first.chars().count();
    let mut at_start = true;
    for word in words.filter(|word| !word.is_empty()) {
        let width = word.chars().count();
        if !at_start && column + 1 + width > WIDTH {
            page.push('\n');
            page.push_str(rest);
            column = rest.chars().count();
            at_start = true;
        }
        if !at_start {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += width;
        at_start = false;
    }
    page.push('\n');
}

/// Whether a text that fits on a line is written as it is: one space between words, and none at its
/// ends. Most rows are.
fn is_plain_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && !bytes.windows(2).any(|two| two == b"  ")
}

/// What begins or ends a quotation.
const QUOTES: [char; 3] = ['«', '»', '`'];

/// Characters of a quotation that has room on a line of its own.
const LONGEST_QUOTE: usize = 56;

/// Characters in a line.
pub(super) const WIDTH: usize = 76;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{WIDTH, fill, paragraph};

    proptest! {
        #[test]
        fn a_line_that_fits_is_what_wrapping_makes_of_it(
            first in "[ -~]{0,20}",
            text in "[ a-z\u{a0}\u{85}\tæ]{0,80}",
        ) {
            let [mut one, mut other] = [String::new(), String::new()];
            paragraph(&mut one, &first, "  ", &text);
            fill(&mut other, &first, "  ", text.split(|c: char| c == ' ' || c.is_control()));
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn a_command_stays_on_one_line_unless_it_has_no_room_there() {
        let command = "ssh-keygen -Y sign -n filsluse -f keyfile name";
        let long = "x ".repeat(40);
        // (the text, whether the command in it must be whole)
        let cases = [
            (format!("Sign the file with `{command}` and send it."), true),
            (format!("Signer filen med «{command}», og send den."), true),
            (format!("One mark ` of a quotation and {command} later"), false),
            (format!("«One in `{command}` another», and more of it, to the end of it."), false),
            (format!("Sign it all with `{long}{command}`, and so on."), false),
        ];
        for (text, whole) in cases {
            let mut page = String::new();
            paragraph(&mut page, "              ", "              ", &text);
            assert!(page.contains(command) || !whole, "{page}");
            assert!(page.lines().all(|line| line.chars().count() <= WIDTH), "{page}");
        }
    }

    #[test]
    fn long_words_stand_alone_and_nothing_is_lost() {
        let text = format!("one {} two\u{a0}three {}", "x".repeat(90), "word ".repeat(40));
        let mut page = String::new();
        paragraph(&mut page, "- ", "  ", &text);
        assert!(page.lines().all(|l| l.chars().count() <= WIDTH || l.trim().len() == 90), "{page}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(page.trim_start_matches("- ")), words(&text));
        assert!(page.contains("two\u{a0}three"));
    }
}
