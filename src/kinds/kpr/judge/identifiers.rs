//! Who a record is about, and that nothing else in it says so (KPR-04).

use crate::{
    kinds::{
        kpr::{
            hints,
            identity::{self, Breach, Identity},
            judge::Judge,
            record::Record,
            schema::{Cost, form::Form, lists},
        },
        refused::Refused,
    },
    types::{finding::Place, rules::kpr as rules},
};

impl Judge<'_> {
    /// Who the record is about, when its `fid` and `typeID` have come. Both may be wrong, and a
    /// record that is struck may still have to strike the message.
    pub fn identity(
        &mut self,
        record: &Record,
        place: impl FnOnce() -> Place,
    ) -> Result<Option<Identity>, Refused> {
        let (Some(fid), Some(id_type)) = (record.last_of(Form::Fid), record.last_of(Form::IdType))
        else {
            return Ok(None);
        };
        if !lists::is_id_type(id_type) {
            // Struck for it already, and nobody can say what it would have been.
            self.tally.identifiers.invalid += 1;
            return Ok(None);
        }
        let identity::Judged { identity, breach } =
            identity::judge(id_type, fid, &self.context.ids);
        match &identity {
            Some(identity) => identity.count(&mut self.tally.identifiers),
            None => self.tally.identifiers.invalid += 1,
        }
        let told = match breach {
            None => None,
            Some(Breach::Defect(hint)) => Some((Cost::Told, hint)),
            Some(Breach::Record(hint)) => Some((Cost::Record, hint)),
            Some(Breach::Message(hint)) => Some((Cost::Message, hint)),
        };
        if let Some((cost, hint)) = told {
            self.breach(cost, &rules::KPR_04, hint, place(), Some("fid"))?;
        }
        Ok(identity)
    }

    /// The identifier must stand nowhere but in `fid` (and in `brukerNr`, which is replaced too),
    /// and what is re-keyed in `pasientGUID` in no other GUID or text.
    pub fn check_repeated(
        &mut self,
        record: &Record,
        who: Option<&Identity>,
    ) -> Result<(), Refused> {
        let in_groups = || match who {
            // Any national identity number in groups was found already, whoever's it is.
            Some(Identity::Duf(duf)) => record.repeats_apart(duf.expose_digits()),
            _ => None,
        };
        let fid = record.last_of(Form::Fid).and_then(|fid| record.repeats(fid)).or_else(in_groups);
        let guid = || record.last_of(Form::PatientGuid).and_then(|guid| record.says_again(guid));
        let found = match fid {
            Some(field) => Some((field, &hints::IDENTITY_INSIDE_KEY)),
            None => guid().map(|field| (field, &hints::PATIENT_GUID_ELSEWHERE)),
        };
        let Some((field, hint)) = found else { return Ok(()) };
        self.breach(Cost::Record, &rules::KPR_04, hint, self.place, Some(field.name))
    }
}
