//! One object put into a registry's inbox: `PUT <url>/<object id>`, the age file as its body.
//!
//! The same object comes under the same address each time, so that a repetition is harmless. No
//! redirect is followed. What an answer says beyond its status is not read. The connection stands
//! before the daemon is asked for the object: an inbox that is down is told nothing, and nothing is
//! recorded as read for it.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use http_body_util::channel::{Channel, Sender};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use rustls::ClientConfig;
use tokio::{
    runtime::{Handle, Runtime},
    time::{sleep, timeout},
};

use crate::{
    catalogue::records::outgoing::Trouble,
    config::peer::Peer,
    daemon::control::client::{Stream, WholeStream},
    deliver::way::{Way, refusal},
    http_answers::DIGEST,
    pipeline::push::Pushed,
    types::ids::ObjectId,
};

/// A registry's inbox.
pub struct HttpsInbox {
    way: Way,
    /// How long nothing may move.
    patience: Duration,
    runtime: Runtime,
}

impl HttpsInbox {
    /// Sets up; connects to nothing yet.
    ///
    /// # Errors
    /// When the host's name is none.
    pub fn new(peer: &Peer, tls: Arc<ClientConfig>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { way: Way::new(peer, tls)?, patience: peer.timeout, runtime })
    }

    /// Puts an object there. `fetch` opens it, once the inbox is there to take it.
    ///
    /// # Errors
    /// Those of `fetch`; what is wrong with the inbox is what came of it.
    pub fn put<E>(
        &self,
        object: &ObjectId,
        fetch: impl FnOnce() -> Result<WholeStream, E>,
    ) -> Result<Pushed, E> {
        let failed = |trouble| Pushed::Failed { trouble, wait: None };
        let connected = self.runtime.block_on(async {
            timeout(self.patience, self.way.connect()).await.unwrap_or(Err(Trouble::Timeout))
        });
        let mut connection = match connected {
            Ok(connection) => connection,
            Err(trouble) => return Ok(failed(trouble)),
        };
        let WholeStream { bytes, digest, file } = fetch()?;
        let (to, body) = Channel::<Bytes, io::Error>::new(CHUNKS_AHEAD);
        let Ok(request) = self.request(object, bytes, &digest, body) else {
            return Ok(failed(Trouble::Unreadable));
        };
        let moved = Arc::new(AtomicU64::new(0));
        let runtime = self.runtime.handle().clone();
        let reader = thread::spawn({
            let moved = Arc::clone(&moved);
            move || send(file, to, &runtime, &moved)
        });
        let came = self.runtime.block_on(async {
            let came = {
                let mut answer = std::pin::pin!(connection.sender.send_request(request));
                let mut seen = 0;
                loop {
                    tokio::select! {
                        answered = &mut answer => break match answered {
                            Ok(answer) => judge(&answer),
                            Err(error) => failed(self.way.trouble(&error)),
                        },
                        () = sleep(self.patience) => {
                            let now = moved.load(Ordering::Relaxed);
                            if now == seen {
                                break failed(Trouble::Timeout);
                            }
                            seen = now;
                        }
                    }
                }
            };
            connection.end().await;
            came
        });
        // Nobody takes its pieces any more, so it ends.
        Ok(match (reader.join(), came) {
            // That it has what was never sent is no answer.
            (Ok(Ok(Sent::Half)) | Err(_), Pushed::Delivered {}) => failed(Trouble::StrangeAnswer),
            // Says more than what the inbox made of half an object.
            (Ok(Err(_)), _) => failed(Trouble::Unreadable),
            (_, came) => came,
        })
    }

    fn request(
        &self,
        object: &ObjectId,
        bytes: u64,
        digest: &str,
        body: Channel<Bytes, io::Error>,
    ) -> Result<Request<Channel<Bytes, io::Error>>, hyper::http::Error> {
        self.way
            .request(Method::PUT, &format!("/{object}"))
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, bytes)
            .header(DIGEST, digest)
            .body(body)
    }
}

/// How much of an object was sent on.
enum Sent {
    Whole,
    Half,
}

/// Sends a file on, piece by piece, for as long as somebody takes them.
fn send(
    mut file: Stream,
    mut to: Sender<Bytes, io::Error>,
    runtime: &Handle,
    moved: &AtomicU64,
) -> io::Result<Sent> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Sent::Whole),
            Ok(count) => {
                let piece = Bytes::copy_from_slice(&buffer[..count]);
                if runtime.block_on(to.send_data(piece)).is_err() {
                    return Ok(Sent::Half);
                }
                moved.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let told = io::Error::new(error.kind(), "the object cannot be read to its end");
                to.abort(told);
                return Err(error);
            }
        }
    }
}

fn judge(answer: &Response<Incoming>) -> Pushed {
    let trouble = match answer.status() {
        StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT => {
            return Pushed::Delivered {};
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Trouble::Busy,
        status => match refusal(status) {
            Trouble::ServerError if status.is_client_error() => Trouble::Refused,
            trouble => trouble,
        },
    };
    Pushed::Failed { trouble, wait: wait(answer.headers()) }
}

/// The seconds of `Retry-After`; a date is not read.
fn wait(headers: &HeaderMap) -> Option<u32> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

const CHUNK: usize = 64 << 10;
const CHUNKS_AHEAD: usize = 4;
