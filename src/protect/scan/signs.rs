//! Single signs of a text that a person wrote: which are digits, which nobody sees, and what those
//! between two groups of digits make of the groups.

/// What stands between two groups.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// What no number goes across.
    Border,
    /// What may stand between a number's usual groups alone: any one sign.
    Loose,
    /// Blanks.
    Blank,
    /// One sign, with blanks on both sides or on none.
    Mark(char),
}

/// What was read since the last digit.
#[derive(Default)]
pub(super) struct Between {
    signs: usize,
    mark: Option<char>,
    more_marks: bool,
    blank_before: bool,
    blank_behind: bool,
    pub(super) last: Option<char>,
}

impl Between {
    pub(super) fn add(&mut self, c: char) {
        self.signs += 1;
        self.last = Some(c);
        if c.is_whitespace() {
            *(if self.mark.is_none() { &mut self.blank_before } else { &mut self.blank_behind }) =
                true;
        } else {
            self.more_marks |= self.mark.is_some();
            self.mark = Some(c);
        }
    }

    pub(super) fn joint(&self) -> Joint {
        let symmetric = self.blank_before == self.blank_behind;
        match self.mark {
            _ if self.signs > MOST_SIGNS || self.more_marks => Joint::Border,
            None => Joint::Blank,
            Some('.' | '/' | '_') if symmetric => Joint::Mark(self.mark.unwrap_or_default()),
            Some(mark) if is_dash(mark) && symmetric => Joint::Mark('-'),
            Some(mark) if mark.is_alphanumeric() => Joint::Border,
            Some(_) => Joint::Loose,
        }
    }
}

/// A digit of a script that people here may write or paste, as ASCII.
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(c).ok().filter(u8::is_ascii_digit);
    }
    let zero = [0xFF10, 0x0660, 0x06F0]
        .into_iter()
        .find(|zero| (*zero..zero + 10).contains(&u32::from(c)))?;
    u8::try_from(u32::from(c) - zero).ok().map(|value| b'0' + value)
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}' | '\u{ff0d}')
}

pub(super) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Signs between two groups that still belong together.
const MOST_SIGNS: usize = 6;
