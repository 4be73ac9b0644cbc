//! When what is stored is erased.

use crate::{
    receipt::{
        facts::Erasure,
        words::{self, text},
    },
    types::{ids::QUARANTINE, rule::Language},
};

/// The sentence of an erasure.
pub(in crate::receipt) fn erasure(language: Language, erasure: &Erasure) -> String {
    match erasure {
        Erasure::EnrolmentAfterWithdrawal { days } => text!(
            language,
            nb = "En persons innmelding slettes {days} dager etter at utmeldingen er levert.",
            en = "A person's enrolment is erased {days} days after the withdrawal has been \
                  delivered.",
        ),
        Erasure::Objects { registry, on } if registry.as_str() == QUARANTINE => {
            let on = words::date(language, *on);
            text!(
                language,
                nb = "Det som er lagt til side av denne filen, slettes senest ved utløpet av {on}.",
                en = "What is set aside of this file is erased by the end of {on}.",
            )
        }
        Erasure::Objects { registry, on } => {
            let on = words::date(language, *on);
            text!(
                language,
                nb = "Det registeret {registry} har av denne filen, slettes senest ved utløpet av \
                      {on}.",
                en =
                    "What the registry {registry} holds of this file is erased by the end of {on}.",
            )
        }
    }
}
