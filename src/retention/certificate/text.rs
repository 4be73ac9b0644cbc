//! The certificate's words, in Norwegian and English.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    retention::certificate::{
        facts::Facts,
        tally::{DestroyedKey, Line, Tally, Thing},
    },
    types::{
        ids::Part,
        rule::{Language, Text},
    },
};

pub(super) fn write(tally: &Tally, facts: &Facts<'_>, language: Language) -> String {
    let mut page = Page { text: format!("{FIRST_LINE}\n"), zone: facts.zone, language };
    head(&mut page, facts);
    erased(&mut page, &tally.lines(), facts);
    keys(&mut page, tally.keys());
    evidence(&mut page, tally, facts);
    page.text
}

struct Page<'a> {
    text: String,
    zone: &'a TimeZone,
    language: Language,
}

impl Page<'_> {
    fn say(&self, text: &Text) -> &'static str {
        text.in_language(self.language)
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn heading(&mut self, text: &Text) {
        let text = self.say(text);
        self.line(&format!("\n{text}\n{}", "-".repeat(text.chars().count())));
    }

    fn paragraph(&mut self, text: &Text) {
        self.line(self.say(text));
    }

    fn fact(&mut self, name: &Text, value: &str) {
        let name = format!("{}:", self.say(name));
        self.line(&format!("{name:<26}{value}"));
    }

    fn at(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
    }
}

fn head(page: &mut Page<'_>, facts: &Facts<'_>) {
    page.heading(&TITLE);
    page.fact(&INSTALLATION, facts.origin);
    page.fact(&ISSUED, &page.at(facts.now));
    let scope = facts.scope;
    let all = page.say(&ALL);
    page.fact(&REGISTRY, scope.registry.as_ref().map_or(all, |registry| registry.as_str()));
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let from = day(scope.from).unwrap_or_else(|| page.say(&BEGINNING).to_owned());
    let to = day(scope.to).unwrap_or_else(|| page.say(&TODAY).to_owned());
    let zone = facts.zone.iana_name().unwrap_or("UTC");
    page.fact(&PERIOD, &format!("{from} – {to} ({zone})"));
    if let Some(year) = scope.operating_year {
        page.fact(&YEAR, &year.to_string());
    }
}

fn erased(page: &mut Page<'_>, lines: &[Line], facts: &Facts<'_>) {
    page.heading(&WHAT);
    if lines.is_empty() {
        page.paragraph(&NOTHING);
        return;
    }
    page.paragraph(&FOR_GOOD);
    for line in lines {
        page.line("");
        let kind = line.kind.as_ref().map_or("", |kind| kind.as_str());
        let what = page.say(thing(line.thing));
        let of = if kind.is_empty() { String::new() } else { format!(", {kind}") };
        page.line(&format!("{}: {what}{of}", line.registry));
        let provision = (facts.provision)(&line.registry, &line.rule);
        let provision = provision.map(|text| format!(" ({text})")).unwrap_or_default();
        page.fact(&RULE, &format!("{}{provision}", line.rule));
        let bytes = match line.thing {
            Thing::Enrolment => String::new(),
            Thing::Object(_) => format!(", {} {}", line.bytes, page.say(&BYTES)),
        };
        page.fact(&NUMBER, &format!("{}{bytes}", line.number));
        let (first, last) = (page.at(line.first), page.at(line.last));
        page.fact(&WHEN, &format!("{first} – {last}"));
        page.fact(&LATE, &line.late.to_string());
    }
    if lines.iter().any(|line| line.late > 0) {
        page.line("");
        page.paragraph(&WHY_LATE);
    }
}

fn keys(page: &mut Page<'_>, keys: &[DestroyedKey]) {
    page.heading(&KEYS);
    page.paragraph(if keys.is_empty() { &NO_KEYS } else { &WHAT_KEYS });
    for key in keys {
        let at = page.at(key.at);
        let digest = key.digest.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
        page.line(&format!("\n{} {}, {at}\nsha256 {digest}", key.registry, key.key));
    }
}

fn evidence(page: &mut Page<'_>, tally: &Tally, facts: &Facts<'_>) {
    page.heading(&EVIDENCE);
    page.paragraph(&HOW);
    page.line("");
    page.fact(&READ, &facts.size.to_string());
    let Some(((first, last), (entry, proof))) = tally.counted().zip(facts.last) else {
        let note = facts.checkpoint.trim_end_matches('\n');
        page.line(&format!("\n{CHECKPOINT_BEGIN}\n{note}\n{CHECKPOINT_END}"));
        return;
    };
    page.fact(&COUNTED, &format!("{first} – {last}"));
    page.line(&format!("\n{ENTRY_BEGIN}\n{entry}\n{ENTRY_END}"));
    let proof = proof.trim_end_matches('\n');
    // Writing into a String cannot fail.
    let _ = write!(page.text, "\n{PROOF_BEGIN}\n{proof}\n{PROOF_END}\n");
}

fn thing(thing: Thing) -> &'static Text {
    match thing {
        Thing::Enrolment => &ENROLMENTS,
        Thing::Object(Part::Content) => &CONTENT,
        Thing::Object(Part::Difference) => &DIFFERENCE,
        Thing::Object(Part::Identity) => &IDENTITY,
        Thing::Object(Part::Report) => &REPORT,
        Thing::Object(Part::Request) => &REQUEST,
        Thing::Object(Part::Whole) => &WHOLE,
    }
}

/// What every certificate begins with, in whatever language.
pub(super) const FIRST_LINE: &str = "filsluse certificate of erasure v1";
pub(super) const ENTRY_BEGIN: &str = "-----BEGIN LAST ENTRY-----";
pub(super) const ENTRY_END: &str = "-----END LAST ENTRY-----";
pub(super) const PROOF_BEGIN: &str = "-----BEGIN INCLUSION PROOF-----";
pub(super) const PROOF_END: &str = "-----END INCLUSION PROOF-----";
pub(super) const CHECKPOINT_BEGIN: &str = "-----BEGIN CHECKPOINT-----";
pub(super) const CHECKPOINT_END: &str = "-----END CHECKPOINT-----";

const TITLE: Text = Text { nb: "Slettebevis", en: "Certificate of erasure" };
const INSTALLATION: Text = Text { nb: "Installasjon", en: "Installation" };
const ISSUED: Text = Text { nb: "Utstedt", en: "Issued" };
const REGISTRY: Text = Text { nb: "Register", en: "Registry" };
const ALL: Text = Text { nb: "alle", en: "all" };
const PERIOD: Text = Text { nb: "Slettet i tiden", en: "Erased in the time" };
const BEGINNING: Text = Text { nb: "loggens begynnelse", en: "the log's beginning" };
const TODAY: Text = Text { nb: "utstedelsen", en: "the issue" };
const YEAR: Text = Text { nb: "Driftsår", en: "Operating year" };
const WHAT: Text = Text { nb: "Hva som er slettet", en: "What was erased" };
const NOTHING: Text =
    Text { nb: "Ingenting er slettet i dette omfanget.", en: "Nothing was erased in this scope." };
const FOR_GOOD: Text = Text {
    nb: "Dette er slettet for godt: først hodet som bærer nøkkelen, så innholdet.",
    en: "This was erased for good: first the header that holds the key, then the payload.",
};
const RULE: Text = Text { nb: "  Regel", en: "  Rule" };
const NUMBER: Text = Text { nb: "  Antall", en: "  Number" };
const BYTES: Text = Text { nb: "byte kryptert innhold", en: "bytes of encrypted payload" };
const WHEN: Text = Text { nb: "  Første – siste", en: "  First – last" };
const LATE: Text = Text { nb: "  Over et døgn for sent", en: "  Over a day late" };
const WHY_LATE: Text = Text {
    nb: "For sent er også det som en operatør holdt tilbake (hold-set i loggen).",
    en: "Late is also what an operator held back (hold-set in the log).",
};
const KEYS: Text = Text { nb: "Nøkler som er ødelagt", en: "Keys that were destroyed" };
const NO_KEYS: Text = Text { nb: "Ingen i dette omfanget.", en: "None in this scope." };
const WHAT_KEYS: Text = Text {
    nb: "Hver nøkkel forseglet hodene for ett register og én måned. Uten den kan ingen eldre kopi av\n\
         katalogen åpne det som er slettet. Fingeravtrykket er SHA-256 av \"filsluse:header-key:v1:\"\n\
         og nøkkelens 32 byte.",
    en: "Each key sealed the headers of one registry and month. Without it no older copy of the\n\
         catalogue opens what was erased. The digest is SHA-256 over \"filsluse:header-key:v1:\" and\n\
         the key's 32 bytes.",
};
const EVIDENCE: Text = Text { nb: "Bevis", en: "Evidence" };
const HOW: Text = Text {
    nb: "Tallene er talt opp fra revisjonsloggen, som ble lest fra første til siste oppføring og holdt\n\
         mot det signerte sjekkpunktet. Beviset viser at loggen har den siste oppføringen som er talt\n\
         med. Signaturen under er loggens egen (audit.vkey), en C2SP signed note.\n\
         Kontroller med: filsluse retention certificate --verify FIL --key audit.vkey",
    en: "The figures were counted from the audit log, which was read from its first entry to its last\n\
         and held against the signed checkpoint. The proof shows that the log has the last entry that\n\
         was counted. The signature below is the log's own (audit.vkey), a C2SP signed note.\n\
         Check it with: filsluse retention certificate --verify FILE --key audit.vkey",
};
const READ: Text = Text { nb: "Oppføringer lest", en: "Entries read" };
const COUNTED: Text = Text { nb: "Talt med, fra – til", en: "Counted, from – to" };
const ENROLMENTS: Text =
    Text { nb: "innmeldinger (pseudonymer)", en: "enrolment records (pseudonyms)" };
const CONTENT: Text = Text { nb: "innhold uten identitet", en: "content without identities" };
const DIFFERENCE: Text = Text { nb: "endringsliste", en: "list of differences" };
const IDENTITY: Text = Text { nb: "kobling til identitet", en: "map to identities" };
const REPORT: Text = Text { nb: "rapport", en: "report" };
const REQUEST: Text = Text { nb: "forespørsel", en: "request" };
const WHOLE: Text = Text { nb: "fil slik den kom", en: "file as it came" };
