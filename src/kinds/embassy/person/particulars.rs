//! What the registry must know of an enrolled person, judged column by column (EMB-04 to EMB-09).

use jiff::{ToSpan, civil::Date};

use crate::{
    kinds::embassy::{
        cells::{date, four_digits, meaning, or_formula},
        columns::{
            ACCREDITATIONS, Accreditation, CATEGORIES, CONSENTS, Category, Column, ConsentBy,
            Words, YES_NO,
        },
        hints,
        person::judge::Judge,
    },
    types::{
        municipality::MunicipalityNumber,
        national_id::NationalId,
        rule::{Hint, Rule},
        rules::embassy as rules,
        secret::PersonalText,
    },
};

/// What the registry must know of an enrolled person.
pub struct Particulars {
    /// Family name.
    pub family_name: PersonalText,
    /// Given name.
    pub given_name: PersonalText,
    /// Birth date as stated.
    pub birth_date: Option<Date>,
    /// Category.
    pub category: Category,
    /// D-number of the principal.
    pub principal: Option<NationalId>,
    /// Street address.
    pub street_address: PersonalText,
    /// Four digits.
    pub postal_code: PersonalText,
    /// Post town.
    pub post_town: PersonalText,
    /// The municipality whose GPs the person may choose.
    pub municipality: MunicipalityNumber,
    /// Citizenship as stated.
    pub nationality: PersonalText,
    /// Whether the sending state is in the EEA; nothing where nothing was said.
    pub eea_mission: Option<bool>,
    /// Who consented, and when.
    pub consent: (ConsentBy, Date),
    /// What documents the accreditation, its number, and its last day.
    pub accreditation: (Accreditation, PersonalText, Option<Date>),
    /// From when the enrolment is wanted.
    pub wanted_from: Option<Date>,
    /// Free text to the case handler.
    pub note: PersonalText,
}

impl Judge<'_> {
    /// `None` when something of it is missing or wrong; then it was found.
    pub(super) fn particulars(&mut self, d_number: Option<&NationalId>) -> Option<Particulars> {
        let category = self.category();
        let birth_date = self.birth_date(d_number);
        let consent = self.consent(birth_date, d_number);
        let accreditation = self.accreditation();
        let names = self.names();
        let street_address = self.required(Column::StreetAddress, &hints::STREET);
        let postal_code = self.postal_code();
        let municipality = self.municipality();
        // Lists give the posted person's own number in this column too: that is nobody else.
        let principal = self.principal(category).filter(|principal| {
            category.is_some_and(Category::is_household) || d_number != Some(principal)
        });
        let wanted_from = self.optional_date(Column::EffectiveFrom, &rules::EMB_07);
        let eea_mission = self.optional_yes_no(Column::EeaMission);
        self.optional_yes_no(Column::LocallyEmployed);
        let (family_name, given_name) = names?;
        Some(Particulars {
            family_name,
            given_name,
            birth_date,
            category: category?,
            street_address: street_address?,
            postal_code: postal_code?,
            post_town: self.text(Column::PostTown),
            municipality: municipality?,
            nationality: self.text(Column::Nationality),
            eea_mission,
            consent: consent?,
            accreditation: accreditation?,
            principal,
            wanted_from,
            note: self.text(Column::Note),
        })
    }

    /// EMB-04.
    fn category(&mut self) -> Option<Category> {
        self.required_word(Column::Category, CATEGORIES, &rules::EMB_04, &hints::CATEGORY)
    }

    /// EMB-09: warns when the D-number and the row disagree, and of a birth that is still to come,
    /// which two digits of a year cannot tell from one a hundred years ago. The date is advised and
    /// no more, so one that cannot be read is told, and the row is as if it had none.
    fn birth_date(&mut self, d_number: Option<&NationalId>) -> Option<Date> {
        let cell = self.row.cell(Column::BirthDate)?;
        let Some(date) = date(cell) else {
            let hint = or_formula(cell, &hints::BIRTH_DATE_UNREADABLE);
            self.found(&rules::EMB_09, Column::BirthDate, hint);
            return None;
        };
        if date > self.list_date || d_number.is_some_and(|id| !id.birth_date_matches(date)) {
            self.found(&rules::EMB_09, Column::BirthDate, &hints::BIRTH_DATE);
        }
        Some(date)
    }

    /// EMB-07. A dash says that the person has one name only, so it stands beside a name.
    fn names(&mut self) -> Option<(PersonalText, PersonalText)> {
        let family_name = self.required(Column::FamilyName, &hints::NAME);
        let given_name = self.required(Column::GivenName, &hints::NAME);
        let (family_name, given_name) = (family_name?, given_name?);
        let is_name = |name: &PersonalText| name.expose_text().chars().any(char::is_alphabetic);
        if !is_name(&family_name) && !is_name(&given_name) {
            self.found(&rules::EMB_07, Column::FamilyName, &hints::NAME);
            return None;
        }
        Some((family_name, given_name))
    }

    /// EMB-05: guardian's consent below 16 on the list's date, else the person's own.
    fn consent(
        &mut self,
        stated: Option<Date>,
        id: Option<&NationalId>,
    ) -> Option<(ConsentBy, Date)> {
        let rule = &rules::EMB_05;
        let by = self.required_word(Column::ConsentBy, CONSENTS, rule, &hints::CONSENT_BY);
        let cell = self.row.cell(Column::ConsentDate);
        let on = match cell.and_then(date) {
            Some(on) if on <= self.list_date => Some(on),
            Some(_) => {
                self.found(rule, Column::ConsentDate, &hints::CONSENT_LATER);
                None
            }
            None => {
                let hint =
                    cell.map_or(&hints::CONSENT_DATE, |c| or_formula(c, &hints::CONSENT_DATE));
                self.found(rule, Column::ConsentDate, hint);
                None
            }
        };
        let by_number = id.and_then(|id| self.born_by_number(id, stated));
        let is_of_age =
            |born: Date| born.checked_add(16.years()).is_ok_and(|day| day <= self.list_date);
        let ages = [stated, by_number].map(|born| born.map(is_of_age));
        if ages == [None, None] {
            self.found(rule, Column::BirthDate, &hints::BIRTH_DATE_MISSING);
            return None;
        }
        // Where the two disagree, the younger decides: no slip may let a child consent alone.
        let of_age = !ages.contains(&Some(false));
        match by? {
            ConsentBy::Guardian if of_age => {
                self.found(rule, Column::ConsentBy, &hints::OWN_CONSENT);
            }
            ConsentBy::Oneself if ages.contains(&Some(true)) && !of_age => {
                self.found(rule, Column::ConsentBy, &hints::GUARDIAN_BY_YOUNGER);
            }
            ConsentBy::Oneself if !of_age => self.found(rule, Column::ConsentBy, &hints::GUARDIAN),
            by => return on.map(|on| (by, on)),
        }
        None
    }

    /// The birth date by the D-number. Where that carries no century and is of another day than the
    /// one stated, the latest that it allows. A century that makes it a birth to come is none.
    fn born_by_number(&self, id: &NationalId, stated: Option<Date>) -> Option<Date> {
        let Some(stated) = stated else { return id.birth_date() };
        if id.birth_date().is_none() && id.birth_date_matches(stated) {
            return None;
        }
        id.possible_birth_dates().filter(|born| *born <= self.list_date).max()
    }

    /// EMB-06.
    fn accreditation(&mut self) -> Option<(Accreditation, PersonalText, Option<Date>)> {
        let rule = &rules::EMB_06;
        let (column, hint) = (Column::AccreditationType, &hints::ACCREDITATION_TYPE);
        let kind = self.required_word(column, ACCREDITATIONS, rule, hint);
        let number = self.text(Column::AccreditationNumber);
        if number.is_empty() {
            self.found(rule, Column::AccreditationNumber, &hints::ACCREDITATION_NUMBER);
        }
        let before = self.findings.len();
        let expires = self.optional_date(Column::AccreditationExpires, rule);
        match expires {
            Some(day) if day < self.list_date => {
                self.found(rule, Column::AccreditationExpires, &hints::EXPIRED);
            }
            // A reply note has no last day of its own; a card has one printed on it.
            None if self.findings.len() == before
                && kind.is_some_and(|k| k != Accreditation::UdNote) =>
            {
                self.found(rule, Column::AccreditationExpires, &hints::EXPIRES_MISSING);
            }
            _ => {}
        }
        Some((kind?, number, expires))
    }

    /// EMB-07, four digits with their leading zeroes. A spreadsheet that took the code for a number
    /// dropped them, and says so: they are put back.
    fn postal_code(&mut self) -> Option<PersonalText> {
        let cell = self.row.cell(Column::PostalCode);
        let code = cell.and_then(four_digits).map(PersonalText::new);
        if code.is_none() {
            let hint = cell.map_or(&hints::POSTAL_CODE, |c| or_formula(c, &hints::POSTAL_CODE));
            self.found(&rules::EMB_07, Column::PostalCode, hint);
        }
        code
    }

    /// EMB-07: the number must be in use on the list's date.
    fn municipality(&mut self) -> Option<MunicipalityNumber> {
        let cell = self.row.cell(Column::MunicipalityNumber);
        let number =
            cell.and_then(four_digits).and_then(|digits| MunicipalityNumber::parse(&digits).ok());
        match number {
            Some(number) if number.valid_on(self.list_date) => Some(number),
            Some(_) => {
                self.found(&rules::EMB_07, Column::MunicipalityNumber, &hints::MUNICIPALITY_DATE);
                None
            }
            None => {
                let hint =
                    cell.map_or(&hints::MUNICIPALITY, |c| or_formula(c, &hints::MUNICIPALITY));
                self.found(&rules::EMB_07, Column::MunicipalityNumber, hint);
                None
            }
        }
    }

    /// EMB-08, the part that the row shows alone: a household member names a principal.
    fn principal(&mut self, category: Option<Category>) -> Option<NationalId> {
        if self.row.cell(Column::PrincipalDNumber).is_none() {
            if category.is_some_and(Category::is_household) {
                self.found(&rules::EMB_08, Column::PrincipalDNumber, &hints::PRINCIPAL_MISSING);
            }
            return None;
        }
        self.d_number(Column::PrincipalDNumber, &rules::EMB_08)
    }

    fn required_word<T: Copy>(
        &mut self,
        column: Column,
        words: Words<'_, T>,
        rule: &'static Rule,
        hint: &'static Hint,
    ) -> Option<T> {
        let cell = self.row.cell(column);
        let found = cell.and_then(|cell| meaning(cell, words));
        if found.is_none() {
            self.found(rule, column, cell.map_or(hint, |cell| or_formula(cell, hint)));
        }
        found
    }

    fn required(&mut self, column: Column, hint: &'static Hint) -> Option<PersonalText> {
        let text = self.text(column);
        if text.is_empty() {
            self.found(&rules::EMB_07, column, hint);
            return None;
        }
        Some(text)
    }

    fn text(&self, column: Column) -> PersonalText {
        self.row
            .cell(column)
            .map(|cell| PersonalText::new(cell.text().to_owned()))
            .unwrap_or_default()
    }

    fn optional_date(&mut self, column: Column, rule: &'static Rule) -> Option<Date> {
        let cell = self.row.cell(column)?;
        let parsed = date(cell);
        if parsed.is_none() {
            self.found(rule, column, or_formula(cell, &hints::DATE));
        }
        parsed
    }

    fn optional_yes_no(&mut self, column: Column) -> Option<bool> {
        let cell = self.row.cell(column)?;
        let answer = meaning(cell, YES_NO);
        if answer.is_none() {
            self.reject_shape(column, or_formula(cell, &hints::YES_NO));
        }
        answer
    }
}
