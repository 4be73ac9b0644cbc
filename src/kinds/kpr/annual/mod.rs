//! Annual IPLOS submissions: everybody who had, asked for or was refused services in a year.

pub mod conclude;
pub mod person;
pub mod schema;

use crate::{
    format::xml::event::Name,
    kinds::{
        context::Context,
        kind::{Body, Kind, Reading},
        kpr::{annual::person::Submission, hints, schema::form, walk},
        refused::Refused,
        says::Says,
        sinks::Sinks,
    },
    types::{finding::Place, rule::Text, rules::kpr as rules},
};

/// Annual submissions of municipalities.
pub struct IplosAnnual;

impl Kind for IplosAnnual {
    fn name(&self) -> &'static str {
        "iplos-annual"
    }

    fn title(&self) -> Text {
        Text { nb: "IPLOS årsrapport", en: "Annual IPLOS submission" }
    }

    fn recognises(&self, says: &Says) -> bool {
        matches!(says, Says::Xml { namespace, root, .. }
            if namespace == schema::NAMESPACE && root == ROOT.local)
    }

    fn max_bytes(&self) -> u64 {
        MAX_BYTES
    }

    fn service_year(&self, says: &Says) -> Option<i16> {
        says.attribute("rapporteringsAar").and_then(form::year)
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
        let mut submission = Submission::new(context, sinks);
        if !walk::walk(body, ROOT, MAX_BYTES, &mut submission)? {
            let hint = &hints::ELEMENT_UNKNOWN;
            return Err(submission.judge.refuse(&rules::KPR_05, hint, Place::File {}, None));
        }
        Ok(Box::new(submission.finish()?))
    }
}

const ROOT: Name<'static> = Name { namespace: schema::NAMESPACE, local: "IplosAar" };

/// The whole country's submissions of a year are about one gibibyte.
const MAX_BYTES: u64 = 4 << 30;
