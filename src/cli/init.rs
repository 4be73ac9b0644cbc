//! `init`: a new installation, and what to do next.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use serde::Serialize;

use crate::{
    cli::{
        args::installation::{Init, ProfileName},
        error::CliError,
        output::{self, BOLD, Output},
    },
    config::{
        init::{options::Options, write_installation},
        layout::Layout,
        names::Installation,
    },
    daemon::open,
    types::{ids::RegistryId, national_id::Profile},
};

pub(super) fn run(out: Output, asked: &Init) -> Result<u8, CliError> {
    let directory = std::path::absolute(&asked.directory)
        .map_err(|error| CliError::doing("find the directory", error))?;
    let layout = Layout::new(&directory);
    let random = open::system_random()?;
    let report = write_installation(&layout, &options(asked)?, &mut |bytes| random(bytes))
        .map_err(|error| CliError::doing("make the installation", error))?;
    for warning in report.warnings() {
        output::warning(&warning);
    }
    let made = Made {
        config: layout.main_file(),
        files: report.files,
        inbound_recipient: report.inbound_recipient.to_string(),
        registry_identities: report.registry_identities,
    };
    out.result(&made, words)?;
    Ok(0)
}

/// What was made.
#[derive(Serialize)]
struct Made {
    config: PathBuf,
    files: Vec<PathBuf>,
    inbound_recipient: String,
    registry_identities: Vec<(RegistryId, PathBuf)>,
}

fn options(asked: &Init) -> Result<Options, CliError> {
    let installation = asked
        .installation
        .as_deref()
        .map(Installation::parse)
        .transpose()
        .map_err(|error| CliError::Usage(format!("--installation: {error}")))?;
    let mut recipients = BTreeMap::new();
    for (registry, key) in &asked.recipients {
        if recipients.insert(registry.clone(), key.clone()).is_some() {
            let told = format!("--recipient {registry}=... stands twice; give each registry one");
            return Err(CliError::Usage(told));
        }
    }
    let profile = match asked.profile {
        ProfileName::Production => Profile::Production,
        ProfileName::Test => Profile::Test,
    };
    Ok(Options {
        profile,
        installation,
        name: asked.name.clone(),
        contact: asked.contact.clone(),
        owner_check: !asked.no_owner_check,
        recipients,
        ..Options::production()
    })
}

fn words(made: &Made) -> String {
    let mut text = format!("{BOLD}A new installation was made.{BOLD:#}\n\n");
    for file in &made.files {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {}", file.display());
    }
    let config = made.config.display();
    let _ = write!(
        text,
        "\nSenders who encrypt their files encrypt them to\n  {}\n\n\
         {BOLD}Next{BOLD:#}\n\
         \x20 1. Read and complete {config} and the files in senders.d and registries.d.\n\
         \x20 2. filsluse config check --config {config}\n\
         \x20 3. filsluse run --config {config}\n\
         \x20 Keep a copy of the credentials in a safe place: without them nothing can be matched.\n",
        made.inbound_recipient
    );
    text
}
