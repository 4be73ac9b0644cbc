//! `validate` and `submission` on the command line: what senders hand in.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::{
    cli::args::values::{Since, day, since, state},
    types::{
        ids::{KindId, SenderId, SubmissionId},
        verdict::State,
    },
};

/// `validate`.
#[derive(Debug, Args)]
pub struct Validate {
    /// The file to judge, with its signature beside it (FILE.sig) where the sender must sign
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
