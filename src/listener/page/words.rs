//! The page's words, in both languages.

use crate::types::{
    rule::{Severity, Text},
    verdict::Verdict,
};

/// Declares a text.
macro_rules! texts {
    ($($name:ident = $nb:literal, $en:literal;)+) => {
        $(pub(super) const $name: Text = Text { nb: $nb, en: $en };)+
    };
}

texts! {
    TITLE = "Filslusa", "The file sluice";
    SKIP = "Hopp til innholdet", "Skip to the content";
    CONTENTS = "På denne siden", "On this page";
    OTHER_LANGUAGE = "In English", "På norsk";
    HEALTHY = "Alt er i orden.", "All is well.";
    UNHEALTHY = "Noe er galt: en alvorlig alarm er aktiv.", "Something is wrong: a grave alarm stands.";
    AS_OF = "Slik var det", "This was so at";
    VERSION = "filsluse, versjon", "filsluse, version";

    ALARMS = "Alarmer", "Alarms";
    ALARMS_CAPTION = "Alarmer som er aktive, og hva du gjør", "Alarms that stand, and what to do";
    NO_ALARMS = "Ingen alarm er aktiv.", "No alarm stands.";
    ALARM = "Alarm", "Alarm";
    SUBJECT = "Gjelder", "About";
    SINCE = "Siden", "Since";
    GRAVITY = "Alvor", "Gravity";
    GRAVE = "alvorlig", "grave";
    CALM = "kan vente til kontortid", "can wait for office hours";
    WHAT_TO_DO = "Hva du gjør", "What to do";
    SEEN_TO = "Når det er gjort:", "When it is seen to:";

    TODAY = "Kommet inn i dag", "Came in today";
    TODAY_CAPTION = "Antall i dag, etter type og resultat", "How many today, by kind and verdict";
    NOTHING_TODAY = "Ingenting er kommet inn i dag.", "Nothing has come in today.";
    KIND = "Type", "Kind";
    VERDICT = "Resultat", "Verdict";
    FILES = "Filer", "Files";
    TAKEN = "Oppføringer tatt imot", "Records taken";
    NOT_TAKEN = "Oppføringer avvist", "Records not taken";
    UNKNOWN_KIND = "ikke gjenkjent", "not recognised";
    REHEARSAL = "øvelse", "rehearsal";
    NEWEST_CAPTION = "De nyeste i dag", "The newest of today";
    RECEIVED = "Mottatt", "Received";
    SENDER = "Avsender", "Sender";
    SUBMISSION = "Innsending", "Submission";

    REFUSED = "Avvist, og hvorfor", "Refused, and why";
    REFUSED_CAPTION = "Regler som ble brutt i dag", "Rules that were broken today";
    NOTHING_REFUSED = "Ingenting er avvist i dag.", "Nothing was refused today.";
    RULE = "Regel", "Rule";
    DEMAND = "Hva den krever", "What it demands";
    TIMES = "Antall", "Times";
    CONSEQUENCE = "Følge", "Consequence";
    SENDERS = "Avsendere", "Senders";
    BEYOND = "Funn i dag som ikke er med her:", "Findings of today that are not shown here:";
    ONLY_NEWEST = "Regnet ut av de nyeste i dag som noe ble avvist av; så mange:", "Reckoned from the newest of today of which something was refused; so many:";

    OVERDUE = "Forsinkede avsendere", "Overdue senders";
    OVERDUE_CAPTION = "Avsendere som skulle ha sendt noe", "Senders who should have sent something";
    NOBODY_OVERDUE = "Ingen avsender er forsinket.", "No sender is overdue.";
    EXPECTED = "Ventet", "Expected";
    WHAT = "Hva", "What";
    LAST_RECEIVED = "Sist mottatt", "Last received";
    NEVER = "aldri", "never";
    ANYTHING = "neste innsending", "the next submission";
    SERVICE_YEAR = "årsinnsending for", "annual submission for";
    WHOM_TO_ASK = "Hvem du skriver til, står i ", "Whom to write to stands in ";
    WAITING_CAPTION = "Filer som ligger og venter hos avsenderen", "Files that lie waiting with their sender";
    NOTHING_WAITS = "Ingen fil ligger og venter.", "No file lies waiting.";

    ERASURES = "Slettinger framover", "Erasures ahead";
    ERASURES_CAPTION = "Det som slettes de neste 30 dagene, og det som skulle vært borte", "What is erased in the next 30 days, and what should be gone";
    NO_ERASURES = "Ingenting slettes de neste 30 dagene.", "Nothing is erased in the next 30 days.";
    DUE = "Frist", "Deadline";
    REGISTRY = "Register", "Registry";
    OBJECTS = "lagrede filer", "stored files";
    ENROLMENTS = "personoppføringer", "enrolments";
    COUNT = "Antall", "How many";
    STANDING = "Status", "Standing";
    PASSED = "fristen er ute", "past its deadline";
    AHEAD = "i rute", "ahead";

    LOG = "Revisjonsloggen", "The audit log";
    LOG_ENTRIES = "Poster", "Entries";
    LOG_ROOT = "Rot", "Root";
    LOG_AT = "Nyeste post", "Newest entry";
    LOG_NONE = "Ingen logg er begynt.", "No log has been begun.";
    NOT_YET = "ingen ennå", "none yet";

    QUEUE = "Under arbeid", "Under way";
    QUEUE_WORKING = "Filer som behandles", "Files that are worked on";
    QUEUE_HELD = "Lister som venter på avgjørelse", "Lists that wait for a decision";

    NO_PERSONS = "Siden viser ingen personopplysninger: bare id-er fra konfigurasjonen, regler og antall.", "The page shows no personal data: only ids of the configuration, rules and counts.";
    AGE_SECONDS = "sekunder siden", "seconds ago";
    AGE_MINUTES = "minutter siden", "minutes ago";
    AGE_HOURS = "timer siden", "hours ago";
    AGE_DAYS = "dager siden", "days ago";
}

/// A verdict, for people.
pub(super) const fn verdict(verdict: Option<Verdict>) -> Text {
    match verdict {
        Some(Verdict::Accepted) => Text { nb: "godtatt", en: "accepted" },
        Some(Verdict::Duplicate) => Text { nb: "mottatt før", en: "already received" },
        Some(Verdict::Held) => Text { nb: "satt på vent", en: "held for a decision" },
        Some(Verdict::Partly) => Text { nb: "delvis godtatt", en: "partly accepted" },
        Some(Verdict::Rejected) => Text { nb: "avvist", en: "rejected" },
        None => Text { nb: "ikke ferdig", en: "not finished" },
    }
}

/// What a breach of a rule did.
pub(super) const fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Warning => Text { nb: "advarsel", en: "warning" },
        Severity::RejectRecord => Text { nb: "oppføringen avvist", en: "record not taken" },
        Severity::RejectFile => Text { nb: "filen avvist", en: "file not taken" },
    }
}
