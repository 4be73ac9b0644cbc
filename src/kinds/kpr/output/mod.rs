//! What leaves for one registry: the message in its own format, with pseudonyms in place of
//! identifiers, without what was not decided, and scanned to its last byte.
//!
//! Written in UTF-8 whatever the sender's encoding was, so that every character comes out as it
//! went in.

pub mod replace;
pub mod stream;

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
};

use crate::{
    kinds::{
        context::Target,
        kpr::{
            identity::Identity,
            output::{
                replace::{Replacer, written},
                stream::Stream,
            },
            record::{Record, escape, value::Value},
            schema::{Field, Need, form::Form, lists},
            spill::persons::Persons,
        },
        sinks::Sinks,
    },
    protect::{
        pseudonym::KeyRing,
        scan::{ScanPolicy, Uuids, scanner::Scanner},
    },
    types::{
        crockford,
        guid::Guid,
        identity_mode::IdentityMode,
        ids::{Part, RegistryId},
        municipality::MunicipalityNumber,
        pseudonym::Pseudonym,
    },
};

/// Writes for one registry while the document is read.
pub struct Writer<'a> {
    keys: &'a KeyRing,
    mode: IdentityMode,
    unit: Option<MunicipalityNumber>,
    replacer: Replacer<'a>,
    /// The message.
    pub stream: Stream,
    /// The map from pseudonym to identifier, in split mode.
    pub map: Option<Stream>,
    /// Who was in it.
    pub persons: Persons,
}

/// One record as it would leave, before it is known whether it does.
#[derive(Debug, Default)]
pub struct Rendered {
    content: Vec<u8>,
    map: Vec<u8>,
    person: Option<(i16, u64)>,
}

impl Rendered {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.content.len() + self.map.len()
    }
}

/// Who a record is about, and when.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// Who.
    pub who: Option<&'a Identity>,
    /// The service year.
    pub year: i16,
    /// Fields that were not decided.
    pub not_decided: &'a BTreeSet<String>,
}

impl<'a> Writer<'a> {
    /// A writer for one registry, for a message in which the same person comes again and again.
    /// `unit`: the municipality that reports.
    pub fn new(target: &Target<'a>, unit: Option<MunicipalityNumber>) -> Self {
        Self { replacer: Replacer::new(target.keys, unit), ..Self::of_each_once(target, unit) }
    }

    /// The same for a message in which each person has one record. To remember what was worked out
    /// would cost more than it saves; only a map needs it, so as to name nobody twice.
    pub fn of_each_once(target: &Target<'a>, unit: Option<MunicipalityNumber>) -> Self {
        let registry = target.registry.clone();
        let scanner = (target.mode != IdentityMode::Identified)
            .then(|| Scanner::new(ScanPolicy { uuids: Uuids::PassWithinTexts }));
        let map = (target.mode == IdentityMode::Split).then(|| {
            let mut map = Stream::new(registry.clone(), Part::Identity, None).roomy();
            map.buffer.extend_from_slice(DECLARATION);
            map.buffer.extend_from_slice(b"<IdentityMap xmlns=\"");
            map.buffer.extend_from_slice(IDENTITY_MAP.as_bytes());
            attribute(&mut map.buffer, "\" registry", registry.as_str());
            map.buffer.extend_from_slice(b">\n");
            map
        });
        let remembers = target.mode == IdentityMode::Split;
        Self {
            keys: target.keys,
            mode: target.mode,
            replacer: if remembers { Replacer::new } else { Replacer::forgetful }(
                target.keys,
                unit,
            ),
            unit,
            stream: Stream::new(registry, Part::Content, scanner).roomy(),
            map,
            persons: Persons::default(),
        }
    }

    /// The root's start tag.
    pub fn open(&mut self, namespace: &str, root: &Record, about: About<'_>) {
        let mut rendered = Rendered::default();
        self.render(root, about, &mut rendered);
        // The root is a record without an end.
        let start = rendered.content.strip_suffix(b"/>").unwrap_or(&rendered.content);
        let name = start.iter().position(|c| *c == b' ').unwrap_or(start.len());
        let out = &mut self.stream.buffer;
        out.extend_from_slice(DECLARATION);
        out.extend_from_slice(&start[..name]);
        attribute(out, " xmlns", namespace);
        out.extend_from_slice(&start[name..]);
        out.extend_from_slice(b">\n");
    }

    /// A record, right away. Gives whom it is about, as the registry links persons; nobody where it
    /// gets no pseudonyms, or where the identifier names nobody for certain.
    pub fn write(&mut self, record: &Record, about: About<'_>) -> Option<u64> {
        let mut rendered = Rendered {
            content: std::mem::take(&mut self.stream.buffer),
            map: self.map.as_mut().map(|map| std::mem::take(&mut map.buffer)).unwrap_or_default(),
            person: None,
        };
        self.render(record, about, &mut rendered);
        rendered.content.push(b'\n');
        self.stream.buffer = rendered.content;
        if let Some(map) = &mut self.map {
            map.buffer = rendered.map;
        }
        let (year, person) = rendered.person?;
        self.persons.add(year, person);
        Some(person)
    }

    /// A record that may leave later.
    pub fn hold(&self, record: &Record, about: About<'_>) -> Rendered {
        // What was worked out lately must not be remembered: the record may be struck, and its line
        // in the map with it.
        let mut apart = Self {
            keys: self.keys,
            mode: self.mode,
            replacer: Replacer::forgetful(self.keys, self.unit),
            unit: self.unit,
            stream: Stream::new(self.stream.registry.clone(), Part::Content, None),
            map: None,
            persons: Persons::default(),
        };
        let mut rendered = Rendered::default();
        apart.render(record, about, &mut rendered);
        rendered.content.push(b'\n');
        rendered.content.shrink_to_fit();
        rendered
    }

    /// The record's text with other words where identifiers stand, and without what was not
    /// decided.
    fn render(&mut self, record: &Record, about: About<'_>, rendered: &mut Rendered) {
        let text = record.text().as_bytes();
        let mut copied = 0;
        if about.not_decided.is_empty() {
            for value in record.special() {
                copied = self.replace(value, copied, record, about, rendered);
            }
        } else {
            for value in record.values() {
                copied = self.replace(value, copied, record, about, rendered);
            }
        }
        rendered.content.extend_from_slice(&text[copied..]);
    }

    /// Writes what leaves in the place of a value, and the text before it that was not `copied`
    /// yet; tells how much of it is now.
    fn replace(
        &mut self,
        value: &Value,
        copied: usize,
        record: &Record,
        about: About<'_>,
        rendered: &mut Rendered,
    ) -> usize {
        let field = value.field;
        let decided = about.not_decided.is_empty() || !about.not_decided.contains(field.name);
        let is_plain = field.form.is_plain() && !value.is_keyed();
        let as_written = self.mode == IdentityMode::Identified || is_plain || !value.is_there();
        if decided && as_written && !value.is_removed() {
            return copied;
        }
        let place = value.place();
        rendered.content.extend_from_slice(&record.text().as_bytes()[copied..place.start]);
        if decided && let Some(text) = record.text_of(value) {
            self.value(field, text, record, about, rendered);
        } else if field.need == Need::Required {
            write_value(&mut rendered.content, field, lists::NULLED);
        }
        place.end
    }

    fn value(
        &mut self,
        field: &Field,
        text: &str,
        record: &Record,
        about: About<'_>,
        rendered: &mut Rendered,
    ) {
        let out = &mut rendered.content;
        match field.form {
            Form::IdType => write_value(out, field, lists::TYPE_OF_PSEUDONYM),
            Form::UserNumber => {
                write_pseudonym(out, field.name, self.replacer.user_number(text));
            }
            Form::PatientGuid => {
                if let Some(guid) = Guid::parse(text.as_bytes()) {
                    let guid = written(&self.replacer.patient_guid(&guid));
                    write_value(out, field, str::from_utf8(&guid).unwrap_or_default());
                }
            }
            // What is keyed is a GUID as a whole.
            Form::Guid | Form::Text => {
                if let Some(guid) = Guid::parse(text.as_bytes()) {
                    let guid = written(&self.replacer.guid(&guid));
                    write_value(out, field, str::from_utf8(&guid).unwrap_or_default());
                }
            }
            // Nothing but a person's identifier is left; one that came to nothing has struck its
            // record.
            _ => {
                let Some(who) = about.who else { return };
                let id_type = record.last_of(Form::IdType).unwrap_or_default();
                let user = record.last_of(Form::UserNumber).unwrap_or_default();
                let replaced = self.replacer.person(who, id_type, text, user);
                write_pseudonym(out, field.name, replaced.pseudonym);
                if matches!(who, Identity::National(_) | Identity::Help(_) | Identity::Duf(_)) {
                    rendered.person = Some((about.year, replaced.link));
                }
                if self.mode == IdentityMode::Split && replaced.fresh {
                    let map = &mut rendered.map;
                    map.extend_from_slice(b"<Person");
                    write_pseudonym(map, "pseudonym", replaced.pseudonym);
                    attribute(map, " fid", text);
                    attribute(map, " typeID", id_type);
                    map.extend_from_slice(b"/>\n");
                }
            }
        }
    }

    /// Lets full buffers go.
    pub fn flush_full(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        for stream in std::iter::once(&mut self.stream).chain(self.map.as_mut()) {
            stream.flush_full(sinks)?;
        }
        self.persons.ease(sinks)
    }

    /// What is left of it when the document has been read.
    pub fn finish(self) -> Ending {
        let Self { stream, map, persons, keys, .. } = self;
        Ending { stream, map, persons, linked_by: keys.oldest().epoch() }
    }
}

/// One registry's output between reading and conclusion.
pub struct Ending {
    /// The message.
    pub stream: Stream,
    /// The map, in split mode.
    pub map: Option<Stream>,
    /// Who was in it.
    pub persons: Persons,
    /// The epoch of the key that persons are linked by.
    pub linked_by: u32,
}

impl Ending {
    /// Who was in it, for the report.
    pub fn reported(&mut self) -> (RegistryId, u32, &mut Persons) {
        (self.stream.registry.clone(), self.linked_by, &mut self.persons)
    }

    /// The parts that its end writes, and the report.
    pub fn writes_later(&self) -> impl Iterator<Item = (RegistryId, Part)> {
        let report = (self.stream.registry.clone(), Part::Report);
        std::iter::once(&self.stream).chain(&self.map).map(Stream::place).chain([report])
    }

    /// A record that was held back leaves.
    pub fn release(&mut self, rendered: &Rendered, sinks: &mut dyn Sinks) -> io::Result<()> {
        self.stream.buffer.extend_from_slice(&rendered.content);
        if let Some(map) = &mut self.map {
            map.buffer.extend_from_slice(&rendered.map);
        }
        if let Some((year, person)) = rendered.person {
            self.persons.add(year, person);
        }
        self.persons.ease(sinks)?;
        self.stream.flush_full(sinks)
    }

    /// Nothing more is written for some time: holds next to nothing until then.
    pub fn rest(&mut self, sinks: &mut dyn Sinks) -> io::Result<()> {
        for stream in std::iter::once(&mut self.stream).chain(self.map.as_mut()) {
            stream.rest(sinks)?;
        }
        self.persons.set_aside(sinks)
    }

    /// The end of the message: the root's end tag.
    pub fn end(&mut self, root: &str, sinks: &mut dyn Sinks) -> io::Result<()> {
        writeln!(self.stream.buffer, "</{root}>")?;
        self.stream.end(sinks)?;
        if let Some(map) = &mut self.map {
            map.buffer.extend_from_slice(b"</IdentityMap>\n");
            map.end(sinks)?;
        }
        Ok(())
    }
}

fn write_value(out: &mut Vec<u8>, field: &Field, text: &str) {
    out.push(b' ');
    attribute(out, field.name, text);
}

/// `name="value"`, the value escaped so that it reads back as it was.
fn attribute(out: &mut Vec<u8>, name: &str, text: &str) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    escape(text, |piece| out.extend_from_slice(piece.as_bytes()));
    out.push(b'"');
}

/// A pseudonym as an attribute, without a text in between.
fn write_pseudonym(out: &mut Vec<u8>, name: &str, pseudonym: Pseudonym) {
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"k");
    match u8::try_from(pseudonym.epoch) {
        Ok(digit @ 0..=9) => out.push(b'0' + digit),
        // Writing to a vector does not fail.
        _ => _ = write!(out, "{}", pseudonym.epoch),
    }
    out.push(b'.');
    out.extend_from_slice(&crockford::encode_bytes(&pseudonym.bytes));
    out.push(b'"');
}

const DECLARATION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The namespace of the map from pseudonym to identifier: a profile of this project's own.
pub const IDENTITY_MAP: &str = "urn:filsluse:identity-map:1";
