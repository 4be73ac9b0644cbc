//! Requests and replies as data, and the clothes in which they are written. Nobody in them exists.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine, engine::general_purpose::STANDARD};

/// Somebody whose number has its month raised by 80.
pub(super) const NUMBER: &str = "03851598730";

/// The id of the request that [`inquiry`] makes.
pub(super) const REQUEST_ID: &str = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

/// A request's fields by their names, such as `person.name`.
#[derive(Clone, Debug)]
pub(super) struct Request(pub(super) BTreeMap<String, String>);

/// An inquiry with consent in which nothing is wrong.
pub(super) fn inquiry() -> Request {
    let fields = [
        ("type", "inquiry"),
        ("request_id", REQUEST_ID),
        ("case_number", "26/00123"),
        ("police_district", "oslo"),
        ("legal_basis", "samtykke"),
        ("consent.given_by", "Pasienten selv"),
        ("consent.date", "2026-11-20"),
        ("consent.informed", "true"),
        ("consent.voluntary", "true"),
        ("consent.competent", "true"),
        ("patient_relationship", "Innlagt til frivillig behandling"),
        ("person.name", "Rigmor Prøvesen"),
        ("person.national_id", NUMBER),
        ("requester.name", "Åse Behandler"),
        ("requester.position", "Overlege"),
        ("requester.department", "Akuttpsykiatrisk avdeling"),
        ("contact.phone", "22 00 00 00"),
        ("contact.email", "ase.behandler@sykehus.example"),
        ("purpose", "Vurdere risiko for vold før utskrivning"),
        ("purpose_code", "risikovurdering"),
        ("health_reference", "psykisk helsevernloven § 3-3"),
        ("register", "politiopplysningsregisteret"),
        ("period.from", "2024-01-01"),
        ("period.to", "2026-11-20"),
        ("needed_by", "2026-11-28"),
        ("patient_informed", "yes"),
    ];
    Request(fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
}

/// An inquiry on another basis.
pub(super) fn on_basis(basis: &str) -> Request {
    inquiry().set("legal_basis", basis).without_group("consent")
}

/// An inquiry in anonymous form.
pub(super) fn anonymous() -> Request {
    on_basis("anonymisert")
        .without_group("person")
        .without("patient_relationship")
        .set("purpose", "Drøfte våpen i hjemmet til en person som er bekymret")
        .set("purpose_code", "vaapen")
}

/// An inquiry for weighty interests, assessed.
pub(super) fn weighty() -> Request {
    on_basis("tungtveiende-interesser").set("basis_details", ASSESSMENT)
}

/// A notice to avert harm.
pub(super) fn notice() -> Request {
    on_basis("avverge-skade")
        .set("type", "notice")
        .set("basis_details", "Truer med å skade en navngitt nabo i kveld")
        .set("purpose_code", "avverge-skade")
        .without("register")
        .without_group("period")
        .without("needed_by")
        .without("patient_relationship")
}

/// The record of an oral disclosure.
pub(super) fn oral(request: Request) -> Request {
    request
        .set("oral", "true")
        .without_group("contact")
        .without("register")
        .without_group("period")
        .without("needed_by")
}

/// A concrete assessment.
pub(super) const ASSESSMENT: &str =
    "Pasienten har denne uken truet en ansatt med kniv og faren for gjentakelse er stor";

impl Request {
    pub(super) fn set(mut self, name: &str, text: &str) -> Self {
        self.0.insert(name.to_owned(), text.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub(super) fn without_group(mut self, group: &str) -> Self {
        self.0.retain(|name, _| !name.starts_with(&format!("{group}.")));
        self
    }

    /// Everything in attributes, the root's and the groups'.
    pub(super) fn xml(&self) -> String {
        self.write("PoliceRequest", str::to_owned, false)
    }

    /// Everything in child elements.
    pub(super) fn children(&self) -> String {
        self.write("PoliceRequest", str::to_owned, true)
    }

    /// `rename` spells each name.
    pub(super) fn write(
        &self,
        root: &str,
        rename: impl Fn(&str) -> String,
        children: bool,
    ) -> String {
        let (mut attributes, mut content) = (String::new(), String::new());
        let mut groups: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (name, text) in &self.0 {
            match name.split_once('.') {
                Some((group, name)) => groups.entry(group).or_default().push((name, text)),
                None if children => {
                    let name = rename(name);
                    let _ = write!(content, "<{name}>{}</{name}>", escaped(text));
                }
                None => {
                    let _ = write!(attributes, " {}=\"{}\"", rename(name), escaped(text));
                }
            }
        }
        for (group, fields) in groups {
            let group = rename(group);
            let _ = write!(content, "<{group}");
            for (name, text) in fields.iter().filter(|_| !children) {
                let _ = write!(content, " {}=\"{}\"", rename(name), escaped(text));
            }
            content.push('>');
            for (name, text) in fields.iter().filter(|_| children) {
                let name = rename(name);
                let _ = write!(content, "<{name}>\n  {}\n</{name}>", escaped(text));
            }
            let _ = write!(content, "</{group}>");
        }
        format!("<{root} xmlns=\"urn:filsluse:police-request:1\"{attributes}>{content}</{root}>")
    }
}

/// A reply.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) fields: BTreeMap<String, String>,
    /// Name, type, base64.
    pub(super) documents: Vec<[String; 3]>,
}

/// A reply to [`inquiry`] in which nothing is wrong.
pub(super) fn reply() -> Reply {
    let fields = [
        ("reply_id", "0b5c7e0e-8a6f-4a55-9c7d-a0385159873a"),
        ("in_reply_to", REQUEST_ID),
        ("police_district", "oslo"),
        ("date", "2026-11-21"),
        ("shared", "full"),
    ];
    Reply {
        fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        documents: vec![document("svar.pdf", "application/pdf", b"%PDF-1.7 oppdiktet")],
    }
}

pub(super) fn document(name: &str, media_type: &str, bytes: &[u8]) -> [String; 3] {
    [name.to_owned(), media_type.to_owned(), STANDARD.encode(bytes)]
}

impl Reply {
    pub(super) fn set(mut self, name: &str, text: &str) -> Self {
        self.fields.insert(name.to_owned(), text.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.fields.remove(name);
        self
    }

    pub(super) fn documents(mut self, documents: Vec<[String; 3]>) -> Self {
        self.documents = documents;
        self
    }

    pub(super) fn xml(&self) -> String {
        let mut text = "<PoliceReply xmlns=\"urn:filsluse:police-reply:1\"".to_owned();
        for (name, value) in &self.fields {
            let _ = write!(text, " {name}=\"{}\"", escaped(value));
        }
        text.push('>');
        for [name, media_type, base64] in &self.documents {
            let _ = write!(
                text,
                "<document name=\"{}\" media_type=\"{media_type}\"><base64>{base64}</base64></document>",
                escaped(name)
            );
        }
        text + "</PoliceReply>"
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
