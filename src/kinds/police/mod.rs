//! The police exchange: requests and notices that go out under a legal basis, replies that come in
//! and must find their request (rules POL-01 to POL-13).
//!
//! Police content is identified by nature: it is sealed to the journal's recipients or to the
//! police district's, is never pseudonymised into a register, and its text reaches no log.

pub mod basis;
pub mod bounded_text;
pub mod free_text;
pub mod guide;
pub mod hints;
pub mod reply;
pub mod request;
pub mod state;
pub mod walk;
pub mod words;

use crate::{
    kinds::{
        context::Context,
        kind::{Body, Kind, Reading},
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::rule::Text,
};

/// Requests and notices to the police, and records of what was told orally, from a hospital.
pub struct PoliceRequest;

/// Replies from a police district.
pub struct PoliceReply;

impl Kind for PoliceRequest {
    fn name(&self) -> &'static str {
        "police-request"
    }

    fn title(&self) -> Text {
        Text { nb: "Henvendelse til politiet", en: "Request to the police" }
    }

    fn recognises(&self, says: &Says) -> bool {
        is_of(says, request::filled_form::NAMESPACE)
    }

    fn max_bytes(&self) -> u64 {
        request::MAX_BYTES
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        _: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        request::read(body, context)
    }
}

impl Kind for PoliceReply {
    fn name(&self) -> &'static str {
        "police-reply"
    }

    fn title(&self) -> Text {
        Text { nb: "Svar fra politiet", en: "Reply from the police" }
    }

    fn recognises(&self, says: &Says) -> bool {
        is_of(says, reply::NAMESPACE)
    }

    fn max_bytes(&self) -> u64 {
        reply::MAX_BYTES
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        _: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        reply::read(body, context)
    }
}

/// The namespace alone says what it is: whoever must get a notice out is not refused over the
/// spelling of a root element.
fn is_of(says: &Says, wanted: &str) -> bool {
    matches!(says, Says::Xml { namespace, .. } if namespace == wanted)
}
