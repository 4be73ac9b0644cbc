//! An object on its way to its registry: whole, or from where an earlier answer broke off (RFC 9110,
//! section 14), and only while the registry's pin stands.

use std::io::{self, Read};

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{
            ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE,
            RANGE,
        },
    },
    response::{IntoResponse, Response},
};

use crate::{admin::hand_out::Handed, http_answers, listener::respond::Refusal};

/// The answer to what was asked with these headers. `stays`: whether it may still go out; asked
/// before each piece. `seat` is let go at the end.
pub(super) fn answer(
    handed: Handed,
    asked: &HeaderMap,
    stays: impl Fn() -> bool + Send + 'static,
    seat: impl Send + 'static,
) -> Response {
    let Handed { bytes, tag, file } = handed;
    let tag = format!("\"{tag}\"");
    let file = WhileStays { file, stays };
    let (status, skipped) = match range(asked, &tag, bytes) {
        Part::Whole => (StatusCode::OK, 0),
        Part::From(start) => (StatusCode::PARTIAL_CONTENT, start),
        Part::Nothing => return beyond(bytes),
    };
    let mut told: Vec<(HeaderName, String)> = vec![
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, (bytes - skipped).to_string()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (ETAG, tag),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        told.push((CONTENT_RANGE, format!("bytes {skipped}-{}/{bytes}", bytes - 1)));
    }
    let body = http_answers::file(Box::new(Skip { file, left: skipped }), seat);
    let mut response = (status, body).into_response();
    for (name, value) in told {
        if let Ok(value) = value.try_into() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What part is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// From this byte to the end.
    From(u64),
    /// From behind the end.
    Nothing,
}

/// Only `bytes=N-` is served, which is how a broken answer is taken up again; whoever asks for
/// other parts gets the whole, as RFC 9110 allows.
fn range(asked: &HeaderMap, tag: &str, bytes: u64) -> Part {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    if text(&IF_RANGE).is_some_and(|known| known != tag) {
        return Part::Whole;
    }
    let start = text(&RANGE).and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    match start.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
        None | Some("") => Part::Whole,
        Some(start) => match start.parse() {
            Ok(0) => Part::Whole,
            Ok(start) if start < bytes => Part::From(start),
            _ => Part::Nothing,
        },
    }
}

fn beyond(bytes: u64) -> Response {
    let message = format!("the object has {bytes} bytes: ask from one of them, or for the whole");
    let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "beyond-end", message);
    ([(CONTENT_RANGE, format!("bytes */{bytes}"))], refusal).into_response()
}

/// Breaks off when it may not go out any more.
struct WhileStays<S> {
    file: Box<dyn Read + Send>,
    stays: S,
}

impl<S: Fn() -> bool> Read for WhileStays<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !(self.stays)() {
            return Err(io::Error::other("the registry's certificate is not pinned any more"));
        }
        self.file.read(buffer)
    }
}

/// Leaves out the beginning.
struct Skip<R> {
    file: R,
    left: u64,
}

impl<R: Read> Read for Skip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left > 0 {
            let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
            match self.file.read(&mut buffer[..most])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.left -= count as u64,
            }
        }
        self.file.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use axum::http::{
        HeaderMap,
        header::{IF_RANGE, RANGE},
    };

    use super::{Part, Skip, range};

    #[test]
    fn what_is_asked_for() {
        for (asked, known, want) in [
            ("", "", Part::Whole),
            ("bytes=0-", "", Part::Whole),
            ("bytes=4-", "", Part::From(4)),
            ("bytes=4-", "\"t\"", Part::From(4)),
            ("bytes=4-", "\"u\"", Part::Whole),
            ("bytes=9-", "", Part::From(9)),
            ("bytes=10-", "", Part::Nothing),
            ("bytes=99999999999999999999-", "", Part::Nothing),
            ("bytes=-4", "", Part::Whole),
            ("bytes=4-5", "", Part::Whole),
            ("bytes=4-,6-", "", Part::Whole),
            ("bytes=+4-", "", Part::Whole),
            ("rows=4-", "", Part::Whole),
        ] {
            let mut headers = HeaderMap::new();
            if !asked.is_empty() {
                headers.insert(RANGE, asked.parse().unwrap());
            }
            if !known.is_empty() {
                headers.insert(IF_RANGE, known.parse().unwrap());
            }
            assert_eq!(range(&headers, "\"t\"", 10), want, "{asked} {known}");
        }
    }

    #[test]
    fn what_is_left_out() {
        for left in 0..=10_u8 {
            let mut rest = String::new();
            let mut skip = Skip { file: &b"0123456789"[..], left: left.into() };
            skip.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, &"0123456789"[left.into()..]);
        }
    }
}
