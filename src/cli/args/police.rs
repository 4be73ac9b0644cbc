//! `police` and `journal` on the command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};

use crate::{
    cli::args::values::day,
    types::{
        case_number::CaseNumber,
        ids::{SenderId, SubmissionId},
    },
};

/// `police`.
#[derive(Debug, Subcommand)]
pub enum PoliceVerb {
    /// Ask or warn the police as a hospital: asks from the legal basis on, only for what it needs
    ///
    /// What is missing is told before anything leaves. The request is handed in to the hospital's
    /// own inbound directory, so this is run as root or as the hospital's account. Answers are
    /// never taken from the command line, where others could read them.
    Open(PoliceOpen),
    /// List what was shared with the police and what they answered, or show one of these
    Show {
        /// A request, a disclosure or a reply; without it, all of them
        #[arg(value_parser = SubmissionId::parse)]
        id: Option<SubmissionId>,
    },
    /// Record the clinician's decision on a reply (POL-08)
    ///
    /// A relevant reply is laid into the hospital's outbound directory, sealed for the patient
    /// journal, and erased here; one that is not relevant is erased. It cannot be taken back.
    #[command(group(ArgGroup::new("decision").required(true).args(["relevant", "not_relevant"])))]
    Decide {
        /// The reply's submission id, or that of the request
        #[arg(value_parser = SubmissionId::parse)]
        id: SubmissionId,
        /// It is relevant and necessary for the health care: into the patient journal
        #[arg(long)]
        relevant: bool,
        /// It is not
        #[arg(long)]
        not_relevant: bool,
        /// Who decided
        #[arg(long, value_name = "WHO")]
        by: String,
    },
    /// Record that the police were told something orally (POL-06)
    Disclose(Disclose),
}

/// `police open`.
#[derive(Debug, Args)]
pub struct PoliceOpen {
    /// The hospital, by its sender's id; not needed where there is only one
    #[arg(long = "as", value_name = "SENDER", value_parser = SenderId::parse)]
    pub hospital: Option<SenderId>,
    /// A form that is filled in already: a field and its text on each line, as `purpose_code =
    /// risikovurdering`; - for standard input
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Judge the request and hand nothing in
    #[arg(long)]
    pub check: bool,
}

/// `police disclose`. The content itself belongs in the patient journal, and is not asked for.
#[derive(Debug, Args)]
pub struct Disclose {
    /// The case in the case archive, as 26/00123
    #[arg(long, value_name = "NUMBER", value_parser = case)]
    pub case: CaseNumber,
    /// The legal basis: samtykke, kjent-pasientforhold, anonymisert, tungtveiende-interesser,
    /// bistand, begjaering-tvang or avverge-skade
    #[arg(long, value_name = "BASIS")]
    pub basis: String,
    /// The purpose, by its code
    #[arg(long, value_name = "CODE")]
    pub purpose: String,
    /// The police district, by its sender's id
    #[arg(long, value_name = "SENDER", value_parser = SenderId::parse)]
    pub district: SenderId,
    /// When they were told, as 2026-11-21T14:30 in local time, or with an offset as
    /// 2026-11-21T14:30+01:00; without it, now
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<Moment>,
    /// Whether the patient was informed of it (POL-10)
    #[arg(long, value_enum, value_name = "WHETHER")]
    pub informed: InformedWord,
    /// Whose personnel told them, by the hospital's sender id
    #[arg(long = "as", value_name = "SENDER", value_parser = SenderId::parse)]
    pub hospital: Option<SenderId>,
    /// The consent, or the concrete assessment, that the basis demands is in the journal (POL-02)
    #[arg(long)]
    pub documented: bool,
    /// More was told than what the police knew already: no basis for that is § 23 nr. 1 (POL-12)
    #[arg(long)]
    pub beyond_known: bool,
    /// Who told them, when it is not you
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
}

/// Whether the patient was informed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InformedWord {
    /// Was informed
    Yes,
    /// Was not, and will be
    Later,
    /// Was not, and should not be
    No,
}

/// `journal`.
#[derive(Debug, Subcommand)]
pub enum JournalVerb {
    /// What was shared with the police, both ways, with whom, when and on which basis
    ///
    /// For the patient journal (helsepersonelloven §§ 39, 40). A patient is referred to by case
    /// number. Each export is recorded in the audit log.
    Export(JournalExport),
}

/// `journal export`.
#[derive(Debug, Args)]
pub struct JournalExport {
    /// Only of this case, as 26/00123
    #[arg(long, value_name = "NUMBER", value_parser = case)]
    pub case: Option<CaseNumber>,
    /// Only what was shared on this day or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub from: Option<Date>,
    /// Only what was shared on this day or before
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub to: Option<Date>,
    /// As a page that can be printed
    #[arg(long, conflicts_with = "json")]
    pub html: bool,
    /// Language of the page
    #[arg(long, value_enum, default_value_t = PageLanguage::Nb)]
    pub language: PageLanguage,
    /// Where to write it; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PageLanguage {
    /// English
    En,
    /// Norwegian
    Nb,
}

/// A moment: in the installation's own time, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// On the clock on the wall.
    Local(DateTime),
    /// This instant.
    Instant(Timestamp),
}

fn case(text: &str) -> Result<CaseNumber, String> {
    CaseNumber::parse(text).map_err(|error| error.to_string())
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Moment::Instant(at));
    }
    let local = text.parse::<DateTime>().ok().filter(|_| text.contains(':'));
    local.map(Moment::Local).ok_or_else(|| {
        "write a time such as 2026-12-31T14:30, or with its zone 2026-12-31T13:30:00Z".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::{Moment, moment};

    #[test]
    fn moments_with_and_without_a_zone() {
        assert!(matches!(moment("2026-11-21T14:30"), Ok(Moment::Local(_))));
        assert!(matches!(moment("2026-11-21T14:30:00+01:00"), Ok(Moment::Instant(_))));
        for bad in ["", "2026-11-21", "14:30", "2026-11-21T25:00"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }
}
