//! The receipt in plain words, for the clerk who opens it in Notepad and asks: what do I do now?
//!
//! The verdict and what to do stand first; evidence, objects and audit proof last.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::{
    receipt::{
        facts::{Inclusion, Note, Receipt},
        findings, notes,
        page::Page,
        what_now, words,
    },
    types::{
        ids::{ObjectId, Part, QUARANTINE},
        rule::{Language, Text},
        verdict::Verdict,
    },
};

/// Writes the text.
pub(super) fn write(receipt: &Receipt<'_>) -> String {
    let mut page = Page { text: String::with_capacity(USUAL), language: receipt.language };
    head(&mut page, receipt);
    findings::section(&mut page, receipt);
    next(&mut page, receipt);
    received(&mut page, receipt);
    stored(&mut page, receipt);
    if let Some(inclusion) = receipt.audit {
        audit(&mut page, receipt, inclusion);
    }
    questions(&mut page, receipt);
    page.text
}

/// Bytes of a receipt with a few findings.
const USUAL: usize = 6 << 10;

fn head(page: &mut Page, receipt: &Receipt<'_>) {
    let headline = page.words(words::headline(receipt.verdict));
    if receipt.rehearsal {
        let _ = writeln!(page.text, "{}: {headline}\n", page.words(REHEARSAL));
        page.line(page.words(REHEARSED));
        page.text.push('\n');
    } else {
        let _ = writeln!(page.text, "{headline}\n");
    }
    let decided = receipt.notes.iter().find(|note| leads(receipt, note));
    page.line(&match decided {
        Some(decision) => notes::note(receipt, decision),
        None => what_now::sentences(receipt),
    });
}

/// Whether a note stands at the top and says it all: a decision does, but where the same file comes
/// once more, what became of the first is told further down.
fn leads(receipt: &Receipt<'_>, note: &Note) -> bool {
    matches!(note, Note::Decision(_)) && receipt.verdict != Verdict::Duplicate
}

fn next(page: &mut Page, receipt: &Receipt<'_>) {
    let mut rest = receipt.notes.iter().filter(|note| !leads(receipt, note)).peekable();
    if rest.peek().is_none() && receipt.erasures.is_empty() {
        return;
    }
    page.heading(NEXT);
    for note in rest {
        page.item(0, &notes::note(receipt, note));
    }
    for erasure in receipt.erasures {
        page.item(0, &notes::erasures::erasure(receipt.language, erasure));
    }
}

fn received(page: &mut Page, receipt: &Receipt<'_>) {
    let language = receipt.language;
    page.heading(RECEIVED);
    page.row(0, SENDER, &format!("{} ({})", receipt.sender.name, receipt.sender.id));
    page.row(0, RECEIVER, &format!("{} ({})", receipt.receiver.name, receipt.receiver.id));
    page.row(0, TIME, &words::moment(language, receipt.received_at, receipt.time_zone));
    page.row(0, SUBMISSION, &receipt.submission.to_string());
    let kind = receipt.kind.map_or(page.words(UNKNOWN).to_owned(), |kind| {
        format!("{} ({})", kind.title.in_language(language), kind.id)
    });
    page.row(0, KIND, &kind);
    match receipt.content {
        Some(content) => {
            page.row(0, SIZE, &words::bytes(language, content.bytes));
            page.row(0, SHA256, &content.sha256.to_string());
        }
        None => page.row(0, CONTENT, page.words(NOT_READ)),
    }
    if let Some(key) = receipt.signed_by {
        let verified = page.words(VERIFIED);
        page.row(0, SIGNATURE, &format!("{verified} {key}"));
    }
    let records = receipt.records_accepted.saturating_add(receipt.records_rejected);
    if records > 0 {
        page.row(0, RECORDS, &words::number(language, records));
    }
    if let Some(evidence) = receipt.evidence {
        page.row(0, WHOLE, words::evidence(evidence).in_language(language));
    }
}

fn stored(page: &mut Page, receipt: &Receipt<'_>) {
    if receipt.rehearsal || receipt.objects.is_empty() {
        return;
    }
    page.heading(STORED);
    // What is addressed to another sender is kept beside the registry's own, and not for it.
    let mut readers: BTreeMap<_, Vec<&ObjectId>> = BTreeMap::new();
    for object in receipt.objects {
        let reader = match object.part {
            Part::Request => Reader::District,
            Part::Identity => Reader::Identities,
            // Set aside: sealed to whoever sent it, and for no registry.
            Part::Whole if object.registry.as_str() == QUARANTINE => Reader::Sender,
            _ => Reader::Registry,
        };
        readers.entry((reader, &object.registry)).or_default().push(object);
    }
    for ((reader, registry), objects) in readers {
        let line = match (receipt.language, reader) {
            (Language::En, Reader::Registry) => {
                format!("Encrypted, so that only the registry {registry} can read it:")
            }
            (Language::En, Reader::Identities) => format!(
                "Encrypted, so that only those who keep the identities for {registry} can read it, \
                 and not whoever reads the content:"
            ),
            (Language::En, Reader::District) => {
                "Encrypted, so that only the police district can read it:".to_owned()
            }
            (Language::En, Reader::Sender) => {
                "Set aside, so that it can be looked into. Encrypted to \
                your own key, so that only you can read it:"
                    .to_owned()
            }
            (Language::Nb, Reader::Sender) => {
                "Lagt til side, slik at saken kan undersøkes. Kryptert \
                til deres egen nøkkel, slik at bare dere kan lese det:"
                    .to_owned()
            }
            (Language::Nb, Reader::Registry) => {
                format!("Kryptert, slik at bare registeret {registry} kan lese det:")
            }
            (Language::Nb, Reader::Identities) => format!(
                "Kryptert, slik at bare de som forvalter identitetene for {registry}, kan lese det, \
                 og ikke de som leser innholdet:"
            ),
            (Language::Nb, Reader::District) => {
                "Kryptert, slik at bare politidistriktet kan lese det:".to_owned()
            }
        };
        page.line(&line);
        for object in objects {
            page.item(0, &format!("{object}: {}", page.words(words::part(object.part))));
        }
    }
}

/// Whose keys open an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    /// The registry's.
    Registry,
    /// Of a registry whose identities are split off, those of the other recipients.
    Identities,
    /// The addressee's.
    District,
    /// The sender's own.
    Sender,
}

fn audit(page: &mut Page, receipt: &Receipt<'_>, inclusion: Inclusion<'_>) {
    let language = receipt.language;
    let seq = words::number(language, inclusion.seq);
    let size = words::number(language, inclusion.size);
    page.heading(AUDIT);
    page.line(&match language {
        Language::En => format!(
            "This submission is entry {seq} of our tamper-evident log (the first is entry 0). The \
             checkpoint below is signed and covers {size} entries. Keep this file: with it, \
             anybody can check later that the entry was neither changed nor removed."
        ),
        Language::Nb => format!(
            "Denne innsendingen er post {seq} i den manipulasjonssikre loggen vår (den første er \
             post 0). Sjekkpunktet nedenfor er signert og dekker {size} poster. Ta vare på denne \
             filen: med den kan hvem som helst kontrollere senere at posten verken er endret \
             eller fjernet."
        ),
    });
    // Verbatim, since a signed note is its exact bytes; the form is C2SP tlog-proof.
    let _ = writeln!(page.text, "\n{PROOF_BEGIN}\nc2sp.org/tlog-proof@v1\nindex {}", inclusion.seq);
    for hash in inclusion.proof {
        let _ = writeln!(page.text, "{}", BASE64.encode(hash.0));
    }
    let _ = writeln!(page.text, "\n{}\n{PROOF_END}", inclusion.checkpoint.trim_end_matches('\n'));
}

fn questions(page: &mut Page, receipt: &Receipt<'_>) {
    page.heading(QUESTIONS);
    let (contact, id) = (receipt.contact, receipt.submission);
    let contact = match receipt.language {
        _ if contact.is_empty() => String::new(),
        Language::En => format!("Contact: {contact}. "),
        Language::Nb => format!("Kontakt: {contact}. "),
    };
    page.line(&match receipt.language {
        Language::En => {
            format!("{contact}Quote submission {id}, and never send personal data by e-mail.")
        }
        Language::Nb => {
            format!("{contact}Oppgi innsending {id}, og send aldri personopplysninger i e-post.")
        }
    });
}

const REHEARSAL: Text = Text { nb: "PRØVE", en: "REHEARSAL" };
const REHEARSED: Text = Text {
    nb: "Dette var en prøve: ingenting er lagret, og ingenting er endret. Svaret er det du ville ha \
         fått. Legg filen i inbound/ selv når den skal sendes på ordentlig.",
    en: "This was a rehearsal: nothing was stored and nothing was changed. The answer is the one you \
         would have had. Put the file into inbound/ itself to send it for real.",
};
const NEXT: Text = Text { nb: "Hva som skjer nå", en: "What happens next" };
const RECEIVED: Text = Text { nb: "Hva vi mottok", en: "What we received" };
const SENDER: Text = Text { nb: "Avsender", en: "Sender" };
const RECEIVER: Text = Text { nb: "Mottaker", en: "Receiver" };
const TIME: Text = Text { nb: "Mottatt", en: "Received" };
const SUBMISSION: Text = Text { nb: "Innsending", en: "Submission" };
const KIND: Text = Text { nb: "Type", en: "Kind" };
const UNKNOWN: Text = Text { nb: "ukjent", en: "unknown" };
const SIZE: Text = Text { nb: "Størrelse", en: "Size" };
const SHA256: Text = Text { nb: "SHA-256", en: "SHA-256" };
const SIGNATURE: Text = Text { nb: "Signatur", en: "Signature" };
const VERIFIED: Text = Text { nb: "gyldig, laget med nøkkelen", en: "valid, made with the key" };
const CONTENT: Text = Text { nb: "Innhold", en: "Content" };
const NOT_READ: Text = Text { nb: "ikke lest", en: "not read" };
const RECORDS: Text = Text { nb: "Oppføringer", en: "Records" };
const WHOLE: Text = Text { nb: "Komplett?", en: "Complete?" };
const STORED: Text = Text { nb: "Hvor det er lagret", en: "Where it is stored" };
const AUDIT: Text = Text { nb: "Bevis i loggen", en: "Proof in the log" };
const QUESTIONS: Text = Text { nb: "Spørsmål", en: "Questions" };
/// First line of the proof in a receipt.
pub const PROOF_BEGIN: &str = "-----BEGIN INCLUSION PROOF-----";
/// Last line of it.
pub const PROOF_END: &str = "-----END INCLUSION PROOF-----";
