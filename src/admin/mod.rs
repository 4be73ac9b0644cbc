//! What an operator can ask and do. The daemon answers these over its control socket; without a
//! daemon the command line answers the same requests itself.
//!
//! Nothing here prints, and no answer holds personal data: persons are pseudonyms, files are ids.

pub mod alarms;
pub mod asked;
pub mod certify;
pub mod commands;
mod fault;
pub mod hand_out;
pub mod head;
pub mod paging;
pub mod police;
mod pushes;
pub mod queries;
pub mod readable;
mod request;
pub mod shapes;

use serde::{Deserialize, Serialize};

pub use fault::Fault;
pub use request::{Request, VERSION};

use crate::pipeline::house::House;

/// Answers a request in a house that is open for work. `by`: the account that asks.
///
/// # Errors
/// A [`Fault`] that says what to do.
pub fn answer(house: &House, request: &Request, by: &str) -> Result<serde_json::Value, Fault> {
    if request.changes() {
        return commands::answer(house, request, by);
    }
    let (now, waiting) = (house.now(), house.waiting.read());
    let desk = queries::Queries { config: &house.config, now, running: true, waiting };
    house.look(|view| desk.answer(view, request))
}

/// What comes back over the control socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reply {
    /// Version of the program that answered.
    pub version: String,
    /// The answer, in the shape that the request asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<serde_json::Value>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Fault>,
}

impl Reply {
    /// Wraps an answer of this program.
    pub fn new(answer: Result<serde_json::Value, Fault>) -> Self {
        let (result, error) = match answer {
            Ok(result) => (Some(result), None),
            Err(fault) => (None, Some(fault)),
        };
        Self { version: VERSION.to_owned(), result, error }
    }
}
