//! What is installed beside the program: the unit's sandbox, accounts, directories, sshd's drop-in
//! and the operator's script, each judged by the program that will read it.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

#[test]
fn the_sandbox_scores_at_most_0_4() {
    exposure("filsluse.service", "4", 0.4);
}

/// The network itself costs 1.1 by systemd's measure; all else is as for the daemon.
#[test]
fn the_deliverers_sandbox_scores_no_more_than_its_network_costs() {
    exposure("filsluse-deliver.service", "11", 1.1);
    let unit = fs::read_to_string(repository("systemd/filsluse-deliver.service")).unwrap();
    let keys: Vec<&str> = unit.lines().filter(|line| line.starts_with("LoadCredential")).collect();
    let only = "LoadCredential=archive-authkey:/etc/filsluse/credentials/archive-authkey";
    assert_eq!(keys, [only], "no pseudonym key, no signing key, no identity");
    for hidden in ["-/srv/filsluse", "-/var/lib/filsluse", "-/etc/filsluse/credentials"] {
        assert!(unit.lines().any(|l| l.starts_with("InaccessiblePaths=") && l.contains(hidden)));
    }
    let daemon = fs::read_to_string(repository("systemd/filsluse.service")).unwrap();
    assert!(daemon.contains("\nPrivateNetwork=yes\n"), "the daemon has no network for it");
}

fn exposure(unit: &str, threshold: &str, most: f32) {
    let unit = repository("systemd").join(unit);
    let threshold = format!("--threshold={threshold}");
    let output = run(
        "systemd",
        "systemd-analyze",
        &["security", "--offline=true", &threshold, "--no-pager", &text(&unit)],
    );
    let said = said(&output);
    assert!(output.status.success(), "more exposed than {most}:\n{said}");
    let overall = said.lines().find(|line| line.contains("Overall exposure level")).unwrap();
    let score: f32 = overall
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap_or_else(|| panic!("no score in {overall}"));
    assert!(score <= most, "{overall}");
}

#[test]
fn systemd_understands_every_line_of_the_unit() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["filsluse.service", "filsluse-deliver.service", "filsluse-admin.socket"] {
        let unit = fs::read_to_string(repository("systemd").join(name)).unwrap();
        // The program and its man page are not installed where the tests run.
        let unit = unit
            .replace("/usr/bin/filsluse run --config /etc/filsluse/filsluse.toml", "/bin/true")
            .replace("/usr/bin/filsluse deliver --config /etc/filsluse/filsluse.toml", "/bin/true");
        let unit: String = unit
            .lines()
            .filter(|line| !line.starts_with("Documentation="))
            .fold(String::new(), |text, line| text + line + "\n");
        let copy = dir.path().join(name);
        fs::write(&copy, unit).unwrap();
        let output = run("systemd", "systemd-analyze", &["verify", "--man=no", &text(&copy)]);
        let about_us: Vec<String> = said(&output)
            .lines()
            .filter(|line| line.contains("filsluse"))
            .map(str::to_owned)
            .collect();
        assert!(output.status.success() && about_us.is_empty(), "{about_us:?}\n{}", said(&output));
    }
}

/// Nobody who asks may start a daemon that was stopped, and the port is not opened to the world.
#[test]
fn the_admin_listeners_socket_is_the_daemons_and_local_until_somebody_says_otherwise() {
    let unit = fs::read_to_string(repository("systemd/filsluse-admin.socket")).unwrap();
    for line in [
        "PartOf=filsluse.service",
        "Service=filsluse.service",
        "ListenStream=127.0.0.1:8443",
        "IPAddressDeny=any",
        "IPAddressAllow=localhost",
        "WantedBy=sockets.target filsluse.service",
    ] {
        assert!(unit.lines().any(|l| l == line), "{line}");
    }
    let daemon = fs::read_to_string(repository("systemd/filsluse.service")).unwrap();
    assert!(daemon.contains("\nPrivateNetwork=yes\nRestrictAddressFamilies=AF_UNIX\n"));
}

#[test]
fn the_unit_loads_the_keys_that_the_shipped_configuration_names() {
    let unit = fs::read_to_string(repository("systemd/filsluse.service")).unwrap();
    let file = repository("config/filsluse.toml");
    let config = filsluse::config::Config::load(&file, &crate::config::KINDS).unwrap();
    let mut keys: Vec<String> = config.registries.values().map(|r| r.key.file(1)).collect();
    keys.extend(["audit-signing.key".to_owned(), "inbound.identity".to_owned()]);
    for key in keys {
        let line = format!("\nLoadCredential={key}:/etc/filsluse/credentials/{key}\n");
        assert!(unit.contains(&line), "{line}");
    }
    let drop_root = format!("\nReadWritePaths={}\n", config.places.drop_root.display());
    assert!(unit.contains(&drop_root), "{drop_root}");
}

#[test]
fn accounts_and_directories_come_out_as_the_design_says() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("etc")).unwrap();
    let at = format!("--root={}", root.path().display());
    let users = repository("systemd/filsluse.sysusers.conf");
    let made = run("systemd", "systemd-sysusers", &[&at, &text(&users)]);
    assert!(made.status.success(), "{}", said(&made));
    let passwd = fs::read_to_string(root.path().join("etc/passwd")).unwrap();
    assert!(
        passwd.lines().any(|l| l.starts_with("filsluse:") && l.ends_with("nologin")),
        "{passwd}"
    );
    let group = fs::read_to_string(root.path().join("etc/group")).unwrap();
    assert!(group.lines().any(|line| line.starts_with("filsluse-senders:")), "{group}");

    let files = repository("systemd/filsluse.tmpfiles.conf");
    let lines = fs::read_to_string(&files).unwrap();
    for line in [
        "d     /srv/filsluse              0755 root     root     -",
        "d     /srv/filsluse/.claimed     0700 filsluse filsluse -",
        "d     /etc/filsluse/credentials  0700 root     root     -",
    ] {
        assert!(lines.lines().any(|l| l == line), "{line}");
    }
    // Owners can only be given by root, whom the tests need not be.
    let ours = lines.replace(" root ", " - ").replace(" filsluse ", " - ");
    let copy = root.path().join("filsluse.conf");
    fs::write(&copy, ours.replace("filsluse -\n", "- -\n")).unwrap();
    let made = run("systemd", "systemd-tmpfiles", &["--create", &at, &text(&copy)]);
    assert!(made.status.success() && said(&made).is_empty(), "{}", said(&made));
    for directory in ["etc/filsluse/senders.d", "srv/filsluse/.claimed"] {
        assert!(root.path().join(directory).is_dir(), "{directory}");
    }
}

#[test]
fn sshd_takes_the_drop_in_and_chroots_senders() {
    let dir = tempfile::tempdir().unwrap();
    let host_key = dir.path().join("host");
    let made = run(
        "openssh-client",
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-f", &text(&host_key)],
    );
    assert!(made.status.success(), "{}", said(&made));
    let drop_in = fs::read_to_string(repository("config/sshd_config.d/filsluse.conf")).unwrap();
    // `sshd -T` needs a member of the group that exists here: whoever runs the tests.
    let group = String::from_utf8(run("coreutils", "id", &["-gn"]).stdout).unwrap();
    let user = String::from_utf8(run("coreutils", "id", &["-un"]).stdout).unwrap();
    let drop_in = drop_in.replace("filsluse-senders", group.trim());
    let whole = dir.path().join("sshd_config");
    let head = format!("HostKey {}\nPort 2222\n", host_key.display());
    // Lines after the drop-in must count for everybody again.
    fs::write(&whole, format!("{head}{drop_in}MaxStartups 100:30:200\n")).unwrap();
    let who = format!("user={},host=localhost,addr=127.0.0.1", user.trim());
    let shown = run("openssh-server", "/usr/sbin/sshd", &["-T", "-f", &text(&whole), "-C", &who]);
    let shown = said(&shown);
    for line in [
        "chrootdirectory /srv/filsluse/%u",
        "forcecommand internal-sftp -u 0007 -P symlink,hardlink,lsetstat,copy-data",
        "passwordauthentication no",
        "kbdinteractiveauthentication no",
        "authenticationmethods publickey",
        "disableforwarding yes",
        "permittty no",
        "clientaliveinterval 15",
        "clientalivecountmax 3",
    ] {
        assert!(shown.lines().any(|l| l == line), "no {line:?} in:\n{shown}");
    }
}

#[test]
fn the_operators_script_is_clean() {
    let script = repository("scripts/add-sender");
    let output = run("shellcheck", "shellcheck", &[&text(&script)]);
    assert!(output.status.success(), "{}", said(&output));
    for bad in [&[][..], &["Oslo"], &["-x"], &["../x"], &["a", "/nowhere/key.pub"]] {
        let output = Command::new(&script).args(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{bad:?}: {}", said(&output));
    }
}

fn run(package: &str, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; apt-get install {package}"))
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
