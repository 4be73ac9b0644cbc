//! The operator's page: one document without scripts, nothing fetched from anywhere, and nothing
//! about any person. It can be walked through with the keyboard and a screen reader.

mod advice;
mod html;
pub(super) mod language;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    admin::{
        alarms,
        shapes::{
            status::{Deadline, Sender, Status},
            submission::Submission,
        },
    },
    catalogue,
    listener::{
        page::{
            html::{Html, Table},
            words as w,
        },
        totals::Totals,
    },
    types::{
        digest::Sha256,
        ids::SenderId,
        rule::{Language, Rule, Severity, Text},
        verdict::Verdict,
    },
};

/// What the page is made from.
pub(super) struct Facts {
    /// The installation's name in receipts.
    pub(super) name: String,
    pub(super) zone: TimeZone,
    pub(super) status: Status,
    /// Of today.
    pub(super) totals: Totals,
    /// The newest of today.
    pub(super) newest: Vec<Submission>,
    /// The newest of today of which something was refused.
    pub(super) refused: Vec<catalogue::records::submissions::Submission>,
}

/// The content security policy of the page: its own style, and nothing else at all.
pub(super) fn policy() -> String {
    let style = STANDARD.encode(Sha256::of(STYLE.as_bytes()).0);
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// The page.
pub(super) fn page(facts: &Facts, language: Language) -> String {
    let page = Page { facts, language };
    let (lang, other) = match language {
        Language::En => ("en", "nb"),
        Language::Nb => ("nb", "en"),
    };
    let name = Html::text(&facts.name).0;
    let title = format!("{}: {name}", page.say(&w::TITLE));
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">{}</a>\n<header>\n<h1>{title}</h1>\n</header>\n",
        page.say(&w::SKIP)
    );
    let sections = [
        ("alarms", &w::ALARMS, page.alarms()),
        ("today", &w::TODAY, page.today()),
        ("refused", &w::REFUSED, page.refused()),
        ("overdue", &w::OVERDUE, page.overdue()),
        ("erasures", &w::ERASURES, page.erasures()),
        ("queue", &w::QUEUE, page.queue()),
        ("log", &w::LOG, page.log()),
    ];
    let _ = writeln!(html, "<nav aria-label=\"{}\">\n<ul>", page.say(&w::CONTENTS));
    for (id, heading, _) in &sections {
        let _ = writeln!(html, "<li><a href=\"#{id}\">{}</a></li>", page.say(heading));
    }
    let _ = writeln!(
        html,
        "<li><a href=\"/?lang={other}\" hreflang=\"{other}\" lang=\"{other}\">{}</a></li>\n</ul>\n\
         </nav>\n<main id=\"content\" tabindex=\"-1\">\n{}",
        page.say(&w::OTHER_LANGUAGE),
        page.state()
    );
    for (id, heading, body) in sections {
        let _ = write!(
            html,
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n{}</section>\n",
            page.say(heading),
            body.0
        );
    }
    let version = Html::text(&facts.status.version).0;
    let _ = write!(
        html,
        "</main>\n<footer>\n<p>{} {} {version}</p>\n</footer>\n</body>\n</html>\n",
        page.say(&w::NO_PERSONS),
        page.say(&w::VERSION),
    );
    html
}

struct Page<'a> {
    facts: &'a Facts,
    language: Language,
}

impl Page<'_> {
    fn say(&self, text: &Text) -> &'static str {
        text.in_language(self.language)
    }

    fn word(&self, text: &Text) -> Html {
        Html::text(self.say(text))
    }

    fn minute(&self, at: Timestamp) -> Html {
        Html::minute(at, &self.facts.zone)
    }

    fn table(&self, caption: &Text, headings: &[&Text]) -> Table {
        let headings: Vec<&str> = headings.iter().map(|heading| self.say(heading)).collect();
        Table::new(self.say(caption), &headings)
    }

    /// Said first: the word counts, the colour only helps.
    fn state(&self) -> String {
        let (class, words) =
            if self.facts.status.healthy { ("good", &w::HEALTHY) } else { ("bad", &w::UNHEALTHY) };
        format!(
            "<p class=\"state {class}\">{}</p>\n<p>{} {}.</p>\n",
            self.say(words),
            self.say(&w::AS_OF),
            self.minute(self.facts.status.at).0
        )
    }

    fn alarms(&self) -> Html {
        let mut table = self.table(
            &w::ALARMS_CAPTION,
            &[&w::ALARM, &w::SUBJECT, &w::GRAVITY, &w::SINCE, &w::WHAT_TO_DO],
        );
        // The grave ones first, each in the order in which they were raised.
        let mut alarms: Vec<_> = self.facts.status.alarms.iter().collect();
        alarms.sort_by_key(|alarm| !alarm.grave);
        for alarm in alarms {
            let gravity = if alarm.grave {
                Html(format!("<strong class=\"bad\">{}</strong>", self.say(&w::GRAVE)))
            } else {
                self.word(&w::CALM)
            };
            let subject = match &alarm.detail {
                Some(detail) => {
                    // As the alarm has it: in English, and read out as such.
                    let (subject, detail) = (Html::code(&alarm.subject).0, Html::text(detail).0);
                    Html(format!("{subject} (<span lang=\"en\">{detail}</span>)"))
                }
                None => Html::code(&alarm.subject),
            };
            let mut advice = Html::sentence(match self.language {
                Language::En => alarms::advice(&alarm.code),
                Language::Nb => advice::nb(&alarm.code),
            })
            .0;
            if alarms::needs_acknowledgement(&alarm.code) {
                let command =
                    format!("filsluse alarm acknowledge {} {}", alarm.code, alarm.subject);
                let _ = write!(advice, "<br>{} {}", self.say(&w::SEEN_TO), Html::code(&command).0);
            }
            let since = self.minute(alarm.since);
            table.row(&[Html::code(&alarm.code), subject, gravity, since, Html(advice)]);
        }
        table.or(self.say(&w::NO_ALARMS))
    }

    fn today(&self) -> Html {
        let mut table = self.table(
            &w::TODAY_CAPTION,
            &[&w::KIND, &w::VERDICT, &w::FILES, &w::TAKEN, &w::NOT_TAKEN],
        );
        for ((kind, verdict, rehearsal), total) in &self.facts.totals {
            let kind = match kind {
                Some(kind) => Html::code(kind),
                None => self.word(&w::UNKNOWN_KIND),
            };
            let verdict = self.verdict(*verdict, *rehearsal);
            let [taken, not] = [total.records.accepted, total.records.rejected].map(Html::number);
            table.row(&[kind, verdict, Html::number(total.count), taken, not]);
        }
        let mut html = table.or(self.say(&w::NOTHING_TODAY)).0;
        if !self.facts.newest.is_empty() {
            html += &self.newest().0;
        }
        Html(html)
    }

    fn verdict(&self, verdict: Option<Verdict>, rehearsal: bool) -> Html {
        let words = self.word(&w::verdict(verdict));
        if rehearsal { Html(format!("{} ({})", words.0, self.say(&w::REHEARSAL))) } else { words }
    }

    fn newest(&self) -> Html {
        let mut table = self.table(
            &w::NEWEST_CAPTION,
            &[&w::RECEIVED, &w::SENDER, &w::KIND, &w::VERDICT, &w::SUBMISSION],
        );
        for row in &self.facts.newest {
            let kind = match &row.kind {
                Some(kind) => Html::code(kind),
                None => self.word(&w::UNKNOWN_KIND),
            };
            let id = Html(format!("<a href=\"/v1/submissions/{0}\"><code>{0}</code></a>", row.id));
            let verdict = self.verdict(row.verdict, row.rehearsal);
            table.row(&[self.minute(row.received_at), Html::code(&row.sender), kind, verdict, id]);
        }
        table.or("")
    }

    fn refused(&self) -> Html {
        let mut broken: BTreeMap<(&str, Severity), Broken<'_>> = BTreeMap::new();
        let mut beyond = 0;
        for row in &self.facts.refused {
            beyond += row.findings_beyond;
            let findings = row.findings.iter();
            for finding in findings.filter(|finding| finding.severity != Severity::Warning) {
                let key = (finding.rule.code, finding.severity);
                let broken = broken.entry(key).or_insert_with(|| Broken::new(finding.rule));
                broken.times += 1;
                broken.senders.insert(&row.sender);
            }
        }
        let mut table = self.table(
            &w::REFUSED_CAPTION,
            &[&w::RULE, &w::DEMAND, &w::CONSEQUENCE, &w::TIMES, &w::SENDERS],
        );
        for ((code, severity), Broken { rule, times, senders }) in broken {
            let senders: Vec<String> = senders.into_iter().map(|id| Html::code(id).0).collect();
            table.row(&[
                Html::code(code),
                self.word(&rule.demand),
                self.word(&w::severity(severity)),
                Html::number(times),
                Html(senders.join(" ")),
            ]);
        }
        let mut html = table.or(self.say(&w::NOTHING_REFUSED)).0;
        if beyond > 0 {
            let _ = writeln!(html, "<p>{} {beyond}.</p>", self.say(&w::BEYOND));
        }
        if self.facts.refused.len() >= MOST_REFUSED as usize {
            let _ = writeln!(html, "<p>{} {MOST_REFUSED}.</p>", self.say(&w::ONLY_NEWEST));
        }
        Html(html)
    }

    fn overdue(&self) -> Html {
        let mut table = self
            .table(&w::OVERDUE_CAPTION, &[&w::SENDER, &w::WHAT, &w::EXPECTED, &w::LAST_RECEIVED]);
        let overdue = self.facts.status.senders.iter().filter(|sender| sender.overdue);
        for sender in overdue.clone() {
            let last =
                sender.last_received_at.map_or_else(|| self.word(&w::NEVER), |at| self.minute(at));
            for awaited in sender.awaited.iter().filter(|awaited| awaited.overdue) {
                let what = match awaited.service_year {
                    Some(year) => Html(format!("{} {year}", self.say(&w::SERVICE_YEAR))),
                    None => self.word(&w::ANYTHING),
                };
                let expected = self.minute(awaited.expected_at);
                table.row(&[Html::code(&sender.id), what, expected, last.clone()]);
            }
        }
        let mut html = table.or(self.say(&w::NOBODY_OVERDUE)).0;
        if overdue.count() > 0 {
            let words = self.say(&w::WHOM_TO_ASK);
            let _ = writeln!(html, "<p>{words}{}.</p>", Html::code("filsluse status").0);
        }
        Html(html + &self.waiting().0)
    }

    fn waiting(&self) -> Html {
        let mut table = self.table(&w::WAITING_CAPTION, &[&w::SENDER, &w::FILES, &w::SINCE]);
        for Sender { id, waiting, .. } in &self.facts.status.senders {
            if let Some(waiting) = waiting {
                let since = self.minute(waiting.since);
                table.row(&[Html::code(id), Html::number(waiting.count), since]);
            }
        }
        table.or(self.say(&w::NOTHING_WAITS))
    }

    fn erasures(&self) -> Html {
        let mut table = self.table(
            &w::ERASURES_CAPTION,
            &[&w::DUE, &w::REGISTRY, &w::WHAT, &w::COUNT, &w::RULE, &w::STANDING],
        );
        for Deadline { due_at, registry, what, rule, count } in &self.facts.status.deadlines {
            let what = if what == "object" { &w::OBJECTS } else { &w::ENROLMENTS };
            let standing = if *due_at <= self.facts.status.at {
                Html(format!("<strong class=\"bad\">{}</strong>", self.say(&w::PASSED)))
            } else {
                self.word(&w::AHEAD)
            };
            table.row(&[
                self.minute(*due_at),
                Html::code(registry),
                self.word(what),
                Html::number(*count),
                Html::code(rule),
                standing,
            ]);
        }
        table.or(self.say(&w::NO_ERASURES))
    }

    fn queue(&self) -> Html {
        let queue = &self.facts.status.queue;
        let working = queue.claimed + queue.sealed + queue.stored + queue.answered;
        Html(format!(
            "<dl>\n<dt>{}</dt><dd>{working}</dd>\n<dt>{}</dt><dd>{}</dd>\n</dl>\n",
            self.say(&w::QUEUE_WORKING),
            self.say(&w::QUEUE_HELD),
            queue.held
        ))
    }

    fn log(&self) -> Html {
        let audit = &self.facts.status.audit;
        let Some(root) = &audit.root else {
            return Html(format!("<p>{}</p>\n", self.say(&w::LOG_NONE)));
        };
        let newest = match audit.checkpoint_at {
            Some(at) => format!("{}, {}", self.minute(at).0, self.age(at)),
            None => self.say(&w::NOT_YET).to_owned(),
        };
        Html(format!(
            "<dl>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{newest}</dd>\n\
             </dl>\n",
            self.say(&w::LOG_ENTRIES),
            audit.size,
            self.say(&w::LOG_ROOT),
            Html::code(root).0,
            self.say(&w::LOG_AT),
        ))
    }

    fn age(&self, at: Timestamp) -> String {
        let seconds = self.facts.status.at.duration_since(at).as_secs().max(0);
        let (count, unit) = match seconds {
            0..120 => (seconds, &w::AGE_SECONDS),
            120..7_200 => (seconds / 60, &w::AGE_MINUTES),
            7_200..172_800 => (seconds / 3_600, &w::AGE_HOURS),
            _ => (seconds / 86_400, &w::AGE_DAYS),
        };
        format!("{count} {}", self.say(unit))
    }
}

/// A rule that was broken.
struct Broken<'a> {
    rule: &'static Rule,
    times: u64,
    senders: BTreeSet<&'a SenderId>,
}

impl Broken<'_> {
    fn new(rule: &'static Rule) -> Self {
        Self { rule, times: 0, senders: BTreeSet::new() }
    }
}

/// Submissions that are listed one by one.
pub(super) const NEWEST: u32 = 50;
/// Submissions that are looked at for why something was refused.
pub(super) const MOST_REFUSED: u32 = 500;

const STYLE: &str = include_str!("style.css");
