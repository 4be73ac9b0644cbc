//! The provisions under which health personnel may share with the police (POL-02).

/// A legal basis, by its code in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegalBasis {
    /// The patient is not identified: hpl. § 23 nr. 3.
    Anonymised,
    /// To avert serious harm: hpl. § 31.
    AvertHarm,
    /// Assistance from the police: phvl. § 3-6.
    Assistance,
    /// The patient relationship is known to the police already: hpl. § 23 nr. 1.
    KnownPatient,
    /// Weighty private or public interests: hpl. § 23 nr. 4.
    WeightyInterests,
    /// A request for compulsory observation or care: phv.forskriften § 7.
    CompulsoryCare,
    /// The patient consents: hpl. § 22.
    Consent,
}

impl LegalBasis {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Anonymised,
        Self::AvertHarm,
        Self::Assistance,
        Self::KnownPatient,
        Self::WeightyInterests,
        Self::CompulsoryCare,
        Self::Consent,
    ];

    /// Reads the code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }

    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Anonymised => "anonymisert",
            Self::AvertHarm => "avverge-skade",
            Self::Assistance => "bistand",
            Self::KnownPatient => "kjent-pasientforhold",
            Self::WeightyInterests => "tungtveiende-interesser",
            Self::CompulsoryCare => "begjaering-tvang",
            Self::Consent => "samtykke",
        }
    }

    /// The provision, as lawyers cite it.
    pub const fn provision(self) -> &'static str {
        match self {
            Self::Anonymised => "helsepersonelloven § 23 nr. 3",
            Self::AvertHarm => "helsepersonelloven § 31",
            Self::Assistance => "psykisk helsevernloven § 3-6",
            Self::KnownPatient => "helsepersonelloven § 23 nr. 1",
            Self::WeightyInterests => "helsepersonelloven § 23 nr. 4",
            Self::CompulsoryCare => "psykisk helsevernforskriften § 7",
            Self::Consent => "helsepersonelloven § 22",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LegalBasis;

    #[test]
    fn codes_read_back_and_nothing_else_does() {
        for basis in LegalBasis::ALL {
            assert_eq!(LegalBasis::parse(basis.code()), Some(basis));
            assert!(basis.provision().contains('§'));
        }
        for bad in ["", "Samtykke", "etterforskning"] {
            assert_eq!(LegalBasis::parse(bad), None, "{bad}");
        }
    }
}
