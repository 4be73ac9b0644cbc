//! One call over HTTPS, on a connection of its own, within one time limit.
//!
//! Never follows a redirect, never takes an answer beyond four mebibytes, and puts the auth key
//! into a header alone: not into an address, an error or a log line.

use std::{error::Error, io, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use serde_json::{Value, json};
use tokio::{net::TcpStream, runtime::Runtime, time::timeout};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::{
    admin::VERSION, catalogue::records::archive::Trouble, config::archive::ArchiveUrl,
    deliver::sif::Rpc,
};

/// SIF's RPC at one address.
pub struct HttpsRpc {
    url: ArchiveUrl,
    server: ServerName<'static>,
    tls: TlsConnector,
    authorization: HeaderValue,
    limit: Duration,
    runtime: Runtime,
}

impl HttpsRpc {
    /// Sets up; connects to nothing yet.
    ///
    /// # Errors
    /// When the auth key cannot stand in a header or the host's name is none.
    pub fn new(
        url: &ArchiveUrl,
        tls: Arc<ClientConfig>,
        auth_key: &Zeroizing<String>,
        limit: Duration,
    ) -> io::Result<Self> {
        let bad = |what| io::Error::new(io::ErrorKind::InvalidInput, what);
        let plain = !auth_key.is_empty() && auth_key.bytes().all(|b| b.is_ascii_graphic());
        let header = Zeroizing::new(format!("authkey {}", auth_key.as_str()));
        let mut authorization = HeaderValue::from_str(&header)
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| bad("the auth key's credential must be one line without spaces"))?;
        authorization.set_sensitive(true);
        let server = ServerName::try_from(url.host.clone())
            .map_err(|_| bad("archive.url has no host name that a certificate could name"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            url: url.clone(),
            server,
            tls: TlsConnector::from(tls),
            authorization,
            limit,
            runtime,
        })
    }

    async fn exchange(&self, method: &str, body: Vec<u8>) -> Result<Value, Trouble> {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await;
        let stream = stream.map_err(|error| trouble(&error))?;
        let stream = self.tls.connect(self.server.clone(), stream).await;
        let stream = TokioIo::new(stream.map_err(|error| trouble(&error))?);
        let (mut sender, connection) =
            http1::handshake(stream).await.map_err(|error| trouble(&error))?;
        let connection = tokio::spawn(connection);
        let request = self.request(method, body)?;
        let answer = sender.send_request(request).await.map_err(|error| trouble(&error))?;
        judge(answer.status())?;
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| trouble(&*error))?.to_bytes();
        connection.abort();
        serde_json::from_slice(&body).map_err(|_| Trouble::StrangeAnswer)
    }

    fn request(&self, method: &str, body: Vec<u8>) -> Result<Request<Full<Bytes>>, Trouble> {
        Request::builder()
            .method(Method::POST)
            .uri(format!("{}/{method}", self.url.path))
            .header(HOST, self.url.authority())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, format!("filsluse/{VERSION}"))
            .header(CONNECTION, "close")
            .body(Full::from(body))
            .map_err(|_| Trouble::Unreachable)
    }
}

impl Rpc for HttpsRpc {
    fn call(&mut self, method: &str, parameter: &Value) -> Result<Value, Trouble> {
        let body = json!({ "parameter": parameter }).to_string().into_bytes();
        self.runtime.block_on(async {
            let answered = timeout(self.limit, self.exchange(method, body)).await;
            answered.unwrap_or(Err(Trouble::Timeout))
        })
    }
}

/// A status that no answer of SIF comes with.
fn judge(status: StatusCode) -> Result<(), Trouble> {
    match status {
        StatusCode::OK => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Trouble::NotAuthorised),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(Trouble::Busy),
        status if status.is_redirection() => Err(Trouble::Redirected),
        _ => Err(Trouble::ServerError),
    }
}

/// What a failure comes down to, by its causes.
fn trouble(error: &(dyn Error + 'static)) -> Trouble {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            // Says what is wrong with a certificate, and never what went through.
            tracing::warn!(reason = %tls, "The case archive's TLS is refused.");
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

/// Far more than fifty cases take.
const LARGEST_ANSWER: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::judge;
    use crate::catalogue::records::archive::Trouble;

    #[test]
    fn only_200_is_an_answer() {
        for (status, want) in [
            (200, Ok(())),
            (201, Err(Trouble::ServerError)),
            (204, Err(Trouble::ServerError)),
            (301, Err(Trouble::Redirected)),
            (307, Err(Trouble::Redirected)),
            (401, Err(Trouble::NotAuthorised)),
            (403, Err(Trouble::NotAuthorised)),
            (404, Err(Trouble::ServerError)),
            (429, Err(Trouble::Busy)),
            (500, Err(Trouble::ServerError)),
            (503, Err(Trouble::Busy)),
        ] {
            assert_eq!(judge(StatusCode::from_u16(status).unwrap()), want, "{status}");
        }
    }
}
