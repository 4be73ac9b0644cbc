//! Where time and randomness come from: given to what decides, and never asked for by it.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time. The daemon's asks the system; tests and the demonstration move it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Fills a buffer with randomness.
pub type Random = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
