//! What may be decided about what is collected: which attributes a decision may leave out.

use std::collections::BTreeSet;

use crate::kinds::kpr::{
    annual, event,
    schema::{Field, Need},
};

/// Every attribute that a municipal message may have, by name: what a decision on what is collected
/// may name.
pub fn report_fields() -> BTreeSet<&'static str> {
    all_report_fields()
        .filter(|field| field.need != Need::Prohibited)
        .map(|field| field.name)
        .collect()
}

/// Those of them that the formats demand wherever they allow them: no decision may name them. One
/// that is demanded in some element alone may be named, and is set to -1 there.
pub fn indispensable_fields() -> BTreeSet<&'static str> {
    let with = |need| all_report_fields().filter(move |field| field.need == need);
    let optional: BTreeSet<_> = with(Need::Optional).map(|field| field.name).collect();
    // What a notification does to which other one is said in all of them, whether demanded or not.
    let chain = event::schema::NOTIFIKASJON.fields.iter();
    let demanded = with(Need::Required).filter(|field| !optional.contains(field.name));
    demanded.chain(chain).map(|field| field.name).collect()
}

fn all_report_fields() -> impl Iterator<Item = &'static Field> {
    let (annual, event) = (annual::schema::IPLOS_AAR.fields, event::schema::EVENTS);
    [
        annual,
        annual::schema::BRUKER.fields,
        annual::schema::TJENESTE.fields,
        annual::schema::FUNKSJON.fields,
        annual::schema::AVSLAG.fields,
        event::schema::MELDING.fields,
        event::schema::NOTIFIKASJON.fields,
        event::schema::BRUKER.fields,
        event::schema::KONTAKTPERSON.fields,
        event::schema::KOMMUNE.fields,
    ]
    .into_iter()
    .chain(event.iter().map(|event| event.fields))
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::indispensable_fields;

    #[test]
    fn what_the_formats_demand_may_not_be_left_out() {
        let fields = indispensable_fields();
        for name in [
            "fid",
            "kommuneNr",
            "notifikasjonRef",
            "tjenesteType",
            "tjenesteID",
            "hendelseDato",
            "brukerNr",
            "pasientGUID",
            "kjonn",
            "fodselsar",
            "navnEPJ",
            "kontPerson",
            "startDato",
            "midlertidigStoppID",
            "variabel",
        ] {
            assert!(fields.contains(name), "{name}");
        }
        for name in [
            "bydel",
            "tjenesteOrgNr",
            "timerPerUke",
            "lokalident",
            "meldTelefon",
            "meldEpost2",
            "komNrHjem",
            "sluttDato",
            "vedtakDato",
        ] {
            assert!(!fields.contains(name), "{name}");
        }
    }
}
