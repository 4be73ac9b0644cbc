//! The terms under which a registry gets releases: how small a group may be, and how a
//! configuration narrows the table.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::types::npr_release::{Action, Purpose, form::Form, variables::Variable};

/// The terms under which a registry gets releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Fewer persons than this in a group of municipality, birth year, sex and DRG are few; 0 and 1
    /// ask for nothing.
    pub smallest_group: u8,
    /// What then.
    pub on_small_groups: SmallGroups,
    /// Per purpose, in the order of [`Purpose::ALL`].
    pub lists: [AllowList; 3],
}

impl Default for Terms {
    fn default() -> Self {
        let lists = [const { AllowList { dropped: BTreeSet::new(), new: BTreeMap::new() } }; 3];
        Self { smallest_group: 5, on_small_groups: SmallGroups::Warn, lists }
    }
}

impl Terms {
    /// The list of one purpose.
    pub const fn list(&self, purpose: Purpose) -> &AllowList {
        let [isf, kmf, utredning] = &self.lists;
        match purpose {
            Purpose::Isf => isf,
            Purpose::Kmf => kmf,
            Purpose::Utredning => utredning,
        }
    }

    /// What becomes of a variable.
    pub fn action(&self, variable: &Variable, purpose: Purpose) -> Action {
        match variable.action(purpose) {
            Action::Keep if self.list(purpose).dropped.contains(variable.name) => Action::Drop,
            action => action,
        }
    }
}

/// How a configuration narrows one purpose's list, and which columns it adds to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowList {
    /// Variables that the table keeps and this installation drops, by the table's own names.
    pub dropped: BTreeSet<&'static str>,
    /// Columns that the table does not know, by their name in lower case.
    pub new: BTreeMap<String, Form>,
}

/// What becomes of a release whose smallest groups are too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SmallGroups {
    /// It is refused.
    Refuse,
    /// It leaves, with a warning.
    Warn,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::types::npr_release::{
        Action, Purpose,
        direct_identifiers::is_direct_identifier,
        form::Form,
        terms::{AllowList, Terms},
        variables::VARIABLES,
    };

    #[test]
    fn identifiers_are_never_kept_whatever_is_configured() {
        for variable in VARIABLES {
            let direct = is_direct_identifier(variable.name);
            for purpose in Purpose::ALL {
                let action = variable.action(purpose);
                if direct || variable.form == Form::Unseen {
                    assert_ne!(action, Action::Keep, "{} for {purpose}", variable.name);
                }
                let lists = [(); 3].map(|()| AllowList {
                    dropped: VARIABLES.iter().map(|v| v.name).collect::<BTreeSet<_>>(),
                    ..AllowList::default()
                });
                let terms = Terms { lists, ..Terms::default() };
                let narrowed = terms.action(variable, purpose);
                assert!(narrowed == action || (action, narrowed) == (Action::Keep, Action::Drop));
            }
        }
        assert_eq!(VARIABLES.iter().filter(|v| is_direct_identifier(v.name)).count(), 3);
    }
}
