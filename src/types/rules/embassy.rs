//! Embassy enrolment lists: EMB rules.

use crate::types::rule::{Rule, Severity, Text};

/// All of them, in order of code.
pub static ALL: &[&Rule] = &[
    &EMB_01, &EMB_02, &EMB_03, &EMB_04, &EMB_05, &EMB_06, &EMB_07, &EMB_08, &EMB_09, &EMB_10,
    &EMB_11, &EMB_12, &EMB_13,
];

/// EMB-01.
pub static EMB_01: Rule = Rule {
    code: "EMB-01",
    severity: Severity::RejectFile,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 5.2.1",
};

/// EMB-02.
pub static EMB_02: Rule = Rule {
    code: "EMB-02",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 5.2.1",
};

/// EMB-03.
pub static EMB_03: Rule = Rule {
    code: "EMB-03",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 3, 4",
};

/// EMB-04.
pub static EMB_04: Rule = Rule {
    code: "EMB-04",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 3, 4",
};

/// EMB-05.
pub static EMB_05: Rule = Rule {
    code: "EMB-05",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 5.2.1",
};

/// EMB-06.
pub static EMB_06: Rule = Rule {
    code: "EMB-06",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 5.2.1",
};

/// EMB-07.
pub static EMB_07: Rule = Rule {
    code: "EMB-07",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 5.2.1",
};

/// EMB-08.
pub static EMB_08: Rule = Rule {
    code: "EMB-08",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "høringsnotat, 4, 5.2.1",
};

/// EMB-09.
pub static EMB_09: Rule = Rule {
    code: "EMB-09",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// EMB-10.
pub static EMB_10: Rule = Rule {
    code: "EMB-10",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// EMB-11.
pub static EMB_11: Rule = Rule {
    code: "EMB-11",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// EMB-12.
pub static EMB_12: Rule = Rule {
    code: "EMB-12",
    severity: Severity::RejectRecord,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};

/// EMB-13.
pub static EMB_13: Rule = Rule {
    code: "EMB-13",
    severity: Severity::Warning,
    apprec: "X99",
    demand: Text { nb: "", en: "" },
    cause: Text { nb: "", en: "" },
    cure: Text { nb: "", en: "" },
    source: "ours",
};
