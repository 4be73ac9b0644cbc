//! KPR event messages, XPR(ipl) 56.0.0: what happened to whom, as it happens.

pub mod closing;
pub mod conclude;
pub mod message;
pub mod schema;
pub mod sequence;

use crate::{
    format::xml::event::Name,
    kinds::{
        context::Context,
        kind::{Body, Kind, Reading},
        kpr::{event::message::Message, hints, walk},
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::{finding::Place, rule::Text, rules::kpr as rules},
};

/// Event messages of municipalities.
pub struct KprEvent;

impl Kind for KprEvent {
    fn name(&self) -> &'static str {
        "kpr-event"
    }

    fn title(&self) -> Text {
        Text { nb: "KPR hendelsesmelding", en: "KPR event message" }
    }

    fn recognises(&self, says: &Says) -> bool {
        matches!(says, Says::Xml { namespace, root, .. }
            if namespace == schema::NAMESPACE && root == ROOT.local)
    }

    fn max_bytes(&self) -> u64 {
        MAX_BYTES
    }

    fn takes_several(&self) -> bool {
        true
    }

    fn read(
        &self,
        body: Body<'_>,
        context: &Context<'_>,
        sinks: &mut dyn Sinks,
    ) -> Result<Box<dyn Reading>, Refused> {
        let mut message = Message::new(context, sinks)?;
        if !walk::walk(body, ROOT, MAX_BYTES, &mut message)? {
            let hint = &hints::ELEMENT_MISSING;
            return Err(message.judge.refuse(&rules::KPR_05, hint, Place::File {}, None));
        }
        Ok(Box::new(message.finish()?))
    }
}

const ROOT: Name<'static> = Name { namespace: schema::NAMESPACE, local: "Melding" };

/// Bytes of one message, unpacked: more than the largest municipality has in a year.
const MAX_BYTES: u64 = 1 << 30;
