//! Whether a namespace name is a URI reference (RFC 3986), as Namespaces in XML demands.
//!
//! Narrower than the RFC where nobody would notice: no bracketed addresses, and no ampersand, which
//! libxml2 mistakes for a second fragment.

/// Says whether `text` is a URI reference without brackets and ampersands; an empty one is.
pub(super) fn is_reference(text: &str) -> bool {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (text, query) = text.split_once('?').unwrap_or((text, ""));
    if !(is_written(fragment) && is_written(query) && is_written(text)) {
        return false;
    }
    let first = text.split('/').next().unwrap_or_default();
    let rest = match first.split_once(':') {
        None => text,
        Some((scheme, _)) if is_scheme(scheme) => &text[scheme.len() + 1..],
        Some(_) => return false,
    };
    let Some(rest) = rest.strip_prefix("//") else { return true };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.split_once('@') {
        None => authority,
        Some((_, host)) if !host.contains('@') => host,
        Some(_) => return false,
    };
    match host.split_once(':') {
        None => true,
        Some((_, port)) => {
            matches!(port.len(), 1..=5) && port.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Only characters that may stand in a URI, and `%` only before two hexadecimal digits.
fn is_written(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hexadecimal = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => hexadecimal(at + 1) && hexadecimal(at + 2),
        byte => byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;=:@/?".contains(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::is_reference;

    #[test]
    fn references() {
        let taken = [
            "",
            "x",
            "../a?b=c#d",
            "http://www.kith.no/xmlstds/msghead/2006-05-24",
            "http://www.npr.no/xmlstds/56_0_0_ipl",
            "urn:filsluse:embassy-list:1",
            "urn:x?a/b:c",
            "http://me@example.org:8080/%C3%B8",
            "/a:b",
        ];
        let refused = [
            "http://a b",
            "%zz",
            "%",
            "[",
            "1a:b",
            ":a",
            "http://ø",
            "a#b#c",
            "//a:b",
            "//a@b@c",
            "/?a&b",
        ];
        for text in taken {
            assert!(is_reference(text), "{text}");
        }
        for text in refused {
            assert!(!is_reference(text), "{text}");
        }
    }
}
