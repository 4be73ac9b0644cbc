//! What one sender's values mean.

use crate::{
    config::{
        check::values::{line, period, period_or_none, read, word},
        distance::nearest,
        names::{self, Account, MissionCode},
        problem::Page,
        raw::{
            at::At,
            sender::{RawExpect, RawSender},
        },
        sender::{Expectation, Missions, MonthDay, Owner, Periodic, Sender, Yearly},
    },
    signature::PublicKey,
    types::{
        ids::{BadId, KindId, SenderId},
        rule::Language,
        verdict::Evidence,
    },
};

/// Checks a `[sender]`; `None` when what identifies it is missing or bad, which is then noted.
pub(in crate::config) fn sender(
    page: &mut Page<'_>,
    raw: &RawSender,
    known: &[&str],
) -> Option<Sender> {
    let id = read(page, "sender.id", raw.id.as_ref(), SenderId::parse);
    let name = read(page, "sender.name", raw.name.as_ref(), line);
    let kinds = raw.kinds.as_ref().and_then(|raw| kinds(page, raw, known));
    let missions = missions(page, raw, kinds.as_deref());
    let municipality = raw.municipality.as_ref();
    let org_number = raw.org_number.as_ref();
    let municipality = read(page, "sender.municipality", municipality, names::municipality);
    let org_number = read(page, "sender.org-number", org_number, names::org_number);
    let district = raw.police_district.as_ref();
    let police_district = read(page, "sender.police-district", district, district_code);
    let recipient = read(page, "sender.recipient", raw.recipient.as_ref(), recipient);
    if let (Some(district), None) = (district, &raw.recipient) {
        let message = "requests are sealed to the district; write its recipient = \"age1...\"";
        page.problem("sender.recipient", Some(district.place()), message);
    }
    let expect = raw.expect.as_ref();
    let expect = expect.and_then(|raw| expectation(page, raw, kinds.as_deref()));
    self::municipality(page, raw, kinds.as_deref());
    self::police(page, raw, kinds.as_deref());
    let contact = read(page, "sender.contact", raw.contact.as_ref(), line);
    let owner = owner(page, raw, id.as_ref());
    let signing_keys = raw.signing_keys.as_ref().map(|raw| signing_keys(page, raw));
    Some(Sender {
        id: id?,
        name: name?,
        kinds: kinds?,
        missions,
        municipality,
        org_number,
        police_district,
        language: word(raw.language.as_ref(), Language::Nb),
        recipient,
        completeness: word(raw.completeness.as_ref(), Evidence::Closed),
        expect,
        contact,
        owner: owner?,
        signing_keys: signing_keys.unwrap_or_default(),
    })
}

/// The keys of `.pub` lines. A list of none would look as if something were demanded.
fn signing_keys(page: &mut Page<'_>, raw: &At<Vec<At<String>>>) -> Vec<PublicKey> {
    let key = "sender.signing-keys";
    if raw.value().is_empty() {
        let message = "name at least one key, [\"ssh-ed25519 AAAA...\"]; where nothing need be \
                       signed, remove it";
        page.problem(key, Some(raw.place()), message);
    }
    let mut keys = Vec::new();
    for line in raw.value() {
        match read(page, key, Some(line), PublicKey::parse) {
            Some(found) if keys.contains(&found) => {
                let message = "this key is named twice; remove one of them";
                page.problem(key, Some(line.place()), message);
            }
            found => keys.extend(found),
        }
    }
    keys
}

/// A district's code is written like a sender's id.
fn district_code(text: &str) -> Result<String, BadId> {
    SenderId::parse(text).map(|code| code.as_str().to_owned())
}

/// Reads an age public key. Never repeats the text: it may be a secret in the wrong place.
pub(in crate::config) fn recipient(text: &str) -> Result<age::x25519::Recipient, &'static str> {
    if text.to_ascii_uppercase().contains("AGE-SECRET-KEY-") {
        return Err("this is a secret key and must not stand here; write the public key that \
                    begins with age1, and count this pair as lost");
    }
    text.parse().map_err(
        |_| "write an age public key: age1 and 58 more characters, as age-keygen -y prints it",
    )
}

/// `None` when one of them is bad: what follows from the kinds is then not judged.
fn kinds(page: &mut Page<'_>, raw: &At<Vec<At<String>>>, known: &[&str]) -> Option<Vec<KindId>> {
    let (mut kinds, mut all_good) = (Vec::new(), !raw.value().is_empty());
    if raw.value().is_empty() {
        let message = format!("name at least one kind: {}", known.join(", "));
        page.problem("sender.kinds", Some(raw.place()), message);
    }
    for text in raw.value() {
        let kind = KindId::parse(text.value()).ok();
        match kind.filter(|kind| known.contains(&kind.as_str())) {
            Some(kind) if kinds.contains(&kind) => {
                page.problem("sender.kinds", Some(text.place()), "the kind is named twice");
            }
            Some(kind) => kinds.push(kind),
            None => {
                all_good = false;
                let guess = nearest(text.value(), known.iter().copied());
                let meant = guess.map_or_else(String::new, |kind| format!("did you mean {kind}? "));
                let message = format!(
                    "there is no such kind; {meant}this version knows {}",
                    known.join(", ")
                );
                page.problem("sender.kinds", Some(text.place()), message);
            }
        }
    }
    all_good.then_some(kinds)
}

fn missions(page: &mut Page<'_>, raw: &RawSender, kinds: Option<&[KindId]>) -> Missions {
    let sends_lists =
        kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_str() == EMBASSY_LIST));
    let code = read(page, "sender.mission-code", raw.mission_code.as_ref(), MissionCode::parse);
    let case_handler = word(raw.case_handler.as_ref(), false);
    let (place, key, message) = match (&raw.mission_code, case_handler) {
        (Some(code), true) => {
            let message = "a case handler sends for every mission; remove this or case-handler";
            (Some(code.place()), "sender.mission-code", message)
        }
        (Some(code), false) if !sends_lists => {
            let message = "only senders of embassy-list have one; remove it or add the kind";
            (Some(code.place()), "sender.mission-code", message)
        }
        (None, true) if !sends_lists => {
            let message = "only senders of embassy-list are case handlers; remove it";
            (raw.case_handler.as_ref().map(At::place), "sender.case-handler", message)
        }
        // Kinds that are missing or all bad have been noted; what they lead to is not.
        (None, false) if sends_lists && kinds.is_some() => {
            let message = "a sender of embassy-list needs mission-code = \"...\" (a mission) or \
                           case-handler = true (Helfo)";
            (raw.kinds.as_ref().map(At::place), "sender.mission-code", message)
        }
        _ => {
            return match code {
                Some(code) => Missions::Own(code),
                None if case_handler => Missions::Any,
                None => Missions::None,
            };
        }
    };
    page.problem(key, place, message);
    Missions::None
}

fn expectation(
    page: &mut Page<'_>,
    raw: &RawExpect,
    kinds: Option<&[KindId]>,
) -> Option<Expectation> {
    let every = read(page, "sender.expect.every", raw.every.as_ref(), period);
    let grace = read(page, "sender.expect.grace", raw.grace.as_ref(), period_or_none);
    let deadline = read(page, "sender.expect.yearly", raw.yearly.as_ref(), MonthDay::parse);
    let exception = read(page, "sender.expect.exception", raw.exception.as_ref(), MonthDay::parse);
    let place = [&raw.every, &raw.grace, &raw.yearly, &raw.exception]
        .into_iter()
        .find_map(|given| given.as_ref().map(At::place));
    if raw.every.is_some() != raw.grace.is_some() {
        let (key, missing) = match raw.every {
            None => ("sender.expect.every", "every = \"P1M\""),
            Some(_) => ("sender.expect.grace", "grace = \"P10D\""),
        };
        let message = format!("every and grace belong together; write {missing}");
        page.problem(key, place.clone(), message);
    }
    if raw.yearly.is_none() && raw.every.is_none() && raw.grace.is_none() {
        let message = "write every and grace, or yearly, or leave expect out";
        page.problem("sender.expect.yearly", place.clone(), message);
    }
    let yearly_kind = kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_str() == ANNUAL));
    if raw.yearly.is_some() && !yearly_kind {
        let message =
            format!("only senders of {ANNUAL} are expected yearly; write every and grace");
        page.problem("sender.expect.yearly", raw.yearly.as_ref().map(At::place), message);
    }
    if let (Some(deadline), Some(exception)) = (deadline, exception)
        && exception < deadline
    {
        let message = "the exception ends before the deadline; write a later day";
        page.problem("sender.expect.exception", raw.exception.as_ref().map(At::place), message);
    }
    let periodic = every.zip(grace).map(|(every, grace)| Periodic { every, grace });
    let yearly = deadline.map(|deadline| Yearly { deadline, exception });
    (periodic.is_some() || yearly.is_some()).then_some(Expectation { periodic, yearly })
}

/// Who reports for a municipality must have one.
fn municipality(page: &mut Page<'_>, raw: &RawSender, kinds: Option<&[KindId]>) {
    let reports = |kind: &KindId| MUNICIPAL.contains(&kind.as_str());
    let Some(kind) = kinds.unwrap_or_default().iter().find(|kind| reports(kind)) else { return };
    if raw.municipality.is_none() {
        let message = format!("a sender of {kind} needs municipality = \"0301\"");
        page.problem("sender.municipality", raw.kinds.as_ref().map(At::place), message);
    }
}

/// Who answers for the police is a district, and who asks them is none.
fn police(page: &mut Page<'_>, raw: &RawSender, kinds: Option<&[KindId]>) {
    let sends = |kind: &str| kinds.unwrap_or_default().iter().any(|sent| sent.as_str() == kind);
    let key = "sender.police-district";
    match &raw.police_district {
        None if sends(POLICE_REPLY) => {
            let message = format!("a sender of {POLICE_REPLY} needs police-district = \"...\"");
            page.problem(key, raw.kinds.as_ref().map(At::place), message);
        }
        Some(district) if sends(POLICE_REQUEST) => {
            let message =
                format!("a police district sends no {POLICE_REQUEST}; remove one of them");
            page.problem(key, Some(district.place()), message);
        }
        _ => {}
    }
}

fn owner(page: &mut Page<'_>, raw: &RawSender, id: Option<&SenderId>) -> Option<Owner> {
    let account = read(page, "sender.account", raw.account.as_ref(), Account::parse);
    match (&raw.account, &raw.uid) {
        (Some(_), Some(uid)) => {
            page.problem("sender.uid", Some(uid.place()), "write account or uid, not both");
            None
        }
        (Some(_), None) => account.map(Owner::Account),
        (None, Some(uid)) => Some(Owner::Uid(*uid.value())),
        (None, None) => Account::parse(id?.as_str())
            .map_err(|why| {
                let message = format!("the sender's id is no account's name; {why}, or give uid");
                page.problem("sender.account", raw.id.as_ref().map(At::place), message);
            })
            .map(Owner::Account)
            .ok(),
    }
}

/// The kind that carries a mission's code.
const EMBASSY_LIST: &str = "embassy-list";

/// The kind that comes once for each service year.
const ANNUAL: &str = "iplos-annual";

/// What a hospital sends to the police, and what they answer.
const POLICE_REQUEST: &str = "police-request";
const POLICE_REPLY: &str = "police-reply";

/// The kinds that a municipality sends.
const MUNICIPAL: [&str; 2] = ["iplos-annual", "kpr-event"];
