//! The values of attributes, and the references in them and in texts.

use memchr::memchr;

use crate::format::xml::{
    chars::{self, VALUE_STOPS},
    error::XmlErrorKind,
    scan::{Halt, Scan, Span},
};

/// A quoted attribute value at `at`, which moves behind it.
#[inline]
pub(super) fn value(window: &str, at: &mut usize, scratch: &mut String) -> Scan<Span> {
    let bytes = window.as_bytes();
    let quote = bytes[*at];
    if quote != b'"' && quote != b'\'' {
        return Err(Halt::Wrong(XmlErrorKind::Attribute, *at));
    }
    let start = *at + 1;
    // Nearly every value ends at the first stop.
    let stop = next_stop(bytes, start)?;
    if bytes[stop] == quote {
        *at = stop + 1;
        return Ok(Span::Window(start, stop));
    }
    let kept = scratch.len();
    let (mut copied, mut stop) = (start, stop);
    loop {
        match bytes[stop] {
            byte if byte == quote => break,
            b'<' => return Err(Halt::Wrong(XmlErrorKind::LessThan, stop)),
            b'&' => {
                let (character, end) = reference(window, stop)?;
                scratch.push_str(&window[copied..stop]);
                scratch.push(character);
                copied = end;
            }
            b'"' | b'\'' => {
                scratch.push_str(&window[copied..=stop]);
                copied = stop + 1;
            }
            _ => {
                scratch.push_str(&window[copied..stop]);
                scratch.push(' ');
                copied = stop + 1;
            }
        }
        stop = next_stop(bytes, copied)?;
    }
    scratch.push_str(&window[copied..stop]);
    *at = stop + 1;
    Ok(Span::Scratch(kept, scratch.len()))
}

fn next_stop(bytes: &[u8], start: usize) -> Scan<usize> {
    let rest = &bytes[start..];
    match rest.iter().position(|byte| VALUE_STOPS[usize::from(*byte)]) {
        Some(length) => Ok(start + length),
        None => Err(Halt::Incomplete),
    }
}

/// The reference whose `&` stands at `start`: its character and its end.
pub(super) fn reference(window: &str, start: usize) -> Scan<(char, usize)> {
    let wrong = |kind| Halt::Wrong(kind, start);
    let rest = &window.as_bytes()[start + 1..];
    let near = &rest[..rest.len().min(LONGEST_REFERENCE)];
    let Some(length) = memchr(b';', near) else {
        // Only a start that can still become a reference is worth more input.
        let open = near.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
        return Err(if open && near.len() < LONGEST_REFERENCE {
            Halt::Incomplete
        } else {
            wrong(XmlErrorKind::Reference)
        });
    };
    let end = start + 1 + length + 1;
    let character = match &near[..length] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => code(digits, 16).ok_or(wrong(XmlErrorKind::Reference))?,
        [b'#', digits @ ..] => code(digits, 10).ok_or(wrong(XmlErrorKind::Reference))?,
        name => {
            let named = !name.is_empty() && name.iter().all(u8::is_ascii_alphanumeric);
            return Err(wrong(if named && !name[0].is_ascii_digit() {
                XmlErrorKind::Entity
            } else {
                XmlErrorKind::Reference
            }));
        }
    };
    if !chars::allowed(character) {
        return Err(wrong(XmlErrorKind::Character));
    }
    Ok((character, end))
}

fn code(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_u32, |value, byte| {
        let digit = char::from(*byte).to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    });
    char::from_u32(value?)
}

/// Bytes of the longest reference that is looked at, without its `&`: leading zeros are allowed but
/// nobody writes this many.
const LONGEST_REFERENCE: usize = 64;

#[cfg(test)]
mod tests {
    use super::{reference, value};
    use crate::format::xml::{
        error::XmlErrorKind as E,
        scan::{Halt, Span},
    };

    #[test]
    fn references() {
        let cases = [
            ("&amp;", Ok('&')),
            ("&apos;", Ok('\'')),
            ("&#65;", Ok('A')),
            ("&#x000E6;", Ok('æ')),
            ("&#x1F600;", Ok('😀')),
            ("&#0;", Err(E::Character)),
            ("&#x1;", Err(E::Character)),
            ("&#xFFFE;", Err(E::Character)),
            ("&#xD800;", Err(E::Reference)),
            ("&#x110000;", Err(E::Reference)),
            ("&#4294967361;", Err(E::Reference)),
            ("&#X41;", Err(E::Reference)),
            ("&#;", Err(E::Reference)),
            ("&#x;", Err(E::Reference)),
            ("&;", Err(E::Reference)),
            ("& ;", Err(E::Reference)),
            ("&nbsp;", Err(E::Entity)),
            ("&AMP;", Err(E::Entity)),
        ];
        for (input, want) in cases {
            let want = want.map(|c| (c, input.len())).map_err(|kind| Halt::Wrong(kind, 0));
            assert_eq!(reference(input, 0), want, "case: {input}");
        }
        assert_eq!(reference("&am", 0), Err(Halt::Incomplete));
        assert_eq!(reference("& b", 0), Err(Halt::Wrong(E::Reference, 0)));
    }

    #[test]
    fn values() {
        let mut scratch = String::new();
        let shown = |span: Span, window: &str, scratch: &str| match span {
            Span::Window(start, end) => window[start..end].to_owned(),
            Span::Scratch(start, end) => format!("~{}", &scratch[start..end]),
        };
        let values = [
            ("\"plain\"", Ok("plain")),
            ("''", Ok("")),
            ("\"it's\"", Ok("~it's")),
            ("'a\tb\nc&#10;d'", Ok("~a b c\nd")),
            ("'&lt;&#38;amp;'", Ok("~<&amp;")),
            ("'a<b'", Err(Halt::Wrong(E::LessThan, 2))),
            ("'a&b'", Err(Halt::Wrong(E::Reference, 2))),
            ("'a", Err(Halt::Incomplete)),
            ("a", Err(Halt::Wrong(E::Attribute, 0))),
        ];
        for (input, want) in values {
            let found = value(input, &mut 0, &mut scratch).map(|s| shown(s, input, &scratch));
            assert_eq!(found, want.map(str::to_owned), "case: {input}");
        }
    }
}
