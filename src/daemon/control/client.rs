//! Asks the running daemon over its control socket: the other end of [`super`].

use std::{
    io::{self, Read},
    path::Path,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request as HttpRequest, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONTENT_LENGTH, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{net::UnixStream, runtime::Runtime};

use crate::{
    admin::{Fault, Reply, Request},
    daemon::control::socket,
    http_answers::DIGEST,
    types::{digest::Sha256, ids::ObjectId},
};

/// One connection to the daemon.
pub struct Client {
    runtime: Runtime,
    sender: http1::SendRequest<Full<Bytes>>,
}

impl Client {
    /// Connects; `None` when nobody listens there.
    ///
    /// # Errors
    /// The system's reasons, such as that we may not.
    pub fn connect(path: &Path) -> io::Result<Option<Self>> {
        let stream = match socket::connect(path) {
            Ok(stream) => stream,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        stream.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let sender = runtime.block_on(async {
            let stream = TokioIo::new(UnixStream::from_std(stream)?);
            let (sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
            tokio::spawn(connection);
            Ok::<_, io::Error>(sender)
        })?;
        Ok(Some(Self { runtime, sender }))
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When the connection breaks; the daemon's own refusal is the inner result.
    pub fn ask(mut self, request: &Request) -> io::Result<Result<serde_json::Value, Fault>> {
        let body = serde_json::to_vec(request)?;
        let response = self.send(Method::POST, "/v1/request", body)?;
        self.reply(response)
    }

    /// Asks for an object's file.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn object(self, id: &ObjectId) -> io::Result<Result<Stream, Fault>> {
        self.stream(Method::GET, &format!("/v1/object/{id}"), Vec::new())
    }

    /// Asks for an object's file for an inbox, with its length and digest.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn push(self, id: &ObjectId, inbox: &Sha256) -> io::Result<Result<WholeStream, Fault>> {
        let path = format!("/v1/push/{id}/{inbox}");
        let (told, file) = match self.opened(Method::GET, &path, Vec::new())? {
            Ok(opened) => opened,
            Err(fault) => return Ok(Err(fault)),
        };
        let text = |name| told.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let bytes = text(CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok());
        let digest = text(DIGEST).map(str::to_owned);
        Ok(bytes
            .zip(digest)
            .map(|(bytes, digest)| WholeStream { bytes, digest, file })
            .ok_or_else(strange))
    }

    /// Asks for a long list: a line of JSON for each row.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn rows(self, request: &Request) -> io::Result<Result<Stream, Fault>> {
        let body = serde_json::to_vec(request)?;
        self.stream(Method::POST, "/v1/rows", body)
    }

    fn stream(
        self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Result<Stream, Fault>> {
        Ok(self.opened(method, path, body)?.map(|(_, stream)| stream))
    }

    /// The headers of what is long, and itself.
    fn opened(
        mut self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Result<(HeaderMap, Stream), Fault>> {
        let response = self.send(method, path, body)?;
        if response.status().is_success() {
            let (parts, body) = response.into_parts();
            let stream = Stream { client: self, body, chunk: Bytes::new() };
            return Ok(Ok((parts.headers, stream)));
        }
        let answered = self.reply(response)?;
        Ok(Err(answered.err().unwrap_or_else(strange)))
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> io::Result<Response<Incoming>> {
        let request = HttpRequest::builder()
            .method(method)
            .uri(path)
            .header("host", "filsluse")
            .header("content-type", "application/json")
            .body(Full::from(body))
            .map_err(io::Error::other)?;
        self.runtime.block_on(self.sender.send_request(request)).map_err(io::Error::other)
    }

    fn reply(&self, response: Response<Incoming>) -> io::Result<Result<serde_json::Value, Fault>> {
        let body = self
            .runtime
            .block_on(response.into_body().collect())
            .map_err(io::Error::other)?
            .to_bytes();
        let reply: Reply = serde_json::from_slice(&body)?;
        Ok(match (reply.result, reply.error) {
            (Some(result), None) => Ok(result),
            (_, Some(fault)) => Err(fault),
            (None, None) => Err(strange()),
        })
    }
}

fn strange() -> Fault {
    Fault::cannot(
        "strange-answer",
        "the daemon gave no answer; it may be another version: restart it",
    )
}

/// An object for an inbox.
pub struct WholeStream {
    /// How long it is.
    pub bytes: u64,
    /// Its digest, as RFC 9530 writes it.
    pub digest: String,
    /// The file.
    pub file: Stream,
}

/// What is long, as it comes. Breaking off in the middle is an error, never an end.
pub struct Stream {
    client: Client,
    body: Incoming,
    chunk: Bytes,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.client.runtime.block_on(self.body.frame()) {
                None => return Ok(0),
                Some(frame) => {
                    if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
                        self.chunk = data;
                    }
                }
            }
        }
        let count = buffer.len().min(self.chunk.len());
        buffer[..count].copy_from_slice(&self.chunk.split_to(count));
        Ok(count)
    }
}
