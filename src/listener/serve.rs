//! Connections: so many at a time, each bounded in what it may send and how long it may take.

use std::{
    collections::VecDeque, net::TcpListener as StdListener, pin::pin, sync::Arc, time::Duration,
};

use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::{AbortHandle, spawn_blocking},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    config::admin::{Listen, Pin},
    listener::{
        daemon::Daemon, identity, patient::Patient, routes::Routes, seats::Seats, socket, tls::Tls,
    },
    types::causes::chain,
};

/// Listens and answers until it is dropped. What cannot be had is tried again: the daemon works
/// without it meanwhile.
pub async fn run(daemon: Arc<dyn Daemon>, listen: Listen, handed_over: Option<StdListener>) {
    let mut told = false;
    let listener = loop {
        match socket::open(listen, handed_over.as_ref()).and_then(TcpListener::from_std) {
            Ok(listener) => break listener,
            Err(error) if !told => {
                told = true;
                tracing::error!(%error, "The admin listener cannot be opened; trying again.");
                tell_of_socket(&daemon, false).await;
            }
            Err(_) => {}
        }
        sleep(AGAIN).await;
    };
    tell_of_socket(&daemon, true).await;
    if let Ok(at) = listener.local_addr() {
        tracing::info!(%at, "The admin listener is open.");
    }
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let own = Seats::new(CONNECTIONS, CONNECTIONS_OF_ONE);
    let front = Arc::new(Front { routes: Routes::new(Arc::clone(&daemon)), daemon, seats, own });
    let mut shaking = VecDeque::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                shaking.retain(|task: &AbortHandle| !task.is_finished());
                // Whoever says nothing makes room for whoever comes: no number of them keeps out a
                // client that shakes hands as clients do.
                if shaking.len() >= HANDSHAKES
                    && let Some(oldest) = shaking.pop_front()
                {
                    oldest.abort();
                }
                let front = Arc::clone(&front);
                let shake = async move {
                    if let Some(client) = front.shake(stream).await {
                        tokio::spawn(async move { front.serve(client).await });
                    }
                };
                shaking.push_back(tokio::spawn(shake).abort_handle());
            }
            // Too many open files, or a client that has gone already.
            Err(error) => {
                front
                    .routes
                    .rare_lines()
                    .write(|| tracing::warn!(%error, "A connection to the admin listener failed."));
                sleep(BREATH).await;
            }
        }
    }
}

async fn tell_of_socket(daemon: &Arc<dyn Daemon>, is_there: bool) {
    let daemon = Arc::clone(daemon);
    // A panic there is in the journal, and no reason not to listen.
    let _ = spawn_blocking(move || daemon.told_of_socket(is_there)).await;
}

struct Front {
    routes: Routes,
    daemon: Arc<dyn Daemon>,
    /// All connections of clients that are known.
    seats: Arc<Semaphore>,
    /// The connections of each client.
    own: Seats,
}

/// A client that has shown a certificate that is let in.
struct Client {
    stream: TlsStream<TcpStream>,
    pin: Pin,
    /// Tells of other certificates and lists than those that it was let in by.
    renewed: watch::Receiver<Option<Tls>>,
}

impl Front {
    /// Shakes hands; `None` when the client is not let in.
    async fn shake(&self, stream: TcpStream) -> Option<Client> {
        let mut renewed = self.daemon.tls().watch();
        let config = renewed.borrow_and_update().clone()?;
        // Answers are short: nobody should wait for the rest of a packet. Without it they work too.
        let _ = stream.set_nodelay(true);
        let shaken = timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await;
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let error = chain(&error);
                self.routes.rare_lines().write(
                    || tracing::warn!(%error, "A client of the admin listener was refused."),
                );
                return None;
            }
            Err(_) => return None,
        };
        let pin = identity::pin_of(stream.get_ref().1)?;
        Some(Client { stream, pin, renewed })
    }

    async fn serve(&self, client: Client) {
        let Client { stream, pin, mut renewed } = client;
        let Some(_own) = self.own.own(pin) else {
            self.routes
                .rare_lines()
                .write(|| tracing::warn!(%pin, "A client with too many connections got no other."));
            return;
        };
        // Waits for its turn; no client can have many that wait.
        let Ok(_seat) = self.seats.acquire().await else { return };
        let service = TowerToHyperService::new(self.routes.app().layer(Extension(pin)));
        let stream = TokioIo::new(Patient::new(stream, STALL));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(MOST_HEADER_BYTES)
            .max_headers(MOST_HEADERS)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let mut age = pin!(sleep(AGE));
        let mut is_ending = false;
        loop {
            tokio::select! {
                // A client that went away is its own business.
                _ = connection.as_mut() => return,
                // What is being answered ends well, and nothing more is asked under old lists.
                _ = renewed.changed(), if !is_ending => {}
                () = age.as_mut(), if !is_ending => {}
            }
            is_ending = true;
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// Handshakes at a time; another one ends the oldest.
const HANDSHAKES: usize = 64;
/// Connections at a time; more wait for their turn.
const CONNECTIONS: usize = 64;
/// Of one client; more are closed.
const CONNECTIONS_OF_ONE: usize = 16;
/// A handshake takes no longer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The header of a request takes no longer, nor the pause before it.
const HEADERS: Duration = Duration::from_secs(20);
const MOST_HEADER_BYTES: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// A client takes the next piece of its answer within this.
const STALL: Duration = Duration::from_mins(1);
/// A connection asks nothing more after this: its certificate is looked at anew.
const AGE: Duration = Duration::from_mins(10);
/// How long a socket that cannot be had is left alone.
const AGAIN: Duration = Duration::from_secs(10);
/// How long after a failure to accept.
const BREATH: Duration = Duration::from_millis(200);
