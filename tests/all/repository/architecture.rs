//! Keeps the way through the house one-way: who may name whom with `crate::…`, and which room an
//! outside crate belongs to. `docs/architecture.md` gives the reasons.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each room and the only ones that it may name. A room names only rows above its own, so that no
/// circle can come about. The edge has no row: it names the house, and nobody names it.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("durable", &[]),
    ("signature", &["types"]),
    ("intake", &["types", "durable", "signature"]),
    ("format", &["types"]),
    ("protect", &["types"]),
    ("kinds", &["types", "format", "protect"]),
    ("route", &["types"]),
    ("seal", &["types"]),
    ("store", &["types", "durable"]),
    ("receipt", &["types"]),
    ("catalogue", &["types"]),
    ("vault", &["types", "durable", "catalogue"]),
    ("audit", &["types", "durable"]),
    ("audited", &["types", "catalogue", "audit"]),
    // `durable` for its fail points alone.
    ("retention", &["types", "durable", "catalogue", "store", "audit", "audited"]),
    // The legal profiles' outer limits, so that a configuration that breaks one is refused.
    ("config", &["types", "signature", "retention"]),
    ("pipeline", HOUSE),
];

/// What calls the house: may name every room and whatever edge stands before it.
const EDGE: &[&str] =
    &["admin", "http_answers", "pem", "expiry", "listener", "daemon", "deliver", "demo", "cli"];

/// Every room but the pipeline itself.
const HOUSE: &[&str] = &[
    "types",
    "durable",
    "signature",
    "intake",
    "format",
    "protect",
    "kinds",
    "route",
    "seal",
    "store",
    "receipt",
    "catalogue",
    "vault",
    "audit",
    "audited",
    "retention",
    "config",
];

/// Outside crates that decide what a room is: an asynchronous runtime in the core, SQL outside the
/// catalogue or an argument parser below the edge would each be a wall taken down.
const BELONGS_TO: &[(&str, &[&str])] = &[
    ("axum", &["daemon", "http_answers", "listener", "cli"]),
    ("calamine", &["format"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("flate2", &["format"]),
    ("http_body_util", &["daemon", "deliver", "http_answers", "listener"]),
    ("hyper", &["daemon", "deliver", "listener"]),
    ("hyper_util", &["daemon", "deliver", "listener"]),
    ("indicatif", &["cli"]),
    ("notify", &["intake"]),
    ("rusqlite", &["catalogue"]),
    ("rustls", &["deliver", "listener", "pem"]),
    ("sd_notify", &["daemon", "deliver", "listener"]),
    ("tokio", &["daemon", "deliver", "demo", "http_answers", "listener"]),
    ("tokio_rustls", &["deliver", "listener"]),
    ("toml", &["config"]),
    ("x509_cert", &["expiry"]),
    ("tracing_subscriber", &["daemon", "cli"]),
];

#[test]
fn rooms_name_only_what_the_table_allows() {
    let rules: BTreeMap<_, _> = MAY_NAME.iter().copied().collect();
    let mut broken = Vec::new();
    for path in rust_files(&source()) {
        let Some(room) = room(&path) else { continue };
        let before = EDGE.iter().position(|edge| *edge == room).map(|at| &EDGE[..at]);
        for (line, named) in named_rooms(&fs::read_to_string(&path).unwrap()) {
            let allowed = match before {
                Some(edges) => {
                    rules.contains_key(named.as_str()) || edges.contains(&named.as_str())
                }
                None => rules
                    .get(room.as_str())
                    .unwrap_or_else(|| panic!("give {room} a row in MAY_NAME"))
                    .contains(&named.as_str()),
            };
            if named != room && !allowed {
                broken.push(format!("{}:{line}: {room} names {named}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_table_has_no_circle_and_no_room_that_is_gone() {
    let rooms: Vec<_> = MAY_NAME.iter().map(|(room, _)| *room).collect();
    for (position, (room, allowed)) in MAY_NAME.iter().enumerate() {
        for other in *allowed {
            assert!(rooms[..position].contains(other), "{room} stands above {other}");
        }
        let here = source().join(room).is_dir() || source().join(format!("{room}.rs")).is_file();
        assert!(here, "there is no room {room}");
    }
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut broken = Vec::new();
    for path in rust_files(&source()) {
        let Some(room) = room(&path) else { continue };
        let text = without_comments(&fs::read_to_string(&path).unwrap());
        for (krate, rooms) in BELONGS_TO {
            if names_crate(&text, krate) && !rooms.contains(&room.as_str()) {
                broken.push(format!("{}: {krate} belongs to {rooms:?}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// `super::` from a room's top file, or twice, would reach another room without saying `crate::`.
#[test]
fn no_path_leaves_a_room_by_the_back_door() {
    for path in rust_files(&source()) {
        let text = without_comments(&fs::read_to_string(&path).unwrap());
        let top = path.strip_prefix(source()).unwrap().components().count() == 1
            || path.file_name().is_some_and(|name| name == "mod.rs");
        for (line, text) in text.lines().enumerate() {
            let twice = text.contains("super::super");
            let out = top && text.starts_with("use super");
            assert!(!twice && !out, "{}:{}: {text}", path.display(), line + 1);
        }
    }
}

/// What a file names comes before it, so that each can be read without those that name it. A folder's `mod.rs` is a file like any other.
#[test]
fn no_files_of_a_room_name_each_other_in_a_circle() {
    let rooms = MAY_NAME.iter().map(|(room, _)| room).chain(EDGE);
    for room in rooms.filter(|room| source().join(room).is_dir()) {
        let files = rust_files(&source().join(room));
        let texts: BTreeMap<String, String> =
            files.iter().map(|path| (module(path), fs::read_to_string(path).unwrap())).collect();
        let circle = circle(&names(&texts));
        assert!(circle.is_empty(), "{}", circle.join("\n  names "));
    }
}

#[test]
fn a_circle_of_files_is_found() {
    let texts = |texts: &[(&str, &str)]| -> BTreeMap<String, String> {
        texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let straight = [
        ("a", "pub mod b;\nuse crate::{types::x, a::{b::{self, B}, c::C}};"),
        ("a::b", "use crate::{\n    a::{\n        c,\n    },\n};\nfn f() { crate::a::c::f(); }"),
        ("a::c", "fn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::a::b;\n}"),
    ];
    let named = names(&texts(&straight));
    let of = |name: &str| named[name].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!((of("a"), of("a::b"), of("a::c")), (vec!["a::b", "a::c"], vec!["a::c"], vec![]));
    assert!(circle(&named).is_empty());
    let inside = names(&texts(&[
        ("a", "pub use b::B;\nfn f() { c::f() }"),
        ("a::b", "use crate::a::c;"),
        ("a::c", ""),
    ]));
    assert_eq!(inside["a"], BTreeSet::from(["a::b".to_owned(), "a::c".to_owned()]));
    let back = ["use crate::{\n    a::{\n        A,\n    },\n};", "fn f() { super::f(); }"];
    for back in back {
        let named = names(&texts(&[straight[0], straight[1], ("a::c", back)]));
        assert_eq!(circle(&named), ["a", "a::b", "a::c", "a"], "{back}");
    }
}

#[test]
fn the_reader_finds_every_way_to_name_a_room() {
    let text = "\
use std::fs;
use crate::seal::Sealer;
use crate::{
    store::{Store, directory::DirectoryStore},
    types::ids::ObjectId, // crate::not_this
};
/// [`crate::nor_this`]
fn act() { crate::route::plan(); crate :: audit::x(); }
pub(in crate::kinds) fn act() {}
";
    let names: Vec<_> = named_rooms(text).into_iter().collect();
    let want = [(2, "seal"), (3, "store"), (3, "types"), (8, "route"), (9, "kinds")];
    let want: Vec<_> = want.iter().map(|(line, name)| (*line, (*name).to_owned())).collect();
    // A path with spaces in it is nothing that rustfmt lets stand.
    assert_eq!(names, want);
    assert!(names_crate("use notify::Watcher;", "notify"));
    assert!(names_crate("    rusqlite::Connection::open()", "rusqlite"));
    for not in ["sd_notify::notify()", "notify(x)", "crate::clap::x", "self.notify::<u8>()"] {
        assert!(!names_crate(not, "notify") && !names_crate(not, "clap"), "{not}");
    }
}

/// Which of these files each of them names, tests aside.
fn names(texts: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let of = |name: &String, text: &String| {
        let text = without_comments(text.split("#[cfg(test)]").next().unwrap());
        let above = name.rsplit_once("::").map_or("", |(above, _)| above);
        let text = text.replace("super::", &format!("crate::{above}::"));
        // Who may see an item is no use of it.
        let text = text.replace("(in crate::", "(in ");
        let named = named_paths(&text).into_iter().filter_map(|path| {
            // The longest beginning that is a file: what follows is in it.
            let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
            let files = ends.map(|end| &path[..end]).filter(|file| texts.contains_key(*file));
            files.last().filter(|file| file != name).map(ToOwned::to_owned)
        });
        // A folder's file names those in it without saying where they are.
        let inside = texts.keys().filter(|file| {
            let child = file.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix("::"));
            child.is_some_and(|child| names_crate(&text, child))
        });
        (name.clone(), named.chain(inside.cloned()).collect())
    };
    texts.iter().map(|(name, text)| of(name, text)).collect()
}

/// Every path that begins with `crate::`, without that; a `use` tree branch by branch.
fn named_paths(text: &str) -> Vec<String> {
    let after = text.split("crate::").skip(1);
    after.flat_map(|rest| branches(rest.trim_start())).collect()
}

/// The paths that a text begins with: one, or those of the braces that it ends in.
fn branches(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && !['_', ':'].contains(&c));
    let (head, rest) = text.split_at(end.unwrap_or(text.len()));
    let Some(tree) = rest.strip_prefix('{') else { return vec![head.to_owned()] };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in tree.char_indices() {
        if depth == 0 && [',', '}'].contains(&c) {
            // Nothing stands behind a last comma.
            let inner = tree[start..at].trim();
            if !inner.is_empty() {
                found.extend(branches(inner).iter().map(|path| format!("{head}{path}")));
            }
            start = at + 1;
        }
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
    }
    found
}

/// The way round a circle, its first name again at its end; empty where there is none.
fn circle(named: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    fn walk<'a>(
        at: &'a str,
        named: &'a BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Vec<String> {
        if let Some(first) = way.iter().position(|one| *one == at) {
            return way[first..].iter().chain([&at]).map(|name| (*name).to_owned()).collect();
        }
        if done.contains(at) {
            return Vec::new();
        }
        way.push(at);
        let found = named[at].iter().map(|next| walk(next, named, way, done));
        let found = found.into_iter().find(|circle| !circle.is_empty());
        way.pop();
        done.insert(at);
        found.unwrap_or_default()
    }
    let (mut way, mut done) = (Vec::new(), BTreeSet::new());
    let circles = named.keys().map(|name| walk(name, named, &mut way, &mut done));
    circles.into_iter().find(|circle| !circle.is_empty()).unwrap_or_default()
}

/// `src/pipeline/answer/mod.rs` as `pipeline::answer`.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(source()).unwrap().with_extension("");
    let parts: Vec<_> = inside.iter().map(|part| part.to_str().unwrap()).collect();
    parts.strip_suffix(&["mod"]).unwrap_or(&parts).join("::")
}

/// The rooms that a file names, with the line on which the path begins.
fn named_rooms(text: &str) -> Vec<(usize, String)> {
    let text = without_comments(text);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("crate::") {
        let start = from + at;
        from = start + "crate::".len();
        // `$crate::` and `some_crate::` are other words.
        if text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let line = text[..start].matches('\n').count() + 1;
        let rest = &text[from..];
        let heads = rest.strip_prefix('{').map_or_else(|| vec![ident(rest)], heads);
        found.extend(heads.into_iter().filter(|h| !h.is_empty()).map(|h| (line, h.to_owned())));
    }
    found
}

/// The first name of each branch of a `use` tree, up to its closing brace.
fn heads(tree: &str) -> Vec<&str> {
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(ident(tree[start..at].trim_start()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(ident(tree[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

fn ident(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

fn names_crate(text: &str, krate: &str) -> bool {
    text.match_indices(&format!("{krate}::")).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        // A method's turbofish is no path.
        before.is_none_or(|c| !c.is_alphanumeric() && !['_', ':', '.'].contains(&c))
            && after != Some('<')
    })
}

/// Line comments emptied, lines kept: what a sentence mentions is not used.
fn without_comments(text: &str) -> String {
    let code = |line: &str| line.find("//").map_or(line.to_owned(), |at| line[..at].to_owned());
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// `src/store/fs.rs` and `src/store.rs` both belong to `store`; `lib.rs` and `main.rs` to none.
fn room(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(source()).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    let room = first.trim_end_matches(".rs");
    (!["lib", "main"].contains(&room)).then(|| room.to_owned())
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
