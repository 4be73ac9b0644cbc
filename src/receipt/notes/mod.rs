//! What happens next: one sentence for each note and each erasure. Both languages of a sentence
//! stand side by side.

mod enrolments;
pub(super) mod erasures;
mod police;
mod releases;
mod reports;

use crate::{
    receipt::facts::{Note, Receipt},
    types::rule::Text,
};

/// The sentence of a note, in the receipt that it stands in.
pub(super) fn note(receipt: &Receipt<'_>, note: &Note) -> String {
    let (language, rehearsal) = (receipt.language, receipt.rehearsal);
    let plain = |text: Text| text.in_language(language).to_owned();
    match *note {
        Note::AssumedEncoding => plain(ASSUMED_ENCODING),
        Note::BothDuties => plain(reports::both_duties(Some(true), rehearsal)),
        Note::BothDutiesAsSent => plain(reports::both_duties(None, rehearsal)),
        Note::BothDutiesButStruck => plain(reports::both_duties_but_struck(rehearsal)),
        Note::BothDutiesSoFar => plain(reports::both_duties(Some(false), rehearsal)),
        Note::CompletenessNotProved => plain(COMPLETENESS_NOT_PROVED),
        Note::Decision(decision) => enrolments::decision(receipt, decision),
        Note::Difference { enrolled, changed, withdrawn, confirmed } => {
            enrolments::difference(language, [enrolled, changed, withdrawn, confirmed])
        }
        Note::Dropped { ref registry, ref fields } => {
            reports::dropped(language, registry.as_ref(), fields)
        }
        Note::EffectiveFrom(day) => enrolments::effective_from(language, day),
        Note::EffectiveFromFor { day, persons } => {
            enrolments::effective_from_for(language, day, persons)
        }
        Note::EffectiveFromLater { day, persons } => {
            enrolments::effective_from_later(language, day, persons)
        }
        Note::Gap { missing } => reports::gap(language, missing),
        Note::HeldWithdrawals { count } => enrolments::held_withdrawals(language, count),
        Note::LeftOut { ref columns } => releases::left_out(language, columns),
        Note::OutsideYear { rows, operating_year } => {
            releases::outside_year(language, rows, operating_year)
        }
        Note::PartOfYear => plain(reports::part_of_year(rehearsal)),
        Note::Police(ref note) => police::note(receipt, note),
        Note::Replaces { submission, ref kept } => reports::replaces(language, submission, kept),
        Note::ReplacesWithin => plain(reports::REPLACES_WITHIN),
        Note::SmallGroups { small, persons, floor, not_counted } => {
            releases::small_groups(language, small, persons, floor, not_counted)
        }
    }
}

const ASSUMED_ENCODING: Text = Text {
    nb: "Filen oppgir ikke tegnsettet sitt; vi leste den som Windows-1252. Kontroller at æ, ø og å \
         er riktige i din egen eksport, eller lagre den som UTF-8.",
    en: "The file does not say its encoding; we read it as Windows-1252. Check that letters such as \
         æ, ø and å come out right in your own export, or save it as UTF-8.",
};

const COMPLETENESS_NOT_PROVED: Text = Text {
    nb: "Sammenlign antallet oppføringer ovenfor med ditt eget. For å bevise at neste fil er \
         komplett, last opp SHA-256-summen ved siden av den, i en fil med samme navn og .sha256 til \
         slutt.",
    en: "Compare the number of records above with your own. To prove the next file complete, upload \
         its SHA-256 beside it in a file of the same name with .sha256 at the end.",
};
