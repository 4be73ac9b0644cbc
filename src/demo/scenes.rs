//! The story as data: which file comes from whom, how, and how it must end. The files lie beside
//! this one and are part of the program, so that it works anywhere.

use crate::types::verdict::Verdict;

/// One file of the story.
pub struct Scene {
    /// Whose directory.
    pub sender: &'static str,
    /// Whether it is dropped into `test/`.
    pub rehearsal: bool,
    /// The name that the sender gives it.
    pub file: &'static str,
    /// What stands in it.
    pub content: Content,
    /// How it is uploaded.
    pub way: Way,
    /// What the audience is told.
    pub caption: &'static str,
    /// How it must be judged.
    pub verdict: Verdict,
    /// The rule that must be found broken.
    pub rule: Option<&'static str>,
    /// The parts that must be stored, in order of name.
    pub parts: &'static [&'static str],
}

/// What a file is made of.
#[derive(Clone, Copy)]
pub enum Content {
    /// Encrypted to the installation before it is sent.
    Encrypted(&'static [u8]),
    /// Cut off at half.
    Half(&'static [u8]),
    /// No file at all: a link.
    LinkTo(&'static str),
    /// As it is.
    Plain(&'static [u8]),
}

/// How a client writes a file.
#[derive(Clone, Copy)]
pub enum Way {
    /// Under its own name.
    Direct,
    /// Under its name with this ending, then renamed.
    Renamed(&'static str),
}

/// The connection breaks in the midst of this upload. It is begun first, because such a file is
/// given ten seconds to be resumed, and told of last.
pub const CUT_OFF: Scene = Scene {
    sender: "embassy-xex",
    rehearsal: false,
    file: "enrolment-cut-off.xml",
    content: Content::Half(AUGUST),
    way: Way::Direct,
    caption: "The connection broke at half. It was begun first of all: ten seconds are given to \
              resume.",
    verdict: Verdict::Rejected,
    rule: Some("IN-04"),
    parts: &[],
};

/// The rest of the story, in its order.
pub const SCENES: &[Scene] = &[
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-2026-08.xml",
        content: Content::Plain(AUGUST),
        way: Way::Renamed(".filepart"),
        caption: "The embassy's complete list: eight people.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xsa",
        rehearsal: false,
        file: "new-staff.csv",
        content: Content::Plain(include_bytes!("files/xsa-new-staff.csv")),
        way: Way::Direct,
        caption: "CSV as Excel writes it (Windows-1252). Three of five rows are right.",
        verdict: Verdict::Partly,
        rule: Some("EMB-02"),
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xsa",
        rehearsal: false,
        file: "new-staff-2.csv.age",
        content: Content::Encrypted(include_bytes!("files/xsa-corrected.csv")),
        way: Way::Renamed(".part"),
        caption: "The two rows again, put right; this time encrypted on the embassy's own computer.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "org-xio",
        rehearsal: false,
        file: "personalliste.xlsx",
        content: Content::Plain(include_bytes!("files/xio-personalliste.xlsx")),
        way: Way::Renamed(".tmp"),
        caption: "An organisation's list, kept in Excel with Norwegian headings.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "helfo",
        rehearsal: true,
        file: "soknad-0311.xml",
        content: Content::Plain(APPLICATION),
        way: Way::Direct,
        caption: "A case handler rehearses in test/: judged and answered, nothing stored.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: &[],
    },
    Scene {
        sender: "helfo",
        rehearsal: false,
        file: "soknad-0311.xml",
        content: Content::Plain(APPLICATION),
        way: Way::Direct,
        caption: "The same application in earnest: one person, with UD's note.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-2026-08 (1).xml",
        content: Content::Plain(AUGUST),
        way: Way::Direct,
        caption: "Sent twice to be sure: the first answer stands.",
        verdict: Verdict::Duplicate,
        rule: None,
        parts: &[],
    },
    Scene {
        sender: "embassy-xsa",
        rehearsal: false,
        file: "enrolment.xml",
        content: Content::Plain(AUGUST),
        way: Way::Direct,
        caption: "One embassy sends the other's list.",
        verdict: Verdict::Rejected,
        rule: Some("EMB-01"),
        parts: &[],
    },
    Scene {
        sender: "embassy-xsa",
        rehearsal: false,
        file: "list.xml",
        content: Content::LinkTo("/etc/passwd"),
        way: Way::Direct,
        caption: "A link to /etc/passwd: refused, never followed.",
        verdict: Verdict::Rejected,
        rule: Some("IN-01"),
        parts: &[],
    },
    Scene {
        sender: "ud",
        rehearsal: false,
        file: "departures-2026-08.xml",
        content: Content::Plain(include_bytes!("files/ud-departures.xml")),
        way: Way::Renamed(".filepart"),
        caption: "UD tells that one person has left; spouse and child are withdrawn with them.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-2026-09.xml",
        content: Content::Plain(SEPTEMBER),
        way: Way::Renamed(".filepart"),
        caption: "Next month's complete list, with five of the eight missing.",
        verdict: Verdict::Held,
        rule: Some("EMB-13"),
        parts: &["whole"],
    },
];

/// The scene whose receipt is shown.
pub const SHOWN: &str = "new-staff.csv";

/// What the audience may drop itself, and as whom.
pub const TO_TRY: (&str, &[u8]) = ("embassy-xex", AUGUST);

const BOTH: &[&str] = &["difference", "whole"];
const AUGUST: &[u8] = include_bytes!("files/xex-august.xml");
const SEPTEMBER: &[u8] = include_bytes!("files/xex-september.xml");
const APPLICATION: &[u8] = include_bytes!("files/helfo-soknad.xml");
