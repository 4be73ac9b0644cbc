//! Reads the configuration's files and brings them together.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    config::{
        Build, Config, check,
        check::reporting::Known,
        legal_profile::LegalProfile,
        problem::{ConfigError, Page, Problem},
        raw::{main_file::RawMain, registry::RawRegistryFile, sender::RawSenderFile},
        registry::Registry,
        sender::{Missions, Sender},
        structure,
    },
    types::plain_file,
};

/// One configuration file's text.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it came from, for messages.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// The texts of a whole configuration.
#[derive(Debug, Clone)]
pub struct Sources {
    /// `filsluse.toml`.
    pub main: Source,
    /// `senders.d/*.toml`, in the order of their names.
    pub senders: Vec<Source>,
    /// `registries.d/*.toml`, in the order of their names.
    pub registries: Vec<Source>,
}

impl Config {
    /// Reads and checks `file` and the two directories beside it. `build` is what this build
    /// knows.
    ///
    /// # Errors
    /// Every problem found, each with file, line, key and what to write instead.
    pub fn load(file: &Path, build: &Build<'_>) -> Result<Self, ConfigError> {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let mut problems = Vec::new();
        let main = source(&file, &mut problems);
        let beside = file.parent().unwrap_or(Path::new("/"));
        let (senders, all_senders) = directory(&beside.join("senders.d"), &mut problems);
        let (registries, all_registries) = directory(&beside.join("registries.d"), &mut problems);
        let Some(main) = main else {
            return Err(ConfigError { problems });
        };
        if problems.is_empty() {
            return Self::check(&Sources { main, senders, registries }, build);
        }
        let there = There { senders: all_senders, registries: all_registries };
        if let Err(more) = Self::check_what_is(there, &Sources { main, senders, registries }, build)
        {
            problems.extend(more.problems);
        }
        Err(ConfigError { problems })
    }

    /// Checks the texts of a configuration; touches no file.
    ///
    /// # Errors
    /// Every problem found.
    pub fn check(sources: &Sources, build: &Build<'_>) -> Result<Self, ConfigError> {
        Self::check_what_is(There { senders: true, registries: true }, sources, build)
    }

    fn check_what_is(
        there: There,
        sources: &Sources,
        build: &Build<'_>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let Source { path, text } = &sources.main;
        let main = {
            let mut page = Page::new(path, text, &mut problems);
            structure::read::<RawMain>(&mut page, text)
                .map(|raw| (check::main_file::main(&mut page, path, &raw), raw))
        };
        let registries = read_all(
            &sources.registries,
            &mut problems,
            structure::read::<RawRegistryFile>,
            |page, raw| raw.registry.map(|raw| check::registry::registry(page, &raw)),
        );
        let senders = read_all(
            &sources.senders,
            &mut problems,
            structure::read::<RawSenderFile>,
            |page, raw| raw.sender.map(|raw| check::sender::sender(page, &raw, build.kinds)),
        );
        unique_registries(&registries, &mut problems);
        unique_senders(&senders, &mut problems);
        unique_pins(main.as_ref().map(|(config, _)| config), &registries, &mut problems);
        // While a file cannot be read, whoever misses what is in it would only repeat that.
        let all_registries = there.registries && registries.len() == sources.registries.len();
        let all_senders = there.senders && senders.len() == sources.senders.len();
        if all_registries {
            every_kind_has_a_registry(&senders, &registries, &mut problems);
        }
        let main = main.map(|(mut config, raw)| {
            let known = Known {
                registries: registries.iter().map(|(_, registry)| registry).collect(),
                all_registries,
                senders: senders.iter().map(|(_, sender)| sender).collect(),
                all_senders,
                fields: build.fields,
                indispensable: build.indispensable,
            };
            let mut page = Page::new(path, text, &mut problems);
            check::reporting::check(&mut page, &raw, &known, &mut config);
            config
        });
        let order = |problem: &Problem| (problem.file != sources.main.path, problem.file.clone());
        problems.sort_by_key(|problem| (order(problem), problem.line));
        match main {
            Some(mut config) if problems.is_empty() => {
                config.senders = by_id(senders, |sender| sender.id.clone());
                config.registries = by_id(registries, |registry| registry.id.clone());
                Ok(config)
            }
            _ => Err(ConfigError { problems }),
        }
    }
}

/// Whether every file of a directory could be read.
#[derive(Clone, Copy)]
struct There {
    senders: bool,
    registries: bool,
}

/// One checked part and the file that it came from.
type Found<'a, T> = (&'a Source, T);

fn read_all<'a, Raw, T>(
    sources: &'a [Source],
    problems: &mut Vec<Problem>,
    read: impl Fn(&mut Page<'_>, &str) -> Option<Raw>,
    check: impl Fn(&mut Page<'_>, Raw) -> Option<Option<T>>,
) -> Vec<Found<'a, T>> {
    let mut found = Vec::new();
    for source in sources {
        let mut page = Page::new(&source.path, &source.text, problems);
        let part = read(&mut page, &source.text).and_then(|raw| check(&mut page, raw)).flatten();
        if part.is_none() && !page.has_problems() {
            // No file is ever left out in silence, whatever a check forgot to note.
            page.problem("", None, "it cannot be used; compare it with the shipped example");
        }
        found.extend(part.map(|part| (source, part)));
    }
    found
}

fn by_id<Id: Ord, T>(found: Vec<Found<'_, T>>, id: impl Fn(&T) -> Id) -> BTreeMap<Id, T> {
    found.into_iter().map(|(_, part)| (id(&part), part)).collect()
}

fn unique_senders(senders: &[Found<'_, Sender>], problems: &mut Vec<Problem>) {
    repeated(senders, problems, "sender.id", |sender| Some(sender.id.clone()));
    repeated(senders, problems, "sender.mission-code", |sender| match &sender.missions {
        Missions::Own(code) => Some(code.clone()),
        Missions::Any | Missions::None => None,
    });
    // What is for one district would go to another, and replies come from the wrong one (POL-07).
    repeated(senders, problems, "sender.police-district", |sender| sender.police_district.clone());
}

fn unique_registries(registries: &[Found<'_, Registry>], problems: &mut Vec<Problem>) {
    repeated(registries, problems, "registry.id", |registry| Some(registry.id.clone()));
    // One key for two registries would let anybody link their pseudonyms.
    repeated(registries, problems, "registry.identity.key", |registry| Some(registry.key.clone()));
    // Who is enrolled, and which reply waits, is known of one registry: a second would take over
    // what the first one has.
    repeated(registries, problems, "registry.legal-profile", |registry| {
        let is_one_of_a_kind =
            matches!(registry.legal_profile, LegalProfile::Fastlege | LegalProfile::Politisvar);
        is_one_of_a_kind.then_some(registry.legal_profile)
    });
}

/// A certificate says who asks: an operator who held a registry's could fetch its objects.
fn unique_pins(
    main: Option<&Config>,
    registries: &[Found<'_, Registry>],
    problems: &mut Vec<Problem>,
) {
    let admin = main.and_then(|main| main.admin.as_ref());
    for (n, (source, registry)) in registries.iter().enumerate() {
        let of_operator = |pin| admin.is_some_and(|admin| admin.operators.contains(pin));
        let of_monitor = |pin| admin.is_some_and(|admin| admin.monitors.contains(pin));
        let earlier =
            |pin| registries[..n].iter().find(|(_, other)| other.client_pins.contains(pin));
        for pin in &registry.client_pins {
            let other = match (of_operator(pin), earlier(pin)) {
                (true, _) => "an operator".to_owned(),
                (false, None) if of_monitor(pin) => "a monitor".to_owned(),
                (false, Some((other, _))) => other.path.display().to_string(),
                (false, None) => continue,
            };
            let message = format!("{other} has the same pin; each needs a certificate of its own");
            problems.push(at_key(source, "registry.client-pins", message));
        }
    }
}

fn repeated<T, V: PartialEq>(
    found: &[Found<'_, T>],
    problems: &mut Vec<Problem>,
    key: &str,
    value: impl Fn(&T) -> Option<V>,
) {
    for (n, (source, part)) in found.iter().enumerate() {
        let Some(mine) = value(part) else { continue };
        let earlier = found[..n].iter().find(|(_, other)| value(other).as_ref() == Some(&mine));
        if let Some((earlier, _)) = earlier {
            let cure = match key {
                "registry.legal-profile" => "there can be but one such registry; remove one",
                _ => "each needs its own",
            };
            let message = format!("{} has the same; {cure}", earlier.path.display());
            problems.push(at_key(source, key, message));
        }
    }
}

fn every_kind_has_a_registry(
    senders: &[Found<'_, Sender>],
    registries: &[Found<'_, Registry>],
    problems: &mut Vec<Problem>,
) {
    for (source, sender) in senders {
        for kind in &sender.kinds {
            if registries.iter().any(|(_, registry)| registry.legal_profile.takes(kind)) {
                continue;
            }
            let profile = LegalProfile::ALL.into_iter().find(|profile| profile.takes(kind));
            let cure = profile.map_or("remove the kind".to_owned(), |profile| {
                format!("add a file in registries.d with legal-profile = \"{}\"", profile.as_str())
            });
            let message = format!("no registry takes {kind}; {cure}");
            problems.push(at_key(source, "sender.kinds", message));
        }
    }
}

/// A problem at the line where the last part of a key is set.
fn at_key(source: &Source, key: &str, message: String) -> Problem {
    let last = key.rsplit('.').next().unwrap_or(key);
    let sets = |line: &str| {
        line.trim_start().strip_prefix(last).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let line = source.text.lines().position(sets).map(|line| line + 1);
    Problem { file: source.path.clone(), line, key: key.to_owned(), message }
}

/// The files of a directory, and whether these are all that it has.
fn directory(directory: &Path, problems: &mut Vec<Problem>) -> (Vec<Source>, bool) {
    let listed = fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>());
    let mut files = match listed {
        Ok(files) => files,
        // A directory that nobody made holds no files; what is missing then is told by the checks.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Vec::new(), true),
        Err(error) => {
            problems.push(unreadable(directory, &error));
            return (Vec::new(), false);
        }
    };
    files.retain(|file| is_part(file));
    files.sort();
    let sources: Vec<Source> = files.iter().filter_map(|file| source(file, problems)).collect();
    let is_all = sources.len() == files.len();
    (sources, is_all)
}

/// Whether a file of `senders.d` or `registries.d` is part of the configuration.
pub(super) fn is_part(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| name.ends_with(".toml") && !name.starts_with('.'))
}

fn source(path: &Path, problems: &mut Vec<Problem>) -> Option<Source> {
    match plain_file::read_to_string(path) {
        Ok(text) => Some(Source { path: path.to_owned(), text }),
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let message = match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file; name it with --config, or make one with filsluse init DIR"
                .to_owned()
        }
        io::ErrorKind::InvalidData => "it is not UTF-8; save it as UTF-8".to_owned(),
        io::ErrorKind::InvalidInput => {
            "it is no plain file; put a plain file there, or take it away".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            format!("it cannot be read ({error}); let the daemon's group read it")
        }
        _ => format!("it cannot be read ({error}); look at its disk, and at `dmesg`"),
    };
    Problem { file: path.to_owned(), line: None, key: String::new(), message }
}
