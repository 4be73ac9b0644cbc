//! `completions` and `man`: made from the same description as the help.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::{
    args::Arguments,
    error::CliError,
    output::{self, Output},
};

pub(super) fn completions(shell: Shell) -> Result<u8, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "filsluse", &mut script);
    output::raw(&script)?;
    Ok(0)
}

pub(super) fn pages(out: Output, directory: &Path) -> Result<u8, CliError> {
    let failed = |path: &Path| {
        let doing = format!("write {}", path.display());
        move |error: io::Error| CliError::doing(doing, error)
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, page) in man_pages().map_err(failed(directory))? {
        let path = directory.join(name);
        fs::write(&path, page).map_err(failed(&path))?;
        written.push(path);
    }
    out.result(&written, |written| {
        format!("Wrote {} man pages into {}.\n", written.len(), directory.display())
    })?;
    Ok(0)
}

/// Every page by its file name: `filsluse.1`, `filsluse-audit.1`, `filsluse-audit-verify.1`, …
fn man_pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, "filsluse", &mut pages)?;
    Ok(pages)
}

fn collect(
    command: &clap::Command,
    name: &str,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> io::Result<()> {
    let mut page = Vec::new();
    // The version stands in one place; pages that name it would be stale at every release.
    let man = clap_mangen::Man::new(command.clone().version(None)).title(name);
    man.date("").source("filsluse").render(&mut page)?;
    pages.push((format!("{name}.1"), page));
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        collect(verb, &format!("{name}-{}", verb.get_name()), pages)?;
    }
    Ok(())
}
