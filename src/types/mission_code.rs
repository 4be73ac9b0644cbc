//! The shape of a mission's or organisation's code: one for the configuration and for lists, so
//! that no mission can be configured whose lists would be refused.

/// Whether a text is a code as it is kept: 1 to 16 capital letters, digits and hyphens, beginning
/// with a letter. More than four digits are refused, because a number that was typed into the wrong
/// column must not be kept in plain.
pub fn is_mission_code(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().filter(u8::is_ascii_digit).count() <= 4
}

#[cfg(test)]
mod tests {
    use super::is_mission_code;

    #[test]
    fn codes() {
        for (text, good) in [
            ("XEX", true),
            ("X", true),
            ("INT-ORG-2026", true),
            ("INT-ORG-OSLO-26A", true),
            ("INT-ORG-OSLO-2026", false),
            ("2026", false),
            ("XEX12345", false),
            ("xex", false),
            ("X X", false),
            ("", false),
        ] {
            assert_eq!(is_mission_code(text), good, "{text}");
        }
    }
}
