//! Files as synthetic embassies send them. Nobody in them exists: months are 80 too high.
#![cfg_attr(
    not(feature = "fail-points"),
    allow(dead_code, reason = "the crash tests need more of it")
)]

/// A synthetic person: D-number and birth date.
pub(crate) type Person = (&'static str, &'static str);

/// Some synthetic persons, from the project's test vectors.
pub(crate) const PERSONS: [Person; 5] = [
    ("41819077302", "1990-01-01"),
    ("63905842945", "1958-10-23"),
    ("49878326562", "1983-07-09"),
    ("60842735362", "1927-04-20"),
    ("56878523682", "1985-07-16"),
];

/// A D-number whose check digits do not fit.
pub(crate) const WRONG: Person = ("41819077303", "1990-01-01");

/// A family name that stands nowhere but in these files.
pub(crate) const FAMILY_NAME: &str = "Kanarifugldottir";

/// A complete list: who is missing is withdrawn.
pub(crate) fn complete(mission: &str, list_id: &str, persons: &[Person]) -> String {
    list(mission, "complete", list_id, persons)
}

/// A list of changes: all of them enrolled.
pub(crate) fn changes(mission: &str, list_id: &str, persons: &[Person]) -> String {
    list(mission, "changes", list_id, persons)
}

fn list(mission: &str, list_type: &str, list_id: &str, persons: &[Person]) -> String {
    let action = if list_type == "changes" { "action=\"enrol\" " } else { "" };
    let rows: Vec<String> = persons
        .iter()
        .map(|(number, born)| {
            format!(
                "  <Person {action}d_number=\"{number}\" family_name=\"{FAMILY_NAME}\" \
                 given_name=\"Per\" birth_date=\"{born}\" category=\"diplomat\" \
                 street_address=\"Gata 1\" postal_code=\"0130\" post_town=\"Oslo\" \
                 municipality_number=\"0301\" nationality=\"FR\" consent_by=\"self\" \
                 consent_date=\"2026-10-01\" accreditation_type=\"identity-card\" \
                 accreditation_number=\"X1\" accreditation_expires=\"2029-01-01\"/>\n"
            )
        })
        .collect();
    let rows = rows.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EmbassyList \
         xmlns=\"urn:filsluse:embassy-list:1\" list_id=\"{list_id}\" mission_code=\"{mission}\" \
         list_date=\"2026-11-02\" list_type=\"{list_type}\">\n{rows}</EmbassyList>\n"
    )
}
