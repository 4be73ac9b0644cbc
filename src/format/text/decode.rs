//! From the bytes of one window to characters.

use std::str;

/// What a decoder did with a window.
pub(super) struct Decoded {
    /// Bytes that are text now.
    pub(super) taken: usize,
    /// Whether the bytes behind them are undefined in the encoding.
    pub(super) wrong: bool,
}

/// Length of `raw` without a character at its end of which bytes are still missing.
pub(super) fn whole_utf8(raw: &[u8]) -> usize {
    let last = raw.len().saturating_sub(3)..raw.len();
    for at in last.rev() {
        let wanted = match raw[at] {
            0x80..=0xBF => continue,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => 1,
        };
        return if raw.len() - at < wanted { at } else { raw.len() };
    }
    raw.len()
}

/// The text at the start of `raw`, and whether something that is no text follows.
pub(super) fn valid_prefix(raw: &[u8]) -> (&str, bool) {
    match str::from_utf8(raw) {
        Ok(text) => (text, false),
        Err(error) => (str::from_utf8(&raw[..error.valid_up_to()]).unwrap_or_default(), true),
    }
}

/// ASCII runs are copied whole; every other byte goes through `upper`.
pub(super) fn decode_bytes(
    raw: &[u8],
    text: &mut String,
    upper: impl Fn(u8) -> Option<char>,
) -> Decoded {
    let mut taken = 0;
    while taken < raw.len() {
        let rest = &raw[taken..];
        let run = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        text.push_str(valid_prefix(&rest[..run]).0);
        taken += run;
        if let Some(byte) = rest.get(run) {
            match upper(*byte) {
                Some(character) => text.push(character),
                None => return Decoded { taken, wrong: true },
            }
            taken += 1;
        }
    }
    Decoded { taken, wrong: false }
}

pub(super) fn decode_utf16(
    raw: &[u8],
    text: &mut String,
    unit: impl Fn([u8; 2]) -> u16,
) -> Decoded {
    let units = raw.as_chunks::<2>().0;
    let mut at = 0;
    while let Some(first) = units.get(at) {
        let first = unit(*first);
        let (code, length) = match first {
            0xD800..=0xDBFF => match units.get(at + 1).map(|second| unit(*second)) {
                // The other half is in the next window, or missing.
                None => break,
                Some(second @ 0xDC00..=0xDFFF) => {
                    let high = u32::from(first & 0x3FF) << 10;
                    (0x1_0000 + high + u32::from(second & 0x3FF), 2)
                }
                Some(_) => return Decoded { taken: at * 2, wrong: true },
            },
            _ => (u32::from(first), 1),
        };
        match char::from_u32(code) {
            Some(character) => text.push(character),
            None => return Decoded { taken: at * 2, wrong: true },
        }
        at += length;
    }
    Decoded { taken: at * 2, wrong: false }
}

pub(super) fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte) - 0x80],
        _ => Some(byte.into()),
    }
}

/// The characters of bytes 0x80 to 0x9F in Windows-1252.
const WINDOWS_1252: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('\u{2018}'),
    Some('\u{2019}'),
    Some('\u{201C}'),
    Some('\u{201D}'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];
