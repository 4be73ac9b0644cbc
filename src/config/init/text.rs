//! The shipped, commented configuration files with other values set.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    config::{
        init::options::Options,
        layout::Layout,
        load::{Source, Sources},
        sender::{Missions, Owner, Periodic, Sender, Yearly},
    },
    types::{
        ids::{KindId, RegistryId},
        national_id::Profile,
        rule::Language,
    },
};

/// Every file's text, and where it goes.
pub(super) fn all(
    layout: &Layout,
    options: &Options,
    recipients: &BTreeMap<RegistryId, age::x25519::Recipient>,
) -> Sources {
    let file = |directory: PathBuf, id: &str, text: String| Source {
        path: directory.join(format!("{id}.toml")),
        text,
    };
    Sources {
        main: Source { path: layout.main_file(), text: main(layout, options) },
        senders: senders(options)
            .into_iter()
            .map(|(id, text)| file(layout.senders(), &id, text))
            .collect(),
        registries: recipients
            .iter()
            .filter_map(|(id, recipient)| {
                let (_, text) = REGISTRIES.iter().find(|(known, _)| id.as_str() == *known)?;
                Some(file(layout.registries(), id.as_str(), registry(text, recipient)))
            })
            .collect(),
    }
}

/// The registries that an installation has.
pub(super) fn registries() -> impl Iterator<Item = &'static str> {
    REGISTRIES.iter().map(|(id, _)| *id)
}

/// Ids and texts of the senders' files.
pub(super) fn senders(options: &Options) -> Vec<(String, String)> {
    if options.senders.is_empty() {
        return EXAMPLES.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect();
    }
    let text = |one: &Sender| (one.id.to_string(), sender(one));
    options.senders.iter().map(text).collect()
}

/// `filsluse.toml`.
fn main(layout: &Layout, options: &Options) -> String {
    let path = |path: &std::path::Path| Some(quoted(&path.to_string_lossy()));
    let mut text = MAIN.to_owned();
    set(&mut text, "drop-root", path(&layout.places.drop_root));
    set(&mut text, "state-dir", path(&layout.places.state_dir));
    set(&mut text, "credentials-dir", path(&layout.credentials));
    if options.profile == Profile::Test {
        set(&mut text, "profile", Some(quoted(Profile::Test.as_str())));
    }
    if let Some(installation) = &options.installation {
        set(&mut text, "installation", Some(quoted(installation.as_str())));
    }
    if let Some(name) = &options.name {
        set(&mut text, "name", Some(quoted(name)));
    }
    if let Some(contact) = &options.contact {
        set(&mut text, "contact", Some(quoted(contact)));
    }
    set(&mut text, "owner-check", Some(options.owner_check.to_string()));
    text
}

/// One `registries.d/*.toml`.
fn registry(shipped: &str, recipient: &age::x25519::Recipient) -> String {
    // With the registry's own key in it, the warning about the example's has no place any more.
    let warning = |line: &&str| {
        !["# THIS ONE IS", "# production profile"].iter().any(|start| line.starts_with(start))
    };
    let mut text =
        shipped.lines().filter(warning).fold(String::new(), |text, line| text + line + "\n");
    set(&mut text, "recipients", Some(format!("[{}]", quoted(&recipient.to_string()))));
    text
}

/// One `senders.d/*.toml`.
fn sender(sender: &Sender) -> String {
    let mut text = SENDER
        .lines()
        .skip_while(|line| !line.is_empty())
        .skip(1)
        .fold(format!("# {}\n\n", sender.name), |text, line| text + line + "\n");
    let kinds: Vec<String> =
        sender.kinds.iter().map(|kind: &KindId| quoted(kind.as_str())).collect();
    let code = match &sender.missions {
        Missions::Own(code) => Some(quoted(code.as_str())),
        Missions::Any | Missions::None => None,
    };
    let (account, uid) = match &sender.owner {
        Owner::Account(account) if account.as_str() == sender.id.as_str() => (None, None),
        Owner::Account(account) => (Some(quoted(account.as_str())), None),
        Owner::Uid(uid) => (None, Some(uid.to_string())),
    };
    let language = match sender.language {
        Language::En => "en",
        Language::Nb => "nb",
    };
    let expect = sender.expect.map(|expect| {
        let mut pairs = Vec::new();
        if let Some(Periodic { every, grace }) = expect.periodic {
            pairs.push(format!("every = \"{every}\", grace = \"{grace}\""));
        }
        if let Some(Yearly { deadline, exception }) = expect.yearly {
            pairs.push(format!("yearly = \"{deadline}\""));
            pairs.extend(exception.map(|day| format!("exception = \"{day}\"")));
        }
        format!("{{ {} }}", pairs.join(", "))
    });
    for (key, value) in [
        ("id", Some(quoted(sender.id.as_str()))),
        ("name", Some(quoted(&sender.name))),
        ("kinds", Some(format!("[{}]", kinds.join(", ")))),
        ("mission-code", code),
        ("case-handler", (sender.missions == Missions::Any).then(|| true.to_string())),
        ("language", Some(quoted(language))),
        ("recipient", sender.recipient.as_ref().map(|key| quoted(&key.to_string()))),
        ("signing-keys", signing_keys(sender)),
        ("completeness", Some(quoted(sender.completeness.as_str()))),
        ("expect", expect),
        ("contact", sender.contact.as_deref().map(quoted)),
        ("municipality", sender.municipality.map(|number| quoted(&number.to_string()))),
        ("org-number", sender.org_number.map(|number| quoted(&number.to_string()))),
        ("police-district", sender.police_district.as_deref().map(quoted)),
        ("account", account),
        ("uid", uid),
    ] {
        set(&mut text, key, value);
    }
    text
}

fn signing_keys(sender: &Sender) -> Option<String> {
    let keys: Vec<String> =
        sender.signing_keys.iter().map(|key| quoted(&key.to_string())).collect();
    (!keys.is_empty()).then(|| format!("[{}]", keys.join(", ")))
}

/// Sets a key on its line, or with `None` turns the line into the comment that shows its default.
fn set(text: &mut String, key: &str, value: Option<String>) {
    let is_its_line = |line: &str| {
        let line = line.strip_prefix('#').unwrap_or(line);
        line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "))
    };
    let mut value = Some(value);
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        // The first such line; every key stands once in each of our files.
        match value.take_if(|_| is_its_line(line)) {
            Some(Some(value)) => lines.extend([key, " = ", &value]),
            Some(None) if !line.starts_with('#') => lines.extend(["#", line]),
            Some(None) | None => lines.push_str(line),
        }
        lines.push('\n');
    }
    debug_assert!(value.is_none(), "the shipped file has no line for {key}");
    *text = lines;
}

/// A text as TOML writes it, whatever stands in it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

const MAIN: &str = include_str!("../../../config/filsluse.toml");
const REGISTRIES: &[(&str, &str)] = &[
    ("fastlege", include_str!("../../../config/registries.d/fastlege.toml")),
    ("iplos", include_str!("../../../config/registries.d/iplos.toml")),
    ("kpr", include_str!("../../../config/registries.d/kpr.toml")),
    ("politisvar", include_str!("../../../config/registries.d/politisvar.toml")),
    ("hdir-finansiering", include_str!("../../../config/registries.d/hdir-finansiering.toml")),
];
const SENDER: &str = include_str!("../../../config/senders.d/embassy-xex.toml");
const EXAMPLES: &[(&str, &str)] = &[
    ("embassy-xex", SENDER),
    ("helfo", include_str!("../../../config/senders.d/helfo.toml")),
    ("npr", include_str!("../../../config/senders.d/npr.toml")),
    ("oslo", include_str!("../../../config/senders.d/oslo.toml")),
    ("politi-oslo", include_str!("../../../config/senders.d/politi-oslo.toml")),
    ("sykehus-eksempel", include_str!("../../../config/senders.d/sykehus-eksempel.toml")),
    ("ud", include_str!("../../../config/senders.d/ud.toml")),
];
