//! Messages as trees: made by a script from the published schema table, changed here, written
//! again.

use std::{fmt::Write as _, process::Command};

use quick_xml::{XmlVersion, events::Event};

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Node {
    pub fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let attributes = attributes.iter().map(own).collect();
        Self { name: name.to_owned(), attributes, children: Vec::new() }
    }

    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    pub fn unset(&mut self, name: &str) -> &mut Self {
        let before = self.attributes.len();
        self.attributes.retain(|(known, _)| known != name);
        assert_eq!(self.attributes.len() + 1, before, "{name} was not there");
        self
    }

    /// All below and including it, of this name.
    pub fn all(&self, name: &str) -> Vec<&Self> {
        let own = (self.name == name).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(name))).collect()
    }

    /// The n-th child of this name.
    pub fn nth(&mut self, name: &str, n: usize) -> &mut Self {
        self.children.iter_mut().filter(|child| child.name == name).nth(n).expect(name)
    }

    pub fn write(&self) -> String {
        let mut text = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(text, " {name}=\"{}\"", quick_xml::escape::escape(value.as_str()));
        }
        if self.children.is_empty() {
            return text + "/>\n";
        }
        text.push_str(">\n");
        self.children.iter().for_each(|child| text.push_str(&child.write()));
        let _ = writeln!(text, "</{}>", self.name);
        text
    }

    pub fn parse(text: &str) -> Self {
        let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event().unwrap();
            let (start, empty) = match &event {
                Event::Start(start) => (start, false),
                Event::Empty(start) => (start, true),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                    continue;
                }
                Event::Eof => break,
                _ => continue,
            };
            let name = start.name().as_ref().to_string();
            let attributes = start.attributes().map(|attribute| {
                let attribute = attribute.unwrap();
                let key = attribute.key.as_ref().to_string();
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap();
                (key, value.into_owned())
            });
            let node = Self { name, attributes: attributes.collect(), children: Vec::new() };
            if empty {
                open.last_mut().unwrap().children.push(node);
            } else {
                open.push(node);
            }
        }
        let document = open.pop().unwrap();
        assert_eq!((open.len(), document.children.len()), (0, 1), "one root");
        document.children.into_iter().next().unwrap()
    }
}

/// A message by the script, with these options.
pub fn scripted(options: &[&str]) -> Vec<u8> {
    let root = env!("CARGO_MANIFEST_DIR");
    let made = Command::new("python3")
        .arg(format!("{root}/tests/scripts/make_xpr.py"))
        .arg(format!("{root}/tests/data/xpr_schema_table.csv"))
        .args(options)
        .output()
        .expect("python3 is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

/// The same as a tree.
pub fn message(options: &[&str]) -> Node {
    Node::parse(&String::from_utf8(scripted(options)).unwrap())
}

/// An annual submission of twenty-five persons, with nothing wrong in it.
pub fn annual(year: i16, municipality: &str) -> Node {
    let year = year.to_string();
    let mut root = Node::new(
        "IplosAar",
        &[
            ("xmlns", "urn:filsluse:iplos-annual:1"),
            ("versjon", "1"),
            ("kommuneNr", municipality),
            ("rapporteringsAar", &year),
            ("uttakDato", "2018-02-01"),
            ("leverandor", "Blåbær AS"),
            ("navnEPJ", "Journal"),
            ("versjonEPJ", "7"),
            ("komplett", "true"),
            ("antallBrukere", "25"),
        ],
    );
    let people = message(&["--count", "150", "--seed", "9"]);
    let mut seen = std::collections::BTreeSet::new();
    for user in people.all("Bruker") {
        let [fid, id_type] = ["fid", "typeID"].map(|name| user.get(name).unwrap());
        if id_type == "10" || seen.len() == 25 || !seen.insert(fid.to_owned()) {
            continue;
        }
        let number = format!("U{}", seen.len());
        let person = Node::new(
            "Bruker",
            &[
                ("brukerNr", number.as_str()),
                ("fid", fid),
                ("typeID", id_type),
                ("fodselsar", "1950"),
                ("kjonn", "2"),
                ("komNrHjem", "9999"),
            ],
        );
        let (start, end) = (format!("{year}-02-01"), format!("{year}-11-30"));
        let person = person
            .with(Node::new(
                "Tjeneste",
                &[
                    ("tjenesteID", "T1"),
                    ("tjenesteType", "15"),
                    ("startDato", &start),
                    ("sluttDato", &end),
                    ("timerPerUke", "12.5"),
                    ("tjenesteOrgNr", "958935420"),
                ],
            ))
            .with(Node::new(
                "Funksjon",
                &[("variabel", "Spise"), ("skar", "3"), ("vurdertDato", &start)],
            ))
            .with(Node::new("Avslag", &[("tjenesteType", "18"), ("vedtakDato", &start)]));
        root.children.push(person);
    }
    assert_eq!(root.children.len(), 25);
    root
}
