//! `init`, `config` and `keys` on the command line: what an installation is made of.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{cli::args::values::recipient, types::ids::RegistryId};

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// A new or empty directory
    pub directory: PathBuf,
    /// A registry's public key; without it a pair is made here, and its secret half must be moved
    #[arg(long = "recipient", value_name = "REGISTRY=age1...", value_parser = recipient)]
    pub recipients: Vec<(RegistryId, age::x25519::Recipient)>,
    /// Which national identity numbers are let in
    #[arg(long, value_enum, default_value_t = ProfileName::Production)]
    pub profile: ProfileName,
    /// Short name of the installation, which the audit log keeps for ever
    #[arg(long, value_name = "NAME")]
    pub installation: Option<String>,
    /// What receipts call the installation
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Whom senders may write to
    #[arg(long, value_name = "TEXT")]
    pub contact: Option<String>,
    /// Take files whatever account owns them; only for a trial where all run as one account
    #[arg(long)]
    pub no_owner_check: bool,
}

/// Which national identity numbers are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// Real ones
    Production,
    /// Synthetic ones
    Test,
}

/// `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Tell every problem at once, with file, line and what to write instead
    ///
    /// Exit 78 when the files are wrong; exit 1 when they are fine and the directories, accounts or
    /// keys around them are not.
    Check {
        /// Look at the files alone: not at directories, accounts and keys
        #[arg(long)]
        no_environment: bool,
    },
    /// Show the configuration with every default filled in; it holds no secret
    Show,
    /// Print the JSON Schema of the files, for editors
    Schema,
}

/// `keys`.
#[derive(Debug, Subcommand)]
pub enum KeysVerb {
    /// Make every key that is configured and missing
    Generate,
    /// Make a registry's next pseudonym key; older ones stay, so that what they made is resolved
    Rotate {
        /// Whose
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: RegistryId,
    },
    /// List the keys' names and epochs, never their values
    List,
}
