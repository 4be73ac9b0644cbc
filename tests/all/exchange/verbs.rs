//! The verbs of the command line, as somebody types them.

use std::{fs, os::unix::fs::PermissionsExt};

use filsluse::admin::shapes::police::{Direction, Exchange, Journal};

use super::scene::{HOSPITAL, OSLO, Scene, inquiry, notice, reply};

fn ok(scene: &Scene, arguments: &[&str]) -> String {
    let said = scene.run(arguments, "");
    assert!(said.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap()
}

/// A request of one case with its reply, a notice of another, and something told.
fn story() -> (Scene, String, String) {
    let mut scene = Scene::new();
    let request = scene.send(HOSPITAL, inquiry(1)).id.to_string();
    scene.at("2026-11-22T11:00:00Z");
    scene.send(HOSPITAL, notice(3));
    scene.at("2026-11-23T11:00:00Z");
    let answer = scene.send(OSLO, reply(2, 1, "oslo")).id.to_string();
    scene.stop();
    (scene, request, answer)
}

#[test]
fn the_exchange_is_listed_shown_and_decided() {
    let (scene, request, answer) = story();
    let listed: Vec<Exchange> =
        serde_json::from_str(&ok(&scene, &["police", "show", "--json"])).unwrap();
    let forms: Vec<_> = listed.iter().map(|row| row.form.as_str()).collect();
    assert_eq!(forms, ["notice", "inquiry"], "newest first");
    let text = ok(&scene, &["police", "show"]);
    assert!(text.contains(&request) && text.contains("undecided"), "{text}");
    for id in [&request, &answer] {
        let text = ok(&scene, &["police", "show", id]);
        for part in ["helsepersonelloven § 22", "26/1", "partial, 1 documents", "waits"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    for (missing, exit) in [
        (&["police", "decide", &answer, "--by", "Ås"][..], 64),
        (&["police", "decide", &answer, "--relevant"], 64),
        (&["police", "decide", &answer, "--relevant", "--not-relevant", "--by", "Ås"], 64),
        (&["police", "show", "00000000000000000000000000"], 2),
    ] {
        assert_eq!(scene.run(missing, "").status.code(), Some(exit), "{missing:?}");
    }
    let text = ok(&scene, &["police", "decide", &answer, "--relevant", "--by", "Overlege Ås"]);
    assert!(text.contains(&format!("{answer}.reply.age")), "{text}");
    assert_eq!(scene.outbound(HOSPITAL).len(), 1);
    let again = scene.run(&["police", "decide", &answer, "--not-relevant", "--by", "Ola"], "");
    assert_eq!(again.status.code(), Some(2));
    let words = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(words.contains("decided on already") && words.contains("relevant"), "{words}");
    let shown: Exchange =
        serde_json::from_str(&ok(&scene, &["police", "show", &request, "--json"])).unwrap();
    let decision = shown.replies[0].decision.clone().unwrap();
    assert!(decision.by.unwrap().starts_with("Overlege Ås ("), "the account stands beside it");
}

/// A journal must not guess which of two hours it was, nor take an hour that never came.
#[test]
fn a_time_that_the_clock_showed_never_or_twice_is_asked_about() {
    let (scene, ..) = story();
    let told = |at: &str| {
        let what = ["--basis", "avverge-skade", "--purpose", "avverge-skade", "--informed", "no"];
        let to = ["police", "disclose", "--case", "26/10", "--district", OSLO, "--at", at];
        scene.run(&[&to[..], &what].concat(), "")
    };
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let never = told("2026-03-29T02:30");
    assert_eq!(never.status.code(), Some(64));
    assert!(said(&never).contains("never showed that time in Europe/Oslo"), "{}", said(&never));
    let twice = told("2026-10-25T02:30");
    assert_eq!(twice.status.code(), Some(64));
    let offered = ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"];
    for at in offered {
        assert!(said(&twice).contains(at), "{}", said(&twice));
        assert!(told(at).status.success(), "{at}");
    }
    assert!(told("2026-10-25T04:30").status.success());
    let text = ok(&scene, &["journal", "export", "--case", "26/10"]);
    for shown in ["2026-10-25 02:30 +02:00", "2026-10-25 02:30 +01:00", "2026-10-25 04:30 "] {
        assert!(text.contains(shown), "{text}");
    }
    assert!(!text.contains("04:30 +"), "only where it matters: {text}");
}

#[test]
fn a_disclosure_is_recorded_at_the_terminal() {
    let (scene, ..) = story();
    let disclose = |more: &[&str]| {
        let first = ["police", "disclose", "--case", "26/9", "--district", OSLO];
        scene.run(&[&first[..], more].concat(), "")
    };
    let good = ["--basis", "avverge-skade", "--purpose", "avverge-skade", "--informed", "no"];
    let said = disclose(&[&good[..], &["--at", "2026-11-20T08:00", "--by", "Åse"]].concat());
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let refused = ["--basis", "avverge-skade", "--purpose", "etterforskning", "--informed", "no"];
    let at = ["--at", "2026-11-20T08:00"];
    let said = disclose(&[&refused[..], &at].concat());
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("POL-04"));
    for bad in [
        ["--basis", "lyst", "--purpose", "risikovurdering", "--informed", "no"],
        ["--basis", "samtykke", "--purpose", "annet", "--informed", "no"],
        ["--basis", "samtykke", "--purpose", "risikovurdering", "--informed", "kanskje"],
    ] {
        assert_eq!(disclose(&[&bad[..], &at].concat()).status.code(), Some(64), "{bad:?}");
    }
    let journal: Journal =
        serde_json::from_str(&ok(&scene, &["journal", "export", "--case", "26/9", "--json"]))
            .unwrap();
    let [entry] = journal.entries.as_slice() else { panic!("{journal:?}") };
    assert_eq!(
        (entry.form.as_str(), entry.at.to_string()),
        ("oral", "2026-11-20T07:00:00Z".into())
    );
    let by = entry.recorded_by.as_ref().unwrap();
    assert!(by.starts_with("Åse ("));
    let text = ok(&scene, &["journal", "export", "--case", "26/9"]);
    assert!(text.contains(&format!("recorded by {by}")), "{text}");
}

#[test]
fn the_journal_tells_what_was_shared_with_whom_when_and_on_which_basis() {
    let (scene, request, answer) = story();
    ok(&scene, &["police", "decide", &answer, "--not-relevant", "--by", "Overlege Ås"]);
    let export = |more: &[&str]| -> Journal {
        let arguments = [&["journal", "export", "--json"][..], more].concat();
        serde_json::from_str(&ok(&scene, &arguments)).unwrap()
    };
    let all = export(&[]).entries;
    let forms: Vec<_> = all.iter().map(|entry| entry.form.as_str()).collect();
    assert_eq!(forms, ["inquiry", "notice", "reply"], "in the order of sharing");
    let [out, told, back] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((out.direction, back.direction), (Direction::ToPolice, Direction::FromPolice));
    assert_eq!(out.id.to_string(), request);
    assert_eq!((&back.id.to_string(), &back.answers.unwrap().to_string()), (&answer, &request));
    assert_eq!(out.provision, "helsepersonelloven § 22");
    assert_eq!(told.provision, "helsepersonelloven § 31");
    assert_eq!((out.patient_informed.as_str(), told.patient_informed.as_str()), ("yes", "later"));
    assert_eq!(out.hospital.as_ref().unwrap().name, "Sykehuset Eksempel");
    assert_eq!(out.district.name, "Oslo politidistrikt");
    assert_eq!((back.shared.as_deref(), back.documents), (Some("partial"), Some(1)));
    let decision = back.decision.as_ref().unwrap();
    let text = ok(&scene, &["journal", "export"]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 7, "a heading, and two lines for each: {text}");
    assert_eq!(lines[2], format!("    hospital {HOSPITAL}; id {request}"));
    let told = format!(
        "    hospital {HOSPITAL}; id {answer}; answers {request}; shared partial, 1 documents; \
         not-relevant by {} at ",
        decision.by.as_ref().unwrap()
    );
    assert!(lines[6].starts_with(&told), "{text}");
    assert!(lines[6].ends_with(&format!(", entry {}", decision.audit_seq)), "{text}");
    assert_eq!(decision.outcome.as_str(), "not-relevant");
    assert!(decision.by.as_ref().unwrap().starts_with("Overlege Ås ("));
    // What the entries refer to is in the log.
    let proof = scene.run(&["audit", "verify", "--json"], "");
    assert!(proof.status.success());

    for (arguments, want) in [
        (&["--case", "26/1"][..], vec!["inquiry", "reply"]),
        (&["--case", "26/2"], vec![]),
        (&["--from", "2026-11-22"], vec!["notice", "reply"]),
        (&["--to", "2026-11-22"], vec!["inquiry", "notice"]),
        (&["--from", "2026-11-23", "--case", "26/1"], vec!["reply"]),
    ] {
        let found = export(arguments).entries;
        let found: Vec<_> = found.iter().map(|entry| entry.form.as_str()).collect();
        assert_eq!(found, want, "{arguments:?}");
    }
    let mut scene = scene;
    scene.start();
    let exports = scene.log().matches(r#""event":"journal-exported""#).count();
    assert_eq!(exports, 7, "each export is in the log");
}

#[test]
fn the_journal_is_a_page_to_print() {
    let (scene, request, _) = story();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("journal.html");
    let path = file.to_str().unwrap();
    ok(&scene, &["journal", "export", "--html", "-o", path]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let page = fs::read_to_string(&file).unwrap();
    for part in [
        "<!DOCTYPE html>",
        "<html lang=\"nb\">",
        "@page { size: A4",
        "<caption>",
        "scope=\"col\"",
        "scope=\"row\"",
        "default-src 'none'",
        "helsepersonelloven § 22",
        "Venter på avgjørelse",
        "Sykehuset Eksempel",
        "26/1",
        &request,
    ] {
        assert!(page.contains(part), "{part} in\n{page}");
    }
    for never in ["<script", "http://", "https://", "Rigmor", "03851598730", "src="] {
        assert!(!page.contains(never), "{never} in\n{page}");
    }
    // Every element that is opened is closed, in order: a screen reader finds its way.
    assert!(well_nested(&page), "{page}");
    let again = scene.run(&["journal", "export", "--html", "-o", path], "");
    assert_eq!(again.status.code(), Some(2), "nothing is written over");
    let english = ok(&scene, &["journal", "export", "--html", "--language", "en"]);
    assert!(english.contains("<html lang=\"en\">") && english.contains("Waits for a decision"));
    let both = scene.run(&["journal", "export", "--html", "--json"], "");
    assert_eq!(both.status.code(), Some(64));
}

fn well_nested(page: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !["!DOCTYPE", "meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    open.is_empty()
}

#[test]
fn a_copy_that_cannot_be_written_to_is_read_and_says_so() {
    let (scene, ..) = story();
    // Somebody with the catalogue and without the keys.
    fs::rename(&scene.layout.credentials, scene.layout.credentials.with_extension("away")).unwrap();
    let said = scene.run(&["journal", "export", "--json"], "");
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "{words}");
    assert!(words.contains("cannot be recorded in the audit log"), "{words}");
    let journal: Journal = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(journal.entries.len(), 3);
}
