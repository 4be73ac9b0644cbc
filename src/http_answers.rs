//! Answers over HTTP, on the control socket and at the admin listener: made on blocking threads, and
//! long ones go out in pieces as they are made.

use std::{io, panic::AssertUnwindSafe, sync::Arc};

use axum::body::{Body, Bytes};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_body_util::channel::Channel;
use tokio::{runtime::Handle, task};

use crate::{
    admin::{Fault, paging::Pages},
    pipeline::house::House,
    types::digest::Sha256,
};

/// Works on a blocking thread. A panic there is told to the one who asked, and ends nothing else.
pub async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let caught = task::spawn_blocking(|| std::panic::catch_unwind(AssertUnwindSafe(work))).await;
    match caught {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => Err(Fault::cannot("fault", "a fault of ours; see the journal")),
    }
}

/// Sends a file on; a failure in the middle breaks the body off, which the client sees. `kept` is
/// let go at the end.
pub fn file(mut bytes: Box<dyn io::Read + Send>, kept: impl Send + 'static) -> Body {
    let (mut to, body) = Channel::<Bytes, io::Error>::new(CHUNKS_AHEAD);
    task::spawn_blocking(move || {
        let _kept = kept;
        let runtime = Handle::current();
        let mut buffer = vec![0; CHUNK];
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => {
                    let chunk = Bytes::copy_from_slice(&buffer[..count]);
                    if runtime.block_on(to.send_data(chunk)).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return to.abort(error),
            }
        }
    });
    Body::new(body)
}

/// How the rows of a list are written.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// One JSON array.
    Array,
    /// A line for each.
    Lines,
}

/// A long list. Nobody else waits while it goes out: see [`Pages`]. `kept` is let go at the end.
///
/// # Errors
/// When its first page cannot be had. Later the body is broken off, which the client sees: half a
/// list must not pass for a whole one.
pub async fn list(
    house: Arc<House>,
    mut pages: Pages,
    form: Form,
    kept: impl Send + 'static,
) -> Result<Body, Fault> {
    let begun = apart(move || {
        let first = house.look(|view| pages.next(view))?;
        Ok((house, pages, first))
    });
    let (house, mut pages, mut page) = begun.await?;
    let (mut to, body) = Channel::<Bytes, io::Error>::new(CHUNKS_AHEAD);
    task::spawn_blocking(move || {
        let _kept = kept;
        let runtime = Handle::current();
        let mut array = Array::default();
        let mut send = |bytes: Vec<u8>| runtime.block_on(to.send_data(bytes.into())).is_ok();
        while let Some(lines) = page {
            let bytes = match form {
                Form::Array => array.rows(&lines),
                Form::Lines => lines,
            };
            if !send(bytes) {
                return;
            }
            page = match house.look(|view| pages.next(view)) {
                Ok(page) => page,
                Err(fault) => return to.abort(io::Error::other(fault)),
            };
        }
        if matches!(form, Form::Array) {
            send(array.end());
        }
    });
    Ok(Body::new(body))
}

/// A JSON array on its way out, from lines of JSON.
#[derive(Debug, Default)]
struct Array {
    begun: bool,
}

impl Array {
    fn rows(&mut self, lines: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(lines.len() + 2);
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            text.extend_from_slice(if self.begun { b",\n" } else { b"[" });
            text.extend_from_slice(line);
            self.begun = true;
        }
        text
    }

    fn end(&self) -> Vec<u8> {
        if self.begun { b"]\n".to_vec() } else { b"[]\n".to_vec() }
    }
}

/// The header of a file's digest (RFC 9530), in the form that [`content_digest`] writes.
pub const DIGEST: &str = "content-digest";

/// A digest as RFC 9530 writes it.
pub fn content_digest(sha256: &Sha256) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256.0))
}

const CHUNK: usize = 64 * 1024;
const CHUNKS_AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use super::{Array, apart};

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_panic_is_told_and_the_next_request_is_answered() {
        let fault = block_on(apart(|| -> Result<(), _> { panic!("of a test") })).unwrap_err();
        assert_eq!((fault.code.as_str(), fault.exit), ("fault", 2));
        assert!(!fault.message.contains("of a test"), "{fault:?}");
        assert_eq!(block_on(apart(|| Ok(7))), Ok(7));
    }

    #[test]
    fn lines_become_an_array() {
        for (pages, want) in [
            (&[][..], "[]\n"),
            (&["{}\n"][..], "[{}]\n"),
            (&["{}\n{\"a\":1}\n", "{}\n"][..], "[{},\n{\"a\":1},\n{}]\n"),
        ] {
            let mut array = Array::default();
            let mut text: Vec<u8> =
                pages.iter().flat_map(|page| array.rows(page.as_bytes())).collect();
            text.extend(array.end());
            assert_eq!(String::from_utf8(text).unwrap(), want);
        }
    }
}
