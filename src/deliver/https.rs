//! One call over HTTPS, on a connection of its own, within one time limit.
//!
//! Never follows a redirect, never takes an answer beyond four mebibytes, and puts the auth key
//! into a header alone: not into an address, an error or a log line.

use std::{io, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio::{runtime::Runtime, time::timeout};
use zeroize::Zeroizing;

use crate::{
    catalogue::records::outgoing::Trouble,
    config::peer::Peer,
    deliver::{
        sif::Rpc,
        way::{Way, refusal},
    },
};

/// SIF's RPC at one address.
pub struct HttpsRpc {
    way: Way,
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
        peer: &Peer,
        tls: Arc<ClientConfig>,
        auth_key: &Zeroizing<String>,
    ) -> io::Result<Self> {
        let bad = |what| io::Error::new(io::ErrorKind::InvalidInput, what);
        let plain = !auth_key.is_empty() && auth_key.bytes().all(|b| b.is_ascii_graphic());
        let header = Zeroizing::new(format!("authkey {}", auth_key.as_str()));
        let mut authorization = HeaderValue::from_str(&header)
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| bad("the auth key's credential must be one line without spaces"))?;
        authorization.set_sensitive(true);
        let way = Way::new(peer, tls)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { way, authorization, limit: peer.timeout, runtime })
    }

    async fn exchange(&self, method: &str, body: Vec<u8>) -> Result<Value, Trouble> {
        let mut connection = self.way.connect().await?;
        let request = self.request(method, body)?;
        let answer = connection.sender.send_request(request).await;
        let answer = answer.map_err(|error| self.way.trouble(&error))?;
        judge(answer.status())?;
        let body = Limited::new(answer.into_body(), LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| self.way.trouble(&*error))?.to_bytes();
        connection.end().await;
        serde_json::from_slice(&body).map_err(|_| Trouble::StrangeAnswer)
    }

    fn request(&self, method: &str, body: Vec<u8>) -> Result<Request<Full<Bytes>>, Trouble> {
        self.way
            .request(Method::POST, &format!("/{method}"))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
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
    if status == StatusCode::OK { Ok(()) } else { Err(refusal(status)) }
}

/// Far more than fifty cases take.
const LARGEST_ANSWER: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::judge;
    use crate::catalogue::records::outgoing::Trouble;

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
