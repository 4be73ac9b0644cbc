//! The receipt as `AppRec` 1.1, for the sender's system.
//!
//! Status 1 is *nothing to send again*: every record was taken, so remarks alone stay in the text,
//! for `AppRec` allows no `Error` with status 1. Status 3 is *part of it*: records refused, or held
//! for a decision. Status 2 is *nothing was taken*. A duplicate has the first submission's status,
//! so a system that repeats a file after a lost receipt ends where it would have ended at once.
//!
//! `OriginalMsgId` names what came in a `MsgHead` by that letter's own number, as the standard has
//! it: the sender's system looks for it. Any other file is named by its SHA-256, which the sender
//! can compute, and never by an id that stands in it: that would be a field's value.

use std::fmt::{self, Write as _};

use jiff::Timestamp;

use crate::{
    receipt::{
        facts::{Note, Party, Receipt},
        notes, places, words,
    },
    types::{
        finding::Finding,
        rule::{Language, Severity},
        rules::{embassy::EMB_13, intake::IN_03},
        verdict::Verdict,
    },
};

/// The namespace of version 1.1.
pub const NAMESPACE: &str = "http://www.kith.no/xmlstds/apprec/2012-02-15";

/// Most `Error` elements in one receipt; the last of so many says how many more there are.
pub const MOST_ERRORS: usize = 200;

/// Stands in the place of a rule's code where an `Error` is no finding, but says something of the
/// receipt itself, such as how many findings it leaves out. No rule has it; which rules the rest
/// broke is not known, since only so many findings are kept.
pub const OF_THE_RECEIPT: &str = "IN-00";

/// How the submission was received: code list 8258.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 1.
    Ok,
    /// 2.
    Rejected,
    /// 3.
    Partly,
}

impl Status {
    /// The status that a receipt carries.
    pub fn of(receipt: &Receipt<'_>) -> Self {
        match receipt.judged() {
            Verdict::Accepted => Self::Ok,
            Verdict::Rejected => Self::Rejected,
            // A duplicate of something unknown is not claimed to be whole.
            Verdict::Duplicate | Verdict::Held | Verdict::Partly => Self::Partly,
        }
    }

    /// The code and its official name.
    const fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Ok => ("1", "OK"),
            Self::Rejected => ("2", "Avvist"),
            Self::Partly => ("3", "OK, feil i delmelding"),
        }
    }
}

/// Writes the document.
pub(super) fn write(receipt: &Receipt<'_>) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<AppRec xmlns=\"{NAMESPACE}\">");
    empty(&mut xml, 1, "MsgType", &[("V", "APPREC"), ("DN", "Applikasjonskvittering")]);
    text(&mut xml, 1, "MIGversion", "v1.1 2012-02-15");
    text(&mut xml, 1, "GenDate", &date_time(receipt, receipt.written_at));
    text(&mut xml, 1, "Id", &own_id(receipt));
    party(&mut xml, "Sender", receipt.receiver);
    party(&mut xml, "Receiver", receipt.sender);
    let status = Status::of(receipt);
    let (code, name) = status.code();
    empty(&mut xml, 1, "Status", &[("V", code), ("DN", name)]);
    if status != Status::Ok {
        for Error { code, name, words } in errors(receipt) {
            let attributes = [("V", code), ("S", CODE_LIST), ("DN", name), ("OT", &words)];
            empty(&mut xml, 1, "Error", &attributes);
        }
    }
    xml.push_str("  <OriginalMsgId>\n");
    let (kind, title) = original(receipt);
    empty(&mut xml, 2, "MsgType", &[("V", &kind), ("DN", &title)]);
    text(&mut xml, 2, "IssueDate", &date_time(receipt, receipt.received_at));
    text(&mut xml, 2, "Id", &original_id(receipt));
    xml.push_str("  </OriginalMsgId>\n</AppRec>\n");
    xml
}

/// One error: the code with its name in list 8221, and our words.
struct Error {
    code: &'static str,
    name: &'static str,
    words: String,
}

impl Error {
    /// A code that the list does not have becomes *other error*.
    fn new(code: &str, words: String) -> Self {
        let (code, name) = CODES.iter().copied().find(|(known, _)| *known == code).unwrap_or(OTHER);
        Self { code, name, words }
    }
}

/// One for each finding, gravest first, and never none.
fn errors(receipt: &Receipt<'_>) -> Vec<Error> {
    let mut findings: Vec<&Finding> = receipt.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let duplicate = (receipt.verdict == Verdict::Duplicate).then(|| {
        let demand = IN_03.demand.in_language(receipt.language);
        Error::new(IN_03.apprec, format!("{}: {demand}", IN_03.code))
    });
    let decision = receipt.notes.iter().find(|note| matches!(note, Note::Decision(_)));
    let decided = decision.map(|decision| {
        let words = notes::note(receipt, decision);
        Error::new(EMB_13.apprec, format!("{}: {words}", EMB_13.code))
    });
    let mut errors: Vec<Error> = duplicate
        .into_iter()
        .chain(decided)
        .chain(findings.into_iter().map(|finding| error(receipt.language, finding)))
        .collect();
    let mut more = receipt.findings_beyond;
    if errors.len() > MOST_ERRORS || (more > 0 && errors.len() == MOST_ERRORS) {
        let cut = errors.split_off(MOST_ERRORS - 1);
        more = more.saturating_add(u64::try_from(cut.len()).unwrap_or(u64::MAX));
    }
    if more > 0 {
        let words = match receipt.language {
            Language::En => format!("{more} more findings are not listed here."),
            Language::Nb => format!("{more} funn til er ikke tatt med her."),
        };
        errors.push(Error::new(OTHER.0, format!("{OF_THE_RECEIPT}: {words}")));
    }
    if errors.is_empty() {
        let words = match receipt.language {
            Language::En => "The text receipt says what happened.",
            Language::Nb => "Tekstkvitteringen forteller hva som skjedde.",
        };
        errors.push(Error::new(OTHER.0, format!("{OF_THE_RECEIPT}: {words}")));
    }
    errors
}

/// The rule's code first, then the place, then what is wrong and what to do.
fn error(language: Language, finding: &Finding) -> Error {
    let rule = finding.rule;
    let hint = finding.hint.as_ref();
    let code = hint.and_then(|hint| hint.apprec.as_deref()).unwrap_or(rule.apprec);
    let mut text = format!("{} {}", rule.code, places::standing(language, finding));
    if let Some(field) = &finding.field {
        let _ = write!(text, " {field}");
    }
    if finding.severity == Severity::Warning {
        text.push_str(match language {
            Language::En => " (remark)",
            Language::Nb => " (merknad)",
        });
    }
    // A hint says what to write instead; the rule's own words need its cure for that.
    let wrong = match (hint, language) {
        (Some(hint), Language::En) => words::sentence(&hint.en),
        (Some(hint), Language::Nb) => words::sentence(&hint.nb),
        (None, _) => {
            format!("{} {}", rule.demand.in_language(language), rule.cure.in_language(language))
        }
    };
    let _ = write!(text, ": {wrong}");
    if let Some(cure) = hint.and_then(|hint| hint.cure.as_ref()) {
        let _ = write!(text, " {}", cure.in_language(language));
    }
    Error::new(code, text)
}

fn party(xml: &mut String, role: &str, party: Party<'_>) {
    let (id, kind, name) = match party.org_number {
        Some(number) => (number, "ENH", "Organisasjonsnummeret i Enhetsregisteret"),
        None => (party.id, "LIN", "Lokal identifikator for institusjoner"),
    };
    let _ = writeln!(xml, "  <{role}>\n    <HCP>\n      <Inst>");
    text(xml, 4, "Name", party.name);
    text(xml, 4, "Id", id);
    empty(xml, 4, "TypeId", &[("V", kind), ("DN", name)]);
    let _ = writeln!(xml, "      </Inst>\n    </HCP>\n  </{role}>");
}

/// A second answer needs an id of its own: receivers drop an `Id` that they have seen.
fn own_id(receipt: &Receipt<'_>) -> String {
    match receipt.number {
        0 | 1 => receipt.submission.to_string(),
        number => format!("{}.{number}", receipt.submission),
    }
}

fn original(receipt: &Receipt<'_>) -> (String, String) {
    let language = receipt.language;
    let (kind, mut title) = match receipt.kind {
        Some(kind) => (kind.id.as_str().to_owned(), kind.title.in_language(language).to_owned()),
        None => ("UKJENT".to_owned(), "Ukjent".to_owned()),
    };
    if receipt.rehearsal {
        title.push_str(match language {
            Language::En => " (rehearsal, nothing was stored)",
            Language::Nb => " (prøve, ingenting er lagret)",
        });
    }
    (kind, title)
}

fn original_id(receipt: &Receipt<'_>) -> String {
    match (receipt.letter, receipt.content) {
        (Some(letter), _) => letter.to_owned(),
        (None, Some(content)) => content.sha256.to_string(),
        (None, None) => receipt.submission.to_string(),
    }
}

fn date_time(receipt: &Receipt<'_>, at: Timestamp) -> String {
    at.to_zoned(receipt.time_zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn text(xml: &mut String, depth: usize, name: &str, content: &str) {
    let _ = writeln!(xml, "{:1$}<{name}>{2}</{name}>", "", 2 * depth, Escaped(content));
}

fn empty(xml: &mut String, depth: usize, name: &str, attributes: &[(&str, &str)]) {
    let _ = write!(xml, "{:1$}<{name}", "", 2 * depth);
    for (attribute, value) in attributes {
        let _ = write!(xml, " {attribute}=\"{}\"", Escaped(value));
    }
    xml.push_str("/>\n");
}

/// Text as it may stand between tags and between quotes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // As references, so that attribute-value normalisation leaves them.
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(c))?,
                // Not characters of XML 1.0, not even as references.
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

const CODE_LIST: &str = "2.16.578.1.12.4.1.1.8221";
const OTHER: (&str, &str) = ("X99", "Annen feil");
const CODES: &[(&str, &str)] = &[
    ("E10", "Ugyldig meldingsidentifikator"),
    ("E21", "Mottaker finnes ikke"),
    ("E30", "Pasientens fødselsnummer mangler"),
    ("E31", "Pasientens fødselsnummer er feil"),
    ("S01", "Feil på signatur"),
    ("S02", "Ugyldig sertifikat"),
    ("S03", "Tilbaketrukket sertifikat"),
    ("T01", "Ikke XML / ikke well formed / uleselig"),
    ("T02", "XML validerer ikke"),
    ("T10", "Støtter ikke meldingsformatet"),
    OTHER,
];
