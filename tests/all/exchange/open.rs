//! `police open`: a form at the terminal, judged before it is handed in.

use std::{fs, process::Command};

use filsluse::{daemon::open, types::ids::SenderId};
use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::scene::{HOSPITAL, OSLO, Scene, stock_age};
use crate::support::wait::until;

/// Today by the system's clock, by which the program judges.
fn today() -> Date {
    open::system_clock()().to_zoned(TimeZone::get("Europe/Oslo").unwrap()).date()
}

/// A form in which nothing is missing.
fn form() -> String {
    let (before, needed) = (today() - 1.day(), today() + 7.days());
    format!(
        "# filled in beforehand\n\
         type = inquiry\n\
         legal_basis = samtykke\n\
         case_number = 26/5\n\
         police_district = oslo\n\
         consent.given_by = Pasienten\n\
         consent.date = {before}\n\
         consent.informed = ja\n\
         consent.voluntary = ja\n\
         consent.competent = ja\n\
         patient_relationship = Innlagt\n\
         person.name = Rigmor Prøvesen\n\
         person.national_id = 03851598730\n\
         requester.name = Åse Behandler\n\
         requester.position = Overlege\n\
         requester.department = Akutt\n\
         contact.phone = 22 00 00 00\n\
         purpose = Vurdere risiko for vold\n\
         purpose_code = risikovurdering\n\
         register = våpenregisteret\n\
         period.from = 2024-01-01\n\
         period.to = {before}\n\
         needed_by = {needed}\n\
         patient_informed = yes\n"
    )
}

fn handed_in(scene: &Scene) -> Vec<String> {
    let inbound = scene.layout.places.inbound(&SenderId::parse(HOSPITAL).unwrap());
    let names = fs::read_dir(inbound).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "test").collect()
}

#[test]
fn a_form_that_is_whole_is_handed_in_and_sent() {
    let mut scene = Scene::new();
    scene.at(&open::system_clock()().to_string());
    scene.stop();
    let said = scene.run(&["police", "open", "--from", "-"], &form());
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let names = handed_in(&scene);
    assert!(matches!(names.as_slice(), [name] if name.starts_with("police-")), "{names:?}");
    scene.start();
    until("the request", || scene.outbound(OSLO).len() == 1);
    let opened = stock_age(&scene.outbound(OSLO)[0], &scene.identity(OSLO)).unwrap();
    assert!(String::from_utf8(opened).unwrap().contains("Rigmor Prøvesen"));
    assert!(handed_in(&scene).is_empty());
}

#[test]
fn what_is_missing_is_told_and_nothing_leaves() {
    let mut scene = Scene::new();
    scene.stop();
    for (left_out, rule) in [
        ("consent.competent", "POL-02"),
        ("person.national_id", "POL-01"),
        ("needed_by", "POL-01"),
        ("case_number", "POL-05"),
        ("patient_informed", "POL-10"),
        ("patient_relationship", "POL-11"),
    ] {
        let lines = form();
        let lines = lines.lines().filter(|line| !line.starts_with(left_out));
        let lines: Vec<&str> = lines.collect();
        let said = scene.run(&["police", "open", "--from", "-"], &lines.join("\n"));
        assert_eq!(said.status.code(), Some(1), "{left_out}");
        let receipt = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(receipt.contains(rule), "{left_out}: {receipt}");
        assert!(receipt.starts_with("Nothing was handed in."), "{receipt}");
        assert!(!receipt.contains("inbound/"), "a form is no file there: {receipt}");
        assert!(!receipt.contains("Rigmor"), "{receipt}");
    }
    assert!(handed_in(&scene).is_empty());
    let said = scene.run(&["police", "open", "--from", "-", "--check"], &form());
    assert!(said.status.success());
    assert!(handed_in(&scene).is_empty(), "only checked");
    for (bad, exit) in [("person.name Rigmor", 64), ("nobody = x", 64)] {
        let said = scene.run(&["police", "open", "--from", "-"], bad);
        assert_eq!(said.status.code(), Some(exit));
        assert!(!String::from_utf8_lossy(&said.stderr).contains("Rigmor"));
    }
    let nobody = scene.run(&["police", "open", "--as", OSLO, "--from", "-"], &form());
    assert_eq!(nobody.status.code(), Some(64), "a district asks nobody");
    let no_terminal = scene.run(&["police", "open"], &form());
    assert_eq!(no_terminal.status.code(), Some(64));
}

/// A person at a terminal, who forgets the case number's shape and puts it right.
#[test]
fn a_person_is_asked_for_what_the_basis_needs_and_no_more() {
    let mut scene = Scene::new();
    scene.stop();
    let answers = [
        "anonymisert",
        "",
        "26-5",
        "oslo",
        "Åse Behandler",
        "Overlege",
        "Akutt",
        "22 00 00 00",
        "",
        "Drøfte våpen i hjemmet til en person som er bekymret",
        "vaapen",
        "",
        "våpenregisteret",
        "2024-01-01",
        "2024-12-31",
        &(today() + 7.days()).to_string(),
        "no",
        // Asked for again.
        "26/5",
    ];
    let command = format!(
        "{} --config {} police open",
        env!("CARGO_BIN_EXE_filsluse"),
        scene.layout.main_file().display()
    );
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("script is of Debian's essential packages");
    {
        use std::io::Write;
        let mut terminal = child.stdin.take().unwrap();
        terminal.write_all((answers.join("\n") + "\n").as_bytes()).unwrap();
        // Its end would be the person's hanging up.
        let said = child.wait_with_output().unwrap();
        drop(terminal);
        let shown = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.status.success(), "{shown}");
        assert!(shown.contains("POL-05") && shown.contains("Handed in as"), "{shown}");
        for never in ["person.name", "national_id", "consent", "patient_relationship"] {
            assert!(!shown.contains(never), "{never} was asked for:\n{shown}");
        }
    }
    assert_eq!(handed_in(&scene).len(), 1);
}
