//! What a registry's allow-lists mean: a configuration may narrow them, and name new columns with
//! their form. It may never let an identifier through.

use std::collections::BTreeSet;

use crate::{
    config::{
        check::values::word,
        distance::nearest,
        legal_profile::LegalProfile,
        problem::Page,
        raw::{
            at::At,
            registry::{RawAllowList, RawRelease},
        },
    },
    types::npr_release::{
        Action, Purpose,
        direct_identifiers::is_direct_identifier,
        form::Form,
        terms::{AllowList, Terms},
        variables::{VARIABLES, Variable, variable},
    },
};

/// Checks a `[registry.release]`; the shipped terms where there is none.
pub(in crate::config) fn terms(
    page: &mut Page<'_>,
    raw: Option<&RawRelease>,
    profile: Option<LegalProfile>,
) -> Terms {
    let shipped = Terms::default();
    let Some(raw) = raw else { return shipped };
    let lists = [&raw.isf, &raw.kmf, &raw.utredning];
    if profile.is_some_and(|profile| profile != LegalProfile::HdirFinansiering) {
        let place = raw.smallest_group.as_ref().map(At::place);
        let place = place.or_else(|| raw.on_small_groups.as_ref().map(At::place));
        let message = "this registry gets no releases; remove [registry.release]";
        page.problem("registry.release", place, message);
        return shipped;
    }
    let smallest_group = word(raw.smallest_group.as_ref(), u32::from(shipped.smallest_group));
    let mut lists = lists.into_iter().zip(Purpose::ALL).map(|(raw, purpose)| {
        raw.as_ref().map_or_else(AllowList::default, |raw| allow_list(page, raw, purpose))
    });
    let lists = std::array::from_fn(|_| lists.next().unwrap_or_default());
    Terms {
        // The schema has bounded it.
        smallest_group: u8::try_from(smallest_group).unwrap_or(u8::MAX),
        on_small_groups: word(raw.on_small_groups.as_ref(), shipped.on_small_groups),
        lists,
    }
}

fn allow_list(page: &mut Page<'_>, raw: &RawAllowList, purpose: Purpose) -> AllowList {
    let mut list = AllowList::default();
    let key = |name: &str| format!("registry.release.{purpose}.{name}");
    let drop: BTreeSet<&'static str> = names(page, &key("drop"), raw.drop.as_ref(), purpose);
    if let Some(given) = &raw.keep {
        let keep = names(page, &key("keep"), Some(given), purpose);
        if keep.is_empty() {
            let message = "a release of nothing is of no use; name the columns to keep";
            page.problem(&key("keep"), Some(given.place()), message);
        }
        for twice in keep.intersection(&drop) {
            let message = format!("{twice} stands in keep and in drop; remove it from one of them");
            page.problem(&key("keep"), Some(given.place()), message);
        }
        let kept = |variable: &&Variable| variable.action(purpose) == Action::Keep;
        let left_out = VARIABLES.iter().filter(kept).map(|variable| variable.name);
        list.dropped.extend(left_out.filter(|name| !keep.contains(name)));
    }
    list.dropped.extend(drop);
    for text in raw.new.as_ref().map_or(&[][..], |raw| raw.value()) {
        match new_column(text.value()) {
            Ok((name, _)) if list.new.contains_key(&name) => {
                page.problem(&key("new"), Some(text.place()), "the column is named twice");
            }
            Ok((name, form)) => {
                list.new.insert(name, form);
            }
            Err(message) => page.problem(&key("new"), Some(text.place()), message),
        }
    }
    list
}

/// Names of columns that the table keeps for the purpose: nothing else can be kept or dropped.
fn names(
    page: &mut Page<'_>,
    key: &str,
    raw: Option<&At<Vec<At<String>>>>,
    purpose: Purpose,
) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for text in raw.map_or(&[][..], |raw| raw.value()) {
        let named = by_table_name(text.value());
        let message = match named.map(|variable| (variable, variable.action(purpose))) {
            Some((variable, Action::Keep)) => {
                if !found.insert(variable.name) {
                    page.problem(key, Some(text.place()), "the column is named twice");
                }
                continue;
            }
            Some((_, Action::Drop)) => {
                "it is dropped for this purpose already, and cannot be kept; remove it".to_owned()
            }
            Some((variable, _)) => format!(
                "{} identifies a person or an episode and never leaves as it is; remove it",
                variable.name
            ),
            None if is_direct_identifier(text.value()) => {
                "no direct identifier may be released (NPR-04); remove it".to_owned()
            }
            None => match nearest(text.value(), VARIABLES.iter().map(|v| v.name)) {
                Some(guess) => format!("there is no such column; did you mean {guess}?"),
                None => {
                    "there is no such column; a new one stands in new, with its form".to_owned()
                }
            },
        };
        page.problem(key, Some(text.place()), message);
    }
    found
}

/// A numbered variable is named by `_n`, as in the table.
fn by_table_name(text: &str) -> Option<&'static Variable> {
    let exact = VARIABLES.iter().find(|variable| variable.name.eq_ignore_ascii_case(text));
    exact.or_else(|| variable(text).filter(|variable| !variable.name.ends_with("_n")))
}

/// `name:form`.
fn new_column(text: &str) -> Result<(String, Form), String> {
    let forms: Vec<&str> = Form::OF_NEW.iter().map(|(name, _)| *name).collect();
    let Some((name, form)) = text.split_once(':') else {
        return Err(format!("write name:form, where form is {}", forms.join(", ")));
    };
    let (name, form) = (name.trim(), form.trim());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
        return Err("a column's name is 1 to 64 of a-z, A-Z, 0-9 and _".to_owned());
    }
    if is_direct_identifier(name) {
        return Err("no direct identifier may be released (NPR-04); remove it".to_owned());
    }
    if let Some(known) = variable(name) {
        return Err(format!("{} is in the table; use keep or drop", known.name));
    }
    if name.eq_ignore_ascii_case(PERSON) {
        return Err(format!("{PERSON} is the pseudonym's own column; take another name"));
    }
    let form =
        Form::of_new(form).ok_or_else(|| format!("the form is one of {}", forms.join(", ")))?;
    Ok((name.to_ascii_lowercase(), form))
}

const LONGEST_NAME: usize = 64;
/// The column of the pseudonym.
const PERSON: &str = "npr_pid";
