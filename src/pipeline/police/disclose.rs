//! Records that the police were told something orally (POL-06), by the gates of a request: a known
//! legal basis (POL-02), no investigation under §§ 23 nr. 4 and 31 (POL-04), and nothing beyond
//! what the police know already under § 23 nr. 1 (POL-12).

use std::io;

use jiff::Timestamp;

use crate::{
    audited,
    catalogue::{
        error::CatalogueError,
        records::police::{Exchange, ExchangeState},
    },
    kinds::police::{
        basis::LegalBasis,
        state::{Form, Informed},
        words::Purpose,
    },
    pipeline::{
        audit_queue,
        house::House,
        police::{archive_queue, exchanged::event_of},
    },
    types::{
        case_number::CaseNumber,
        guid::Guid,
        ids::{SenderId, SubmissionId},
    },
};

/// What was told, to whom, and on which basis. Never the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The case in the case archive.
    pub case: CaseNumber,
    /// The legal basis.
    pub basis: LegalBasis,
    /// The purpose.
    pub purpose: &'static Purpose,
    /// Whose personnel told it, where that is a sender here.
    pub hospital: Option<SenderId>,
    /// The police district.
    pub district: SenderId,
    /// When it was told.
    pub at: Timestamp,
    /// Whether the patient was informed.
    pub informed: Informed,
    /// Whether what the basis demands is written down in the patient's journal: the consent, or the
    /// concrete assessment (POL-02).
    pub documented: bool,
    /// Whether more was told than that the person is a patient, which the police knew.
    pub beyond_known: bool,
}

/// Why a disclosure is not recorded. What was told is told: somebody must look at it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscloseError {
    /// A rule gives no basis for it.
    #[error("{}: {what}; tell your management or lawyer that it was told all the same", rule)]
    Breach {
        /// The rule's code.
        rule: &'static str,
        /// What is wrong, and what would be right.
        what: &'static str,
    },
    /// The district is no sender of that sort.
    #[error("no police district is configured by this id; `filsluse config show` lists senders")]
    District,
    /// Disk or catalogue failed.
    #[error("the disclosure could not be recorded; nothing was changed")]
    Failed(#[source] io::Error),
    /// It lies ahead.
    #[error("a disclosure that has not been made yet cannot be recorded; check --at")]
    Future,
    /// The hospital is no sender.
    #[error("no sender is configured by this id; `filsluse config show` lists them")]
    Hospital,
}

impl From<CatalogueError> for DiscloseError {
    fn from(error: CatalogueError) -> Self {
        Self::Failed(io::Error::other(error))
    }
}

/// Records a disclosure. `by`: who records it, as the operator is known here. Gives what it is
/// called from then on.
///
/// # Errors
/// When a rule gives no basis for it, or it cannot be recorded.
pub fn disclose(house: &House, told: &Disclosure, by: &str) -> Result<SubmissionId, DiscloseError> {
    let now = house.now();
    gate(told)?;
    if told.at > now {
        return Err(DiscloseError::Future);
    }
    let district = house.sender(&told.district);
    if district.is_none_or(|sender| sender.police_district.is_none()) {
        return Err(DiscloseError::District);
    }
    if told.hospital.as_ref().is_some_and(|id| house.sender(id).is_none()) {
        return Err(DiscloseError::Hospital);
    }
    let reference = house.next_submission();
    house
        .transact(|ledger| {
            let audit_seq = audited::record(ledger, now, event_of(Form::Oral), |mut entry| {
                entry.sender.clone_from(&told.hospital);
                let entry = entry.submission(reference).addressee(told.district.clone());
                entry.rule(told.basis.code())
            })?;
            let row = Exchange {
                id: Guid(reference.to_bytes()),
                form: Form::Oral.as_str().to_owned(),
                hospital: told.hospital.clone(),
                district: told.district.clone(),
                submission: None,
                case: Some(told.case.clone()),
                basis: told.basis.code().to_owned(),
                purpose_code: told.purpose.code.to_owned(),
                informed: told.informed.as_str().to_owned(),
                at: told.at,
                needed_by: None,
                recorded_by: Some(by.to_owned()),
                state: ExchangeState::Closed,
                sent_at: None,
                closed_at: Some(now),
                audit_seq,
            };
            ledger.put_exchange(&row)?;
            archive_queue::enqueue(house, ledger, &row)
        })
        .map_err(|error: CatalogueError| DiscloseError::from(error))?;
    audit_queue::flush(house).map_err(DiscloseError::Failed)?;
    Ok(reference)
}

/// The rules that a disclosure must keep.
fn gate(told: &Disclosure) -> Result<(), DiscloseError> {
    let breach = |rule, what| Err(DiscloseError::Breach { rule, what });
    let (basis, purpose) = (told.basis, told.purpose);
    if purpose.is_investigation()
        && matches!(basis, LegalBasis::WeightyInterests | LegalBasis::AvertHarm)
    {
        return breach(
            "POL-04",
            "helsepersonelloven §§ 23 nr. 4 and 31 give no basis for what serves investigation",
        );
    }
    if purpose.is_routine() && basis == LegalBasis::WeightyInterests {
        return breach(
            "POL-02",
            "weighty interests are never a basis for what is done as a routine",
        );
    }
    if !told.documented && basis == LegalBasis::Consent {
        return breach(
            "POL-02",
            "a consent must be documented as informed, voluntary and given with competence; when \
             it is, say so with --documented",
        );
    }
    if !told.documented && basis == LegalBasis::WeightyInterests {
        return breach(
            "POL-02",
            "weighty interests need a written, concrete assessment; when it is in the journal, say \
             so with --documented",
        );
    }
    if told.beyond_known && basis == LegalBasis::KnownPatient {
        return breach(
            "POL-12",
            "under § 23 nr. 1 nothing beyond what the police know already may be told",
        );
    }
    Ok(())
}
