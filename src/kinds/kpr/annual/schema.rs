//! The profile `urn:filsluse:iplos-annual:1`: our own, because the annual IPLOS message has no
//! published schema that can be reached.

use crate::kinds::kpr::schema::{Cost, Element, Field, form::Form};

/// The namespace of this profile and version.
pub const NAMESPACE: &str = "urn:filsluse:iplos-annual:1";

/// The submission.
pub static IPLOS_AAR: Element = Element::new(
    "IplosAar",
    &[
        head("versjon", Form::ProfileVersion),
        head("kommuneNr", Form::Municipality),
        head("rapporteringsAar", Form::Year),
        head("uttakDato", Form::Date),
        Field::required("leverandor", Form::Text).costs(Cost::Field, Cost::Message),
        Field::required("navnEPJ", Form::Text).costs(Cost::Field, Cost::Message),
        Field::required("versjonEPJ", Form::Text).costs(Cost::Field, Cost::Message),
        Field::optional("komplett", Form::Boolean).costs(Cost::Message, Cost::Told),
        Field::optional("antallBrukere", Form::Number).costs(Cost::Message, Cost::Told),
    ],
);

/// One person with everything about them: the record.
pub static BRUKER: Element = Element::new(
    "Bruker",
    &[
        Field::required("brukerNr", Form::UserNumber),
        Field::required("fid", Form::Fid).costs(Cost::Record, Cost::Message),
        Field::required("typeID", Form::IdType).costs(Cost::Record, Cost::Message),
        Field::required("fodselsar", Form::Year),
        Field::required("kjonn", Form::Sex),
        Field::optional("bydel", Form::District),
        Field::optional("komNrHjem", Form::HomeMunicipality),
    ],
);

/// A service.
pub static TJENESTE: Element = Element::new(
    "Tjeneste",
    &[
        Field::required("tjenesteID", Form::Text),
        Field::required("tjenesteType", Form::ServiceType),
        Field::required("startDato", Form::Date),
        Field::optional("sluttDato", Form::Date),
        Field::optional("timerPerUke", Form::Hours),
        Field::optional("tjenesteOrgNr", Form::OrgNumber).costs(Cost::Field, Cost::Told),
        Field::optional("vedtakDato", Form::Date),
    ],
);

/// A score of a functional variable.
pub static FUNKSJON: Element = Element::new(
    "Funksjon",
    &[
        Field::required("variabel", Form::Text),
        Field::required("skar", Form::Score),
        Field::required("vurdertDato", Form::Date),
    ],
);

/// A refusal.
pub static AVSLAG: Element = Element::new(
    "Avslag",
    &[
        Field::required("tjenesteType", Form::ServiceType),
        Field::required("vedtakDato", Form::Date),
    ],
);

const fn head(name: &'static str, form: Form) -> Field {
    Field::required(name, form).costs(Cost::Message, Cost::Message)
}
