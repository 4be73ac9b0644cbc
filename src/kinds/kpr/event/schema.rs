//! What XPR(ipl) 56.0.0 allows where (HIS 1135:2021), and what a breach costs.

use crate::kinds::kpr::schema::{Cost, Element, Field, form::Form};

/// The namespace of this message and version.
pub const NAMESPACE: &str = "http://www.npr.no/xmlstds/56_0_0_ipl";

/// The message.
pub static MELDING: Element = Element::new(
    "Melding",
    &[
        Field::required("versjon", Form::EventVersion).costs(Cost::Message, Cost::Message),
        Field::required("meldingstype", Form::MessageType).costs(Cost::Message, Cost::Message),
        Field::prohibited("fraDatoPeriode"),
        Field::prohibited("uttakDato"),
        Field::required("leverandor", Form::Text).costs(Cost::Field, Cost::Message),
        Field::required("navnEPJ", Form::Text).costs(Cost::Field, Cost::Message),
        Field::required("versjonEPJ", Form::Text).costs(Cost::Field, Cost::Message),
        Field::required("versjonUt", Form::Text).costs(Cost::Field, Cost::Message),
        Field::prohibited("lopenr"),
        Field::prohibited("tilDatoPeriode"),
        Field::optional("lokalident", Form::Text),
    ],
);

/// One notification: the record.
pub static NOTIFIKASJON: Element = Element::new(
    "Notifikasjon",
    &[
        Field::required("statusNotifikasjon", Form::Status),
        Field::required("notifikasjonTid", Form::DateTime),
        Field::required("notifikasjonGUID", Form::Guid).costs(Cost::Record, Cost::Message),
        Field::required("notifikasjonForrigeGUID", Form::Guid),
        Field::required("notifikasjonLopeNr", Form::Text),
        Field::optional("notifikasjonRef", Form::Guid),
    ],
);

/// What a notification may be about.
pub static EVENTS: &[Element] = &[
    Element::new("TjenesteStart", EVENT),
    Element::new("MidlertidigStoppTil", PAUSE),
    Element::new("MidlertidigStoppFra", PAUSE),
    Element::new(
        "TjenesteutforerEndret",
        &[
            GUID,
            SERVICE_ID,
            SERVICE_TYPE,
            REGISTERED,
            DATE,
            Field::required("tjenesteOrgNr", Form::OrgNumber),
        ],
    ),
    Element::new("TjenesteSlutt", EVENT),
];

/// The place of a field that every event has, and at the same place.
///
/// # Panics
/// When one has it elsewhere, or not at all: while this is compiled.
pub const fn place_in_events(name: &str) -> usize {
    let place = EVENTS[0].place_of(name);
    let mut event = 1;
    while event < EVENTS.len() {
        assert!(EVENTS[event].place_of(name) == place, "the events differ");
        event += 1;
    }
    place
}

/// The person.
pub static BRUKER: Element = Element::new(
    "Bruker",
    &[
        Field::required("pasientGUID", Form::PatientGuid),
        Field::required("brukerNr", Form::UserNumber),
        Field::required("fid", Form::Fid).costs(Cost::Record, Cost::Message),
        Field::required("typeID", Form::IdType).costs(Cost::Record, Cost::Message),
        Field::optional("bydel", Form::District),
        Field::prohibited("kjonn"),
        Field::prohibited("fodselsar"),
        Field::prohibited("komNrHjem"),
    ],
);

/// Whom to ask.
pub static KONTAKTPERSON: Element = Element::new(
    "Kontaktperson",
    &[
        Field::required("kontPerson", Form::Text).costs(Cost::Field, Cost::Field),
        Field::optional("meldTelefon", Form::Text),
        Field::required("meldEpost1", Form::Text).costs(Cost::Field, Cost::Field),
        Field::optional("meldEpost2", Form::Text),
        Field::required("typeKontaktperson", Form::ContactType).costs(Cost::Field, Cost::Field),
    ],
);

/// The reporting unit.
pub static KOMMUNE: Element = Element::new(
    "Kommune",
    &[
        Field::required("kommuneNr", Form::Municipality).costs(Cost::Message, Cost::Message),
        Field::prohibited("kommuneOrgNr"),
    ],
);

const GUID: Field = Field::required("hendelseGUID", Form::Guid);
const SERVICE_ID: Field = Field::required("tjenesteID", Form::Text);
const SERVICE_TYPE: Field = Field::required("tjenesteType", Form::ServiceType);
const REGISTERED: Field = Field::required("hendelseRegTid", Form::DateTime);
const DATE: Field = Field::required("hendelseDato", Form::Date);
const PROVIDER: Field =
    Field::optional("tjenesteOrgNr", Form::OrgNumber).costs(Cost::Field, Cost::Told);
const EVENT: &[Field] = &[GUID, SERVICE_ID, SERVICE_TYPE, REGISTERED, DATE, PROVIDER];
const PAUSE: &[Field] = &[
    GUID,
    SERVICE_ID,
    SERVICE_TYPE,
    REGISTERED,
    DATE,
    PROVIDER,
    Field::required("midlertidigStoppID", Form::Text),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{BRUKER, EVENTS, KOMMUNE, KONTAKTPERSON, MELDING, NAMESPACE, NOTIFIKASJON};
    use crate::kinds::kpr::schema::Need;

    #[test]
    fn agrees_with_the_published_schema() {
        let table = include_str!("../../../../tests/data/xpr_schema_table.csv");
        let mut published: BTreeMap<(&str, &str), Need> = BTreeMap::new();
        for line in table.lines().skip(1) {
            let columns: Vec<_> = line.split(';').collect();
            let [module, namespace, element, kind, name, _, need, _] = columns[..] else {
                panic!("a row of another width")
            };
            if !module.starts_with("ipl-") || kind != "attribute" {
                continue;
            }
            assert_eq!(namespace, NAMESPACE);
            let need = match need {
                "required" => Need::Required,
                "optional" => Need::Optional,
                "prohibited" => Need::Prohibited,
                other => panic!("{other}"),
            };
            published.insert((element, name), need);
        }
        let elements = [&MELDING, &NOTIFIKASJON, &BRUKER, &KONTAKTPERSON, &KOMMUNE];
        let ours: BTreeMap<_, _> = elements
            .into_iter()
            .chain(EVENTS)
            .flat_map(|e| e.fields.iter().map(|field| ((e.name, field.name), field.need)))
            .collect();
        assert_eq!(ours, published);
    }
}
