//! Lines of bounded width, for people who read in a terminal or in Notepad.

/// Appends `text` in lines of at most [`WIDTH`] characters. `first` stands before the first line and
/// `rest` before the others; a word that is wider than a line stands alone on one.
///
/// Breaks at spaces and control characters only, so that a non-breaking space keeps a number together.
pub(super) fn paragraph(page: &mut String, first: &str, rest: &str, text: &str) {
    page.push_str(first);
    let mut column = first.chars().count();
    let mut at_start = true;
    for word in text.split(|c: char| c == ' ' || c.is_control()).filter(|word| !word.is_empty()) {
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

/// Characters in a line.
pub(super) const WIDTH: usize = 76;

#[cfg(test)]
mod tests {
    use super::{WIDTH, paragraph};

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
