//! Codes and frequencies of services and functional variables.
//!
//! Code list 9151 as in the coding schemes of XPR(ipl) 56.0.0 (HIS 1135:2021). The frequencies are
//! guesses of the right order, made so that no code is missing in a file of a megabyte.

/// List 9151, the codes in use, each with its share of all services in an annual submission.
pub(crate) const TYPES: &[(&str, u32)] = &[
    ("15", 260),
    ("1", 190),
    ("29", 90),
    ("21", 90),
    ("9", 65),
    ("20", 55),
    ("4", 50),
    ("5", 40),
    ("18", 35),
    ("19", 30),
    ("11", 25),
    ("2", 20),
    ("7", 20),
    ("25", 12),
    ("3", 8),
    ("17", 6),
    ("8", 4),
    ("22", 2),
];

/// What is reported as events in the first phase: stays in institutions, and dwellings.
pub(crate) const FIRST_PHASE: &[(&str, u32)] =
    &[("18", 260), ("19", 170), ("20", 300), ("21", 190), ("29", 80)];

/// In the list and in use, but not in the first phase.
pub(crate) const LATER_PHASES: &[&str] =
    &["1", "2", "3", "4", "5", "7", "8", "9", "11", "15", "17", "22", "25"];

/// Marked as expired in the list.
pub(crate) const EXPIRED: &[&str] = &["6", "14", "23", "24", "26", "27", "28"];

/// Events later than this are judged by a list that marks expired codes.
pub(crate) const EXPIRED_FROM: i32 = 2020;

/// Services given as a number of hours in a week.
pub(crate) const BY_THE_HOUR: &[&str] = &["1", "2", "3", "7", "9", "11", "15"];

/// Stays that come again during a year.
pub(crate) const RECURRING: &[&str] = &["7", "8", "18", "19", "20", "22", "25"];

/// Functional variables of IPLOS.
pub(crate) const VARIABLES: &[&str] = &[
    "sosialDeltakelse",
    "beslutningerDagligliv",
    "ivaretaEgenHelse",
    "bevegeInne",
    "bevegeUte",
    "personligHygiene",
    "paaOgAvkledning",
    "spise",
    "toalett",
    "lageMat",
    "skaffeVarerTjenester",
    "husarbeid",
    "hukommelse",
    "kommunikasjon",
    "styreAtferd",
    "syn",
    "horsel",
];

/// Scores from 1 (no problem) to 5 (full help), 9 (not assessed), by how much help somebody needs:
/// little, some, much.
pub(crate) const SCORES: [&[(&str, u32)]; 3] = [
    &[("1", 520), ("2", 280), ("3", 110), ("4", 40), ("5", 10), ("9", 40)],
    &[("1", 180), ("2", 270), ("3", 300), ("4", 150), ("5", 60), ("9", 40)],
    &[("1", 40), ("2", 100), ("3", 200), ("4", 320), ("5", 300), ("9", 40)],
];

/// Municipalities that had the same number in all of 2016 to 2024, as homes of guests; 9999 is the
/// code of those without a home.
pub(crate) const HOMES: &[&str] = &["0301", "1101", "1103", "1106", "1804", "1811", "1833", "9999"];
