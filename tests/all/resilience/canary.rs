//! What a sender wrote, and how it called its files, stands nowhere but in its own directories: not
//! in a log at the finest level, in the state directory, in a receipt, or in what a verb shows. On
//! the good way, on every error's way, and when a kind panics with the row in its mouth.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{ffi::OsStr, fs, io::Write, os::unix::ffi::OsStrExt, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use filsluse::types::ids::SenderId;

use crate::support::{
    child_daemon::Daemon,
    installation::{Installation, files},
    uploads::{PERSONS, WRONG},
};

/// Words that stand nowhere but in what the test uploads.
const WORDS: [&str; 12] = [
    "Kanarifugldottir",
    "Quetzalcoatlina",
    "Fuglebursvingen",
    "Papegøyevær",
    "FUGL-KORT-4711",
    "burliste-8822",
    "nebbnotat",
    "vingefil",
    "fjærmanifest",
    "eggeinnhold",
    "reirkolonne",
    "kvitterattributt",
];

#[test]
fn nothing_of_a_sender_is_in_the_text_log_or_anywhere_else() {
    came_far(&watch_canaries("text", &[]));
}

#[test]
fn nothing_of_a_sender_is_in_the_json_log_or_anywhere_else() {
    came_far(&watch_canaries("json", &[]));
}

/// What nobody could read says nothing about secrecy: much of it was taken, some of it refused.
fn came_far(installation: &Installation) {
    use filsluse::types::verdict::Verdict;
    let books = installation.books();
    for (sender, accepted, rejected) in [("embassy-xex", 5, 15), ("oslo", 3, 8)] {
        let count = |verdict| {
            let own = books.submissions.iter().filter(|row| row.sender.as_str() == sender);
            own.filter(|row| row.verdict == Some(verdict)).count()
        };
        let found = (count(Verdict::Accepted), count(Verdict::Rejected));
        assert!(found.0 >= accepted && found.1 >= rejected, "{sender}: {found:?}");
    }
}

/// The kind panics while it reads, with the bytes in its message.
#[test]
#[cfg(feature = "fail-points")]
fn nothing_of_a_sender_is_told_by_a_panic_while_reading() {
    let installation = watch_canaries("text", &[("FILSLUSE_PANIC_ON", "Kanarifugldottir")]);
    panicked(&installation);
}

/// The kind panics when it is held against the books, where all rows are in memory.
#[test]
#[cfg(feature = "fail-points")]
fn nothing_of_a_sender_is_told_by_a_panic_while_concluding() {
    let installation = watch_canaries("text", &[("FILSLUSE_PANIC_ON", "conclude")]);
    panicked(&installation);
}

/// It was set aside with an alarm, answered, and can be opened by the registry.
#[cfg(feature = "fail-points")]
fn panicked(installation: &Installation) {
    use filsluse::types::{ids::Part, verdict::State};
    let books = installation.books();
    let aside: Vec<_> = books
        .submissions
        .iter()
        .filter(|row| row.state == State::Quarantined && !row.rehearsal)
        .collect();
    let of_oslo = aside.iter().filter(|row| row.sender.as_str() == "oslo").count();
    assert!(
        of_oslo > 0 && of_oslo < aside.len(),
        "not of every sort: {of_oslo} of {}",
        aside.len()
    );
    for row in aside {
        let alarm = |alarm: &&filsluse::catalogue::records::operations::Alarm| {
            alarm.code == "quarantined" && alarm.subject == row.id.to_string()
        };
        assert!(books.alarms.iter().any(|it| alarm(&it)), "no alarm for {}", row.id);
        let kept = books.objects.iter().find(|object| object.id.submission == row.id);
        if row.sender.as_str() == "oslo" {
            // Its registries get no identities, so nobody could open a copy.
            assert!(kept.is_none(), "{}", row.id);
            continue;
        }
        let kept = kept.unwrap();
        assert_eq!(kept.id.part, Part::Whole);
        // Of an envelope the document in it is kept.
        assert!(kept.plain_bytes == row.bytes || kept.plain_bytes > 500, "{}", kept.plain_bytes);
    }
}

const SENDERS: [&str; 4] = ["embassy-xex", "helfo", "oslo", "ud"];

/// Runs a daemon over files full of canaries, and looks for them everywhere: while it runs, and
/// when it has ended.
fn watch_canaries(format: &str, environment: &[(&str, &str)]) -> Installation {
    let installation = Installation::new();
    installation.configure("format = \"text\"", &format!("format = \"{format}\""));
    let expected = uploads(&installation);
    let mut environment = environment.to_vec();
    environment.push(("RUST_LOG", "trace"));
    let mut daemon = installation.start(&environment);
    daemon.ready();
    // Some come while it watches, so that the watcher hears of them.
    installation.upload("helfo", "vingefil sent.xml", list("XAB", "Per"));
    let answered = || {
        let all = SENDERS.map(|sender| installation.receipts(sender).len());
        all.iter().sum::<usize>() == 2 * (expected + 1)
    };
    assert!(daemon.until("all receipts", answered), "{}", daemon.words());
    let shown = shown(&installation);
    let needles = needles();
    for (what, text) in &shown {
        search(&needles, what, text);
    }
    look(&installation, &daemon, &needles);
    let (out, err) = (daemon.out.clone(), daemon.err.clone());
    assert!(daemon.stop().success());
    look_at(&needles, &files(&installation.places().state_dir));
    look_at(&needles, &[out, err]);
    installation
}

fn look(installation: &Installation, daemon: &Daemon, needles: &[Needle]) {
    look_at(needles, &files(&installation.places().state_dir));
    look_at(needles, &[daemon.out.clone(), daemon.err.clone()]);
    for sender in SENDERS {
        let outbound = installation.places().outbound(&SenderId::parse(sender).unwrap());
        look_at(needles, &files(&outbound));
    }
    let log = fs::read_to_string(&daemon.err).unwrap();
    assert!(log.contains("Committed a batch"), "the log is not at its finest:\n{log}");
}

fn look_at(needles: &[Needle], paths: &[std::path::PathBuf]) {
    assert!(!paths.is_empty());
    for path in paths {
        // A file may go while a daemon works.
        if let Ok(bytes) = fs::read(path) {
            search(needles, &path.display().to_string(), &bytes);
        }
    }
}

/// What the verbs show of a running daemon.
fn shown(installation: &Installation) -> Vec<(String, Vec<u8>)> {
    let verbs: &[&[&str]] = &[
        &["status"],
        &["submission", "list"],
        &["object", "list"],
        &["enrolment", "list"],
        &["enrolment", "pending"],
        &["retention", "plan"],
    ];
    let mut shown = Vec::new();
    for verb in verbs {
        for json in [true, false] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_filsluse"));
            command.arg("--config").arg(installation.layout.main_file()).args(*verb);
            if json {
                command.arg("--json");
            }
            let output = command.output().unwrap();
            let err = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code().is_some_and(|code| code < 2), "{verb:?}: {err}");
            assert!(!json || !output.stdout.is_empty(), "{verb:?} shows nothing: {err}");
            shown.push((format!("{verb:?}"), [output.stdout, output.stderr].concat()));
        }
    }
    shown
}

/// A canary in one of the forms in which it might hide.
struct Needle {
    name: String,
    bytes: Vec<u8>,
}

fn needles() -> Vec<Needle> {
    let numbers = PERSONS.iter().chain([&WRONG]).map(|(number, _)| *number);
    let mut needles = Vec::new();
    for canary in WORDS.into_iter().chain(numbers) {
        let mut add = |form: &str, bytes: Vec<u8>| {
            needles.push(Needle { name: format!("{canary} as {form}"), bytes });
        };
        let units: Vec<u16> = canary.encode_utf16().collect();
        add("UTF-8", canary.as_bytes().to_vec());
        add("UTF-16 LE", units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
        add("UTF-16 BE", units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
        let latin: Vec<u8> =
            canary.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        add("Latin-1", latin);
        add("hexadecimal", hex(canary).into_bytes());
        let list: Vec<String> = canary.bytes().map(|byte| byte.to_string()).collect();
        add("a list of bytes", list.join(", ").into_bytes());
        add("a JSON list of bytes", list.join(",").into_bytes());
        add("escapes", canary.escape_default().to_string().into_bytes());
        // In base64 it looks differently at each of three places; the edges hang on its neighbours.
        for lead in 0..3 {
            let padded = [vec![0; lead], canary.as_bytes().to_vec()].concat();
            let text = STANDARD.encode(&padded).into_bytes();
            let middle = &text[if lead == 0 { 0 } else { lead + 1 }..text.len() - 4];
            add("base64", middle.to_vec());
        }
    }
    for needle in &mut needles {
        needle.bytes.make_ascii_lowercase();
    }
    needles
}

fn hex(text: &str) -> String {
    let digits: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn search(needles: &[Needle], place: &str, bytes: &[u8]) {
    let folded = bytes.to_ascii_lowercase();
    for Needle { name, bytes: needle } in needles {
        if let Some(at) = memchr::memmem::find(&folded, needle) {
            let around = &bytes[at.saturating_sub(200)..(at + 200).min(bytes.len())];
            panic!("{name} in {place}: …{}…", String::from_utf8_lossy(around));
        }
    }
}

#[test]
fn the_search_finds_what_is_there() {
    let needles = needles();
    let hidden =
        |bytes: &[u8]| std::panic::catch_unwind(|| search(&needles, "here", bytes)).is_err();
    assert!(!hidden(b"nothing of interest"));
    for lead in 0..3 {
        let text = format!("{}Kanarifugldottir og andre", "x".repeat(lead));
        assert!(hidden(text.as_bytes()));
        assert!(hidden(STANDARD.encode(&text).as_bytes()), "{lead}");
        assert!(hidden(hex(&text).to_uppercase().as_bytes()));
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(hidden(&utf_16));
    }
}

/// A list whose every field is a canary, of mission `mission`.
fn list(mission: &str, given_name: &str) -> String {
    list_of(mission, given_name, PERSONS[1].0, PERSONS[1].1)
}

fn list_of(mission: &str, given_name: &str, number: &str, born: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EmbassyList \
         xmlns=\"urn:filsluse:embassy-list:1\" list_id=\"burliste-8822\" mission_code=\"{mission}\" \
         list_date=\"2026-11-02\" list_type=\"changes\">\n  <Person action=\"enrol\" \
         d_number=\"{number}\" family_name=\"Kanarifugldottir\" \
         given_name=\"Quetzalcoatlina {given_name}\" birth_date=\"{born}\" category=\"diplomat\" \
         street_address=\"Fuglebursvingen 1\" postal_code=\"0130\" post_town=\"Papegøyevær\" \
         municipality_number=\"0301\" nationality=\"FR\" consent_by=\"self\" \
         consent_date=\"2026-10-01\" accreditation_type=\"identity-card\" \
         accreditation_number=\"FUGL-KORT-4711\" accreditation_expires=\"2029-01-01\" \
         note=\"nebbnotat\"/>\n</EmbassyList>\n"
    )
}

/// Drops every kind of file, good and bad; gives how many will be answered.
fn uploads(installation: &Installation) -> usize {
    let good = list("XEX", "god");
    let zipped = |name: &str, text: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let gzipped = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    let mut cut = gzipped(&list("XEX", "kuttet"));
    let end = cut.len() - 9;
    cut[end] ^= 0xff;
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(good.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let [number, born] = [PERSONS[2].0, PERSONS[2].1];
    let head = "list_id;mission_code;list_date;list_type;action;d_number;family_name;given_name\n";
    let row = format!("burliste-8822;XEX;2026-11-02;changes;enrol;{number};Kanarifugldottir;");
    let files: Vec<(String, Vec<u8>)> = vec![
        (format!("{number} vingefil.xml"), good.clone().into_bytes()),
        (format!("{number} vingefil igjen.xml"), good.clone().into_bytes()),
        ("vingefil 1.xml".into(), good.replace("given_name", "<given_name").into_bytes()),
        ("vingefil 2.xml".into(), list(number, "kode").into_bytes()),
        ("vingefil 3.xml".into(), list("Papegøyevær", "kode").into_bytes()),
        ("vingefil 4.xml".into(), list_of("XEX", "feil", WRONG.0, WRONG.1).into_bytes()),
        ("vingefil 5.xml".into(), list_of("XEX", "år", number, "Kanarifugldottir").into_bytes()),
        (
            "vingefil 6.xml".into(),
            good.replace("category=", &format!("kvitterattributt=\"{born}\" category="))
                .into_bytes(),
        ),
        ("vingefil 7.xml".into(), "<Kanarifugldottir xmlns=\"urn:nebbnotat\"/>".into()),
        ("vingefil 8.xml".into(), "<!DOCTYPE nebbnotat [<!ENTITY a \"b\">]><a/>".into()),
        ("vingefil 9.xml".into(), "<?xml version=\"1.0\" encoding=\"nebbnotat\"?><a/>".into()),
        ("vingefil 10.xml".into(), good.replace("Person", "Kanarifugldottir").into_bytes()),
        (
            "vingefil 11.xml".into(),
            good.replace(" note=", " xmlns:vingefil=\"x\" vingefil:e=").into(),
        ),
        ("vingefil 12.xml".into(), good.replace("2026-11-02", "Kanarifugldottir").into_bytes()),
        ("vingefil 13.xml".into(), good.replace("FR", "nebbnotat").into_bytes()),
        ("vingefil 14.xml".into(), good.replace("nebbnotat", "&nebbnotat;").into_bytes()),
        ("vingefil 15.xml".into(), wide),
        ("vingefil.csv".into(), format!("{head}{row}\"Quetzal\"coatlina\n").into_bytes()),
        ("vingefil 1.csv".into(), format!("{head}{row}=Quetzalcoatlina\n").into_bytes()),
        ("vingefil 2.csv".into(), format!("{head}{row}Quetzalcoatlina;nebbnotat\n").into_bytes()),
        (
            "vingefil 3.csv".into(),
            format!("reirkolonne;{head}nebbnotat;{row}Quetzalcoatlina\n").into_bytes(),
        ),
        ("vingefil 4.csv".into(), format!("{head}{row}Quetzal\u{0}coatlina\n").into_bytes()),
        (
            "vingefil 5.csv".into(),
            [head.as_bytes(), row.as_bytes(), b"Papeg\xf8yev\xe6r\n"].concat(),
        ),
        ("vingefil 6.csv".into(), "reirkolonne;Kanarifugldottir\n1;2\n".into()),
        ("vingefil.xlsx".into(), zipped("xl/eggeinnhold.xml", "<nebbnotat/>")),
        ("vingefil.zip".into(), zipped("eggeinnhold.xml", &list("XEX", "pakket"))),
        ("vingefil 1.zip".into(), zipped("../eggeinnhold.xml", &good)),
        ("vingefil 2.zip".into(), zipped("eggeinnhold.zip", "PK\u{3}\u{4}nebbnotat")),
        ("vingefil.xml.gz".into(), gzipped(&list("XEX", "presset"))),
        ("vingefil 1.xml.gz".into(), cut),
        ("vingefil.age".into(), b"age-encryption.org/v1\n-> nebbnotat vingefil\n".to_vec()),
        ("vingefil.txt".into(), format!("Kanarifugldottir {number}").into_bytes()),
        ("test/vingefil.xml".into(), list("XEX", "prøve").into_bytes()),
        ("vingefil 16.xml.sha256".into(), "fjærmanifest  nebbnotat\n".into()),
        ("vingefil 16.xml".into(), list("XEX", "manifest").into_bytes()),
        (
            "vingefil 17.xml.sha256".into(),
            format!("{}  vingefil 17.xml\n", "ab".repeat(32)).into_bytes(),
        ),
        ("vingefil 17.xml".into(), list("XEX", "annet manifest").into_bytes()),
        ("vingefil\n\u{1b}[31m.xml".into(), good.clone().into_bytes()),
        ("vingefil\u{202e}lmx.xml".into(), good.clone().into_bytes()),
        ("-vingefil.xml".into(), good.clone().into_bytes()),
    ];
    let manifests = files.iter().filter(|(name, _)| name.ends_with(".sha256")).count();
    let mut count = files.len() - manifests;
    for (name, bytes) in files {
        installation.upload("embassy-xex", &name, bytes);
    }
    let inbound = installation.inbound("embassy-xex");
    fs::write(inbound.join(OsStr::from_bytes(b"vingefil\xff\xfe.xml")), &good).unwrap();
    std::os::unix::fs::symlink("/vingefil/Kanarifugldottir", inbound.join("vingefil.lnk")).unwrap();
    fs::create_dir(inbound.join("vingefil")).unwrap();
    fs::write(inbound.join("vingefil").join("Kanarifugldottir"), &good).unwrap();
    fs::write(inbound.join(".vingefil.part"), &good).unwrap();
    count += 3;
    installation.upload("ud", "vingefil.xml", departures(number));
    installation.upload("ud", "vingefil 1.xml", list("XEX", "gal avsender"));
    count + 2 + municipal(installation)
}

/// What a municipality sends, with a canary in each field, on the ways that its kinds know; gives
/// how many will be answered.
fn municipal(installation: &Installation) -> usize {
    let (good, annual) = (events(), annual());
    let number = PERSONS[3].0;
    let zipped = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [("eggeinnhold.xml", &annual), ("nebbnotat.xml", &good)] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let letter = format!(
        "<MsgHead xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\"><MsgInfo><Type \
         V=\"nebbnotat\"/><MIGversion>v1.2 2006-05-24</MIGversion><MsgId>Kanarifugldottir</MsgId>\
         </MsgInfo><Document><RefDoc><MsgType V=\"XML\"/><Content>{}</Content></RefDoc></Document>\
         </MsgHead>",
        good.split_once("?>").unwrap().1.replace("burliste-8822", "burliste-8822 brev")
    );
    // Each of these breaks a rule: of the message, of a record, of a field, or of XML.
    let broken = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let person = format!("fid=\"{number}\"");
    let files: Vec<(&str, String)> = vec![
        ("hendelser.xml", good.clone()),
        ("igjen.xml", good.clone()),
        ("brev.xml", letter),
        ("aar.xml", annual.clone()),
        ("1.xml", broken("versjon=\"56.0.0\"", "versjon=\"nebbnotat\"")),
        ("2.xml", broken("kommuneNr=\"0301\"", "kommuneNr=\"Papegøyevær\"")),
        ("3.xml", broken("statusNotifikasjon=\"N\"", "statusNotifikasjon=\"Kanarifugldottir\"")),
        ("4.xml", broken("tjenesteType=\"18\"", "tjenesteType=\"Kanarifugldottir\"")),
        ("5.xml", broken("hendelseDato=\"2024-01-05\"", "hendelseDato=\"Papegøyevær\"")),
        ("6.xml", broken(&person, &format!("fid=\"{}\"", WRONG.0))),
        ("7.xml", broken(&person, "fid=\"Kanarifugldottir\"")),
        ("8.xml", broken("tjenesteID=\"", &format!("tjenesteID=\"{number} "))),
        ("9.xml", broken("typeID=\"2\"", "typeID=\"nebbnotat\"")),
        ("10.xml", broken("bydel=\"030101\"", "bydel=\"Fuglebursvingen\"")),
        ("11.xml", broken("<Bruker ", "<Kanarifugldottir/><Bruker ")),
        ("12.xml", broken("<Bruker ", "<Bruker kvitterattributt=\"nebbnotat\" ")),
        ("13.xml", broken("<Bruker ", "Kanarifugldottir<Bruker ")),
        ("14.xml", broken("notifikasjonGUID=\"", "notifikasjonGUID=\"Kanarifugldottir")),
        ("15.xml", broken("meldEpost1=\"", &format!("meldEpost1=\"{}", "nebbnotat".repeat(20)))),
        ("16.xml", broken("notifikasjonLopeNr=\"1\"", "notifikasjonLopeNr=\"nebbnotat\"")),
        ("17.xml", annual.replace("skar=\"3\"", "skar=\"Kanarifugldottir\"")),
        ("18.xml", annual.replace("antallBrukere=\"1\"", "antallBrukere=\"4711\"")),
        ("19.xml", annual.replace("rapporteringsAar=\"2017\"", "rapporteringsAar=\"nebbnotat\"")),
        ("20.xml", good.replace("</Melding>", "&Kanarifugldottir;</Melding>")),
        ("test/hendelser.xml", good.replace("burliste-8822", "burliste-8822 prøve")),
    ];
    let count = files.len() + 1;
    for (name, text) in files {
        let name = match name.split_once('/') {
            Some((folder, name)) => format!("{folder}/vingefil {name}"),
            None => format!("{number} vingefil {name}"),
        };
        installation.upload("oslo", &name, text);
    }
    installation.upload("oslo", "vingefil.zip", zipped);
    count
}

/// An event message with a canary in every field that may hold one.
fn events() -> String {
    let number = PERSONS[3].0;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Melding \
         xmlns=\"http://www.npr.no/xmlstds/56_0_0_ipl\" versjon=\"56.0.0\" meldingstype=\"K\" \
         leverandor=\"Kanarifugldottir AS\" navnEPJ=\"nebbnotat\" versjonEPJ=\"FUGL-KORT-4711\" \
         versjonUt=\"eggeinnhold\" lokalident=\"reirkolonne\">\n  <Notifikasjon \
         statusNotifikasjon=\"N\" notifikasjonTid=\"2024-01-08T08:02:09\" \
         notifikasjonGUID=\"1d946b47-9798-4a2f-b83f-587c2398346a\" \
         notifikasjonForrigeGUID=\"00000000-0000-0000-0000-000000000000\" \
         notifikasjonLopeNr=\"1\">\n    <TjenesteStart \
         hendelseGUID=\"c8fbc83e-b4f3-4d6b-a6e4-ccc33ffda522\" tjenesteID=\"burliste-8822\" \
         tjenesteType=\"18\" hendelseRegTid=\"2024-01-05T09:06:23\" hendelseDato=\"2024-01-05\" \
         tjenesteOrgNr=\"958935420\">\n      <Bruker \
         pasientGUID=\"7b8f0052-a843-497d-b189-12d4e6f19930\" brukerNr=\"Quetzalcoatlina\" \
         fid=\"{number}\" typeID=\"2\" bydel=\"030101\"/>\n    </TjenesteStart>\n  \
         </Notifikasjon>\n  <Kontaktperson kontPerson=\"Kanarifugldottir\" \
         meldTelefon=\"Fuglebursvingen\" meldEpost1=\"Papegøyevær\" typeKontaktperson=\"1\"/>\n  \
         <Kommune kommuneNr=\"0301\"/>\n</Melding>\n"
    )
}

/// An annual submission of the same sort.
fn annual() -> String {
    let number = PERSONS[3].0;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<IplosAar xmlns=\"urn:filsluse:iplos-annual:1\" \
         versjon=\"1\" kommuneNr=\"0301\" rapporteringsAar=\"2017\" uttakDato=\"2018-02-01\" \
         leverandor=\"Kanarifugldottir AS\" navnEPJ=\"nebbnotat\" versjonEPJ=\"eggeinnhold\" \
         komplett=\"true\" antallBrukere=\"1\">\n  <Bruker brukerNr=\"Quetzalcoatlina\" \
         fid=\"{number}\" typeID=\"2\" fodselsar=\"1927\" kjonn=\"2\" komNrHjem=\"9999\">\n    \
         <Tjeneste tjenesteID=\"burliste-8822\" tjenesteType=\"15\" startDato=\"2017-02-01\" \
         tjenesteOrgNr=\"958935420\"/>\n    <Funksjon variabel=\"Fuglebursvingen\" skar=\"3\" \
         vurdertDato=\"2017-02-01\"/>\n  </Bruker>\n</IplosAar>\n"
    )
}

fn departures(number: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Departures \
         xmlns=\"urn:filsluse:departures:1\" notice_id=\"burliste-8822\" \
         notice_date=\"2026-11-02\">\n  <Departure d_number=\"{number}\" \
         departure_date=\"2026-11-01\" family_name=\"Kanarifugldottir\"/>\n</Departures>\n"
    )
}
