//! The columns of a release as a table for people: `docs/npr.md` and `docs/npr.nb.md` hold what
//! this writes, and a test fails when they do not.

use std::fmt::Write as _;

use crate::types::{
    npr_release::{
        Action, Purpose,
        form::Form,
        variables::{VARIABLES, Variable},
    },
    rule::{Language, Text},
};

/// Every column, and what becomes of it for each purpose.
pub fn columns(language: Language) -> String {
    let mut table = match language {
        Language::En => "| column | what it is | form |",
        Language::Nb => "| kolonne | hva den er | form |",
    }
    .to_owned();
    for purpose in Purpose::ALL {
        let _ = write!(table, " {purpose} |");
    }
    table.push_str("\n|---|---|---|---|---|---|\n");
    for variable in VARIABLES {
        let Variable { name, form, says, .. } = variable;
        let (says, form) = (says.in_language(language), form.says().in_language(language));
        let _ = write!(table, "| `{name}` | {says} | {form} |");
        for purpose in Purpose::ALL {
            let action = action(variable, purpose).in_language(language);
            let _ = write!(table, " {action} |");
        }
        table.push('\n');
    }
    table
}

/// The forms that a configuration may give to a column of its own.
pub fn forms(language: Language) -> String {
    let mut table = match language {
        Language::En => "| form | what fits |\n|---|---|\n",
        Language::Nb => "| form | hva som passer |\n|---|---|\n",
    }
    .to_owned();
    for (name, form) in Form::OF_NEW {
        let _ = writeln!(table, "| `{name}` | {} |", form.says().in_language(language));
    }
    table
}

const fn action(variable: &Variable, purpose: Purpose) -> Text {
    match variable.action(purpose) {
        Action::Drop => Text { nb: "utelates", en: "dropped" },
        Action::Generalise => Text { nb: "blir fodselsar", en: "becomes fodselsar" },
        Action::Keep => Text { nb: "beholdes", en: "kept" },
        Action::Pseudonymise => Text { nb: "blir npr_pid", en: "becomes npr_pid" },
        Action::ReKey => Text { nb: "omnøkles", en: "re-keyed" },
        Action::Refuse => Text { nb: "filen avvises", en: "file refused" },
    }
}
