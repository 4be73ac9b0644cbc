//! Places that are limited, as a whole and for each client, so that none keeps all others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{config::admin::Pin, types::sync::lock};

/// Places for clients, told apart by their pins.
#[derive(Debug)]
pub(super) struct Seats {
    all: Arc<Semaphore>,
    /// How many each client may have.
    each: usize,
    own: Mutex<HashMap<Pin, Arc<Semaphore>>>,
}

/// A place that was taken; free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    _own: OwnedSemaphorePermit,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl Seats {
    pub(super) fn new(all: usize, each: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, own: Mutex::default() }
    }

    /// Waits for a place; `None` when there never will be one.
    pub(super) async fn wait(&self, pin: Pin) -> Option<Seat> {
        // One's own first: who waits for that keeps nobody else waiting.
        let own = self.of(pin).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Seat { _own: own, _of_all: Some(of_all) })
    }

    /// A place among one's own, if one is free, whatever the others have.
    pub(super) fn own(&self, pin: Pin) -> Option<Seat> {
        let own = self.of(pin).try_acquire_owned().ok()?;
        Some(Seat { _own: own, _of_all: None })
    }

    fn of(&self, pin: Pin) -> Arc<Semaphore> {
        let mut own = lock(&self.own);
        if let Some(found) = own.get(&pin) {
            return Arc::clone(found);
        }
        // Those that nobody sits on or waits for are made anew when they are needed.
        own.retain(|_, seats| {
            Arc::strong_count(seats) > 1 || seats.available_permits() < self.each
        });
        let made = Arc::new(Semaphore::new(self.each));
        own.insert(pin, Arc::clone(&made));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::Seats;
    use crate::config::admin::Pin;

    #[test]
    fn nobody_has_more_than_its_own_and_all_no_more_than_there_are() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seats = Seats::new(3, 2);
        let [one, other, third] = [b"a", b"b", b"c"].map(|key| Pin::of(key));
        let first = (seats.own(one), seats.own(one));
        assert!(first.0.is_some() && first.1.is_some());
        assert!(seats.own(one).is_none() && seats.own(other).is_some());
        drop(first);
        assert!(seats.own(one).is_some(), "free again");

        let waited = |pin| {
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    seat = seats.wait(pin) => seat,
                    () = tokio::task::yield_now() => None,
                }
            })
        };
        let taken = [waited(one), waited(one)];
        assert!(taken.iter().all(Option::is_some));
        assert!(waited(one).is_none(), "it has its own");
        let others = waited(other);
        assert!(others.is_some() && waited(third).is_none(), "all are taken");
        drop(taken);
        assert!(waited(third).is_some());
    }
}
