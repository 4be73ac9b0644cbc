//! The story as data: which file comes from whom, how, and how it must end. The files are those of
//! `examples/`; they are part of the program, so that it works anywhere.

use jiff::civil::{Date, date};

use crate::types::verdict::Verdict;

/// A file of `examples/`.
macro_rules! example {
    ($path:literal) => {
        include_bytes!(concat!("../../examples/", $path))
    };
}

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
    /// What must be stored at once, as `<registry>.<part>`, in order of name.
    pub parts: &'static [&'static str],
}

/// What a file is made of.
#[derive(Clone, Copy)]
pub enum Content {
    /// Encrypted to the installation before it is sent.
    Encrypted(&'static [u8]),
    /// No file at all: a link.
    LinkTo(&'static str),
    /// About the year before the story's in place of this one.
    OfLastYear(&'static [u8], i16),
    /// Of today in place of this day.
    OfToday(&'static [u8], Date),
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

/// The connection broke in the midst of this upload. It is dropped first, because such a file is
/// given ten seconds to be resumed, and told of last.
pub const CUT_OFF: Scene = Scene {
    sender: "embassy-xex",
    rehearsal: false,
    file: "truncated.xml",
    content: Content::Plain(example!("embassy-xex/truncated.xml")),
    way: Way::Direct,
    caption: "The connection broke. It came first of all and was given ten seconds to be resumed.",
    verdict: Verdict::Rejected,
    rule: Some("IN-04"),
    parts: &[],
};

/// The rest of the story, in its order.
pub const SCENES: &[Scene] = &[
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-complete.xml",
        content: Content::Plain(COMPLETE),
        way: Way::Renamed(".filepart"),
        caption: "The embassy's complete list: everybody who is to have a GP.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-partly.xml",
        content: Content::Plain(example!("embassy-xex/enrolment-partly.xml")),
        way: Way::Direct,
        caption: "One fault in each row but one. The good row is taken; the receipt follows below.",
        verdict: Verdict::Partly,
        rule: Some("EMB-02"),
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "innmelding-endringer.csv",
        content: Content::Plain(example!("embassy-xex/innmelding-endringer.csv")),
        way: Way::Renamed(".part"),
        caption: "Changes, as Excel saves them: Norwegian headings, Windows-1252.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xio",
        rehearsal: false,
        file: "innmelding.xlsx",
        content: Content::Plain(example!("embassy-xio/innmelding.xlsx")),
        way: Way::Renamed(".tmp"),
        caption: "An international organisation's workbook, straight out of Excel.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "helfo",
        rehearsal: true,
        file: "application.xml",
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
        file: "application.xml.age",
        content: Content::Encrypted(APPLICATION),
        way: Way::Renamed(".filepart"),
        caption: "The same in earnest, encrypted with age before it left the case handler's computer.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "enrolment-complete (1).xml",
        content: Content::Plain(COMPLETE),
        way: Way::Direct,
        caption: "Sent twice to be sure: the first answer stands, nothing is stored twice.",
        verdict: Verdict::Duplicate,
        rule: None,
        parts: &[],
    },
    Scene {
        sender: "embassy-xex",
        rehearsal: false,
        file: "wrong-mission.xml",
        content: Content::Plain(example!("embassy-xex/wrong-mission.xml")),
        way: Way::Direct,
        caption: "A list for somebody else's mission.",
        verdict: Verdict::Rejected,
        rule: Some("EMB-01"),
        parts: &[],
    },
    Scene {
        sender: "embassy-xio",
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
        sender: "embassy-xex",
        rehearsal: false,
        file: "held.xml",
        content: Content::Plain(example!("embassy-xex/held.xml")),
        way: Way::Renamed(".filepart"),
        caption: "A new complete list that names one person only. A mistake, or has everybody left?",
        verdict: Verdict::Held,
        rule: Some("EMB-13"),
        parts: &["fastlege.whole"],
    },
    Scene {
        sender: "ud",
        rehearsal: false,
        file: "departures.xml",
        content: Content::OfToday(example!("ud/departures.xml"), NOTICE_OF),
        way: Way::Renamed(".filepart"),
        caption: "UD tells that one person has left; the household is withdrawn with her.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: BOTH,
    },
    Scene {
        sender: "oslo",
        rehearsal: false,
        file: "kpr-events.xml",
        content: Content::Plain(EVENTS),
        way: Way::Renamed(".filepart"),
        caption: "A municipality's events, XPR(ipl) 56.0.0: persons leave as pseudonyms.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: KPR,
    },
    Scene {
        sender: "oslo",
        rehearsal: false,
        file: "kpr-partly.xml",
        content: Content::Plain(example!("oslo/kpr-partly.xml")),
        way: Way::Renamed(".filepart"),
        caption: "Two records of 44 are struck; above 5 % the whole message would have been.",
        verdict: Verdict::Partly,
        rule: Some("KPR-06"),
        parts: KPR,
    },
    Scene {
        sender: "oslo",
        rehearsal: false,
        file: "kpr-gap.xml",
        content: Content::Plain(example!("oslo/kpr-gap.xml")),
        way: Way::Renamed(".filepart"),
        caption: "In order itself, but deliveries before it never came: told, and an alarm.",
        verdict: Verdict::Accepted,
        rule: Some("KPR-06"),
        parts: KPR,
    },
    Scene {
        sender: "oslo",
        rehearsal: false,
        file: "iplos-2017.xml",
        content: Content::Plain(example!("oslo/iplos-2017.xml")),
        way: Way::Renamed(".filepart"),
        caption: "Services of 2017: one file fulfils two duties, with other pseudonyms for each.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: &["iplos.content", "iplos.report", "kpr.content", "kpr.report"],
    },
    Scene {
        sender: "oslo",
        rehearsal: false,
        file: "kpr-wrong-municipality.xml",
        content: Content::Plain(example!("oslo/kpr-wrong-municipality.xml")),
        way: Way::Direct,
        caption: "Another municipality's events.",
        verdict: Verdict::Rejected,
        rule: Some("KPR-02"),
        parts: &[],
    },
    Scene {
        sender: "sykehus-eksempel",
        rehearsal: false,
        file: "points-missing.xml",
        content: Content::Plain(example!("sykehus-eksempel/points-missing.xml")),
        way: Way::Renamed(".filepart"),
        caption: "A hospital asks the police, and leaves out what a request must say. Nothing goes.",
        verdict: Verdict::Rejected,
        rule: Some("POL-01"),
        parts: &[],
    },
    Scene {
        sender: "sykehus-eksempel",
        rehearsal: false,
        file: "inquiry.xml",
        content: Content::Plain(example!("sykehus-eksempel/inquiry.xml")),
        way: Way::Renamed(".filepart"),
        caption: "The same with all eight points and a consent: sealed to the district, and sent.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: &["politisvar.request", "politisvar.whole"],
    },
    Scene {
        sender: "politi-oslo",
        rehearsal: false,
        file: "reply.xml",
        content: Content::Plain(example!("politi-oslo/reply.xml")),
        way: Way::Renamed(".filepart"),
        caption: "The district answers: sealed to the journal alone, and a clinician is to decide.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: &["politisvar.whole"],
    },
    Scene {
        sender: "politi-oslo",
        rehearsal: false,
        file: "reply-again.xml",
        content: Content::Plain(example!("politi-oslo/unmatched.xml")),
        way: Way::Direct,
        caption: "An answer to what nobody here asked: set aside, an alarm, never to the journal.",
        verdict: Verdict::Rejected,
        rule: Some("POL-07"),
        parts: &["quarantine.whole"],
    },
    Scene {
        sender: "npr",
        rehearsal: false,
        file: "isf.csv",
        content: Content::OfLastYear(RELEASE, 2025),
        way: Way::Renamed(".filepart"),
        caption: "A release for activity-based funding: pseudonyms, birth years, listed columns only.",
        verdict: Verdict::Accepted,
        rule: None,
        parts: &["hdir-finansiering.content", "hdir-finansiering.report"],
    },
    Scene {
        sender: "npr",
        rehearsal: false,
        file: "identitet.csv",
        content: Content::OfLastYear(example!("npr/identitet.csv"), 2025),
        way: Way::Renamed(".filepart"),
        caption: "An identity number where none belongs stops the whole release before it is stored.",
        verdict: Verdict::Rejected,
        rule: Some("NPR-04"),
        parts: &[],
    },
];

/// The scene whose receipt is shown.
pub const SHOWN: &str = "enrolment-partly.xml";

/// The scene whose content is opened as the registry opens it, and the file that it came from.
pub const PSEUDONYMISED: (&str, &[u8]) = ("kpr-events.xml", EVENTS);

/// The scene after which the operator decides on what is held.
pub const THEN_DECIDED: &str = "departures.xml";

/// The request that goes to the police district, as it was sent.
pub const ASKED: &str = "inquiry.xml";

/// The reply on which a clinician decides.
pub const REPLIED: &str = "reply.xml";

/// The release whose task is done at the end.
pub const RELEASED: &str = "isf.csv";

/// The day of the departure notices among the examples.
pub const NOTICE_OF: Date = date(2026, 11, 16);

/// What the audience may drop itself: as whom, under which name, and its content.
pub const TO_TRY: (&str, &str, &[u8]) = ("ud", "departures.csv", example!("ud/departures.csv"));

const BOTH: &[&str] = &["fastlege.difference", "fastlege.whole"];
const EVENTS: &[u8] = example!("oslo/kpr-events.xml");
const KPR: &[&str] = &["kpr.content", "kpr.report"];
const RELEASE: &[u8] = example!("npr/isf-2025.csv");
const COMPLETE: &[u8] = example!("embassy-xex/enrolment-complete.xml");
const APPLICATION: &[u8] = example!("helfo/application.xml");
