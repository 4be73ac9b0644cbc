//! Permits for what there may be only so much of at a time in one process.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// So many permits, and no more.
#[derive(Debug, Clone)]
pub struct Permits(Arc<AtomicUsize>);

/// One of them; it goes back when this is dropped.
#[derive(Debug)]
pub struct Permit(Arc<AtomicUsize>);

impl Permits {
    /// So many.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(count)))
    }

    /// One, where one is left.
    pub fn take(&self) -> Option<Permit> {
        let one_less = |left: usize| left.checked_sub(1);
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        taken.is_ok().then(|| Permit(Arc::clone(&self.0)))
    }

    /// How many are left now.
    pub fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Permits;

    #[test]
    fn what_is_dropped_can_be_had_again() {
        let permits = Permits::new(2);
        let first = permits.take();
        let second = permits.take();
        assert!(first.is_some() && second.is_some() && permits.take().is_none());
        drop(first);
        assert_eq!(permits.left(), 1);
        assert!(permits.take().is_some());
        assert_eq!(permits.left(), 1);
    }
}
