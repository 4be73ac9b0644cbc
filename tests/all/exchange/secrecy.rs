//! What a request or a reply says stands nowhere but in cipher text: not in the catalogue, the
//! audit log, the daemon's words, an alarm, or what the verbs show.

use std::fs;

use filsluse::daemon::open;
use jiff::tz::TimeZone;

use super::scene::{HOSPITAL, OSLO, inquiry_on, lay_out, reply_on, run};
use crate::support::installation::{Installation, files};

/// Words in every field that is not a closed word.
const CANARIES: [&str; 10] = [
    "Kanarifugldottir",
    "Fuglebursvingen",
    "Quetzalcoatlus",
    "nebbnotat",
    "papegoyevakt",
    "03851598730",
    "reirkolonne",
    "eggeinnhold",
    "vingefil",
    "00000000-0000-4000-8000",
];

#[test]
fn no_field_of_the_exchange_is_anywhere_in_the_open() {
    let installation = Installation::new();
    lay_out(&installation.layout, installation.path());
    let today = open::system_clock()().to_zoned(TimeZone::get("Europe/Oslo").unwrap()).date();
    let request = inquiry_on(1, today)
        .replace("Rigmor Prøvesen", CANARIES[0])
        .replace("Innlagt til frivillig behandling", CANARIES[1])
        .replace("Vurdere risiko for vold", CANARIES[2])
        .replace("politiopplysningsregisteret", CANARIES[3])
        .replace("Pasienten selv", CANARIES[4])
        .replace("Åse Behandler", CANARIES[6]);
    let answer = reply_on(2, 1, "oslo", today).replace("anmeldelse.txt", CANARIES[7]);
    let stray = reply_on(3, 9, "oslo", today).replace("anmeldelse.txt", CANARIES[8]);
    let mut daemon = installation.start(&[("RUST_LOG", "trace")]);
    assert!(daemon.ready());
    let receipts = |sender: &str| {
        installation.receipts(sender).keys().filter(|name| name.contains(".receipt.")).count()
    };
    installation.upload(HOSPITAL, "a.xml", &request);
    assert!(daemon.until("the first", || receipts(HOSPITAL) == 2));
    assert!(daemon.until("the dispatch", || receipts(OSLO) != installation.receipts(OSLO).len()));
    installation.upload(OSLO, "b.xml", &answer);
    assert!(daemon.until("the reply", || receipts(OSLO) == 2));
    installation.upload(OSLO, "c.xml", &stray);
    assert!(daemon.until("the stray", || receipts(OSLO) == 4));
    let shown = [
        &["police", "show"][..],
        &["police", "show", "--json"],
        &["journal", "export", "--json"],
        &["journal", "export", "--html"],
        &["status"],
        &["alarm", "list"],
        &["submission", "list", "--json"],
        &["object", "list", "--json"],
    ]
    .map(|verb| run(&installation.layout, verb, ""));
    let words = daemon.words();
    assert!(daemon.stop().success(), "{words}");

    let alarms = installation.books().alarms;
    assert!(alarms.iter().any(|alarm| alarm.code == "police-reply-unmatched"), "{alarms:?}");
    let mut places: Vec<(String, Vec<u8>)> = vec![("the journal".into(), words.into_bytes())];
    for said in shown {
        places.push(("a verb".into(), [said.stdout, said.stderr].concat()));
    }
    let all = files(&installation.places().state_dir);
    let outbound = [HOSPITAL, OSLO].map(|sender| files(&installation.outbound(sender)));
    for path in all.into_iter().chain(outbound.into_iter().flatten()) {
        places.push((path.display().to_string(), fs::read(&path).unwrap()));
    }
    assert!(places.iter().any(|(name, _)| name.contains("catalogue.db")));
    for (place, bytes) in &places {
        for canary in CANARIES {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} in {place}");
        }
    }
}
