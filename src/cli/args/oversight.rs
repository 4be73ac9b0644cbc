//! `alarm` and `audit` on the command line.

use std::path::PathBuf;

use clap::Subcommand;

use crate::types::ids::SubmissionId;

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
