//! `object`, `enrolment`, `retention` and `task` on the command line: what registries hold, and how
//! long.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

use crate::{
    catalogue::{keys::MissionCode, records::objects::ObjectState},
    cli::args::{
        certificate::Certificate,
        values::{day, object_state, year},
    },
    types::ids::{ObjectId, RegistryId, SubmissionId},
};

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

/// `push`.
#[derive(Debug, Subcommand)]
pub enum PushVerb {
    /// List what waits for registries' inboxes, what has waited longest first
    List {
        /// Only for the inboxes of this registry
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: Option<RegistryId>,
        /// At most so many for each inbox [default: 100 as text, all as JSON]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Try at once what failed before and waits for its next attempt
    ///
    /// `filsluse-deliver` takes it within seconds. Of use once what was wrong is put right: by itself
    /// an inbox is tried again within an hour.
    Now {
        /// Only for the inboxes of this registry
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: Option<RegistryId>,
    },
    /// Give up delivering an object that an inbox will not take; recorded in the audit log
    Drop {
        /// The object
        #[arg(value_parser = ObjectId::parse)]
        id: ObjectId,
        /// Only to the inbox of this address, as `push list` writes it
        #[arg(long, value_name = "URL")]
        inbox: Option<String>,
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

/// `retention`.
#[derive(Debug, Subcommand)]
pub enum RetentionVerb {
    /// What is erased when, and under which rule
    Plan {
        /// Only what is due on this day or before
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        at: Option<Date>,
    },
    /// Certify what was erased, signed with the audit log's key
    ///
    /// Counts from the audit log: no personal data. The signature is a C2SP signed note that
    /// anybody with audit.vkey can check, with `--verify` or with a tool of their own.
    Certificate(Certificate),
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

/// `task`.
#[derive(Debug, Subcommand)]
pub enum TaskVerb {
    /// The task of an operating year is done: erase everything of it now (NPR § 3-3)
    ///
    /// Needs no further confirmation, takes what is held with it, and cannot be undone. Exit 1 when
    /// something is still there.
    Done {
        /// In which registry
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: RegistryId,
        /// For which operating year
        #[arg(long, value_name = "YYYY", value_parser = year)]
        operating_year: i16,
        /// Who says so, when it is not you
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// List the operating years whose task is done
    List,
    /// Take releases of an operating year again; what was erased is gone
    Reopen {
        /// In which registry
        #[arg(long, value_name = "REGISTRY", value_parser = RegistryId::parse)]
        registry: RegistryId,
        /// Which operating year
        #[arg(long, value_name = "YYYY", value_parser = year)]
        operating_year: i16,
        /// Who says so, when it is not you
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
}
