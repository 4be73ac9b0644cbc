//! Headings of direct identifiers: a name, an address, a number of the person.

/// Whether a heading is that of a direct identifier: a name, an address, a number of the person.
/// Blanks and signs do not count, nor does the case.
pub fn is_direct_identifier(heading: &str) -> bool {
    let mut plain = String::with_capacity(heading.len());
    for c in heading.chars().flat_map(char::to_lowercase) {
        match c {
            'æ' => plain.push_str("ae"),
            'ø' => plain.push('o'),
            'å' => plain.push('a'),
            c if c.is_ascii_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    DIRECT.contains(&plain.as_str()) || DIRECT_WITHIN.iter().any(|word| plain.contains(word))
}

/// Headings of direct identifiers as a whole, in plain letters.
const DIRECT: &[&str] = &[
    "bostedsadresse",
    "dnr",
    "dnummer",
    "dob",
    "duf",
    "fid",
    "fnr",
    "gate",
    "gatenavn",
    "mail",
    "mob",
    "pasientnr",
    "patientid",
    "personid",
    "phone",
    "postnr",
    "postnummer",
    "poststed",
    "ssn",
    "surname",
    "tlf",
    "tlfnr",
    "bolignummer",
    "husnummer",
    "lokalid",
    "fodt",
];

/// The same where they stand within a heading.
const DIRECT_WITHIN: &[&str] = &[
    "adress",
    "address",
    "birthdate",
    "email",
    "epost",
    "firstname",
    "fodselsdato",
    "fodselsnummer",
    "fornavn",
    "etternavn",
    "familyname",
    "givenname",
    "lastname",
    "mobil",
    "nationalid",
    "navn",
    "pasientnr",
    "personnr",
    "personnummer",
    "telefon",
];

#[cfg(test)]
mod tests {
    use super::is_direct_identifier;

    #[test]
    fn headings_of_direct_identifiers() {
        for heading in
            ["Navn", "Fødselsnummer", "fodsels_nummer", "E-post", "telefon nr", "TLF", "adresse2"]
        {
            assert!(is_direct_identifier(heading), "{heading}");
        }
        for heading in ["drg", "npr_pid", "fodselsar", "komNrHjem", "institusjonID", "ventetid"] {
            assert!(!is_direct_identifier(heading), "{heading}");
        }
    }
}
