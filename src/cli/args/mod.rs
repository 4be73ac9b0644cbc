//! The command line: verbs, flags and their help. Man pages and completions are made from it.

pub mod certificate;
pub mod installation;
pub mod oversight;
pub mod police;
pub mod registries;
pub mod submissions;
pub mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::cli::args::{
    installation::{ConfigVerb, Init, KeysVerb},
    oversight::{AlarmVerb, AuditVerb},
    police::{JournalVerb, PoliceVerb},
    registries::{EnrolmentVerb, ObjectVerb, PushVerb, RetentionVerb, TaskVerb},
    submissions::{SubmissionVerb, Validate},
    values::CONFIG,
};

/// A secure file sluice for health administration
///
/// Takes files that senders drop over SFTP, checks them by the law's rules, encrypts them for their
/// registries, answers the senders, logs everything tamper-evidently, and erases each thing by its
/// deadline.
#[derive(Debug, Parser)]
#[command(
    name = "filsluse",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 fine, 1 findings, 2 cannot, 64 usage, 78 configuration.\n\
                  Results go to standard output, words to standard error."
)]
pub struct Arguments {
    /// The main configuration file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = CONFIG,
        hide_default_value = false
    )]
    pub config: PathBuf,
    /// Write the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// What somebody must see to
    Alarm {
        /// What to do
        #[command(subcommand)]
        verb: AlarmVerb,
    },
    /// Verify the audit log, show its head, prove an entry
    Audit {
        /// What to do
        #[command(subcommand)]
        verb: AuditVerb,
    },
    /// Print a shell's completions
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Check and show the configuration
    Config {
        /// What to do
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// Deliver to the case archive and to registries' inboxes (the service that has the network)
    ///
    /// Asks the running daemon what is to go out, and needs no key but the archive's auth key and
    /// those of client certificates.
    Deliver(Deliver),
    /// Tell the whole story on a throw-away installation: nothing to install or configure
    Demo(Demo),
    /// Who is enrolled in the GP scheme, and withdrawals that wait for a decision
    Enrolment {
        /// What to do
        #[command(subcommand)]
        verb: EnrolmentVerb,
    },
    /// Make a new installation: configuration, keys and directories
    Init(Init),
    /// What was shared with the police, for the patient journal
    Journal {
        /// What to do
        #[command(subcommand)]
        verb: JournalVerb,
    },
    /// Make, rotate and list keys
    Keys {
        /// What to do
        #[command(subcommand)]
        verb: KeysVerb,
    },
    /// Write the man pages
    Man {
        /// Directory to write them into
        directory: PathBuf,
    },
    /// List, show and fetch what is stored for the registries
    Object {
        /// What to do
        #[command(subcommand)]
        verb: ObjectVerb,
    },
    /// The exchange with the police: requests, replies, decisions, disclosures
    Police {
        /// What to do
        #[command(subcommand)]
        verb: PoliceVerb,
    },
    /// What waits for registries' inboxes; try it now, or give it up
    Push {
        /// What to do
        #[command(subcommand)]
        verb: PushVerb,
    },
    /// What is erased when; hold it, release it, erase now
    Retention {
        /// What to do
        #[command(subcommand)]
        verb: RetentionVerb,
    },
    /// Run the daemon (SIGTERM drains, SIGHUP reloads)
    Run,
    /// Health, queue, senders, deadlines and alarms
    ///
    /// Exit 1 while a grave alarm stands or no daemon runs.
    Status,
    /// Every file that ever came
    Submission {
        /// What to do
        #[command(subcommand)]
        verb: SubmissionVerb,
    },
    /// The tasks that releases from NPR were given for
    Task {
        /// What to do
        #[command(subcommand)]
        verb: TaskVerb,
    },
    /// Judge a file as the daemon would, and store nothing
    ///
    /// Prints the receipt that the sender would get. Exit 0 accepted, 1 rejected, partly accepted
    /// or held, 2 could not be read.
    Validate(Validate),
}

/// `deliver`.
#[derive(Debug, Args)]
pub struct Deliver {
    /// Deliver what is due now and end; exit 1 when something could not be delivered
    #[arg(long)]
    pub once: bool,
    /// Connect to each system, send nothing, and say whether it was reached; exit 1 when one was not
    #[arg(long, conflicts_with = "once")]
    pub check: bool,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// A new directory for the installation, which is kept; without it a temporary one
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// End after the story, where the daemon would stay up until Ctrl-C
    #[arg(long)]
    pub once: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
