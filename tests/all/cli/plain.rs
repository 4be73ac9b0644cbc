//! Without a daemon: usage, configuration, keys, dry runs, and what an idle installation tells.

use std::{fs, process::Stdio};

use super::{Installation, good_list, program, text, words};

#[test]
fn exit_codes_of_the_command_line() {
    for (arguments, exit) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["help", "object", "get"], 0),
        (&["retention", "hold", "--help"], 0),
        (&[], 64),
        (&["nonsense"], 64),
        (&["object"], 64),
        (&["object", "show", "../../etc/passwd"], 64),
        (&["submission", "list", "--state", "nowhere"], 64),
        (&["submission", "list", "--since", "yesterday"], 64),
        (&["retention", "hold", "00000000000000000000000000.fastlege.whole"], 64),
        (&["init", "x", "--recipient", "fastlege=AGE-SECRET-KEY-1QQQ"], 64),
        (&["--config", "/nonexistent/filsluse.toml", "status"], 78),
        (&["--config", "/nonexistent/filsluse.toml", "run"], 78),
        (&["audit", "verify", "--from", "/nonexistent"], 2),
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {}", words(&output));
        assert!(!words(&output).contains("SECRET-KEY-1QQQ\""), "{}", words(&output));
        assert_eq!(exit == 0, !output.stdout.is_empty(), "{arguments:?}");
    }
}

/// Nobody would ever write into it.
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let installation = Installation::new();
    let pipe = installation.path("pipe");
    let mode = rustix::fs::Mode::from_bits_truncate(0o600);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
    let pipe = pipe.to_str().unwrap();
    let log = installation.path("log");
    fs::create_dir_all(log.join("tile")).unwrap();
    let log = log.to_str().unwrap();
    for (arguments, exit) in [
        (&["validate", pipe, "--as", "embassy-xex"][..], 2),
        (&["audit", "verify", "--from", log, "--key", pipe], 2),
        (&["audit", "verify", "--from", log, "--key", "Cargo.toml", "--older", pipe], 2),
        (&["retention", "certificate", "--verify", pipe, "--key", pipe], 2),
    ] {
        let output = installation.run(arguments);
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains("no plain file"), "{arguments:?}: {}", words(&output));
    }
    let output = program().args(["--config", pipe, "config", "check"]).output().unwrap();
    assert_eq!(output.status.code(), Some(78), "{}", words(&output));
    let part = installation.path("etc/senders.d/pipe.toml");
    rustix::fs::mknodat(rustix::fs::CWD, &part, kind, mode, 0).unwrap();
    let output = installation.run(&["config", "check"]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output).contains("has 1 problem"), "{}", text(&output));
    assert!(text(&output).contains("pipe.toml: it is no plain file"), "{}", text(&output));
}

#[test]
fn where_no_audit_log_is_none_is_judged() {
    let installation = Installation::new();
    let empty = installation.path("empty");
    fs::create_dir(&empty).unwrap();
    let key = installation.write("key", "none");
    for from in [&empty, &installation.path("nowhere")] {
        let arguments = [from, &key].map(|path| path.to_str().unwrap());
        let [from, key] = arguments;
        let output = installation.run(&["audit", "verify", "--from", from, "--key", key]);
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert!(words(&output).contains("there is no audit log in"), "{}", words(&output));
        assert_eq!(text(&output), "");
    }
}

#[test]
fn what_has_no_json_form_says_so() {
    let installation = Installation::new();
    let object = "00000000000000000000000000.fastlege.whole";
    for arguments in [&["demo", "--once", "--json"][..], &["object", "get", object, "--json"]] {
        let output = installation.run(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains("leave --json out"), "{}", words(&output));
        assert_eq!(text(&output), "", "{arguments:?}");
    }
}

#[test]
fn a_name_that_nothing_has_is_told() {
    let installation = Installation::new();
    for arguments in [
        &["submission", "list", "--sender", "osloo"][..],
        &["object", "list", "--registry", "fastlegen"],
        &["enrolment", "list", "--mission", "XEY"],
    ] {
        for json in [&[][..], &["--json"]] {
            let output = installation.run(&[arguments, json].concat());
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
            let named = words(&output).contains(arguments[3]);
            assert!(named && words(&output).contains("is configured"), "{}", words(&output));
        }
    }
    let output = installation.run(&["submission", "list", "--sender", "oslo"]);
    assert!(!words(&output).contains("is configured"), "{}", words(&output));
    let output = installation.run(&["retention", "certificate", "--registry", "fastlegen"]);
    assert_eq!(output.status.code(), Some(64), "{}", words(&output));
    assert!(words(&output).contains("no registry fastlegen"), "{}", words(&output));
    assert_eq!(text(&output), "");
    let output = installation.run(&["retention", "certificate", "--registry", "fastlege"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
}

#[test]
fn a_task_said_to_be_done_again_is_done_since_the_first_time() {
    let installation = Installation::new();
    let done = ["task", "done", "--registry", "hdir-finansiering", "--operating-year", "2019"];
    let first = installation.json(&done);
    let again = installation.json(&done);
    assert!(first["done_at"].is_string(), "{first}");
    assert_eq!(first["done_at"], again["done_at"]);
    assert_eq!(installation.json(&["task", "list"])[0]["done_at"], first["done_at"]);
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let installation = Installation::new();
    for arguments in [&["completions", "bash"][..], &["config", "show"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output =
            installation.command().args(arguments).stdout(Stdio::from(writer)).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
        assert_eq!(words(&output), "", "{arguments:?}");
    }
}

#[test]
fn colour_only_where_it_is_wanted() {
    let installation = Installation::new();
    let escape = |force: bool, never: bool| {
        let mut command = installation.command();
        command.arg("status");
        if force {
            command.env("CLICOLOR_FORCE", "1");
        }
        if never {
            command.env("NO_COLOR", "1");
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        text(&output).contains('\u{1b}')
    };
    assert!(!escape(false, false), "a pipe is no terminal");
    assert!(escape(true, false), "else this test sees nothing");
    assert!(!escape(true, true), "NO_COLOR wins");
}

#[test]
fn every_problem_of_a_configuration_with_file_and_line() {
    let installation = Installation::new();
    let main = installation.path("etc/filsluse.toml");
    let good = fs::read_to_string(&main).unwrap();
    let checked = installation.run(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));
    assert!(text(&checked).contains("is fine: 7 senders, 5 registries."), "{}", text(&checked));

    fs::write(&main, format!("settel = 1\n{good}").replace("Europe/Oslo", "Europe/Olso")).unwrap();
    let checked = installation.run(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(78));
    let told = text(&checked);
    assert!(told.contains("The configuration has 2 problems:"), "{told}");
    assert!(told.contains("etc/filsluse.toml:1: settel:"), "{told}");
    assert!(told.contains("time-zone"), "{told}");
    let checked = installation.run(&["config", "check", "--json"]);
    assert_eq!(checked.status.code(), Some(78));
    let json: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(json["ok"], false);
    assert_eq!(json["configuration"].as_array().unwrap().len(), 2);
    // Every verb that needs the configuration tells the same.
    let status = installation.run(&["status"]);
    assert_eq!(status.status.code(), Some(78));
    assert!(words(&status).contains("filsluse.toml:1: settel"), "{}", words(&status));
}

#[test]
fn what_is_around_the_files_is_told_apart() {
    let installation = Installation::new();
    fs::remove_dir_all(installation.path("drop/ud/outbound")).unwrap();
    let checked = installation.run(&["config", "check"]);
    assert_eq!(checked.status.code(), Some(1), "{}", text(&checked));
    assert!(text(&checked).contains("What it stands on has 1 problem"), "{}", text(&checked));
    let files_alone = installation.run(&["config", "check", "--no-environment"]);
    assert_eq!(files_alone.status.code(), Some(0), "{}", text(&files_alone));
}

#[test]
fn what_is_shown_is_what_counts_and_the_schema_is_json() {
    let installation = Installation::new();
    let shown = installation.json(&["config", "show"]);
    assert_eq!(shown["main"]["profile"], "test");
    let schema = installation.run(&["config", "schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert!(schema["$defs"]["registry"].is_object());
}

#[test]
fn init_refuses_to_overwrite_and_is_loud_about_the_registrys_key() {
    let installation = Installation::new();
    let again = program().arg("init").arg(installation.root.path()).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert!(words(&again).contains("something is there already"), "{}", words(&again));

    let fresh = tempfile::tempdir().unwrap();
    let key = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
    let all = ["fastlege", "hdir-finansiering", "iplos", "kpr", "politisvar"]
        .map(|registry| format!("{registry}={key}"));
    for (recipients, loud) in [(&all[..0], true), (&all[..], false)] {
        let directory = fresh.path().join(loud.to_string());
        let mut command = program();
        command.arg("init").arg(&directory);
        for recipient in recipients {
            command.arg("--recipient").arg(recipient);
        }
        let made = command.output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", words(&made));
        assert_eq!(words(&made).contains("move it to the registry now"), loud, "{}", words(&made));
        assert_eq!(directory.join("registry-keys/fastlege.identity").exists(), loud);
        assert!(!text(&made).contains("AGE-SECRET") && !words(&made).contains("AGE-SECRET"));
    }
}

#[test]
fn an_idle_installation_answers_and_says_that_no_daemon_runs() {
    let installation = Installation::new();
    let told = installation.run(&["status", "--json"]);
    assert_eq!(told.status.code(), Some(1), "{}", words(&told));
    let status: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    for field in ["healthy", "version", "queue", "senders", "alarms", "audit"] {
        assert!(!status[field].is_null(), "{field}: {status}");
    }
    assert_eq!(status["healthy"], false);
    assert_eq!(status["running"], false);
    assert_eq!(status["senders"][0]["id"], "embassy-xex");
    assert_eq!(status["senders"][0]["overdue"], false);
    for list in [
        &["submission", "list"][..],
        &["object", "list"],
        &["retention", "plan"],
        &["enrolment", "list"],
        &["enrolment", "pending"],
    ] {
        assert_eq!(installation.json(list), serde_json::json!([]), "{list:?}");
        let said = installation.run(list);
        assert_eq!((said.status.code(), text(&said)), (Some(0), String::new()), "{list:?}");
        assert!(words(&said).contains("No daemon has run here yet"), "{}", words(&said));
    }
    let none = installation.run(&["submission", "show", "00000000000000000000000000"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(words(&none).contains("`filsluse submission list`"), "{}", words(&none));
}

#[test]
fn a_dry_run_judges_and_leaves_nothing() {
    let installation = Installation::new();
    let good = installation.write("good.xml", &good_list());
    let partly = installation.write("partly.xml", crate::engine::LIST);
    let bad = installation.write("bad.xml", "<EmbassyList");
    let [good, partly, bad] = [good, partly, bad].map(|path| path.to_str().unwrap().to_owned());
    for (file, sender, exit, verdict) in [
        (&good, "embassy-xex", 0, Some("accepted")),
        (&partly, "embassy-xex", 1, Some("partly")),
        (&bad, "embassy-xex", 1, Some("rejected")),
        (&good, "nobody", 64, None),
        (&"/nonexistent/41819077302.xml".to_owned(), "embassy-xex", 2, None),
    ] {
        let verb = ["validate", file, "--as", sender, "--date", "2026-11-05", "--json"];
        let judged = installation.run(&verb);
        assert_eq!(judged.status.code(), Some(exit), "{file}: {}", words(&judged));
        assert!(!words(&judged).contains("41819077302"), "{}", words(&judged));
        if let Some(verdict) = verdict {
            let json: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
            assert_eq!(json["verdict"], verdict, "{json}");
            for field in ["kind", "evidence", "records", "findings"] {
                assert!(json.get(field).is_some(), "{field}");
            }
        }
    }
    let verb = ["validate", &partly, "--as", "embassy-xex", "--date", "2026-11-05"];
    let receipt = text(&installation.run(&verb));
    assert!(receipt.contains("EMB-02") && receipt.contains("d_number, record 2"), "{receipt}");
    let unknown = installation.run(&[&verb[..], &["--kind", "departure"]].concat());
    assert_eq!(unknown.status.code(), Some(64));
    assert!(words(&unknown).contains("this version knows embassy-list"), "{}", words(&unknown));
    let other = installation.run(&[&verb[..], &["--kind", "departures"]].concat());
    assert_eq!(other.status.code(), Some(1));
    assert!(words(&other).contains("the file is embassy-list, and not departures"));
    assert!(!installation.path("state/catalogue.db").exists(), "a dry run makes no catalogue");
    assert_eq!(fs::read_dir(installation.path("state/work")).unwrap().count(), 0);
}

#[test]
fn an_installation_is_not_made_among_somebodys_files() {
    let root = tempfile::tempdir().unwrap();
    let init = || {
        let mut command = program();
        command.args(["init", "--profile", "test", "--no-owner-check"]).arg(root.path());
        command.output().unwrap()
    };
    let theirs = root.path().join("theirs");
    fs::write(&theirs, "").unwrap();
    let refused = init();
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(words(&refused).contains("name an empty or new directory"), "{}", words(&refused));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    fs::remove_file(&theirs).unwrap();
    fs::create_dir(root.path().join("lost+found")).unwrap();
    assert_eq!(init().status.code(), Some(0), "every new file system has that");
}

#[test]
fn days_in_the_wrong_order_are_told_before_anything_is_recorded() {
    let installation = Installation::new();
    let asked = ["journal", "export", "--from", "2026-05-01", "--to", "2026-04-01"];
    let said = installation.run(&asked);
    assert_eq!(said.status.code(), Some(64));
    assert!(words(&said).contains("--from lies after --to"), "{}", words(&said));
    assert!(!installation.path("state/catalogue.db").exists());
}

#[test]
fn keys_are_made_listed_and_rotated_and_never_shown() {
    let installation = Installation::new();
    let key = installation.path("credentials/pseudonym-fastlege.k1");
    let kept = fs::read(&key).unwrap();
    let none = installation.run(&["keys", "generate"]);
    assert_eq!((none.status.code(), text(&none)), (Some(0), String::new()));
    fs::remove_file(&key).unwrap();
    let made = installation.json(&["keys", "generate"]);
    assert_eq!(made, serde_json::json!(["pseudonym-fastlege.k1"]));
    assert_ne!(fs::read(&key).unwrap(), kept);

    let rotated = installation.json(&["keys", "rotate", "--registry", "fastlege"]);
    assert_eq!(rotated["epoch"], 2);
    assert_eq!(rotated["in_use"], true);
    let listed = installation.json(&["keys", "list"]);
    let current = |key: &&serde_json::Value| key["current"] == true && key["epoch"] == 2;
    assert_eq!(listed.as_array().unwrap().iter().filter(current).count(), 1, "{listed}");
    let unknown = installation.run(&["keys", "rotate", "--registry", "other"]);
    assert_eq!(unknown.status.code(), Some(64));
    // The rotation stands in the log, which verifies from a copy and without a key of ours.
    let verified = installation.json(&["audit", "verify"]);
    assert_eq!((&verified["ok"], &verified["size"]), (&true.into(), &1.into()));
    fs::remove_file(installation.path("credentials/audit-signing.key")).unwrap();
    let lost = installation.run(&["keys", "generate"]);
    assert_eq!(lost.status.code(), Some(64), "{}", words(&lost));
    assert!(words(&lost).contains("restore the key from its backup"), "{}", words(&lost));
}

/// The catalogue beside it remembers how many entries were written.
#[test]
fn a_checkpoint_that_was_put_back_is_told_where_the_installation_is() {
    let installation = Installation::new();
    let audit = installation.path("state/audit");
    let rotate = || drop(installation.json(&["keys", "rotate", "--registry", "fastlege"]));
    rotate();
    let kept = fs::read(audit.join("checkpoint")).unwrap();
    rotate();
    assert_eq!(installation.json(&["audit", "verify"])["problems"], serde_json::json!([]));
    fs::write(audit.join("checkpoint"), kept).unwrap();
    let told = installation.run(&["audit", "verify", "--json"]);
    assert_eq!(told.status.code(), Some(1), "{}", words(&told));
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let codes: Vec<_> = json["problems"].as_array().unwrap().iter().map(|p| &p["code"]).collect();
    assert_eq!(codes, ["beyond-checkpoint", "rolled-back"], "{json}");
    assert_eq!((&json["ok"], &json["first_bad"]), (&false.into(), &1.into()));
    // Of a copy there is no more to say than that something lies beyond.
    let copy = ["audit", "verify", "--from", audit.to_str().unwrap(), "--json"];
    let told = installation.run(&copy);
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        (&json["ok"], &json["problems"][0]["code"]),
        (&true.into(), &"beyond-checkpoint".into())
    );
}

#[test]
fn an_edited_log_is_told_with_its_first_bad_entry() {
    let installation = Installation::new();
    for _ in 0..3 {
        installation.json(&["keys", "rotate", "--registry", "fastlege"]);
    }
    let audit = installation.path("state/audit");
    let bundle = audit.join("tile/entries/000.p/3");
    let entries = fs::read(&bundle).unwrap();
    let at = entries.windows(9).rposition(|w| w == b"\"epoch\":3").unwrap();
    let mut edited = entries.clone();
    edited[at + 8] = b'9';
    fs::write(&bundle, &edited).unwrap();
    let verb = ["audit", "verify", "--from", audit.to_str().unwrap()];
    let told = installation.run(&verb);
    assert_eq!(told.status.code(), Some(1), "{}", words(&told));
    assert!(text(&told).contains("the first bad entry is 1"), "{}", text(&told));
    let json = installation.run(&[&verb[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["ok"], &json["first_bad"]), (&false.into(), &1.into()));
}
