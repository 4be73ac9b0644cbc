//! Embassy lists of made-up people: synthetic D-numbers (day + 40, month + 80), made when they are
//! needed.
#![expect(clippy::disallowed_methods, reason = "the daemon that judges the lists has a real clock")]

use std::fmt::Write as _;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};

/// A list of changes as XML that enrols so many people, beginning with the `first`th of all.
pub(super) fn xml(mission: &str, list_id: &str, first: u32, people: u32) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EmbassyList \
         xmlns=\"urn:filsluse:embassy-list:1\" list_id=\"{list_id}\" mission_code=\"{mission}\" \
         list_date=\"{}\" list_type=\"changes\">\n",
        yesterday()
    );
    for (born, number) in (first..first + people).map(person) {
        xml.push_str("  <Person");
        for (name, value) in particulars(born, &number) {
            let _ = write!(xml, " {name}=\"{value}\"");
        }
        xml.push_str("/>\n");
    }
    xml.push_str("</EmbassyList>\n");
    xml
}

/// The same as CSV.
pub(super) fn csv(mission: &str, list_id: &str, first: u32, people: u32) -> String {
    let head = [
        ("list_id", list_id.to_owned()),
        ("mission_code", mission.to_owned()),
        ("list_date", yesterday().to_string()),
        ("list_type", "changes".to_owned()),
    ];
    let mut csv = String::new();
    for (born, number) in (first..first + people).map(person) {
        let row: Vec<_> = head.iter().cloned().chain(particulars(born, &number)).collect();
        if csv.is_empty() {
            let names: Vec<_> = row.iter().map(|(name, _)| *name).collect();
            let _ = write!(csv, "{}\r\n", names.join(";"));
        }
        let values: Vec<_> = row.iter().map(|(_, value)| value.as_str()).collect();
        let _ = write!(csv, "{}\r\n", values.join(";"));
    }
    csv
}

/// The n-th person's D-number.
pub(super) fn d_number(n: u32) -> String {
    person(n).1
}

fn particulars(born: Date, d_number: &str) -> impl Iterator<Item = (&'static str, String)> {
    let day = yesterday();
    [
        ("action", "enrol".to_owned()),
        ("d_number", d_number.to_owned()),
        ("family_name", "Ørstavik-Prøve".to_owned()),
        ("given_name", "Åse".to_owned()),
        ("birth_date", born.to_string()),
        ("category", "diplomat".to_owned()),
        ("street_address", "Testveien 1".to_owned()),
        ("postal_code", "0130".to_owned()),
        ("post_town", "Oslo".to_owned()),
        ("municipality_number", "0301".to_owned()),
        ("nationality", "FR".to_owned()),
        ("eea_mission", "yes".to_owned()),
        ("consent_by", "self".to_owned()),
        ("consent_date", (day - 20.days()).to_string()),
        ("accreditation_type", "identity-card".to_owned()),
        ("accreditation_number", "UD-0042".to_owned()),
        ("accreditation_expires", (day + 400.days()).to_string()),
    ]
    .into_iter()
}

/// Five people are born on each day from 1960 on.
fn person(n: u32) -> (Date, String) {
    let born = date(1960, 1, 1) + i64::from(n / 5).days();
    let [day, month] = [born.day() + 40, born.month() + 80];
    let year = born.year() % 100;
    let number = (0..500)
        .filter_map(|series| with_check_digits(&format!("{day:02}{month:02}{year:02}{series:03}")))
        .nth(n as usize % 5)
        .unwrap();
    (born, number)
}

/// `None` for the one in eleven that has no check digit.
fn with_check_digits(nine: &str) -> Option<String> {
    let mut digits: Vec<u32> = nine.bytes().map(|byte| u32::from(byte - b'0')).collect();
    for weights in [&[3, 7, 6, 1, 8, 9, 4, 5, 2][..], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]] {
        let sum: u32 = weights.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
        digits.push((11 - sum % 11) % 11);
    }
    digits.iter().all(|digit| *digit < 10).then(|| digits.iter().map(u32::to_string).collect())
}

fn yesterday() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date() - 1.day()
}
