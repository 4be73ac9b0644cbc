//! Rules for all kinds: IN rules.

use crate::types::rule::{Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[&IN_01, &IN_02, &IN_03, &IN_04, &IN_05, &IN_06];

/// IN-01.
pub static IN_01: Rule = Rule {
    code: "IN-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// IN-02.
pub static IN_02: Rule = Rule {
    code: "IN-02",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// IN-03.
pub static IN_03: Rule = Rule {
    code: "IN-03",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// IN-04.
pub static IN_04: Rule = Rule {
    code: "IN-04",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// IN-05.
pub static IN_05: Rule = Rule {
    code: "IN-05",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// IN-06.
pub static IN_06: Rule = Rule {
    code: "IN-06",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};
