//! Characters and names: the productions `Char`, `NameStartChar` and `NameChar` of XML 1.0, fifth
//! edition, and the byte classes that the scanners run on.

/// `NameStartChar` without the colon, which belongs to the prefix and not to a name.
pub(super) fn starts_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` without the colon.
pub(super) fn continues_name(character: char) -> bool {
    starts_name(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// `Char`.
pub(super) fn allowed(character: char) -> bool {
    !matches!(character,
        '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// How many lines end in a text of the plainest: ASCII, every character a `Char`, and no CR.
/// Nothing else is to be done about such a text; none for any other. One pass without a branch for
/// each byte.
pub(super) fn lines_if_plain(text: &str) -> Option<usize> {
    let (mut plain, mut lines) = (true, 0);
    // So short that the count of one fits into a byte, and many are counted at once.
    for piece in text.as_bytes().chunks(128) {
        let mut ends = 0_u8;
        for &byte in piece {
            let is_end = byte == b'\n';
            plain &= byte.cast_signed() >= 0x20 || is_end || byte == b'\t';
            ends += u8::from(is_end);
        }
        lines += usize::from(ends);
    }
    plain.then_some(lines)
}

/// Where the first character stands that is no `Char`.
pub(super) fn first_not_allowed(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // One pass without a branch per byte; the place is only looked for when there is one.
    let control = bytes.iter().fold(false, |found, byte| found | is_control(*byte));
    let control = if control { bytes.iter().position(|byte| is_control(*byte)) } else { None };
    let before = control.unwrap_or(bytes.len());
    // U+FFFE and U+FFFF are the only others that UTF-8 can hold: EF BF BE and EF BF BF.
    memchr::memchr_iter(0xEF, &bytes[..before])
        .find(|at| matches!(bytes[*at..], [_, 0xBF, 0xBE | 0xBF, ..]))
        .or(control)
}

/// White space of the production `S`.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// What a byte means within a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameByte {
    /// May not stand in a name.
    Ends,
    /// May start or continue one.
    Starts,
    /// May continue one.
    Continues,
    /// Separates prefix and local part.
    Colon,
    /// Belongs to a character beyond ASCII, which must be looked at as a whole.
    Beyond,
}

/// What each byte means within a name.
pub(super) static NAME_BYTES: [NameByte; 256] = {
    let mut table = [NameByte::Ends; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => NameByte::Starts,
            b'0'..=b'9' | b'-' | b'.' => NameByte::Continues,
            b':' => NameByte::Colon,
            0x80.. => NameByte::Beyond,
            _ => NameByte::Ends,
        };
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table
};

/// The bytes at which the scan of an attribute value stops to look: quotes, markup, references and
/// white space that becomes a space.
pub(super) static VALUE_STOPS: [bool; 256] = {
    let mut table = [false; 256];
    let stops = b"\"'<&\t\n\r";
    let mut at = 0;
    while at < stops.len() {
        table[stops[at] as usize] = true;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{
        NAME_BYTES, NameByte, allowed, continues_name, first_not_allowed, lines_if_plain,
        starts_name,
    };

    #[test]
    fn the_table_agrees_with_the_productions() {
        for byte in 0..0x80_u8 {
            let character = char::from(byte);
            let want = match character {
                ':' => NameByte::Colon,
                c if starts_name(c) => NameByte::Starts,
                c if continues_name(c) => NameByte::Continues,
                _ => NameByte::Ends,
            };
            assert!(NAME_BYTES[usize::from(byte)] == want, "byte {byte:#x}");
        }
    }

    #[test]
    fn only_plain_text_is_plain_wherever_the_rest_stands() {
        for character in (0..0x300).chain(0xFFF0..0x1_0010).filter_map(char::from_u32) {
            let plain = character.is_ascii() && allowed(character) && character != '\r';
            for before in [0, 1, 15, 16, 1023, 1024, 2000] {
                let text = format!("{}{character}<a b=\"c\">\t\n", "x".repeat(before));
                let lines = plain.then(|| text.matches('\n').count());
                assert_eq!(lines_if_plain(&text), lines, "U+{:04X}", u32::from(character));
                assert!(!plain || first_not_allowed(&text).is_none());
            }
        }
    }

    #[test]
    fn finds_what_is_no_char() {
        for character in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let text = format!("a\t\n\r{character}");
            let want = if allowed(character) { None } else { Some(4) };
            assert_eq!(first_not_allowed(&text), want, "U+{:04X}", u32::from(character));
        }
        assert_eq!(first_not_allowed("ab\u{FFFF}\u{1}"), Some(2), "the first of two");
    }
}
