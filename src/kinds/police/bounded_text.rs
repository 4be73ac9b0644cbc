//! Text that comes in pieces, as a sender splits it, and is kept up to a bound.

use crate::types::secret::PersonalText;

/// A text without the white space before it.
pub struct BoundedText {
    text: String,
    /// Characters that may still come; none where there were too many.
    left: Option<usize>,
}

impl BoundedText {
    /// Nothing yet; `most` characters may come.
    pub fn new(most: usize) -> Self {
        Self { text: String::new(), left: Some(most) }
    }

    /// The next piece. What is beyond the bound is not kept.
    pub fn push(&mut self, piece: &str) {
        let Some(left) = self.left else { return };
        let piece = if self.text.is_empty() { piece.trim_start() } else { piece };
        let end = piece.char_indices().nth(left).map_or(piece.len(), |(end, _)| end);
        let kept = &piece[..end];
        self.text.push_str(kept);
        self.left = if end < piece.len() { None } else { Some(left - kept.chars().count()) };
    }

    /// Whether more came than may be.
    pub fn is_too_long(&self) -> bool {
        self.left.is_none()
    }

    /// What was kept, without the white space behind it.
    pub fn finish(self) -> PersonalText {
        let text = PersonalText::new(self.text);
        PersonalText::new(text.expose_text().trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedText;

    #[test]
    fn what_fits_is_kept_however_it_is_split() {
        let cases: [(&[&str], &str, bool); 9] = [
            (&[], "", false),
            (&[" \n", "  ", " a"], "a", false),
            (&["æøå", "æ", ""], "æøåæ", false),
            (&["æøå", "æø"], "æøåæ", true),
            (&["abcd", "e"], "abcd", true),
            (&["abcd", ""], "abcd", false),
            (&["ab  "], "ab", false),
            (&["ab   "], "ab", true),
            (&["abcdefgh", "i"], "abcd", true),
        ];
        for (pieces, want, too_long) in cases {
            let mut text = BoundedText::new(4);
            for piece in pieces {
                text.push(piece);
            }
            assert_eq!(text.is_too_long(), too_long, "{pieces:?}");
            assert_eq!(text.finish().expose_text(), want, "{pieces:?}");
        }
    }

    /// A comment between any two characters makes a piece of each.
    #[test]
    fn any_number_of_pieces_is_bounded() {
        let mut text = BoundedText::new(10_000);
        (0..3_000_000).for_each(|_| text.push("a"));
        assert!(text.is_too_long());
        assert_eq!(text.finish().expose_text().len(), 10_000);
    }
}
