//! The rules as a page for people: `docs/rules.nb.md` and `docs/rules.en.md` are this function's
//! output, and a test fails when they are not. Never holds anything from a submission.

use std::fmt::Write as _;

use crate::types::{
    rule::{Language, OURS, Rule, Severity, Text},
    rules::CHAPTERS,
};

/// The whole page in Markdown.
pub fn markdown(language: Language) -> String {
    let mut page = format!("# {}\n\n{}\n", in_(language, TITLE), in_(language, INTRODUCTION));
    for chapter in CHAPTERS {
        let _ = write!(page, "\n## {} ({})\n", in_(language, chapter.title), chapter.prefix);
        for rule in chapter.rules {
            page.push_str(&entry(language, rule));
        }
    }
    page
}

fn entry(language: Language, rule: &Rule) -> String {
    let source = if rule.source == OURS { in_(language, OUR_DECISION) } else { rule.source };
    let mut entry = format!("\n### {}\n\n", rule.code);
    for (label, text) in [
        (DEMAND, in_(language, rule.demand)),
        (BREACH, in_(language, severity_words(rule.severity))),
        (CAUSE, in_(language, rule.cause)),
        (CURE, in_(language, rule.cure)),
        (SOURCE, source),
    ] {
        let _ = writeln!(entry, "- **{}:** {text}", in_(language, label));
    }
    let _ = writeln!(entry, "- **{}:** `{}`", in_(language, APPREC), rule.apprec);
    entry
}

/// What a breach does, as a clause that follows the rule's code.
const fn severity_words(severity: Severity) -> Text {
    match severity {
        Severity::Warning => Text {
            nb: "en merknad; ingenting er avvist på grunn av den",
            en: "a remark; nothing is refused because of it",
        },
        Severity::RejectRecord => Text {
            nb: "oppføringen er ikke tatt imot, resten av filen er det",
            en: "the record is not taken, the rest of the file is",
        },
        Severity::RejectFile => {
            Text { nb: "hele filen er avvist", en: "the whole file is refused" }
        }
    }
}

const fn in_(language: Language, text: Text) -> &'static str {
    text.in_language(language)
}

const TITLE: Text = Text { nb: "Reglene og hva du gjør", en: "The rules, and what to do" };
const INTRODUCTION: Text = Text {
    nb: "Denne siden er laget fra den samme tabellen som kvitteringene. Hver regel har en kode som \
         aldri endrer betydning; finn koden fra kvitteringen her. Noen brudd har en egen kode i \
         AppRec-kvitteringen, for eksempel E31 for feil kontrollsiffer; da står den i kvitteringen.",
    en: "This page is written from the same table as the receipts. Each rule has a code that never \
         changes its meaning; look up the code from the receipt here. Some breaches have a code of \
         their own in the AppRec receipt, such as E31 for wrong check digits; the receipt then \
         says so.",
};
const DEMAND: Text = Text { nb: "Krav", en: "Demand" };
const BREACH: Text = Text { nb: "Følge", en: "Consequence" };
const CAUSE: Text = Text { nb: "Vanlig årsak", en: "Usual cause" };
const CURE: Text = Text { nb: "Hva du gjør", en: "What to do" };
const SOURCE: Text = Text { nb: "Kilde", en: "Source" };
const APPREC: Text = Text { nb: "Kode i AppRec", en: "Code in AppRec" };
const OUR_DECISION: Text = Text { nb: "egen beslutning", en: OURS };
