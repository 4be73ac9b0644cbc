//! What stands between tags: text, and CDATA sections.

use memchr::{memchr3, memmem};

use crate::format::xml::{
    error::XmlErrorKind,
    scan::{Halt, Scan, Span, value::reference},
};

/// Text from `start` up to the next `<`: where it is, and where the `<` stands.
pub(in crate::format::xml) fn text(
    window: &str,
    start: usize,
    scratch: &mut String,
) -> Scan<(Span, usize)> {
    let bytes = window.as_bytes();
    scratch.clear();
    // Up to here the text is in `scratch`, if anything is.
    let mut copied = start;
    let mut at = start;
    loop {
        let stop = memchr3(b'<', b'&', b'>', &bytes[at..]).ok_or(Halt::Incomplete)?;
        at += stop;
        match bytes[at] {
            b'<' => break,
            b'>' => {
                if bytes[start..at].ends_with(b"]]") {
                    return Err(Halt::Wrong(XmlErrorKind::CdataEnd, at - 2));
                }
                at += 1;
            }
            _ => {
                let (character, end) = reference(window, at)?;
                scratch.push_str(&window[copied..at]);
                scratch.push(character);
                at = end;
                copied = end;
            }
        }
    }
    if copied == start {
        return Ok((Span::Window(start, at), at));
    }
    scratch.push_str(&window[copied..at]);
    Ok((Span::Scratch(0, scratch.len()), at))
}

/// The end of a piece of the text at `start` that goes on behind the window; none where too little
/// of it is plain. Nothing that ends there can mean something else when more has come.
pub(in crate::format::xml) fn piece(window: &str, start: usize) -> Option<usize> {
    let bytes = &window.as_bytes()[start..];
    let plain = memchr3(b'<', b'&', b'>', bytes).unwrap_or(bytes.len());
    // A `>` that comes next may make `]]>` of them.
    let brackets = bytes[..plain].iter().rev().take(2).take_while(|byte| **byte == b']').count();
    let length = plain - brackets;
    (length >= SMALLEST_PIECE).then_some(start + length)
}

/// A CDATA section, from its `<![CDATA[` at `start`: its text and its end.
pub(in crate::format::xml) fn cdata(window: &str, start: usize) -> Scan<(Span, usize)> {
    let body = start + 9;
    let bytes = &window.as_bytes()[body..];
    let length = memmem::find(bytes, b"]]>").ok_or(Halt::Incomplete)?;
    Ok((Span::Window(body, body + length), body + length + 3))
}

/// Bytes of a text that are worth giving out before it has ended.
const SMALLEST_PIECE: usize = 1 << 12;

#[cfg(test)]
mod tests {
    use super::text;
    use crate::format::xml::{
        error::XmlErrorKind as E,
        scan::{Halt, Span},
    };

    #[test]
    fn texts() {
        let mut scratch = String::new();
        let shown = |span: Span, window: &str, scratch: &str| match span {
            Span::Window(start, end) => window[start..end].to_owned(),
            Span::Scratch(start, end) => format!("~{}", &scratch[start..end]),
        };
        let texts = [
            ("plain<", Ok("plain")),
            ("a > b ]] > c<", Ok("a > b ]] > c")),
            ("1 &lt; 2 &amp; 3<", Ok("~1 < 2 & 3")),
            ("]]&gt;<", Ok("~]]>")),
            ("a]]>b<", Err(Halt::Wrong(E::CdataEnd, 1))),
            ("a", Err(Halt::Incomplete)),
        ];
        for (input, want) in texts {
            let found = text(input, 0, &mut scratch).map(|(s, _)| shown(s, input, &scratch));
            assert_eq!(found, want.map(str::to_owned), "case: {input}");
        }
    }
}
