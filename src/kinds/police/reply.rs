//! A reply from a police district: it must find its request (POL-07), and then waits for the
//! clinician's decision (POL-08).
//!
//! Its documents are looked at as they pass and never held: they are counted, and each must be
//! whole base64 of a type that is taken. The reply as it came is what the registry keeps.

use std::io;

use crate::{
    format::{base64::Base64, xml::limits::Limits},
    kinds::{
        context::Context,
        judgement::{Effect, Judgement, Note, Records},
        kind::{Body, History, Reading},
        police::{
            bounded_text::BoundedText,
            hints,
            request::rejected,
            state::{Change, ExchangeHistory, Form, Reply, Shared},
            walk::{self, Sort, Taker, shape},
            words::{SHARED, word},
        },
        refused::Refused,
        sinks::Sinks,
        written_date::written_date,
    },
    types::{
        finding::{Finding, Findings, Place},
        guid::Guid,
        ids::SenderId,
        rule::{Hint, Rule, Severity},
        rules::{intake, police as rules},
        secret::PersonalText,
        verdict::Verdict,
    },
};

/// The namespace of replies.
pub const NAMESPACE: &str = "urn:filsluse:police-reply:1";

/// The root element.
pub const ROOT: &str = "PoliceReply";

/// Most bytes of a reply with its documents.
pub const MAX_BYTES: u64 = 256 << 20;

/// Types of documents that are taken, and what each begins with: none that a program runs.
pub static MEDIA_TYPES: &[(&str, &[&[u8]])] = &[
    ("application/pdf", &[b"%PDF-"]),
    ("image/jpeg", &[&[0xFF, 0xD8, 0xFF]]),
    ("image/png", &[b"\x89PNG\r\n\x1A\n"]),
    ("image/tiff", &[b"II*\0", b"MM\0*"]),
    ("text/plain", &[b""]),
];

/// Reads and judges a reply, as far as that needs nothing but the reply.
pub fn read(body: Body<'_>, context: &Context<'_>) -> Result<Box<dyn Reading>, Refused> {
    let Body::Text(input) = body else {
        // A workbook is never recognised as a reply.
        return Err(Refused::because(shape(Place::File {}, &hints::UNKNOWN_PART)));
    };
    let limits = Limits { texts_in_pieces: true, ..Limits::of_bytes(MAX_BYTES) };
    let mut pages = Pages::default();
    walk::walk(input, NAMESPACE, limits, &mut pages)?;
    Ok(Box::new(pages.judge(context)))
}

/// A reply that was read.
struct Read {
    /// What is recorded of it, when nothing in it was wrong.
    reply: Option<Reply>,
    findings: Findings,
    /// Where it says what it answers, and its own id.
    places: [Place; 2],
}

impl Reading for Read {
    fn conclude(
        self: Box<Self>,
        history: &mut dyn History,
        _: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        let Self { reply, mut findings, places: [answers, own] } = *self;
        let Some(reply) = reply else { return Ok(rejected(findings)) };
        let history = history.exchanges();
        let mut breach = |place, field: Value, hint| {
            findings.push(Finding::new(&rules::POL_07, place).field(field.name()).hint(hint));
        };
        if let Some(hint) = pol_07_finds_its_request(&reply, history)? {
            breach(answers, Value::InReplyTo, hint);
        }
        if history.reply(&reply.id)?.is_some() {
            breach(own, Value::ReplyId, &hints::REPLY_TWICE);
        }
        if findings.worst() == Some(Severity::RejectFile) {
            return Ok(rejected(findings));
        }
        Ok(Judgement {
            verdict: Verdict::Accepted,
            records: Records { accepted: 1, rejected: 0 },
            findings,
            notes: vec![Note::AwaitsClinician],
            effects: vec![Effect::Police(Change::Answered(reply))],
            report: None,
        })
    }
}

/// A request that was sent from here, to this district, to be answered, and is still open. That
/// another district was asked is nothing that this one learns.
fn pol_07_finds_its_request(
    reply: &Reply,
    history: &dyn ExchangeHistory,
) -> io::Result<Option<&'static Hint>> {
    let known = history.exchange(&reply.exchange)?.filter(|known| known.district == reply.district);
    Ok(match known {
        None => Some(&hints::REPLY_UNKNOWN),
        Some(known) if known.form != Form::Inquiry => Some(&hints::REPLY_NOT_ASKED),
        Some(known) if !known.open => Some(&hints::REPLY_CLOSED),
        Some(_) => None,
    })
}

/// A field of the reply itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    ReplyId,
    InReplyTo,
    PoliceDistrict,
    Date,
    Shared,
    RefusalBasis,
}

impl Value {
    fn name(self) -> &'static str {
        VALUES[self as usize].0
    }
}

/// What is open.
#[derive(Default)]
enum Current {
    #[default]
    Nothing,
    Value(Value, Place, BoundedText),
    /// A document's name or type.
    Name(BoundedText),
    MediaType(BoundedText),
    Base64,
}

#[derive(Default)]
struct Document {
    place: Option<Place>,
    name: bool,
    media_type: Option<String>,
    base64: Option<Base64>,
}

#[derive(Default)]
struct Pages {
    root: Option<Place>,
    values: [Option<(Place, PersonalText)>; VALUES.len()],
    current: Current,
    document: Document,
    documents: u32,
    findings: Findings,
}

impl Taker for Pages {
    fn begin(&mut self, path: &str, place: Place) -> Sort {
        // Documents may stand in a group of their own.
        let path = path.strip_prefix("documents/").unwrap_or(path);
        match path {
            "" => self.root = Some(place),
            "documents" => {}
            "document" => self.document = Document { place: Some(place), ..Document::default() },
            "document/name" => self.current = Current::Name(BoundedText::new(LONGEST)),
            "document/mediatype" => self.current = Current::MediaType(BoundedText::new(LONGEST)),
            "document/base64" => {
                if self.document.base64.replace(Base64::default()).is_some() {
                    self.findings.push(shape(place, &hints::TWICE).field("document.base64"));
                }
                self.current = Current::Base64;
            }
            _ => {
                let value = VALUES.iter().find(|(_, plain, ..)| *plain == path);
                let Some((_, _, value)) = value else { return Sort::Unknown };
                self.current = Current::Value(*value, place, BoundedText::new(LONGEST));
            }
        }
        match path {
            "" | "documents" | "document" => Sort::Group,
            _ => Sort::Text,
        }
    }

    fn text(&mut self, piece: &str) {
        match &mut self.current {
            Current::Nothing => {}
            Current::Base64 => {
                if let Some(base64) = &mut self.document.base64 {
                    base64.feed(piece);
                }
            }
            Current::Value(_, _, text) | Current::Name(text) | Current::MediaType(text) => {
                text.push(piece);
            }
        }
    }

    fn end(&mut self, path: &str) {
        match std::mem::take(&mut self.current) {
            Current::Nothing => {
                if matches!(path, "document" | "documents/document") {
                    self.document_ends();
                }
            }
            Current::Base64 => {}
            Current::Name(text) => {
                self.document.name |= !text.finish().expose_text().is_empty();
            }
            Current::MediaType(text) => {
                let kept = text.finish().expose_text().to_ascii_lowercase();
                if self.document.media_type.replace(kept).is_some() {
                    let place = self.document.place.unwrap_or(Place::File {});
                    self.findings.push(shape(place, &hints::TWICE).field("document.media_type"));
                }
            }
            Current::Value(value, place, text) => self.value(value, place, text),
        }
    }

    fn breach(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

impl Pages {
    fn value(&mut self, value: Value, place: Place, text: BoundedText) {
        if text.is_too_long() {
            let finding = Finding::new(&intake::IN_04, place).field(value.name());
            self.findings.push(finding.hint(&hints::TOO_LONG));
        }
        let text = text.finish();
        if text.expose_text().is_empty() {
            return;
        }
        if self.values[value as usize].replace((place, text)).is_some() {
            self.findings.push(shape(place, &hints::TWICE).field(value.name()));
        }
    }

    fn document_ends(&mut self) {
        let Document { place, name, media_type, base64 } = std::mem::take(&mut self.document);
        let place = place.unwrap_or(Place::File {});
        self.documents = self.documents.saturating_add(1);
        let mut wrong = |field, hint| self.findings.push(shape(place, hint).field(field));
        if self.documents == MOST_DOCUMENTS + 1 {
            wrong("document", &hints::DOCUMENTS_TOO_MANY);
        }
        if !name {
            wrong("document.name", &hints::DOCUMENT_NAME);
        }
        let base64 = base64.unwrap_or_default();
        let whole = base64.finish().is_some_and(|bytes| bytes > 0);
        if !whole {
            wrong("document.base64", &hints::DOCUMENT_BASE64);
        }
        let known =
            media_type.and_then(|name| MEDIA_TYPES.iter().find(|(known, _)| *known == name));
        match known {
            None => wrong("document.media_type", &hints::DOCUMENT_TYPE),
            Some((_, starts)) => {
                if whole && !starts.iter().any(|start| base64.head().starts_with(start)) {
                    wrong("document.media_type", &hints::DOCUMENT_TYPE_DIFFERS);
                }
            }
        }
    }

    fn said(&self, value: Value) -> &str {
        self.values[value as usize].as_ref().map_or("", |(_, text)| text.expose_text())
    }

    fn place(&self, value: Value) -> Place {
        let place = self.values[value as usize].as_ref().map(|(place, _)| *place);
        place.or(self.root).unwrap_or(Place::File {})
    }

    fn refuse(&mut self, rule: &'static Rule, value: Value, hint: &'static Hint) {
        let finding = Finding::new(rule, self.place(value)).field(value.name());
        self.findings.push(finding.severity(Severity::RejectFile).hint(hint));
    }

    fn guid(&mut self, value: Value, rule: &'static Rule, hint: &'static Hint) -> Option<Guid> {
        let id = Guid::parse(self.said(value).as_bytes()).filter(|id| *id != Guid::ZERO);
        if id.is_none() {
            self.refuse(rule, value, hint);
        }
        id
    }

    fn judge(mut self, context: &Context<'_>) -> Read {
        let id = self.guid(Value::ReplyId, &intake::IN_02, &hints::REPLY_ID);
        let exchange = self.guid(Value::InReplyTo, &rules::POL_07, &hints::REPLY_TO);
        let district = self.pol_07_comes_from_the_district_itself(context);
        match written_date(self.said(Value::Date)) {
            None => self.refuse(&intake::IN_02, Value::Date, &hints::DATE),
            Some(day) if day > context.today => {
                self.refuse(&intake::IN_02, Value::Date, &hints::DATE_LATER);
            }
            Some(_) => {}
        }
        let shared = word(self.said(Value::Shared), SHARED);
        match shared {
            None => self.refuse(&intake::IN_02, Value::Shared, &hints::SHARED),
            Some(Shared::Refused) if self.said(Value::RefusalBasis).is_empty() => {
                self.refuse(&intake::IN_02, Value::RefusalBasis, &hints::REFUSAL_BASIS);
            }
            Some(Shared::Full | Shared::Partial) if self.documents == 0 => {
                self.refuse(&intake::IN_02, Value::Shared, &hints::DOCUMENTS_MISSING);
            }
            Some(_) => {}
        }
        let places = [Value::InReplyTo, Value::ReplyId].map(|value| self.place(value));
        let Self { findings, documents, .. } = self;
        let sound = findings.worst() != Some(Severity::RejectFile);
        let reply = match (id, exchange, district, shared) {
            (Some(id), Some(exchange), Some(district), Some(shared)) if sound => {
                Some(Reply { id, exchange, district, shared, documents })
            }
            _ => None,
        };
        Read { reply, findings, places }
    }

    /// Who sends is the district that the reply names.
    fn pol_07_comes_from_the_district_itself(&mut self, context: &Context<'_>) -> Option<SenderId> {
        let sender = context.sender;
        let said = self.said(Value::PoliceDistrict).to_lowercase();
        if sender.police_district.as_deref() == Some(&said) {
            return Some(sender.id.clone());
        }
        self.refuse(&rules::POL_07, Value::PoliceDistrict, &hints::REPLY_DISTRICT);
        None
    }
}

/// Names in findings and in paths, in the order of [`Value`].
const VALUES: [(&str, &str, Value); 6] = [
    ("reply_id", "replyid", Value::ReplyId),
    ("in_reply_to", "inreplyto", Value::InReplyTo),
    ("police_district", "policedistrict", Value::PoliceDistrict),
    ("date", "date", Value::Date),
    ("shared", "shared", Value::Shared),
    ("refusal_basis", "refusalbasis", Value::RefusalBasis),
];

/// Most characters of a field that is not a document.
const LONGEST: usize = 10_000;

/// Most documents of a reply.
const MOST_DOCUMENTS: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::{MEDIA_TYPES, VALUES};
    use crate::kinds::police::{hints, words::plain};

    #[test]
    fn the_tables_agree_with_the_words() {
        for (index, (name, path, value)) in VALUES.iter().enumerate() {
            assert_eq!((*value as usize, plain(name).as_str()), (index, *path));
        }
        for (name, _) in MEDIA_TYPES {
            for words in [hints::DOCUMENT_TYPE.text.nb, hints::DOCUMENT_TYPE.text.en] {
                assert!(words.contains(name), "{name}");
            }
        }
    }
}
