//! What is shown after the table: a receipt, an object as its registry opens it, an erasure, the
//! audit log, and where everything lies.

use std::{
    fs,
    io::{self, Read},
};

use crate::{
    audit::{VERIFIER_KEY, verify},
    catalogue::records::objects::ObjectState,
    demo::{
        clock::StoryClock,
        error::DemoError,
        installation::Installation,
        page::{Page, WIDTH, wrapped},
        scenes,
        stage::{Answered, Stage},
    },
    pipeline::upkeep::erase,
    retention::{
        plan::Target,
        swept::{Outcome, Swept},
    },
    seal::{Sealer, identity},
    store::StoreError,
    types::ids::{ObjectId, Part, SubmissionId},
};

/// The receipt in plain words, in full.
///
/// # Errors
/// When it cannot be read.
pub fn receipt(
    page: &mut Page<'_>,
    made: &Installation,
    answered: &Answered,
) -> Result<(), DemoError> {
    page.heading("One receipt in full, as the sender reads it")?;
    let path = answered.receipt.strip_prefix(&made.dir).unwrap_or(&answered.receipt);
    page.line(&format!("{}", path.display()))?;
    page.line("")?;
    page.quote(&fs::read_to_string(&answered.receipt)?)?;
    Ok(())
}

/// The difference of a submission, opened with the registry's own identity.
///
/// # Errors
/// When it cannot be read. That it does not open is on the page.
pub fn object(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    id: SubmissionId,
) -> Result<(), DemoError> {
    page.heading("What lies in the store, and what the registry reads in it")?;
    if let Some(text) = opened(page, stage, made, id, Part::Difference)? {
        page.quote(&first_lines(&text))?;
    }
    Ok(())
}

/// What a municipality reported, opened as its registry opens it: nobody's number is in it.
///
/// # Errors
/// When it cannot be read. That it does not open is on the page.
pub fn pseudonymised(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    id: SubmissionId,
) -> Result<(), DemoError> {
    page.heading("What the municipality sent, and what the registry reads of it")?;
    let (name, sent) = scenes::PSEUDONYMISED;
    let Some(text) = opened(page, stage, made, id, Part::Content)? else { return Ok(()) };
    page.quote(&first_lines(&text))?;
    page.line("")?;
    let sent = String::from_utf8_lossy(sent);
    let mut numbers = attribute_values(&sent, "fid");
    let count = numbers.len();
    numbers.retain(|number| text.contains(number));
    page.expect(
        count > 0 && numbers.is_empty(),
        &format!("    none of the {count} identity numbers of {name} is in it"),
        "an identity number went through",
    )?;
    Ok(())
}

/// Opens the first object of this part, and says how.
fn opened(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    id: SubmissionId,
    part: Part,
) -> Result<Option<String>, DemoError> {
    let objects = stage.objects_of(id)?;
    let Some(object) = objects.into_iter().find(|object| object.id.part == part) else {
        page.surprise(&format!("there is no {} for the registry", part.as_str()))?;
        return Ok(None);
    };
    let registry = &object.id.registry;
    let header = stage.read(|view| view.header(&object.id))?;
    let payload = payload(stage, &object.id)?;
    let key = made.identity_of(registry)?;
    let (Some(header), Ok(payload), Some(key)) = (header, payload, key) else {
        page.surprise("the object's header, payload or identity is missing")?;
        return Ok(None);
    };
    page.line(&format!("{}", object.id))?;
    page.line(&format!(
        "{} bytes of cipher text in the store, {} bytes of age header in the catalogue.",
        payload.len(),
        header.len()
    ))?;
    page.line(&format!("Opened with the identity of {registry}; every person in it is made up:"))?;
    page.line("")?;
    let mut text = String::new();
    identity::open(header, payload.as_slice(), &key)?.read_to_string(&mut text)?;
    Ok(Some(text))
}

/// The values of an attribute in an XML text.
fn attribute_values<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    xml.split(opening.as_str()).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

/// The clock moves, the sweep runs, and what it erased does not open any more.
///
/// # Errors
/// When the sweep fails.
pub fn erasure(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    clock: &StoryClock,
    id: SubmissionId,
) -> Result<(), DemoError> {
    page.heading("The deadlines come")?;
    let house = stage.house();
    let objects = stage.objects_of(id)?;
    let Some(whole) = objects.iter().find(|object| object.id.part == Part::Whole) else {
        page.surprise("the list as it was received is not there")?;
        return Ok(());
    };
    // As a backup of the store would have it.
    let backup = payload(stage, &whole.id)?;
    let before = house.day(house.now());
    clock.catch_up();
    let after = house.day(house.now());
    page.line(&format!(
        "The installation's clock moves {} days, from {before} to {after}, and the sweep runs.",
        before.duration_until(after).as_hours() / 24
    ))?;
    let swept = erase::run(house, house.now(), true)?;
    for (rule, erased, failed) in by_rule(&swept) {
        page.line(&format!("    {erased:>3} erased   {rule}"))?;
        if failed > 0 {
            page.surprise(&format!("{failed} could not be erased"))?;
        }
    }
    let gone = |one: &Swept| {
        one.outcome == Outcome::Erased && one.planned.object == Target::Object(whole.id.clone())
    };
    page.line("")?;
    page.line(&format!("{}", whole.id))?;
    page.expect(
        swept.iter().any(gone),
        "    erased: a list as it was received goes when its days are over",
        "the list as it was received was not erased",
    )?;
    let header = stage.read(|view| view.header(&whole.id))?;
    let now = stage.read(|view| view.object(&whole.id))?.map(|object| object.state);
    page.expect(
        header.is_none() && now == Some(ObjectState::Erased),
        "    its key is gone: the age header, which wraps it, is deleted from the catalogue",
        "its age header is still there",
    )?;
    let absent = matches!(payload(stage, &whole.id)?, Err(StoreError::Absent { .. }));
    page.expect(
        absent,
        "    its payload is gone from the store",
        "its payload is still in the store",
    )?;
    let Ok(backup) = backup else { return Ok(page.surprise("there was no payload to back up")?) };
    page.expect(
        !opens_without_its_header(made, stage, &whole.id, &backup)?,
        &format!(
            "    a backup of the payload ({} bytes) does not open: not here, not at the registry",
            backup.len()
        ),
        "a backup of the payload opens still",
    )?;
    Ok(())
}

/// Tries what somebody with a backup of a payload and the registry's identity could try: a header
/// of their own making.
fn opens_without_its_header(
    made: &Installation,
    stage: &Stage,
    id: &ObjectId,
    payload: &[u8],
) -> Result<bool, DemoError> {
    let registry = stage.house().registries.get(&id.registry)?;
    let header = Sealer::new(&registry.recipients, io::sink())?.finish()?.header;
    let Some(key) = made.identity_of(&id.registry)? else { return Ok(false) };
    let opened = identity::open(header, payload, &key);
    Ok(opened.is_ok_and(|mut plain| plain.read_to_end(&mut Vec::new()).is_ok()))
}

/// The audit log, checked from outside as an auditor would: no key, no daemon.
///
/// # Errors
/// When it cannot be read.
pub fn audit(page: &mut Page<'_>, made: &Installation) -> Result<(), DemoError> {
    page.heading("The audit log, verified without any secret key")?;
    let dir = made.layout.places.audit();
    let report = verify::verify(&dir, &fs::read_to_string(dir.join(VERIFIER_KEY))?, None)?;
    let entries = report.size;
    page.expect(
        report.ok && entries > 0,
        &format!("whole and unchanged: {entries} entries"),
        "the audit log does not verify",
    )?;
    page.line(&format!("root {}", report.root))?;
    report.problems.iter().try_for_each(|problem| page.surprise(&problem.to_string()))?;
    Ok(())
}

/// Where things lie, and commands to copy.
///
/// # Errors
/// When nobody reads any more.
pub fn paths(page: &mut Page<'_>, made: &Installation) -> io::Result<()> {
    let flag = made.config_flag();
    let places = &made.layout.places;
    for (what, path) in [
        ("configuration", made.layout.main_file()),
        ("senders' directories", places.drop_root.clone()),
        ("cipher text", places.store_root()),
        ("audit log", places.audit()),
        ("registries' keys", made.layout.registry_keys.clone()),
    ] {
        page.line(&format!("    {what:<22}{}", path.display()))?;
    }
    page.line("")?;
    for verb in ["status", "submission list", "object list", "retention plan", "audit verify"] {
        page.command(&format!("{verb}{flag}"))?;
    }
    page.line("")
}

/// An object's payload as it lies in its store.
fn payload(stage: &Stage, id: &ObjectId) -> io::Result<Result<Vec<u8>, StoreError>> {
    let mut bytes = Vec::new();
    match stage.house().store(&id.registry)?.open(id) {
        Ok(mut payload) => payload.read_to_end(&mut bytes).map(|_| Ok(bytes)),
        Err(error) => Ok(Err(error)),
    }
}

/// Rule, number erased, number failed.
fn by_rule(swept: &[Swept]) -> Vec<(String, usize, usize)> {
    let mut rules: Vec<(String, usize, usize)> = Vec::new();
    for one in swept {
        let what = match one.planned.object {
            Target::Enrolment { .. } => "enrolment records",
            Target::Object(_) => "objects",
        };
        let rule = format!("{what}, under {}: {}", one.planned.registry, one.planned.rule);
        let at = rules.iter().position(|(known, ..)| *known == rule).unwrap_or_else(|| {
            rules.push((rule, 0, 0));
            rules.len() - 1
        });
        match one.outcome {
            Outcome::Erased => rules[at].1 += 1,
            Outcome::Failed => rules[at].2 += 1,
        }
    }
    rules.sort();
    rules
}

/// The beginning of an XML text, an element on a line, wrapped.
pub fn first_lines(xml: &str) -> String {
    let mut lines = Vec::new();
    for element in xml.replace("><", ">\n<").lines() {
        let mut pieces = wrapped(element, WIDTH - 8).into_iter();
        lines.extend(pieces.next());
        lines.extend(pieces.map(|piece| format!("    {piece}")));
    }
    let more = lines.len() > MOST_LINES;
    lines.truncate(MOST_LINES);
    if more {
        lines.push("…".to_owned());
    }
    lines.join("\n")
}

const MOST_LINES: usize = 14;

#[cfg(test)]
mod tests {
    use super::{MOST_LINES, first_lines};

    #[test]
    fn long_xml_is_cut_and_short_xml_is_not() {
        assert_eq!(first_lines("<a><b/></a>"), "<a>\n<b/>\n</a>");
        let long = first_lines(&"<a/>".repeat(100));
        assert_eq!(long.lines().count(), MOST_LINES + 1);
        assert!(long.ends_with('…'));
    }
}
