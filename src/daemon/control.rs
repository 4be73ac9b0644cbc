//! The control socket: HTTP/1.1 over a Unix socket, for `filsluse status` and the other verbs.
//!
//! `POST /v1/request` takes a [`Request`] and gives a [`Reply`]; `POST /v1/rows` takes one for a
//! list and streams a line of JSON for each row; `GET /v1/object/{id}` streams an age file. Who may
//! ask is told by the kernel: root, the daemon's own account, and members of its group. Everything
//! works on blocking threads; nothing here touches a file.

use std::{
    fs, io,
    os::unix::{fs::PermissionsExt, net::UnixListener as StdListener},
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{
        ConnectInfo, DefaultBodyLimit, Path as UrlPath, Request as HttpRequest, State,
        connect_info::Connected,
    },
    http::{StatusCode, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::IncomingStream,
};
use http_body_util::channel::Channel;
use tokio::{net::UnixListener, runtime::Handle, task};

use crate::{
    admin::{self, Fault, Reply, Request, hand_out, paging::Pages},
    daemon::{open, shared::Shared, socket},
    types::ids::ObjectId,
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
        hand_out::object(&shared.house(), &id)
    })
    .await;
    let bytes = match opened {
        Ok(bytes) => bytes,
        Err(fault) => return refusal(StatusCode::NOT_FOUND, fault),
    };
    let (sender, body) = Channel::<Bytes, io::Error>::new(CHUNKS_AHEAD);
    task::spawn_blocking(move || pump(bytes, sender));
    ([(CONTENT_TYPE, "application/octet-stream")], Body::new(body)).into_response()
}

/// A long list. Nobody else waits while it goes out: see [`Pages`].
async fn rows(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let asked = serde_json::from_slice::<Request>(&body).ok();
    let Some(mut pages) = asked.as_ref().and_then(Pages::of) else {
        let message = "the daemon does not know this list; it may be older: restart it";
        return refusal(StatusCode::BAD_REQUEST, Fault::cannot("unknown-request", message));
    };
    let house = shared.house();
    let begun = apart(move || {
        let first = house.look(|view| pages.next(view))?;
        Ok((house, pages, first))
    })
    .await;
    let (house, mut pages, mut page) = match begun {
        Ok(begun) => begun,
        Err(fault) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, fault),
    };
    let (mut sender, body) = Channel::<Bytes, io::Error>::new(CHUNKS_AHEAD);
    task::spawn_blocking(move || {
        let runtime = Handle::current();
        while let Some(lines) = page {
            if runtime.block_on(sender.send_data(lines.into())).is_err() {
                return;
            }
            page = match house.look(|view| pages.next(view)) {
                Ok(page) => page,
                // Broken off, which the client sees: half a list must not pass for a whole one.
                Err(fault) => return sender.abort(io::Error::other(fault)),
            };
        }
    });
    ([(CONTENT_TYPE, "application/x-ndjson")], Body::new(body)).into_response()
}

/// Sends a file on; a failure in the middle breaks the body off, which the client sees.
fn pump(
    mut bytes: Box<dyn io::Read + Send>,
    mut to: http_body_util::channel::Sender<Bytes, io::Error>,
) {
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

/// Works on a blocking thread. A panic there is told to the one who asked, and ends nothing else.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let caught = task::spawn_blocking(|| std::panic::catch_unwind(AssertUnwindSafe(work))).await;
    match caught {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) | Err(_) => Err(Fault::cannot("fault", "a fault of ours; see the journal")),
    }
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
const CHUNK: usize = 64 * 1024;
const CHUNKS_AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use super::apart;

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
}
