//! The control socket: HTTP/1.1 over a Unix socket, for `filsluse status` and the other verbs.
//!
//! `POST /v1/request` takes a [`Request`] and gives a [`Reply`]; `POST /v1/rows` takes one for a
//! list and streams a line of JSON for each row; `GET /v1/object/{id}` streams an age file, and
//! `GET /v1/push/{id}/{inbox}` one with its length and digest for `filsluse deliver`. Who may
//! ask is told by the kernel: root, the daemon's own account, and members of its group. Everything
//! works on blocking threads; nothing here touches a file.

pub mod client;
pub mod socket;

use std::{
    fs, io,
    os::unix::{fs::PermissionsExt, net::UnixListener as StdListener},
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        ConnectInfo, DefaultBodyLimit, Path as UrlPath, Request as HttpRequest, State,
        connect_info::Connected,
    },
    http::{
        HeaderName, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::IncomingStream,
};
use tokio::net::UnixListener;

use crate::{
    admin::{
        self, Fault, Reply, Request,
        hand_out::{self, Handed, To},
        paging::Pages,
    },
    daemon::{engine::shared::Shared, open},
    http_answers::{self, DIGEST, Form, apart, content_digest},
    types::{digest::Sha256, ids::ObjectId},
};

/// The bound socket. Its file goes when this is dropped.
pub struct Server {
    listener: UnixListener,
    state: Arc<Shared>,
    _file: SocketFile,
}

impl Server {
    /// Makes the socket, mode 0660, in place of one that a dead daemon left. Needs a running tokio.
    ///
    /// # Errors
    /// When another daemon answers there, or the directory cannot be written.
    pub fn bind(path: &Path, state: Arc<Shared>) -> io::Result<Self> {
        if socket::connect(path).is_ok() {
            let why = "another daemon answers there; stop it, or set another control-socket";
            return Err(io::Error::new(io::ErrorKind::AddrInUse, why));
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener: StdListener = socket::bind(path)?;
        let file = SocketFile(path.to_owned());
        // Whoever connects in between is asked who it is all the same.
        fs::set_permissions(path, fs::Permissions::from_mode(0o660))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener: UnixListener::from_std(listener)?, state, _file: file })
    }

    /// Answers until it is dropped.
    pub async fn serve(self) {
        let service = app(self.state).into_make_service_with_connect_info::<Peer>();
        if let Err(error) = axum::serve(self.listener, service).await {
            tracing::error!(%error, "The control socket fails.");
        }
    }
}

struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // What stays is replaced by the next daemon.
        let _ = fs::remove_file(&self.0);
    }
}

/// The routes, for the server and its tests.
fn app(state: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/request", post(request))
        .route("/v1/rows", post(rows))
        .route("/v1/object/{id}", get(object))
        .route("/v1/push/{id}/{inbox}", get(push))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(middleware::from_fn(guard))
        .with_state(state)
}

/// Lets in whom the kernel vouches for.
async fn guard(ConnectInfo(peer): ConnectInfo<Peer>, request: HttpRequest, next: Next) -> Response {
    match peer.0 {
        Some((uid, gid)) if socket::may_ask(uid, gid) => next.run(request).await,
        _ => {
            let message = "only root, the daemon's account and members of its group may ask";
            let fault = Fault::cannot("not-allowed", message);
            refusal(StatusCode::FORBIDDEN, fault)
        }
    }
}

async fn request(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    body: Bytes,
) -> Response {
    let Ok(asked) = serde_json::from_slice::<Request>(&body) else {
        let message = "the daemon does not know this request; it may be older: restart it";
        return refusal(StatusCode::BAD_REQUEST, Fault::cannot("unknown-request", message));
    };
    let answered = apart(move || {
        if let Request::KeyMade { .. } = asked {
            take_keys(&shared)?;
        }
        admin::answer(&shared.house(), &asked, &peer.account())
    })
    .await;
    Json(Reply::new(answered)).into_response()
}

async fn object(State(shared): State<Arc<Shared>>, UrlPath(id): UrlPath<String>) -> Response {
    let opened = apart(move || {
        let id = ObjectId::parse(&id).map_err(|error| Fault::because(&error))?;
        hand_out::object(&shared.house(), &id, To::Machine).map(|handed| handed.file)
    })
    .await;
    let bytes = match opened {
        Ok(bytes) => bytes,
        Err(fault) => return refusal(StatusCode::NOT_FOUND, fault),
    };
    ([(CONTENT_TYPE, "application/octet-stream")], http_answers::file(bytes, ())).into_response()
}

/// An object for `filsluse deliver`, with its length and digest. `inbox`: the fingerprint of its
/// address.
async fn push(
    State(shared): State<Arc<Shared>>,
    UrlPath((id, inbox)): UrlPath<(String, String)>,
) -> Response {
    let opened = apart(move || {
        let id = ObjectId::parse(&id).map_err(|error| Fault::because(&error))?;
        let inbox = Sha256::parse(&inbox);
        let inbox = inbox.ok_or_else(|| Fault::cannot("no-such-inbox", "this is no inbox"))?;
        let house = shared.house();
        let sha256 = hand_out::digest_of(&house, &id)?;
        Ok((hand_out::object(&house, &id, To::Inbox(inbox))?, sha256))
    })
    .await;
    match opened {
        Ok((Handed { bytes, file, .. }, sha256)) => {
            let told = [
                (CONTENT_TYPE, "application/octet-stream".to_owned()),
                (CONTENT_LENGTH, bytes.to_string()),
                (HeaderName::from_static(DIGEST), content_digest(&sha256)),
            ];
            (told, http_answers::file(file, ())).into_response()
        }
        Err(fault) => refusal(StatusCode::NOT_FOUND, fault),
    }
}

/// A long list.
async fn rows(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let asked = serde_json::from_slice::<Request>(&body).ok();
    let Some(pages) = asked.as_ref().and_then(Pages::of) else {
        let message = "the daemon does not know this list; it may be older: restart it";
        return refusal(StatusCode::BAD_REQUEST, Fault::cannot("unknown-request", message));
    };
    match http_answers::list(shared.house(), pages, Form::Lines, ()).await {
        Ok(body) => ([(CONTENT_TYPE, "application/x-ndjson")], body).into_response(),
        Err(fault) => refusal(StatusCode::INTERNAL_SERVER_ERROR, fault),
    }
}

/// Reads the key directory anew, with the configuration as it is.
fn take_keys(shared: &Shared) -> Result<(), Fault> {
    shared.reconfigure(|house| {
        let credentials =
            open::credentials(&house.config).map_err(|error| Fault::because(&error))?;
        house
            .reconfigured(house.config.clone(), &credentials)
            .map_err(|error| Fault::because(&error))
    })
}

fn refusal(status: StatusCode, fault: Fault) -> Response {
    (status, Json(Reply::new(Err(fault)))).into_response()
}

/// Who is at the other end: user and group, as the kernel says.
#[derive(Debug, Clone, Copy)]
struct Peer(Option<(u32, u32)>);

impl Peer {
    fn account(self) -> String {
        self.0.map_or_else(|| "nobody".to_owned(), |(uid, _)| socket::account(uid))
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self(stream.io().peer_cred().ok().map(|found| (found.uid(), found.gid())))
    }
}

/// Bytes of the largest request; a reason for a hold is at most 500.
const LARGEST_REQUEST: usize = 64 * 1024;
