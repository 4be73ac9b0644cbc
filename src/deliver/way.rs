//! The way to another system: one connection over TLS, and what its failures come down to.

use std::{error::Error, io, sync::Arc};

use http_body_util::{Empty, LengthLimitError};
use hyper::{
    Method, Request, StatusCode,
    body::{Body, Bytes},
    client::conn::http1::{self, SendRequest},
    header::{CONNECTION, HOST, USER_AGENT},
    http::request::Builder,
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_rustls::TlsConnector;

use crate::{
    admin::VERSION,
    catalogue::records::outgoing::Trouble,
    config::peer::{HttpsUrl, Peer},
};

/// Where a system answers, and how to speak to it.
pub struct Way {
    /// Its address.
    pub url: HttpsUrl,
    server: ServerName<'static>,
    tls: TlsConnector,
}

impl Way {
    /// Sets up; connects to nothing yet.
    ///
    /// # Errors
    /// When the host's name is none.
    pub fn new(peer: &Peer, tls: Arc<ClientConfig>) -> io::Result<Self> {
        let server = ServerName::try_from(peer.url.host.clone()).map_err(|_| {
            let what = "the address has no host name that a certificate could name";
            io::Error::new(io::ErrorKind::InvalidInput, what)
        })?;
        Ok(Self { url: peer.url.clone(), server, tls: TlsConnector::from(tls) })
    }

    /// Connects, for one request.
    ///
    /// # Errors
    /// What the failure comes down to.
    pub async fn connect<B>(&self) -> Result<Connection<B>, Trouble>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await;
        let stream = stream.map_err(|error| self.trouble(&error))?;
        let stream = self.tls.connect(self.server.clone(), stream).await;
        let stream = TokioIo::new(stream.map_err(|error| self.trouble(&error))?);
        let (sender, connection) =
            http1::handshake(stream).await.map_err(|error| self.trouble(&error))?;
        Ok(Connection { sender, task: tokio::spawn(connection) })
    }

    /// Asks the system for nothing: what it answers shows that both sides trust each other.
    ///
    /// # Errors
    /// What the failure comes down to.
    pub async fn probe(&self) -> Result<StatusCode, Trouble> {
        let mut connection = self.connect::<Empty<Bytes>>().await?;
        let request = self.request(Method::OPTIONS, "/").body(Empty::new());
        let request = request.map_err(|_| Trouble::Unreachable)?;
        let answer = connection.sender.send_request(request).await;
        connection.end().await;
        answer.map(|answer| answer.status()).map_err(|error| self.trouble(&error))
    }

    /// The beginning of a request for what lies at `below` the address, and the only one on its
    /// connection.
    pub fn request(&self, method: Method, below: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{below}", self.url.path))
            .header(HOST, self.url.authority())
            .header(USER_AGENT, format!("filsluse/{VERSION}"))
            .header(CONNECTION, "close")
    }

    /// What a failure comes down to, by its causes.
    pub fn trouble(&self, error: &(dyn Error + 'static)) -> Trouble {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                // Says what is wrong with a certificate, and never what went through.
                tracing::warn!(host = %self.url.host, reason = %tls, "TLS is refused.");
                return Trouble::Tls;
            }
            if error.is::<LengthLimitError>() {
                return Trouble::TooLarge;
            }
            if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
                return Trouble::StrangeAnswer;
            }
            // An io::Error gives its own cause's cause; what it wraps is asked for by name.
            cause = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        Trouble::Unreachable
    }
}

/// A connection. Whoever is done with it ends it.
pub struct Connection<B> {
    /// Takes the request.
    pub sender: SendRequest<B>,
    task: JoinHandle<hyper::Result<()>>,
}

impl<B> Connection<B> {
    /// Lets go of it, whatever is still under way.
    pub async fn end(self) {
        self.task.abort();
        // It has nothing to say that its request has not said.
        let _ = self.task.await;
    }
}

/// What a status comes down to that is no answer to what was asked.
pub fn refusal(status: StatusCode) -> Trouble {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Trouble::NotAuthorised,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Trouble::Busy,
        status if status.is_redirection() => Trouble::Redirected,
        _ => Trouble::ServerError,
    }
}
