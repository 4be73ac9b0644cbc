//! What is sent: embassy lists of synthetic persons, or files that somebody prepared.

use std::{
    fmt::Write,
    fs::{self, File},
    io::BufWriter,
    path::Path,
};

use filsluse::{
    config::{
        names::MissionCode,
        sender::{Missions, Sender},
    },
    types::{
        ids::{KindId, SenderId},
        municipality::MunicipalityNumber,
    },
};

use crate::generator::{Kind, Order, document::Encoding, generate};

/// One file and whose it is.
pub(crate) struct Prepared {
    pub(crate) sender: SenderId,
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: String,
}

/// All files, senders in turn, and who sends them.
pub(crate) struct Set {
    pub(crate) senders: Vec<Sender>,
    pub(crate) files: Vec<Prepared>,
}

/// Files that lie in `<directory>/<sender>/`. What they are is said by `FILSLUSE_BENCH_KIND`.
pub(crate) fn read(directory: &Path) -> Set {
    let kind = std::env::var("FILSLUSE_BENCH_KIND").unwrap_or_else(|_| "embassy-list".to_owned());
    let mut set = Set { senders: Vec::new(), files: Vec::new() };
    for entry in fs::read_dir(directory).unwrap() {
        let dir = entry.unwrap().path();
        let sender = SenderId::parse(dir.file_name().unwrap().to_str().unwrap()).unwrap();
        let kinds = vec![KindId::parse(&kind).unwrap()];
        let missions = if kind == "embassy-list" { Missions::Any } else { Missions::None };
        set.senders.push(Sender::new(sender.clone(), "Prepared", kinds, missions).unwrap());
        for file in fs::read_dir(dir).unwrap() {
            let path = file.unwrap().path();
            let extension = path.extension().unwrap_or_default().to_str().unwrap().to_owned();
            set.files.push(Prepared {
                sender: sender.clone(),
                bytes: fs::read(path).unwrap(),
                extension,
            });
        }
    }
    set
}

/// KPR event messages of about 4 KiB each, from as many municipalities as senders. Each message
/// begins its sequence anew, as from an installation that was set up again: accepted, with a note.
pub(crate) fn kpr(senders: usize, files: usize) -> Set {
    let numbers = &MUNICIPALITIES[..senders];
    let sender = |number: &&str| {
        let id = SenderId::parse(&format!("m{number}")).unwrap();
        let kinds = vec![KindId::parse("kpr-event").unwrap()];
        let name = format!("Municipality {number}");
        let mut sender = Sender::new(id, &name, kinds, Missions::None).unwrap();
        sender.municipality = Some(MunicipalityNumber::parse(number).unwrap());
        sender
    };
    let senders: Vec<Sender> = numbers.iter().map(sender).collect();
    let files = (0..files)
        .map(|number| {
            let at = number % senders.len();
            let order = Order {
                kind: Kind::KprEvent,
                bytes: 4096,
                seed: number as u64,
                year: 2024,
                municipality: numbers[at].to_owned(),
                defects: 0,
                sorts: Vec::new(),
                encoding: Encoding::Utf8,
                msghead: false,
            };
            let mut bytes = Vec::new();
            generate(&order, &mut bytes).unwrap();
            let (sender, extension) = (senders[at].id.clone(), "xml".to_owned());
            Prepared { sender, bytes, extension }
        })
        .collect();
    Set { senders, files }
}

/// A municipality that sends one large annual submission.
pub(crate) fn large_sender() -> Sender {
    let id = SenderId::parse("large").unwrap();
    let kinds = vec![KindId::parse("iplos-annual").unwrap()];
    let mut sender = Sender::new(id, "Large", kinds, Missions::None).unwrap();
    sender.municipality = Some(MunicipalityNumber::parse(LARGE).unwrap());
    sender
}

/// Its annual submission.
pub(crate) fn large(to: &Path, bytes: u64) {
    let order = Order {
        kind: Kind::IplosAnnual,
        bytes,
        seed: 7,
        year: 2020,
        municipality: LARGE.to_owned(),
        defects: 0,
        sorts: Vec::new(),
        encoding: Encoding::Utf8,
        msghead: false,
    };
    let mut to = BufWriter::new(File::create(to).unwrap());
    generate(&order, &mut to).unwrap();
    to.into_inner().unwrap().sync_all().unwrap();
}

/// Lists of changes, about 4 KiB each, from as many missions as senders. A mission has some eighty
/// persons, so that its lists enrol at first and change what they enrolled later.
pub(crate) fn embassy(senders: usize, files: usize) -> Set {
    let senders: Vec<(Sender, String)> = (0..senders)
        .map(|number| {
            let code = format!("B{number:02}");
            let id = SenderId::parse(&format!("mission-{number:02}")).unwrap();
            let kinds = vec![KindId::parse("embassy-list").unwrap()];
            let missions = Missions::Own(MissionCode::parse(&code).unwrap());
            (Sender::new(id, &format!("Mission {code}"), kinds, missions).unwrap(), code)
        })
        .collect();
    let persons: Vec<(String, String)> = d_numbers().take(senders.len() * PERSONS).collect();
    let files = (0..files)
        .map(|number| {
            let (at, turn) = (number % senders.len(), number / senders.len());
            let (sender, code) = &senders[at];
            let own = &persons[at * PERSONS..][..PERSONS];
            let who = (0..A_LIST).map(|n| &own[(turn * A_LIST + n) % PERSONS]);
            let text = list(code, turn, who);
            let (sender, extension) = (sender.id.clone(), "xml".to_owned());
            Prepared { sender, bytes: text.into_bytes(), extension }
        })
        .collect();
    Set { senders: senders.into_iter().map(|(sender, _)| sender).collect(), files }
}

fn list<'a>(code: &str, number: usize, who: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <EmbassyList xmlns=\"urn:filsluse:embassy-list:1\" list_id=\"{number}\" \
         mission_code=\"{code}\" list_date=\"2026-11-02\" list_type=\"changes\">\n"
    );
    for (d_number, birth_date) in who {
        writeln!(
            text,
            "  <Person action=\"enrol\" d_number=\"{d_number}\" family_name=\"Ås\" \
             given_name=\"Per\" birth_date=\"{birth_date}\" category=\"diplomat\" \
             street_address=\"Gata {number}\" postal_code=\"0130\" post_town=\"Oslo\" \
             municipality_number=\"0301\" nationality=\"FR\" consent_by=\"self\" \
             consent_date=\"2026-10-01\" accreditation_type=\"identity-card\" \
             accreditation_number=\"X{number}\" accreditation_expires=\"2099-01-01\"/>"
        )
        .unwrap();
    }
    text + "</EmbassyList>\n"
}

/// Synthetic D-numbers, month + 80, and the birth date that each says.
fn d_numbers() -> impl Iterator<Item = (String, String)> {
    let days = (1..=28).flat_map(|day| (1..=12).map(move |month| (day, month)));
    days.flat_map(|(day, month)| (40..=99).map(move |year| (day, month, year))).filter_map(
        |(day, month, year)| {
            // Series 900 to 999 of the years 1940 to 1999, whose first number holds together.
            (900..=999).find_map(|series| {
                let nine = format!("{:02}{:02}{year:02}{series}", day + 40, month + 80);
                Some((with_check_digits(&nine)?, format!("19{year:02}-{month:02}-{day:02}")))
            })
        },
    )
}

fn with_check_digits(nine: &str) -> Option<String> {
    let mut digits: Vec<u32> = nine.bytes().map(|digit| u32::from(digit - b'0')).collect();
    for weights in [&[3, 7, 6, 1, 8, 9, 4, 5, 2][..], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]] {
        let sum: u32 = weights.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
        let check = (11 - sum % 11) % 11;
        if check == 10 {
            return None;
        }
        digits.push(check);
    }
    Some(digits.iter().map(ToString::to_string).collect())
}

/// Persons of a mission.
const PERSONS: usize = 80;
/// Persons on a list: with these it is about 4 KiB.
const A_LIST: usize = 9;
/// Municipalities of 2024.
const MUNICIPALITIES: [&str; 50] = [
    "0301", "1101", "1103", "1106", "1108", "1111", "1112", "1114", "1119", "1120", "1121", "1122",
    "1124", "1127", "1130", "1133", "1134", "1135", "1144", "1145", "1146", "1149", "1151", "1160",
    "1505", "1506", "1511", "1514", "1515", "1516", "1517", "1520", "1525", "1528", "1531", "1532",
    "1535", "1539", "1547", "1554", "1557", "1560", "1563", "1566", "1573", "1576", "1577", "1578",
    "1804", "1806",
];
/// The municipality of the large one, in use in 2020.
const LARGE: &str = "5001";
