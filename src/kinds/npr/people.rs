//! Who a row is about, as one registry knows them: the pseudonym in place of `pasientNr`, `fid`,
//! `typeID` and `fodselsdato`.
//!
//! `typeID` decides as in the municipal reports. A person without a number that anybody could check
//! is told apart by the institution and its own number for the patient, or its own help number: the
//! same patient of the same institution is one person in every release, and nobody outside it.
//! Nothing falls back to a raw value. What was worked out lately is kept, in a table of fixed size
//! that is wiped when dropped.

use std::fmt;

use zeroize::Zeroize;

use crate::{
    kinds::{
        kpr::{
            identity::{self, Breach, Identity, Judged},
            schema::lists,
        },
        npr::hints,
    },
    protect::pseudonym::{self, PseudonymKey},
    types::{crockford, national_id::IdPolicy, pseudonym::Pseudonym, rule::Hint},
};

/// What a row says of its person.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// `fid`, empty where there is none.
    pub fid: &'a str,
    /// `typeID`, empty where there is none.
    pub id_type: &'a str,
    /// `pasientNr`, likewise.
    pub patient: &'a str,
    /// The institution, of the row or of the file.
    pub institution: &'a str,
}

/// Why a row has nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nobody {
    /// The row does not leave.
    Row {
        /// What is wrong.
        hint: &'static Hint,
        /// With which column.
        field: &'static str,
    },
    /// The release does not leave: a test person among real ones, or the other way about.
    Release {
        /// What is wrong.
        hint: &'static Hint,
    },
}

/// Whom [`People::find`] found.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    slot: usize,
}

/// Makes pseudonyms under the current key of each registry.
pub struct People<'k> {
    keys: Vec<&'k PseudonymKey>,
    policy: IdPolicy,
    recent: Vec<Recent>,
    /// The pseudonyms of each place in `recent`, for every key.
    found: Vec<[u8; 16]>,
    scratch: Vec<u8>,
}

impl<'k> People<'k> {
    /// For some registries' keys.
    pub fn new(keys: Vec<&'k PseudonymKey>, policy: IdPolicy) -> Self {
        let found = vec![[0; 16]; RECENT * keys.len()];
        Self { keys, policy, recent: vec![Recent::EMPTY; RECENT], found, scratch: Vec::new() }
    }

    /// The person of a row, until another is asked for.
    ///
    /// # Errors
    /// When nobody can be made out.
    pub fn find(&mut self, said: &Said<'_>) -> Result<Person, Nobody> {
        let by_number = !said.fid.is_empty() && said.id_type != NO_NUMBER;
        // A birth date in the place of a number must still be one, so that nothing else hides in
        // it.
        if !by_number && !said.fid.is_empty() {
            identity_of(said, self.policy)?;
        }
        let (sort, first, second) = match said.id_type {
            HELP_NUMBER if by_number => (b'h', said.institution, said.fid),
            id_type if by_number => (b'f', id_type, said.fid),
            _ => (b'p', said.institution, said.patient),
        };
        self.scratch.zeroize();
        self.scratch.push(sort);
        // Any sign may stand in the values. A text too long for its length to be told is not kept.
        self.scratch.push(u8::try_from(first.len()).unwrap_or(u8::MAX));
        self.scratch.extend_from_slice(first.as_bytes());
        self.scratch.extend_from_slice(second.as_bytes());
        let slot = slot(&self.scratch);
        if self.scratch.len() <= LONGEST && self.recent[slot].is(&self.scratch) {
            return Ok(Person { slot });
        }
        self.work_out(said, by_number, slot)?;
        if self.scratch.len() <= LONGEST {
            self.recent[slot].set(&self.scratch);
        } else {
            // What stands at the place is another's now.
            self.recent[slot] = Recent::EMPTY;
        }
        Ok(Person { slot })
    }

    /// Who was found last, as 16 bytes for each key.
    pub fn pseudonyms(&self, person: Person) -> &[[u8; 16]] {
        let count = self.keys.len();
        &self.found[person.slot * count..][..count]
    }

    fn work_out(&mut self, said: &Said<'_>, by_number: bool, slot: usize) -> Result<(), Nobody> {
        let identity = if by_number { Some(identity_of(said, self.policy)?) } else { None };
        if !by_number && (said.patient.is_empty() || said.institution.is_empty()) {
            let field = if said.patient.is_empty() { "pasientNr" } else { "institusjonID" };
            return Err(Nobody::Row { hint: &hints::NO_NUMBER, field });
        }
        let is_local_help =
            matches!(identity, Some(Identity::Local)) && said.id_type == HELP_NUMBER;
        if is_local_help && said.institution.is_empty() {
            return Err(Nobody::Row { hint: &hints::HELP_NUMBER_WHERE, field: "institusjonID" });
        }
        for (number, key) in self.keys.iter().enumerate() {
            let made = match &identity {
                Some(Identity::National(id) | Identity::Help(id)) => pseudonym::pseudonym(key, id),
                Some(Identity::Duf(duf)) => pseudonym::pseudonym_of_duf(key, duf),
                // One institution's own number says nothing at another.
                Some(Identity::Local) if is_local_help => {
                    of_institution(key, "fid-3", said.institution, said.fid)
                }
                Some(Identity::Local | Identity::Nobody) => {
                    let label = format!("fid-{}", said.id_type);
                    pseudonym::re_key(key, &label, said.fid.as_bytes())
                }
                None => of_institution(key, PATIENT, said.institution, said.patient),
            };
            self.found[slot * self.keys.len() + number] = made.bytes;
        }
        Ok(())
    }
}

/// What names somebody within one institution. That has digits alone, so that the two cannot run
/// into each other.
fn of_institution(key: &PseudonymKey, label: &str, institution: &str, own: &str) -> Pseudonym {
    let mut text = format!("{institution}:{own}");
    let made = pseudonym::re_key(key, label, text.as_bytes());
    text.zeroize();
    made
}

/// Judges `fid` by `typeID`; without a type it must be a number that says itself what it is.
fn identity_of(said: &Said<'_>, policy: IdPolicy) -> Result<Identity, Nobody> {
    let id_type = if said.id_type.is_empty() { "1" } else { said.id_type };
    if !lists::is_id_type(id_type) {
        return Err(Nobody::Row { hint: &hints::TYPE_ID, field: "typeID" });
    }
    let Judged { identity, breach } = identity::judge(id_type, said.fid, &policy);
    match (breach, identity) {
        (Some(Breach::Message(hint)), _) => Err(Nobody::Release { hint }),
        (Some(Breach::Record(hint)), _) => Err(Nobody::Row { hint, field: "fid" }),
        (Some(Breach::Defect(_)) | None, Some(identity)) => Ok(identity),
        (Some(Breach::Defect(_)) | None, None) => {
            Err(Nobody::Row { hint: &hints::NO_NUMBER, field: "fid" })
        }
    }
}

/// Writes a pseudonym as `k<epoch>.<26 characters>`; `prefix` is all up to the full stop.
pub fn write(out: &mut Vec<u8>, prefix: &[u8], bytes: &[u8; 16]) {
    out.extend_from_slice(prefix);
    out.extend_from_slice(&crockford::encode_bytes(bytes));
}

/// What a key's pseudonyms begin with.
pub fn prefix(key: &PseudonymKey) -> Vec<u8> {
    format!("k{}.", key.epoch()).into_bytes()
}

/// An episode's number, re-keyed.
pub fn episode(key: &PseudonymKey, text: &str) -> Pseudonym {
    pseudonym::re_key(key, EPISODE, text.as_bytes())
}

impl Drop for People<'_> {
    fn drop(&mut self) {
        self.recent.iter_mut().for_each(|recent| recent.text.zeroize());
        self.scratch.zeroize();
    }
}

impl fmt::Debug for People<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").field("keys", &self.keys).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Recent {
    length: u8,
    text: [u8; LONGEST],
}

impl Recent {
    const EMPTY: Self = Self { length: 0, text: [0; LONGEST] };

    fn is(&self, text: &[u8]) -> bool {
        usize::from(self.length) == text.len() && self.text.starts_with(text)
    }

    fn set(&mut self, text: &[u8]) {
        self.length = u8::try_from(text.len()).unwrap_or(0);
        self.text[..text.len()].copy_from_slice(text);
    }
}

/// FNV-1a: who makes texts meet has them worked out again, and nothing else.
fn slot(text: &[u8]) -> usize {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    let hash = text.iter().fold(0xCBF2_9CE4_8422_2325, step);
    usize::try_from((hash ^ hash >> 32) & (RECENT as u64 - 1)).unwrap_or(0)
}

/// The label of an institution's own number of a patient.
pub const PATIENT: &str = "pasientNr";
/// The label of an episode's number.
pub const EPISODE: &str = "episodeID";

/// `typeID` of an institution's own help number.
const HELP_NUMBER: &str = "3";
/// `typeID` of a birth date in the place of a number.
const NO_NUMBER: &str = "9";
const RECENT: usize = 4096;
const LONGEST: usize = 47;

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{Nobody, People, Said};
    use crate::{
        kinds::{kpr::hints as of_numbers, npr::hints},
        protect::pseudonym::{PseudonymKey, pseudonym, re_key},
        types::{
            ids::RegistryId,
            national_id::{IdPolicy, NationalId, Profile},
            secret::Secret32,
        },
    };

    const TEST: IdPolicy = IdPolicy { profile: Profile::Test, new_rule: false };

    fn key() -> PseudonymKey {
        let secret = std::array::from_fn(|n| u8::try_from(n).unwrap());
        let registry = RegistryId::parse("hdir-finansiering").unwrap();
        PseudonymKey::new(registry, 1, Secret32::new(Zeroizing::new(secret)))
    }

    fn of(people: &mut People<'_>, said: &Said<'_>) -> Result<Vec<[u8; 16]>, Nobody> {
        people.find(said).map(|person| people.pseudonyms(person).to_vec())
    }

    fn said<'a>(id_type: &'a str, fid: &'a str, patient: &'a str) -> Said<'a> {
        Said { fid, id_type, patient, institution: "974760673" }
    }

    // All numbers are synthetic: the month is raised by 80.
    #[test]
    fn a_person_is_one_whatever_else_the_row_says() {
        let key = key();
        let mut people = People::new(vec![&key], TEST);
        let id = NationalId::parse("03851598730", &TEST).unwrap();
        let want = pseudonym(&key, &id).bytes;
        for (id_type, patient) in [("1", "7"), ("", "8"), ("1", ""), ("1", "7")] {
            assert_eq!(of(&mut people, &said(id_type, "03851598730", patient)).unwrap(), [want]);
        }
        let own = re_key(&key, "pasientNr", b"974760673:7").bytes;
        for (id_type, fid) in [("", ""), ("9", "010190"), ("1", "")] {
            assert_eq!(of(&mut people, &said(id_type, fid, "7")).unwrap(), [own], "{id_type}");
        }
        assert_ne!(of(&mut people, &said("", "", "8")).unwrap(), [own]);
        let elsewhere = Said { institution: "4210", ..said("", "", "7") };
        assert_ne!(of(&mut people, &elsewhere).unwrap(), [own]);
    }

    /// What was worked out for one row decides nothing about another.
    #[test]
    fn every_row_is_judged_by_itself_in_any_order() {
        let key = key();
        let good = said("9", "010190", "7");
        let bad = said("9", "03851598730", "7");
        let want = Nobody::Row { hint: &of_numbers::ID_DDMMYY, field: "fid" };
        for order in [[&good, &bad], [&bad, &good]] {
            let mut people = People::new(vec![&key], TEST);
            for said in order {
                let found = of(&mut people, said);
                assert_eq!(found.err(), (said.fid == bad.fid).then_some(want), "{}", said.fid);
            }
        }
        // A sign within a value does not move what stands on its other side.
        let mut people = People::new(vec![&key], TEST);
        let here = Said { institution: "4210", ..said("", "", "1\u{1f}7") };
        let there = Said { institution: "4210\u{1f}1", ..said("", "", "7") };
        let here = of(&mut people, &here).unwrap();
        assert_ne!(of(&mut people, &there).unwrap(), here);
    }

    /// As each municipality's in the reports to KPR.
    #[test]
    fn a_help_number_that_nobody_can_check_is_its_institutions_own() {
        let key = key();
        let mut people = People::new(vec![&key], TEST);
        let here = said("3", "AB12345", "7");
        let mine = of(&mut people, &here).unwrap();
        assert_eq!(of(&mut people, &Said { patient: "8", ..here }).unwrap(), mine);
        assert_ne!(of(&mut people, &Said { institution: "4210", ..here }).unwrap(), mine);
        let nowhere = of(&mut people, &Said { institution: "", ..here }).unwrap_err();
        assert_eq!(
            nowhere,
            Nobody::Row { hint: &hints::HELP_NUMBER_WHERE, field: "institusjonID" }
        );
        // A passport is one everywhere, and so is a number that holds.
        for (id_type, fid) in [("4", "AB12345"), ("3", "03851598730")] {
            let here = said(id_type, fid, "7");
            let mine = of(&mut people, &here).unwrap();
            assert_eq!(
                of(&mut people, &Said { institution: "4210", ..here }).unwrap(),
                mine,
                "{id_type}"
            );
        }
    }

    #[test]
    fn nobody_is_made_up() {
        let key = key();
        let mut people = People::new(vec![&key], TEST);
        let row = |hint, field| Nobody::Row { hint, field };
        for (said, want) in [
            (said("1", "03851598731", "7"), row(&of_numbers::CHECK_DIGIT, "fid")),
            (said("", "AB12", "7"), row(&of_numbers::ID_LENGTH, "fid")),
            (said("77", "03851598730", "7"), row(&hints::TYPE_ID, "typeID")),
            (said("9", "03851598730", "7"), row(&of_numbers::ID_DDMMYY, "fid")),
            (said("", "", ""), row(&hints::NO_NUMBER, "pasientNr")),
            (
                Said { institution: "", ..said("", "", "7") },
                row(&hints::NO_NUMBER, "institusjonID"),
            ),
        ] {
            assert_eq!(of(&mut people, &said).unwrap_err(), want);
        }
        let production = IdPolicy { profile: Profile::Production, new_rule: false };
        let mut people = People::new(vec![&key], production);
        let test_person = of(&mut people, &said("1", "03851598730", "7")).unwrap_err();
        assert_eq!(test_person, Nobody::Release { hint: &of_numbers::TEST_PERSON });
        assert!(!format!("{people:?}").contains("8515"));
    }
}
