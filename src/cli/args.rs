//! The command line: verbs, flags and their help. Man pages and completions are made from it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::{Timestamp, civil::Date};

use crate::{
    catalogue::{keys::MissionCode, records::objects::ObjectState},
    cli::police_args::{JournalVerb, PoliceVerb},
    types::{
        ids::{KindId, ObjectId, RegistryId, SenderId, SubmissionId},
        verdict::State,
    },
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
        default_value = "/etc/filsluse/filsluse.toml",
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
    /// Enter police requests in the case archive (the service that has the network)
    ///
    /// Asks the running daemon what is to be entered, and needs no key but the archive's auth key.
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
    /// Judge a file as the daemon would, and store nothing
    ///
    /// Prints the receipt that the sender would get. Exit 0 accepted, 1 rejected, partly accepted or
    /// held, 2 could not be read.
    Validate(Validate),
}

/// `deliver`.
#[derive(Debug, Args)]
pub struct Deliver {
    /// Enter what is due now and end; exit 1 when something could not be entered
    #[arg(long)]
    pub once: bool,
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

/// `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// The file to judge
    pub file: PathBuf,
    /// As whose submission
    #[arg(long = "as", value_name = "SENDER", value_parser = SenderId::parse)]
    pub sender: SenderId,
    /// Which kind it must turn out to be; exit 1 when it is another
    #[arg(long, value_name = "KIND", value_parser = KindId::parse)]
    pub kind: Option<KindId>,
    /// Judge it as if it came on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub date: Option<Date>,
}

/// `submission`.
#[derive(Debug, Subcommand)]
pub enum SubmissionVerb {
    /// List submissions, newest first
    List {
        /// Only those in this state: claimed, sealed, stored, answered, done, held, rejected or
        /// quarantined
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Option<State>,
        /// Only those of this sender
        #[arg(long, value_name = "SENDER", value_parser = SenderId::parse)]
        sender: Option<SenderId>,
        /// Only those received on this day or at this time, or later
        #[arg(long, value_name = "DATE", value_parser = since)]
        since: Option<Since>,
        /// At most so many [default: 100 as text, all as JSON]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Show one submission with its findings and events
    Show {
        /// Its id
        #[arg(value_parser = SubmissionId::parse)]
        id: SubmissionId,
    },
}

/// `object`.
#[derive(Debug, Subcommand)]
pub enum ObjectVerb {
    /// List objects, newest first
    List {
        /// Only those of this registry
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: Option<RegistryId>,
        /// Only those in this state: stored, held or erased
        #[arg(long, value_name = "STATE", value_parser = object_state)]
        state: Option<ObjectState>,
        /// Only those of this submission
        #[arg(long, value_name = "ID", value_parser = SubmissionId::parse)]
        submission: Option<SubmissionId>,
        /// At most so many [default: 100 as text, all as JSON]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Show one object
    Show {
        /// Its id
        #[arg(value_parser = ObjectId::parse)]
        id: ObjectId,
    },
    /// Fetch an object as a standard age file; each fetch is recorded in the audit log
    Get {
        /// Its id
        #[arg(value_parser = ObjectId::parse)]
        id: ObjectId,
        /// Where to write it; without it, to standard output unless that is a terminal
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Decrypt it with the registry's identity
        #[arg(long, requires = "identity")]
        decrypt: bool,
        /// The file with the registry's identity (AGE-SECRET-KEY-1...)
        #[arg(short, long, value_name = "KEY", requires = "decrypt")]
        identity: Option<PathBuf>,
    },
}

/// `retention`.
#[derive(Debug, Subcommand)]
pub enum RetentionVerb {
    /// What is erased when, and under which rule
    Plan {
        /// Only what is due on this day or before
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        at: Option<Date>,
    },
    /// Erase what is due now; this also confirms what a guard had stopped
    Run,
    /// Keep an object past its deadline, never past a statutory limit
    Hold {
        /// The object
        #[arg(value_parser = ObjectId::parse)]
        id: ObjectId,
        /// Why: one line, without identity numbers
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// End a hold
    Release {
        /// The object
        #[arg(value_parser = ObjectId::parse)]
        id: ObjectId,
    },
}

/// `alarm`.
#[derive(Debug, Subcommand)]
pub enum AlarmVerb {
    /// List the alarms that stand
    List,
    /// End an alarm about something that happened, once it has been seen to
    ///
    /// Alarms about something that lasts end by themselves when their cause is gone.
    Acknowledge {
        /// Its code
        code: String,
        /// What it is about; without it, all of that code
        subject: Option<String>,
    },
}

/// `enrolment`.
#[derive(Debug, Subcommand)]
pub enum EnrolmentVerb {
    /// List enrolments, by pseudonym
    List {
        /// Only those of this mission
        #[arg(long, value_name = "CODE", value_parser = MissionCode::parse)]
        mission: Option<MissionCode>,
    },
    /// List the lists whose withdrawals wait for a decision (EMB-13)
    Pending,
    /// Let the withdrawals of a list through
    Approve {
        /// The list's submission id
        #[arg(value_parser = SubmissionId::parse)]
        id: SubmissionId,
        /// Who decided, when it is not you
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// Keep enrolled whom a list would withdraw
    Refuse {
        /// The list's submission id
        #[arg(value_parser = SubmissionId::parse)]
        id: SubmissionId,
        /// Who decided, when it is not you
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// Verify the log: tiles, chain, signatures and older checkpoints
    ///
    /// Works on a copy, without daemon or keys of ours. Exit 1 when something is wrong, with the
    /// first bad entry.
    Verify {
        /// A copy of the audit directory
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// The verifier key, kept elsewhere; without it the one in the directory
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// A checkpoint that was kept, or a receipt or proof with one in it: the log must extend it
        #[arg(long, value_name = "FILE")]
        older: Option<PathBuf>,
    },
    /// Print the newest signed checkpoint
    Checkpoint,
    /// Write the proof (c2sp.org/tlog-proof) that the log holds a submission's verdict
    Prove {
        /// The submission's id
        #[arg(value_parser = SubmissionId::parse)]
        submission: SubmissionId,
        /// Where to write it; without it, to standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
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

/// A day, which begins at midnight in the installation's zone, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The day's first instant.
    Day(Date),
    /// This instant.
    Instant(Timestamp),
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day such as 2026-12-31".to_owned())
}

fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| {
        "write claimed, sealed, stored, answered, done, held, rejected or quarantined".to_owned()
    })
}

fn object_state(text: &str) -> Result<ObjectState, String> {
    text.parse().map_err(|_| "write stored, held or erased".to_owned())
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(day) = text.parse::<Date>()
        && text.len() == "2026-01-01".len()
    {
        return Ok(Since::Day(day));
    }
    let instant = text.parse::<Timestamp>().map(Since::Instant);
    instant.map_err(|_| {
        "write a day such as 2026-12-31 or a time such as 2026-12-31T10:00:00Z".to_owned()
    })
}

fn recipient(text: &str) -> Result<(RegistryId, age::x25519::Recipient), String> {
    let (registry, key) =
        text.split_once('=').ok_or("write REGISTRY=age1..., such as fastlege=age1...")?;
    let registry = RegistryId::parse(registry).map_err(|error| error.to_string())?;
    // A secret key pasted here must not come back in a message.
    let key = key.parse().map_err(|_| {
        "this is no age public key; it begins with age1, and its secret half never belongs here"
    })?;
    Ok((registry, key))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use jiff::civil::date;

    use super::{Arguments, Since, since};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn days_and_instants() {
        assert_eq!(since("2026-11-21"), Ok(Since::Day(date(2026, 11, 21))));
        assert!(matches!(since("2026-11-21T10:00:00Z"), Ok(Since::Instant(_))));
        for bad in ["", "yesterday", "2026-13-01", "21.11.2026"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
