//! One row of an embassy list, judged by the rules that need nothing but the row, the list's head
//! and the calendar: EMB-02 to EMB-07 and EMB-09.

use jiff::{ToSpan, civil::Date};

use crate::{
    kinds::{
        Context,
        embassy::{
            columns::{
                ACCREDITATIONS, ACTIONS, Accreditation, Action, CATEGORIES, CONSENTS, Category,
                Column, ConsentBy, ListType, Words, YES_NO, word,
            },
            content, hints,
            rows::{Cell, Row},
        },
    },
    types::{
        finding::{Finding, Place},
        municipality::MunicipalityNumber,
        national_id::{IdKind, NationalId, NationalIdError},
        pseudonym::Pseudonym,
        rule::{Hint, Rule, Severity},
        rules::{embassy as rules, intake},
        secret::PersonalText,
    },
};

/// A row whose person is known, whether or not the row was taken.
pub struct Judged {
    /// The person by pseudonym per key epoch, the newest first. Empty where no D-number could be
    /// read.
    pub person: Vec<Pseudonym>,
    /// Keyed digest of everything that the row says of the person.
    pub content: [u8; 16],
    /// The entry, when no rule rejects the row.
    pub entry: Option<Entry>,
    /// What was found wrong.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Whether the row was found to belong to the ordinary scheme (EMB-03).
    pub fn is_resident(&self) -> bool {
        self.findings.iter().any(|f| f.rule == &rules::EMB_03)
    }
}

/// A row that was taken.
pub struct Entry {
    /// Number of the record, from 1.
    pub number: u64,
    /// Where it stands.
    pub place: Place,
    /// What it asks for.
    pub action: Action,
    /// The person's D-number.
    pub d_number: NationalId,
    /// The person by pseudonym per key epoch, the newest first. Never empty.
    pub person: Vec<Pseudonym>,
    /// Whose household, likewise; empty for none.
    pub principal: Vec<Pseudonym>,
    /// The rest, for an enrolment.
    pub particulars: Option<Particulars>,
    /// Keyed digest of everything that the row says of the person.
    pub content: [u8; 16],
    /// How many more rows say the same (EMB-10). They share this one's fate.
    pub repeats: u64,
}

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

/// Judges one row of a list of this type and date.
pub fn judge(row: &Row, list_type: ListType, list_date: Date, context: &Context<'_>) -> Judged {
    let mut judge = Judge { row, list_date, context, findings: Vec::new() };
    let action = judge.action(list_type);
    let d_number = judge.d_number(Column::DNumber, &rules::EMB_02);
    let person = d_number.as_ref().map(|id| pseudonyms(context, id)).unwrap_or_default();
    let digest = content::digest(row, action, context);
    let entry = match action {
        // Whoever has become resident must be possible to withdraw.
        Some(Action::Withdraw) => d_number.map(|id| judge.withdrawal(id, digest)),
        _ if judge.is_resident() => None,
        Some(Action::Enrol) => judge.enrolment(d_number, digest),
        None => None,
    };
    let rejected = judge.findings.iter().any(|f| f.severity > Severity::Warning);
    Judged { person, content: digest, entry: entry.filter(|_| !rejected), findings: judge.findings }
}

/// The D-number of a row, by EMB-02 and EMB-03 alone.
pub fn d_number(row: &Row, context: &Context<'_>) -> (Option<NationalId>, Vec<Finding>) {
    let mut judge = Judge { row, list_date: context.today, context, findings: Vec::new() };
    let id = judge.d_number(Column::DNumber, &rules::EMB_02);
    (id, judge.findings)
}

/// The person under every key epoch, the newest first: who was enrolled under an older key is
/// still found.
pub fn pseudonyms(context: &Context<'_>, id: &NationalId) -> Vec<Pseudonym> {
    context.targets[0].keys.pseudonyms(id).collect()
}

struct Judge<'a> {
    row: &'a Row,
    list_date: Date,
    context: &'a Context<'a>,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn found(&mut self, rule: &'static Rule, column: Column, hint: &'static Hint) {
        let place = self.row.cell(column).map_or(self.row.place, |cell| cell.place);
        self.findings.push(
            Finding::new(rule, place).record(self.row.number).field(column.name()).hint(hint),
        );
    }

    fn action(&mut self, list_type: ListType) -> Option<Action> {
        match (self.row.cell(Column::Action), list_type) {
            (Some(cell), _) => {
                let action = meaning(cell, ACTIONS);
                if action.is_none() {
                    self.reject_shape(Column::Action, or_formula(cell, &hints::ACTION));
                }
                action
            }
            // A snapshot names who is there: a row without an action enrols.
            (None, ListType::Complete) => Some(Action::Enrol),
            (None, ListType::Changes) => {
                self.reject_shape(Column::Action, &hints::ACTION);
                None
            }
        }
    }

    /// A record that does not say what it is: the file's rule IN-02, for this record alone.
    fn reject_shape(&mut self, column: Column, hint: &'static Hint) {
        self.found(&intake::IN_02, column, hint);
        if let Some(last) = self.findings.last_mut() {
            last.severity = Severity::RejectRecord;
        }
    }

    /// EMB-02, and EMB-03 for a number that says that its owner is resident.
    fn d_number(&mut self, column: Column, rule: &'static Rule) -> Option<NationalId> {
        let Some(cell) = self.row.cell(column) else {
            self.found(rule, column, &hints::D_NUMBER_MISSING);
            return None;
        };
        if cell.is_formula() {
            self.found(rule, column, &hints::FORMULA);
            return None;
        }
        let digits = zeroize::Zeroizing::new(digits(cell));
        match NationalId::parse(&digits, &self.context.ids) {
            Ok(id) if id.kind() == IdKind::D => Some(id),
            Ok(id) if id.kind() == IdKind::Fnr && column == Column::DNumber => {
                self.found(&rules::EMB_03, column, &hints::FNR);
                None
            }
            Ok(_) => {
                self.found(rule, column, &hints::NOT_D_NUMBER);
                None
            }
            Err(error) => {
                self.found(rule, column, number_hint(error));
                None
            }
        }
    }

    /// EMB-03. Says so once, and nothing more of the row: the person belongs elsewhere.
    fn is_resident(&mut self) -> bool {
        if self.row.cell(Column::LocallyEmployed).is_some_and(|c| meaning(c, YES_NO) == Some(true))
        {
            self.found(&rules::EMB_03, Column::LocallyEmployed, &hints::LOCALLY_EMPLOYED);
        }
        if self.row.cell(Column::Nationality).is_some_and(|c| is_norwegian(c.text())) {
            self.found(&rules::EMB_03, Column::Nationality, &hints::NORWEGIAN_CITIZEN);
        }
        self.findings.iter().any(|f| f.rule == &rules::EMB_03)
    }

    fn withdrawal(&mut self, d_number: NationalId, digest: [u8; 16]) -> Entry {
        Entry {
            number: self.row.number,
            place: self.row.place,
            action: Action::Withdraw,
            content: digest,
            repeats: 0,
            person: pseudonyms(self.context, &d_number),
            d_number,
            principal: Vec::new(),
            particulars: None,
        }
    }

    fn enrolment(&mut self, d_number: Option<NationalId>, digest: [u8; 16]) -> Option<Entry> {
        let category = self.category();
        let birth_date = self.birth_date(d_number.as_ref());
        let consent = self.consent(birth_date, d_number.as_ref());
        let accreditation = self.accreditation();
        let family_name = self.required(Column::FamilyName, &hints::NAME);
        let given_name = self.required(Column::GivenName, &hints::NAME);
        let street_address = self.required(Column::StreetAddress, &hints::STREET);
        let postal_code = self.postal_code();
        let municipality = self.municipality();
        // Lists give the posted person's own number in this column too: that is nobody else.
        let principal = self.principal(category).filter(|principal| {
            category.is_some_and(Category::is_household) || d_number.as_ref() != Some(principal)
        });
        let wanted_from = self.optional_date(Column::EffectiveFrom, &rules::EMB_07);
        let eea_mission = self.optional_yes_no(Column::EeaMission);
        self.optional_yes_no(Column::LocallyEmployed);
        let (d_number, particulars) = (
            d_number?,
            Particulars {
                family_name: family_name?,
                given_name: given_name?,
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
            },
        );
        let principal = particulars.principal.as_ref().map(|id| pseudonyms(self.context, id));
        Some(Entry {
            number: self.row.number,
            place: self.row.place,
            action: Action::Enrol,
            content: digest,
            repeats: 0,
            person: pseudonyms(self.context, &d_number),
            d_number,
            principal: principal.unwrap_or_default(),
            particulars: Some(particulars),
        })
    }

    /// EMB-04.
    fn category(&mut self) -> Option<Category> {
        self.required_word(Column::Category, CATEGORIES, &rules::EMB_04, &hints::CATEGORY)
    }

    /// EMB-09: warns when the D-number and the row disagree, and of a birth that is still to come,
    /// which two digits of a year cannot tell from one a hundred years ago.
    fn birth_date(&mut self, d_number: Option<&NationalId>) -> Option<Date> {
        let date = self.optional_date(Column::BirthDate, &rules::EMB_07)?;
        if date > self.list_date || d_number.is_some_and(|id| !id.birth_date_matches(date)) {
            self.found(&rules::EMB_09, Column::BirthDate, &hints::BIRTH_DATE);
        }
        Some(date)
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
        // The stated date counts; a D-number whose century is known stands in for a missing one.
        let Some(born) = stated.or_else(|| id.and_then(NationalId::birth_date)) else {
            if self.row.cell(Column::BirthDate).is_none() {
                self.found(rule, Column::BirthDate, &hints::BIRTH_DATE_MISSING);
            }
            return None;
        };
        let of_age = born.checked_add(16.years()).is_ok_and(|day| day <= self.list_date);
        match by? {
            ConsentBy::Guardian if of_age => {
                self.found(rule, Column::ConsentBy, &hints::OWN_CONSENT);
            }
            ConsentBy::Oneself if !of_age => self.found(rule, Column::ConsentBy, &hints::GUARDIAN),
            by => return on.map(|on| (by, on)),
        }
        None
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

/// A date as ISO 8601 writes it, or as Norwegians do: 2026-11-21 or 21.11.2026. None in a formula,
/// whose value may be another when the sheet is opened again.
pub fn date(cell: &Cell) -> Option<Date> {
    if cell.is_formula() {
        return None;
    }
    let text = cell.text();
    if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        return numbers(year, 4, month, 2, day, 2);
    }
    let (day, rest) = text.split_once('.')?;
    let (month, year) = rest.split_once('.')?;
    numbers(year, 4, month, month.len().min(2), day, day.len().min(2))
}

fn numbers(year: &str, y: usize, month: &str, m: usize, day: &str, d: usize) -> Option<Date> {
    let digits = |text: &str, length: usize| {
        (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())?
    };
    Date::new(
        digits(year, y)?,
        digits(month, m)?.try_into().ok()?,
        digits(day, d)?.try_into().ok()?,
    )
    .ok()
}

/// What was written without the spaces that group digits.
pub fn digits(cell: &Cell) -> String {
    cell.text().chars().filter(|c| !c.is_whitespace()).collect()
}

/// Four digits, with the leading zeroes that a spreadsheet's number has lost.
pub fn four_digits(cell: &Cell) -> Option<String> {
    let text = cell.text();
    let digits = !cell.is_formula() && text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        4 if digits => Some(text.to_owned()),
        1..4 if digits && cell.was_number() => Some(format!("{text:0>4}")),
        _ => None,
    }
}

/// What a word of a closed set means; nothing in a formula.
pub fn meaning<T: Copy>(cell: &Cell, words: Words<'_, T>) -> Option<T> {
    if cell.is_formula() { None } else { word(cell.text(), words) }
}

/// The hint, or that a formula stands where it must not.
pub fn or_formula(cell: &Cell, hint: &'static Hint) -> &'static Hint {
    if cell.is_formula() { &hints::FORMULA } else { hint }
}

/// Whether one of the citizenships is Norwegian: whoever has two is a Norwegian citizen too.
fn is_norwegian(nationality: &str) -> bool {
    let all = nationality.to_lowercase().replace(" og ", "/").replace(" and ", "/");
    all.split(['/', ',', ';', '+', '&']).any(|one| NORWEGIAN.contains(&one.trim()))
}

fn number_hint(error: NationalIdError) -> &'static Hint {
    match error {
        NationalIdError::CheckDigit => &hints::CHECK_DIGIT,
        NationalIdError::Date => &hints::NO_SUCH_DAY,
        NationalIdError::LeadingZeroLost | NationalIdError::Length => &hints::LENGTH,
        NationalIdError::NotDigits => &hints::NOT_DIGITS,
        NationalIdError::Placeholder => &hints::PLACEHOLDER,
        NationalIdError::RealInTest => &hints::REAL_IN_TEST,
        NationalIdError::SyntheticInProduction => &hints::SYNTHETIC,
    }
}

const NORWEGIAN: [&str; 7] = ["no", "nor", "norge", "noreg", "norway", "norsk", "norwegian"];

#[cfg(test)]
mod tests {
    use super::is_norwegian;

    #[test]
    fn one_of_several_citizenships() {
        for (text, want) in [
            ("NO", true),
            ("Norsk og fransk", true),
            ("FR+NOR", true),
            ("French and Norwegian", true),
            ("North Macedonia", false),
            ("NL/FR", false),
            ("", false),
        ] {
            assert_eq!(is_norwegian(text), want, "{text}");
        }
    }
}
