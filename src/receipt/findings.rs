//! The findings of a receipt, grouped by rule: what is wrong, where, and what to do.

use std::collections::BTreeSet;

use crate::{
    receipt::{facts::Receipt, page::Page, places, words},
    types::{
        finding::Finding,
        rule::{Language, Rule, Severity, Text},
        verdict::Verdict,
    },
};

/// Writes the section, gravest first and then by code; nothing when nothing was found.
pub(super) fn section(page: &mut Page, receipt: &Receipt<'_>) {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in receipt.findings {
        let key = (finding.rule, finding.severity);
        match groups.iter_mut().find(|group| (group.rule, group.severity) == key) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group {
                rule: finding.rule,
                severity: finding.severity,
                findings: vec![finding],
            }),
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.severity), group.rule.code));
    if groups.is_empty() {
        return;
    }
    page.heading(if groups[0].severity > Severity::Warning { WRONG } else { REMARKS });
    if receipt.verdict == Verdict::Duplicate {
        page.line(page.words(FOUND_THEN));
    }
    for (n, group) in groups.iter().enumerate() {
        if n > 0 {
            page.text.push('\n');
        }
        write_group(page, group);
    }
    if receipt.findings_beyond > 0 {
        let more = words::number(receipt.language, receipt.findings_beyond);
        page.text.push('\n');
        page.line(&match receipt.language {
            Language::En => format!(
                "There are {more} more findings that are not listed one by one. Correct what is \
                 listed; the next receipt shows what remains."
            ),
            Language::Nb => format!(
                "Det er {more} funn til som ikke er tatt med enkeltvis. Rett det som står her; \
                 neste kvittering viser det som gjenstår."
            ),
        });
    }
}

struct Group<'a> {
    rule: &'static Rule,
    severity: Severity,
    findings: Vec<&'a Finding>,
}

fn write_group(page: &mut Page, group: &Group<'_>) {
    let language = page.language;
    let rule = group.rule;
    let places = words::places(language, group.findings.len() as u64);
    let consequence = page.words(consequence(group));
    page.line(&format!("{}, {places}: {consequence}.", rule.code));
    page.row(2, RULE, page.words(rule.demand));
    let mut shown = 0;
    let faults = by_hint(&group.findings);
    let own_cure = |fault: &[&Finding]| fault[0].hint.as_ref().and_then(|hint| hint.cure.clone());
    let all_have_own = faults.iter().all(|fault| own_cure(fault).is_some());
    for findings in faults {
        match (&findings[0].hint, language) {
            (Some(hint), Language::En) => page.row(2, FAULT, &words::sentence(&hint.en)),
            (Some(hint), Language::Nb) => page.row(2, FAULT, &words::sentence(&hint.nb)),
            (None, _) => page.row(2, CAUSE, page.words(rule.cause)),
        }
        let cure = own_cure(&findings);
        // The first ones a line each, and then as many to a line as there is room for: whoever
        // corrects the file needs every place.
        let (apart, together) = findings.split_at(findings.len().min(MOST_LINES - shown));
        for finding in apart {
            page.item(4, &places::whole(language, finding));
        }
        shown += apart.len();
        if !together.is_empty() {
            page.item(4, &in_a_row(language, together));
        }
        if let Some(cure) = cure {
            page.row(2, CURE, cure.in_language(language));
        }
    }
    if all_have_own {
        return;
    }
    // The rule's own cure is for its breach, which a remark is not: nothing was struck for it.
    let is_remark = group.severity == Severity::Warning && rule.severity != Severity::Warning;
    page.row(2, CURE, page.words(if is_remark { CURE_OF_REMARK } else { rule.cure }));
}

/// Places one after the other. None of them is broken between two lines.
fn in_a_row(language: Language, findings: &[&Finding]) -> String {
    let whole = |finding: &&Finding| places::whole(language, finding).replace(' ', "\u{a0}");
    findings.iter().map(whole).collect::<Vec<_>>().join("; ")
}

/// What the breach does to its record. The verdict speaks for the rest of the file.
fn consequence(group: &Group<'_>) -> Text {
    // A file of an archive does not take the others with it.
    let entries: BTreeSet<_> = group.findings.iter().map(|finding| finding.entry).collect();
    let of_archive = !entries.contains(&None);
    match group.severity {
        Severity::Warning => Text { nb: "en merknad", en: "a remark" },
        Severity::RejectRecord => {
            Text { nb: "oppføringen er ikke tatt imot", en: "the record is not taken" }
        }
        Severity::RejectFile if of_archive && entries.len() == 1 => Text {
            nb: "denne filen i arkivet er avvist",
            en: "this file of the archive is refused",
        },
        Severity::RejectFile if of_archive => Text {
            nb: "disse filene i arkivet er avvist",
            en: "these files of the archive are refused",
        },
        Severity::RejectFile => {
            Text { nb: "hele filen er avvist", en: "the whole file is refused" }
        }
    }
}

/// The same fault together, in the order in which the faults first came.
fn by_hint<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for &finding in findings {
        match groups.iter_mut().find(|group| group[0].hint == finding.hint) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// Places of one rule that have a line of their own.
const MOST_LINES: usize = 20;
const WRONG: Text = Text { nb: "Hva som er galt", en: "What is wrong" };
const REMARKS: Text = Text { nb: "Merknader", en: "Remarks" };
const FOUND_THEN: Text = Text {
    nb: "Dette ble funnet da filen kom første gang.",
    en: "This was found when the file came the first time.",
};
const RULE: Text = Text { nb: "Regel", en: "Rule" };
const FAULT: Text = Text { nb: "Feil", en: "Fault" };
const CAUSE: Text = Text { nb: "Vanlig årsak", en: "Usual cause" };
const CURE_OF_REMARK: Text = Text {
    nb: "For dette alene trenger du ikke sende noe på nytt. Rett årsaken før neste fil.",
    en: "For this alone you need not send anything again. Correct the cause before your next file.",
};
const CURE: Text = Text { nb: "Hva du gjør", en: "What to do" };
