//! Where answers are made: so many at a time, on blocking threads, by `admin`'s queries.

use std::sync::Arc;

use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    admin::{self, Fault, Request, paging::Pages, shapes::status::Status},
    config::admin::Pin,
    http_answers::{self, Form},
    listener::{
        daemon::Daemon,
        rare_lines::RareLines,
        respond::{Refusal, json_body},
        seats::{Seat, Seats},
        totals::Counted,
    },
    pipeline::house::House,
};

/// What the answers of all connections are made with.
pub(super) struct Desk {
    daemon: Arc<dyn Daemon>,
    /// Answers that are made at a time.
    short: Arc<Semaphore>,
    /// Files and lists that go out at a time.
    long: Seats,
    counted: Arc<Counted>,
    /// What clients that are refused cause in the log.
    pub(super) rare_lines: RareLines,
}

impl Desk {
    pub(super) fn new(daemon: Arc<dyn Daemon>) -> Self {
        let (short, long) = (Arc::new(Semaphore::new(SHORT)), Seats::new(LONG, LONG_OF_ONE));
        Self { daemon, short, long, counted: Arc::default(), rare_lines: RareLines::default() }
    }

    pub(super) fn house(&self) -> Arc<House> {
        self.daemon.house()
    }

    pub(super) fn last_sweep(&self) -> Option<Timestamp> {
        self.daemon.last_sweep()
    }

    pub(super) fn counted(&self) -> Arc<Counted> {
        Arc::clone(&self.counted)
    }

    /// A turn for what goes out in pieces, held until it has gone.
    pub(super) async fn long_seat(&self, pin: Pin) -> Result<Seat, Refusal> {
        self.long.wait(pin).await.ok_or_else(busy)
    }

    /// Waits for its turn.
    async fn seat(&self, of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(of).acquire_owned().await.map_err(|_| busy())
    }

    /// Works apart, in its turn.
    pub(super) async fn briefly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&House) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Refusal> {
        let seat = self.seat(&self.short).await?;
        let house = self.house();
        let answer = http_answers::apart(move || {
            // Not let go when nobody waits for the answer any more: the thread is still taken.
            let _seat = seat;
            work(&house)
        });
        Ok(answer.await?)
    }

    /// One of `admin`'s questions, in its turn.
    pub(super) async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        request: Request,
    ) -> Result<T, Refusal> {
        self.briefly(move |house| ask(house, &request)).await
    }

    pub(super) async fn status(&self) -> Result<Status, Refusal> {
        self.ask(Request::Status {}).await
    }

    /// A list as an array, a page at a time.
    pub(super) async fn list(
        &self,
        house: Arc<House>,
        request: &Request,
        pin: Pin,
    ) -> Result<Response, Refusal> {
        let pages = Pages::of(request).ok_or_else(|| {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "a fault of ours")
        })?;
        let seat = self.long_seat(pin).await?;
        Ok(json_body(http_answers::list(house, pages, Form::Array, seat).await?))
    }
}

/// One of `admin`'s questions, in its shape: its fields then stand in the order of the command line.
/// None of them changes anything.
pub(super) fn ask<T: DeserializeOwned>(house: &House, request: &Request) -> Result<T, Fault> {
    debug_assert!(!request.changes(), "{request:?}");
    let answer = admin::answer(house, request, NOBODY)?;
    serde_json::from_value(answer).map_err(|error| Fault::because(&error))
}

/// Refuses what takes too long.
pub(super) fn busy() -> Refusal {
    let message =
        "the answer takes too long; ask again in a moment, and see the journal if it stays so";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message)
}

/// Nothing is recorded of who looks.
const NOBODY: &str = "";
/// Answers that are made at a time.
const SHORT: usize = 8;
/// Files and lists that go out at a time, to all and to one client.
const LONG: usize = 32;
const LONG_OF_ONE: usize = 4;
