//! The journal of what was shared with the police as a page: one file without scripts or anything
//! fetched, readable by a screen reader, and printed on A4.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    admin::{
        readable::{self, minute},
        shapes::police::{Decision, Direction, Journal, JournalEntry, Party, Standing},
    },
    catalogue::records::police::ReplyOutcome,
    types::rule::{Language, Text},
};

/// The page.
pub(super) fn page(journal: &Journal, language: Language, zone: &TimeZone) -> String {
    let page = Page { language, zone };
    let lang = match language {
        Language::En => "en",
        Language::Nb => "nb",
    };
    let title = page.say(&TITLE);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>{}</p>\n",
        page.say(&PURPOSE)
    );
    html += &page.scope(journal);
    if journal.entries.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", page.say(&NOTHING));
    } else {
        html += &page.table(journal);
    }
    html += "</main>\n</body>\n</html>\n";
    html
}

struct Page<'a> {
    language: Language,
    zone: &'a TimeZone,
}

impl Page<'_> {
    fn say(&self, text: &Text) -> &'static str {
        text.in_language(self.language)
    }

    /// What is on the page and what is not.
    fn scope(&self, journal: &Journal) -> String {
        let mut list = String::from("<dl class=\"scope\">\n");
        let mut term = |text: &Text, value: String| {
            let _ = writeln!(list, "<dt>{}</dt><dd>{value}</dd>", self.say(text));
        };
        term(&INSTALLATION, readable::html(&journal.installation));
        term(&EXPORTED, self.minute(journal.exported_at));
        let all = || self.say(&ALL_CASES).to_owned();
        term(&CASE, journal.case.as_ref().map_or_else(all, |case| readable::html(case.as_str())));
        if let Some(from) = journal.from {
            term(&FROM, self.day(from));
        }
        // The first instant of the day after the last one.
        if let Some(last) = journal.before.and_then(|at| at.checked_sub(A_MOMENT).ok()) {
            term(&TO, self.day(last));
        }
        term(&COUNT, journal.entries.len().to_string());
        list + "</dl>\n"
    }

    fn table(&self, journal: &Journal) -> String {
        let mut html = format!("<table>\n<caption>{}</caption>\n<thead>\n<tr>", self.say(&CAPTION));
        for heading in &HEADINGS {
            let _ = write!(html, "<th scope=\"col\">{}</th>", self.say(heading));
        }
        html += "</tr>\n</thead>\n<tbody>\n";
        for entry in &journal.entries {
            html += &self.row(entry);
        }
        html + "</tbody>\n</table>\n"
    }

    fn row(&self, entry: &JournalEntry) -> String {
        let case = entry.case.as_ref().map_or_else(dash, |case| readable::html(case.as_str()));
        let reference = match entry.answers {
            Some(request) => format!("{}<br>{} {request}", entry.id, self.say(&ANSWERS)),
            None => entry.id.to_string(),
        };
        let cells = [
            self.what(entry),
            case,
            format!(
                "{}<br>{}",
                readable::html(&entry.provision),
                readable::html(&entry.legal_basis)
            ),
            readable::html(&entry.purpose_code),
            self.parties(entry),
            self.word(&entry.patient_informed, &INFORMED),
            self.reply(entry),
            self.decision(entry),
            format!("{}<br>{reference}", entry.audit_seq),
        ];
        let mut html = format!(
            "<tr><th scope=\"row\"><time datetime=\"{}\">{}</time></th>",
            entry.at,
            self.minute(entry.at)
        );
        for cell in cells {
            let _ = write!(html, "<td>{cell}</td>");
        }
        html + "</tr>\n"
    }

    fn what(&self, entry: &JournalEntry) -> String {
        let way = match entry.direction {
            Direction::ToPolice => &TO_POLICE,
            Direction::FromPolice => &FROM_POLICE,
        };
        let what = format!("{}<br>{}", self.word(&entry.form, &FORMS), self.say(way));
        match entry.standing {
            Some(standing) => format!("{what}<br>{}", self.standing(standing, entry.sent_at)),
            None => what,
        }
    }

    /// Whether and when the police had it.
    fn standing(&self, standing: Standing, sent_at: Option<Timestamp>) -> String {
        let words = match standing {
            Standing::NotSent => return format!("<strong>{}</strong>", self.say(&NOT_SENT)),
            Standing::Pending => &PENDING,
            Standing::Sent => &SENT,
            Standing::Told => &TOLD,
            Standing::WaitsForArchive => &WAITS_FOR_ARCHIVE,
        };
        let at = sent_at.map_or_else(String::new, |at| format!(" {}", self.minute(at)));
        format!("{}{at}", self.say(words))
    }

    fn parties(&self, entry: &JournalEntry) -> String {
        let named = |party: &Party| readable::html(&party.name);
        let hospital = entry.hospital.as_ref().map(named);
        let recorded = entry.recorded_by.as_deref();
        let recorded =
            recorded.map(|by| format!("{} {}", self.say(&RECORDED_BY), readable::html(by)));
        let lines = [hospital, Some(named(&entry.district)), recorded];
        lines.into_iter().flatten().collect::<Vec<_>>().join("<br>")
    }

    fn reply(&self, entry: &JournalEntry) -> String {
        let Some(shared) = &entry.shared else { return dash() };
        let documents = entry.documents.unwrap_or(0);
        format!("{}<br>{documents} {}", self.word(shared, &SHARED), self.say(&DOCUMENTS))
    }

    fn decision(&self, entry: &JournalEntry) -> String {
        if entry.direction == Direction::ToPolice {
            return dash();
        }
        let Some(Decision { outcome, by, at, audit_seq }) = &entry.decision else {
            return self.say(&WAITS).to_owned();
        };
        let outcome = match outcome {
            ReplyOutcome::Expired => &EXPIRED,
            ReplyOutcome::NotRelevant => &NOT_RELEVANT,
            ReplyOutcome::Relevant => &RELEVANT,
        };
        let by = by.as_deref().map_or_else(String::new, |by| format!("{}, ", readable::html(by)));
        let (at, entry_word) = (self.minute(*at), self.say(&ENTRY));
        format!("{}<br>{by}{at}<br>{entry_word} {audit_seq}", self.say(outcome))
    }

    /// A word of the JSON in the page's language.
    fn word(&self, word: &str, words: &[(&str, Text)]) -> String {
        let known = words.iter().find(|(known, _)| *known == word);
        known.map_or_else(|| readable::html(word), |(_, text)| self.say(text).to_owned())
    }

    fn minute(&self, at: Timestamp) -> String {
        minute(at, self.zone)
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d").to_string()
    }
}

fn dash() -> String {
    "–".to_owned()
}

const A_MOMENT: jiff::SignedDuration = jiff::SignedDuration::from_micros(1);

const STYLE: &str = "
@page { size: A4 landscape; margin: 12mm }
body { font: 10pt/1.35 sans-serif; color: #000; background: #fff; margin: 1.5em }
h1 { font-size: 16pt; margin: 0 0 .3em }
p { max-width: 70em }
dl.scope { display: grid; grid-template-columns: max-content auto; gap: .1em 1em }
dt { font-weight: bold }
dd { margin: 0 }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-weight: bold; padding: .5em 0 }
th, td { border: 1px solid #555; padding: .25em .4em; text-align: left; vertical-align: top }
thead th { background: #eee }
tbody th { font-weight: normal; white-space: nowrap }
tr { break-inside: avoid }
thead { display: table-header-group }
td { overflow-wrap: anywhere }
";

const HEADINGS: [Text; 10] = [
    Text { nb: "Når", en: "When" },
    Text { nb: "Hva", en: "What" },
    CASE,
    Text { nb: "Rettslig grunnlag", en: "Legal basis" },
    Text { nb: "Formål", en: "Purpose" },
    Text { nb: "Sykehus og politidistrikt", en: "Hospital and police district" },
    Text { nb: "Pasienten informert", en: "Patient informed" },
    Text { nb: "Svar", en: "Reply" },
    Text { nb: "Avgjørelse", en: "Decision" },
    Text { nb: "Post i revisjonsloggen, og id", en: "Audit entry, and id" },
];

const FORMS: [(&str, Text); 4] = [
    ("inquiry", Text { nb: "Forespørsel", en: "Inquiry" }),
    ("notice", Text { nb: "Varsel", en: "Notice" }),
    ("oral", Text { nb: "Muntlig utlevering", en: "Oral disclosure" }),
    ("reply", Text { nb: "Svar", en: "Reply" }),
];

const INFORMED: [(&str, Text); 3] = [
    ("yes", Text { nb: "Ja", en: "Yes" }),
    ("later", Text { nb: "Senere", en: "Later" }),
    ("no", Text { nb: "Nei", en: "No" }),
];

const SHARED: [(&str, Text); 3] = [
    ("full", Text { nb: "Alt det ble bedt om", en: "All that was asked for" }),
    ("partial", Text { nb: "Noe av det", en: "Some of it" }),
    ("refused", Text { nb: "Ingenting", en: "Nothing" }),
];

const TITLE: Text =
    Text { nb: "Opplysninger delt med politiet", en: "Information shared with the police" };
const PURPOSE: Text = Text {
    nb: "Til pasientjournalen, helsepersonelloven §§ 39 og 40: hva som er delt med politiet, når, \
         med hvem og på hvilket rettslig grunnlag, og hva som er mottatt. Pasienten er bare \
         angitt med saksnummer; innholdet står i journalen. Det som er merket «ikke sendt» eller \
         «venter på saksarkivet», er ikke delt.",
    en: "For the patient journal, helsepersonelloven §§ 39 and 40: what was shared with the police, \
         when, with whom and on which legal basis, and what was received. The patient is referred \
         to by case number alone; the content stands in the journal. What is marked \"not sent\" or \
         \"waits for the case archive\" was not shared.",
};
const CAPTION: Text =
    Text { nb: "I den rekkefølgen det kom", en: "In the order in which it came" };
const INSTALLATION: Text = Text { nb: "Installasjon", en: "Installation" };
const EXPORTED: Text = Text { nb: "Skrevet ut", en: "Exported" };
const CASE: Text = Text { nb: "Sak", en: "Case" };
const ALL_CASES: Text = Text { nb: "alle", en: "all" };
const FROM: Text = Text { nb: "Fra og med", en: "From" };
const TO: Text = Text { nb: "Til og med", en: "To" };
const COUNT: Text = Text { nb: "Antall", en: "Number" };
const NOTHING: Text =
    Text { nb: "Ingenting er delt med politiet.", en: "Nothing was shared with the police." };
const TO_POLICE: Text = Text { nb: "til politiet", en: "to the police" };
const FROM_POLICE: Text = Text { nb: "fra politiet", en: "from the police" };
const NOT_SENT: Text = Text { nb: "ikke sendt", en: "not sent" };
const PENDING: Text = Text { nb: "ikke sendt ennå", en: "not sent yet" };
const SENT: Text = Text { nb: "sendt", en: "sent" };
const TOLD: Text = Text { nb: "opplyst muntlig", en: "told orally" };
const WAITS_FOR_ARCHIVE: Text =
    Text { nb: "ikke sendt: venter på saksarkivet", en: "not sent: waits for the case archive" };
const RECORDED_BY: Text = Text { nb: "registrert av", en: "recorded by" };
const DOCUMENTS: Text = Text { nb: "dokument(er)", en: "document(s)" };
const ANSWERS: Text = Text { nb: "svar på", en: "answers" };
const WAITS: Text = Text { nb: "Venter på avgjørelse", en: "Waits for a decision" };
const EXPIRED: Text = Text { nb: "Slettet uten avgjørelse", en: "Erased undecided" };
const NOT_RELEVANT: Text = Text { nb: "Ikke relevant, slettet", en: "Not relevant, erased" };
const RELEVANT: Text =
    Text { nb: "Relevant, til pasientjournalen", en: "Relevant, to the patient journal" };
const ENTRY: Text = Text { nb: "post", en: "entry" };
