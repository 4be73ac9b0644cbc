//! What the strictest rules do, as it is shown: a request that only its police district opens, a
//! clinician's decision, a release whose task is done.

use std::{
    fs,
    io::{self, Read},
    time::Instant,
};

use crate::{
    admin::{self, Request},
    catalogue::records::{objects::ObjectState, submissions::Submission},
    demo::{
        error::DemoError,
        installation::{DISTRICT, Installation},
        page::{Page, Row},
        showing::first_lines,
        stage::Stage,
    },
    pipeline::police::decide_reply,
    seal::identity,
    types::ids::{RegistryId, SenderId, SubmissionId},
};

/// The clinician finds a reply relevant: it goes to the hospital and is erased here (POL-08).
///
/// # Errors
/// When something of the machine fails. What ends otherwise than it should is on the page.
pub fn decided(page: &mut Page<'_>, stage: &Stage, reply: &Submission) -> Result<(), DemoError> {
    let begun = Instant::now();
    let decided = decide_reply::decide(stage.house(), reply.id, true, "demo clinician");
    let decided = decided.map_err(io::Error::other)?;
    page.row(&Row {
        number: None,
        file: "the clinician decides",
        sender: "",
        kind: "",
        verdict: None,
        objects: &[],
        took: begun.elapsed(),
    })?;
    let delivered = decided.delivered.as_ref().map(|(hospital, file)| {
        stage.house().config.places.outbound(hospital).join(file).is_file()
    });
    page.remark(
        "`filsluse police decide` for reply.xml: relevant and necessary. It lies in the hospital's \
         directory, sealed to the journal, and is erased here.",
    )?;
    let erased = stage.objects_of(reply.id)?;
    let erased = erased.iter().all(|object| object.state == ObjectState::Erased);
    if delivered != Some(true) || !erased {
        page.surprise("the reply was not delivered and erased")?;
    }
    Ok(())
}

/// A request as the police district finds it: an age file in its directory, that it alone opens.
///
/// # Errors
/// When it cannot be read. That it does not open is on the page.
pub fn request(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    id: SubmissionId,
) -> Result<(), DemoError> {
    page.heading("What the police district finds, and opens with its own key")?;
    let district = SenderId::parse(DISTRICT).map_err(io::Error::other)?;
    let path = stage.house().config.places.outbound(&district).join(format!("{id}.request.age"));
    let Ok(sealed) = fs::read(&path) else {
        return Ok(page.surprise("the request does not lie in the district's directory")?);
    };
    let shown = path.strip_prefix(&made.dir).unwrap_or(&path);
    page.line(&format!("{}", shown.display()))?;
    page.line("")?;
    let mut text = String::new();
    let key = made.district_identity()?;
    identity::open(Vec::new(), sealed.as_slice(), &key)?.read_to_string(&mut text)?;
    page.quote(&first_lines(&text))?;
    let journal = RegistryId::parse("politisvar").map_err(io::Error::other)?;
    let Some(other) = made.identity_of(&journal)? else { return Ok(()) };
    page.line("")?;
    page.expect(
        identity::open(Vec::new(), sealed.as_slice(), &other).is_err(),
        "    no other key opens it, not the journal's either",
        "another key opens the request",
    )?;
    Ok(())
}

/// The task that a release was for is done: it is erased now, years before its limit (NPR-05).
///
/// # Errors
/// When it cannot be done.
pub fn task_done(
    page: &mut Page<'_>,
    stage: &Stage,
    released: SubmissionId,
) -> Result<(), DemoError> {
    page.heading("The task is done, and the release goes")?;
    let objects = stage.objects_of(released)?;
    let Some(first) = objects.first() else {
        return Ok(page.surprise("nothing of the release is stored")?);
    };
    let limit = first.statutory_limit.map(|at| stage.house().day(at));
    let (registry, year) = (first.id.registry.clone(), first.operating_year);
    let (Some(limit), Some(operating_year)) = (limit, year) else {
        return Ok(page.surprise("the release has no statutory limit")?);
    };
    page.line(&format!(
        "Operating year {operating_year}: by § 3-3 it must be gone when the day before {limit} has \
         ended, whatever"
    ))?;
    page.line("anybody holds or configures. The task is done before that:")?;
    page.command(&format!("task done --registry {registry} --operating-year {operating_year}"))?;
    let by = Some("demo operator".to_owned());
    let asked = Request::TaskDone { registry, operating_year, by };
    admin::answer(stage.house(), &asked, "demo operator")
        .map_err(|fault| io::Error::other(fault.message))?;
    let left = stage.objects_of(released)?;
    page.expect(
        left.iter().all(|object| object.state == ObjectState::Erased),
        "    erased: the release and its report",
        "the release is still there",
    )?;
    Ok(())
}
