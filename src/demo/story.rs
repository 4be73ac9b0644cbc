//! Plays the scenes one after another and prints what became of each; then the held list, the
//! receipt, the object and the erasure.

use std::time::Instant;

use crate::{
    catalogue::records::{objects::Object, submissions::Submission},
    demo::{
        clock::StoryClock,
        error::DemoError,
        gates,
        installation::Installation,
        page::{Page, Row, wrapped},
        scenes::{
            ASKED, CUT_OFF, PSEUDONYMISED, RELEASED, REPLIED, SCENES, SHOWN, Scene, THEN_DECIDED,
        },
        showing,
        stage::{Answered, Stage},
        upload::{Sent, upload},
    },
    pipeline::{
        answer::facts::Facts,
        withdrawals::decide::{self, Decided},
    },
    types::{finding::Place, ids::ObjectId, rule::Language, verdict::Verdict},
};

/// Plays everything.
///
/// # Errors
/// When something of the machine fails. What ends otherwise than it should is on the page.
pub fn tell(
    page: &mut Page<'_>,
    stage: &Stage,
    made: &Installation,
    clock: &StoryClock,
) -> Result<(), DemoError> {
    page.heading("Files come in, and receipts go out")?;
    page.table_head("stored for the registries")?;
    let today = stage.house().day(stage.house().now());
    let send = |scene| upload(&stage.house().config.places, scene, &made.inbound_recipient, today);
    let cut_off = send(&CUT_OFF)?;
    let (mut shown, mut held, mut reported) = (None, None, None);
    let (mut asked, mut released) = (None, None);
    for (number, scene) in (1..).zip(SCENES) {
        let ended = play(page, stage, number, scene, &send(scene)?)?;
        let Some((answered, row)) = ended else { continue };
        match scene.file {
            ASKED => asked = Some(answered.id),
            RELEASED => released = Some(answered.id),
            REPLIED => gates::decided(page, stage, &row)?,
            file if file == PSEUDONYMISED.0 => reported = Some(answered.id),
            _ => {}
        }
        if row.verdict == Some(Verdict::Held) {
            held = Some(row);
        }
        if scene.file == SHOWN {
            shown = Some(answered);
        }
        if scene.file == THEN_DECIDED {
            held.take().map_or(Ok(()), |held| approve(page, stage, &held))?;
        }
    }
    play(page, stage, SCENES.len() + 1, &CUT_OFF, &cut_off)?;
    page.line("")?;
    page.remark(
        "Time is from the end of the upload to the receipt; 0.20 s of it is waiting for quiet.",
    )?;
    let Some(shown) = shown else { return Ok(()) };
    showing::receipt(page, made, &shown)?;
    showing::object(page, stage, made, shown.id)?;
    reported.map_or(Ok(()), |id| showing::pseudonymised(page, stage, made, id))?;
    asked.map_or(Ok(()), |id| gates::request(page, stage, made, id))?;
    released.map_or(Ok(()), |id| gates::task_done(page, stage, id))?;
    showing::erasure(page, stage, made, clock, shown.id)
}

/// One file, from its receipt to its row in the table.
fn play(
    page: &mut Page<'_>,
    stage: &Stage,
    number: usize,
    scene: &Scene,
    sent: &Sent,
) -> Result<Option<(Answered, Submission)>, DemoError> {
    let Some(answered) = stage.wait_for_receipt(sent)? else {
        page.surprise(&format!("{number}. no receipt came for {}", scene.file))?;
        return Ok(None);
    };
    let Some(row) = stage.wait_for_end(answered.id)? else {
        page.surprise(&format!("{number}. the catalogue does not know {}", scene.file))?;
        return Ok(None);
    };
    let objects = stage.objects_of(answered.id)?;
    let file = if row.rehearsal { format!("test/{}", scene.file) } else { scene.file.to_owned() };
    page.row(&Row {
        number: Some(number),
        file: &file,
        sender: row.sender.as_str(),
        kind: row.kind.as_ref().map_or("-", |kind| kind.as_str()),
        verdict: row.verdict,
        objects: &parts(&objects),
        took: answered.took,
    })?;
    page.remark(scene.caption)?;
    remarks(page, &row)?;
    hold_against(page, scene, &row, &objects)?;
    Ok(Some((answered, row)))
}

/// The operator lets the held withdrawals pass; the embassy is answered a second time.
fn approve(page: &mut Page<'_>, stage: &Stage, held: &Submission) -> Result<(), DemoError> {
    let begun = Instant::now();
    let Decided { withdrawn, objects, .. } =
        decide::decide(stage.house(), held.id, true, "demo operator")?;
    let took = begun.elapsed();
    let row = stage.wait_for_end(held.id)?;
    let verdict = row.as_ref().and_then(|row| row.verdict);
    let stored = stage.objects_of(held.id)?;
    let new: Vec<Object> = stored.into_iter().filter(|o| objects.contains(&o.id)).collect();
    page.row(&Row {
        number: None,
        file: "the operator approves",
        sender: "",
        kind: "",
        verdict,
        objects: &parts(&new),
        took,
    })?;
    page.remark(&format!(
        "`filsluse enrolment approve` for held.xml: those who were left are withdrawn ({withdrawn}), \
         and the embassy gets a second receipt."
    ))?;
    let second = row.as_ref().is_some_and(|row| Facts::of(row).answer == 2);
    if verdict != Some(Verdict::Accepted) || new.is_empty() || withdrawn == 0 || !second {
        page.surprise("the approved withdrawals did not leave for the registry")?;
    }
    Ok(())
}

/// What was found, in the words of the rules: one line for each of the first findings.
fn remarks(page: &mut Page<'_>, row: &Submission) -> Result<(), DemoError> {
    for finding in row.findings.iter().take(MOST_FINDINGS) {
        let place = match finding.place {
            Place::Cell { row, .. } => format!("Row {row}: "),
            Place::File {} => String::new(),
            Place::Line { line, .. } => format!("Line {line}: "),
        };
        let words = match &finding.hint {
            Some(hint) => hint.en.as_ref(),
            None => finding.rule.demand.in_language(Language::En),
        };
        page.finding(finding.rule.code, &format!("{place}{words}"))?;
    }
    let more = row.findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        page.remark(&format!("… and {more} more."))?;
    }
    Ok(())
}

/// Says so when a file ended otherwise than it should.
fn hold_against(
    page: &mut Page<'_>,
    scene: &Scene,
    row: &Submission,
    objects: &[Object],
) -> Result<(), DemoError> {
    if row.verdict != Some(scene.verdict) {
        page.surprise(&format!("it should have been {}", scene.verdict))?;
    }
    let found = |code| row.findings.iter().any(|finding| finding.rule.code == code);
    if let Some(code) = scene.rule
        && !found(code)
    {
        page.surprise(&format!("it should have been found to break {code}"))?;
    }
    let parts: Vec<String> = objects.iter().map(|object| below(&object.id)).collect();
    if parts != scene.parts {
        page.surprise(&format!(
            "for the registries it should have left [{}]",
            scene.parts.join(", ")
        ))?;
    }
    Ok(())
}

/// `fastlege difference, whole`, a line for each registry and more where that is too long. The
/// objects are in order of name.
fn parts(objects: &[Object]) -> Vec<String> {
    objects
        .chunk_by(|one, next| one.id.registry == next.id.registry)
        .flat_map(|of_one| {
            let registry = &of_one[0].id.registry;
            let parts: Vec<String> = of_one
                .iter()
                .map(|object| below(&object.id))
                .filter_map(|name| Some(name.split_once('.')?.1.to_owned()))
                .collect();
            wrapped(&format!("{registry} {}", parts.join(", ")), OBJECTS)
        })
        .collect()
}

/// An object's name without its submission, `<registry>.<part>`.
fn below(id: &ObjectId) -> String {
    let name = id.to_string();
    name.split_once('.').map_or_else(String::new, |(_, rest)| rest.to_owned())
}

/// How many days the story's clock is behind: the files are erased within them.
pub const DAYS: i64 = 92;
const MOST_FINDINGS: usize = 2;
/// Characters of the column of objects.
const OBJECTS: usize = 26;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::hold_against;
    use crate::{
        catalogue::records::submissions::{Inode, Submission},
        demo::{page::Page, scenes::CUT_OFF},
        types::{
            finding::{Finding, Place},
            ids::{SenderId, SubmissionId},
            rules::{embassy, intake},
            verdict::Verdict,
        },
    };

    #[test]
    fn another_end_than_the_story_wants_is_a_surprise() {
        let id = SubmissionId::new(Timestamp::UNIX_EPOCH, [1; 10]);
        let sender = SenderId::parse(CUT_OFF.sender).unwrap();
        let claim = Inode { dev: 1, inode: 1 };
        let mut row = Submission::claimed(id, sender, Timestamp::UNIX_EPOCH, claim);
        let mut surprises = |verdict, rule, objects: &[_]| {
            row.verdict = verdict;
            row.findings = vec![Finding::new(rule, Place::File {})];
            let mut bytes = Vec::new();
            let mut page = Page::new(&mut bytes);
            hold_against(&mut page, &CUT_OFF, &row, objects).unwrap();
            page.surprises()
        };
        assert_eq!(surprises(Some(Verdict::Rejected), &intake::IN_04, &[]), 0);
        assert_eq!(surprises(Some(Verdict::Accepted), &intake::IN_04, &[]), 1);
        assert_eq!(surprises(None, &embassy::EMB_01, &[]), 2);
    }
}
