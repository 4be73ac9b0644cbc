//! One entry in the case archive, by SIF's RPC: look before making, so that an attempt that is made
//! again never leaves a second case or document.
//!
//! SIF knows no idempotency key. A case is found by its `ExternalId`, a document by its title,
//! which carries the same id: not every version of SIF searches or shows a document's `ExternalId`.
//! A filter that the archive ignored is noticed: then nothing is made. Whether a call succeeded
//! says `Successful` in its answer, never the HTTP status. No answer's text is kept or logged.

use serde_json::{Map, Value, json};

use crate::{
    admin::shapes::archive::ArchiveEntry,
    catalogue::records::{archive::Attempt, outgoing::Trouble},
    config::archive::ArchiveForm,
    types::case_number::CaseNumber,
};

/// Makes one call.
pub trait Rpc {
    /// Calls `<Service>/<Method>` with `{"parameter": …}` and gives the JSON of a good HTTP answer.
    ///
    /// # Errors
    /// Why there is none.
    fn call(&mut self, method: &str, parameter: &Value) -> Result<Value, Trouble>;
}

/// Brings one entry about, however far an earlier attempt had come.
pub fn enter(rpc: &mut dyn Rpc, form: &ArchiveForm, entry: &ArchiveEntry) -> Attempt {
    match (Entry { rpc, form, wanted: entry }).enter() {
        Ok(came) => came,
        Err(trouble) => Attempt::Failed { trouble },
    }
}

struct Entry<'a> {
    rpc: &'a mut dyn Rpc,
    form: &'a ArchiveForm,
    wanted: &'a ArchiveEntry,
}

impl Entry<'_> {
    fn enter(&mut self) -> Result<Attempt, Trouble> {
        let case = match &self.wanted.case {
            Some(asked) => match self.case_numbered(asked)? {
                Some(case) => case,
                None => return Ok(Attempt::NoSuchCase {}),
            },
            None => match self.case_of_ours()? {
                Some(case) => case,
                None => self.create_case()?,
            },
        };
        let document = match self.document_of_ours(&case)? {
            Some(document) => document,
            None => self.create_document(&case)?,
        };
        Ok(Attempt::Entered { case, document })
    }

    fn case_numbered(&mut self, asked: &CaseNumber) -> Result<Option<CaseNumber>, Trouble> {
        let parameter = json!({ "CaseNumber": asked.as_str(), "MaxReturnedCases": PAGE });
        let cases = self.list("CaseService/GetCases", parameter, "Cases")?;
        let found = cases.iter().filter_map(|case| number(&case["CaseNumber"]));
        let found: Vec<CaseNumber> = found.filter(|number| same(number, asked)).collect();
        match found.into_iter().next() {
            Some(case) => Ok(Some(case)),
            None if cases.is_empty() => Ok(None),
            // It gave others than were asked for: it cannot be relied on to say that there is none.
            None => Err(Trouble::StrangeAnswer),
        }
    }

    fn case_of_ours(&mut self) -> Result<Option<CaseNumber>, Trouble> {
        let parameter = json!({ "ExternalId": self.external_id(), "MaxReturnedCases": PAGE });
        let cases = self.list("CaseService/GetCases", parameter, "Cases")?;
        let id = self.wanted.reference.to_string();
        match oldest(cases.iter().filter(|case| case["ExternalId"]["Id"] == id.as_str())) {
            Some(case) => number(&case["CaseNumber"]).map(Some).ok_or(Trouble::StrangeAnswer),
            None if cases.is_empty() => Ok(None),
            None => Err(Trouble::StrangeAnswer),
        }
    }

    fn create_case(&mut self) -> Result<CaseNumber, Trouble> {
        let mut parameter = self.common(&self.form.title);
        set(&mut parameter, "SubArchive", self.form.sub_archive.as_deref());
        set(&mut parameter, "StartDate", Some(self.date()));
        let made = self.ask("CaseService/CreateCase", Value::Object(parameter))?;
        number(&made["CaseNumber"]).ok_or(Trouble::StrangeAnswer)
    }

    fn document_of_ours(&mut self, case: &CaseNumber) -> Result<Option<String>, Trouble> {
        let title = self.document_title();
        let parameter = json!({
            "CaseNumber": case.as_str(),
            "Title": title,
            "MaxReturnedDocuments": PAGE,
            "IncludeFileData": false,
        });
        let documents = self.list("DocumentService/GetDocuments", parameter, "Documents")?;
        let id = self.wanted.reference.to_string();
        let ours = |document: &&Value| {
            document["ExternalId"]["Id"] == id.as_str()
                || ["Title", "OfficialTitle"].iter().any(|key| document[key] == title.as_str())
        };
        match oldest(documents.iter().filter(ours)) {
            Some(document) => label(&document["DocumentNumber"]).map(Some),
            // The whole case was listed, and ours is not there.
            None if documents.len() < PAGE => Ok(None),
            None => Err(Trouble::StrangeAnswer),
        }
    }

    fn create_document(&mut self, case: &CaseNumber) -> Result<String, Trouble> {
        let title = self.document_title();
        let mut parameter = self.common(&title);
        set(&mut parameter, "CaseNumber", Some(case.as_str()));
        set(&mut parameter, "Category", Some(self.form.document_category.as_str()));
        set(&mut parameter, "Status", Some(self.form.document_status.as_str()));
        set(&mut parameter, "DocumentDate", Some(self.date()));
        let recipient = json!([{
            "Role": self.form.recipient_role,
            "ContactName": self.wanted.district,
        }]);
        parameter.insert("UnregisteredContacts".to_owned(), recipient);
        let made = self.ask("DocumentService/CreateDocument", Value::Object(parameter))?;
        label(&made["DocumentNumber"])
    }

    /// What cases and documents have in common.
    fn common(&self, title: &str) -> Map<String, Value> {
        let form = self.form;
        let mut parameter = Map::new();
        parameter.insert("ExternalId".to_owned(), self.external_id());
        set(&mut parameter, "Title", Some(title));
        // Without one of its own, somebody may write a name into it; with it, both are ours.
        set(&mut parameter, "UnofficialTitle", Some(title));
        set(&mut parameter, "AccessCode", form.access_code.as_deref());
        set(&mut parameter, "Paragraph", form.paragraph.as_deref());
        set(&mut parameter, "AccessGroup", form.access_group.as_deref());
        set(&mut parameter, "ResponsibleEnterpriseRecno", form.responsible_enterprise_recno);
        set(&mut parameter, "ResponsiblePersonRecno", form.responsible_person_recno);
        parameter
    }

    fn external_id(&self) -> Value {
        json!({ "Id": self.wanted.reference.to_string(), "Type": EXTERNAL_ID_TYPE })
    }

    fn document_title(&self) -> String {
        format!("{}, ref. {}", self.form.title, self.wanted.reference)
    }

    fn date(&self) -> String {
        self.wanted.date.to_string()
    }

    fn list(&mut self, method: &str, parameter: Value, of: &str) -> Result<Vec<Value>, Trouble> {
        match self.ask(method, parameter)?.get_mut(of).map(Value::take) {
            Some(Value::Array(list)) => Ok(list),
            // None found, as some versions say it.
            Some(Value::Null) => Ok(Vec::new()),
            _ => Err(Trouble::StrangeAnswer),
        }
    }

    fn ask(&mut self, method: &str, mut parameter: Value) -> Result<Value, Trouble> {
        if let (Some(user), Some(parameter)) = (&self.form.context_user, parameter.as_object_mut())
        {
            set(parameter, "ADContextUser", Some(user.as_str()));
        }
        let answer = self.rpc.call(method, &parameter)?;
        match answer.get("Successful") {
            Some(Value::Bool(true)) => Ok(answer),
            Some(Value::Bool(false)) => Err(Trouble::Unsuccessful),
            _ => Err(Trouble::StrangeAnswer),
        }
    }
}

fn set(parameter: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        parameter.insert(key.to_owned(), value.into());
    }
}

/// The one that was made first: if there should be two, every attempt takes the same.
fn oldest<'a>(found: impl Iterator<Item = &'a Value>) -> Option<&'a Value> {
    found.min_by_key(|one| one["Recno"].as_u64().unwrap_or(u64::MAX))
}

fn number(value: &Value) -> Option<CaseNumber> {
    CaseNumber::parse(value.as_str()?).ok()
}

/// `24/00123`, `2024/123` and `24/123` are one case.
fn same(one: &CaseNumber, other: &CaseNumber) -> bool {
    let parts = |number: &CaseNumber| {
        let (year, number) = number.as_str().split_once('/')?;
        Some((year.parse::<u32>().ok()? % 100, number.parse::<u32>().ok()?))
    };
    parts(one).is_some_and(|parts_of_one| Some(parts_of_one) == parts(other))
}

/// A document's number: short and plain, since it is shown.
fn label(value: &Value) -> Result<String, Trouble> {
    let text = value.as_str().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-.".contains(&b);
    if (1..=40).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(Trouble::StrangeAnswer)
    }
}

/// Most cases or documents that one search asks for.
const PAGE: usize = 50;
/// What kind of id it is; keeps ours apart from other systems'.
const EXTERNAL_ID_TYPE: &str = "filsluse";

#[cfg(test)]
mod tests {
    use super::{label, same};
    use crate::types::case_number::CaseNumber;

    #[test]
    fn case_numbers_are_compared_by_what_they_say() {
        for (one, other, want) in [
            ("24/00123", "24/123", true),
            ("2024/123", "24/00123", true),
            ("24/123", "25/123", false),
            ("24/123", "24/1230", false),
        ] {
            let [one, other] = [one, other].map(|text| CaseNumber::parse(text).unwrap());
            assert_eq!(same(&one, &other), want, "{one} {other}");
        }
    }

    #[test]
    fn a_documents_number_is_short_and_plain() {
        assert_eq!(label(&"24/00123-1".into()).as_deref(), Ok("24/00123-1"));
        for bad in ["", "24 / 1", "Ola Nordmann", &"1".repeat(41)] {
            assert!(label(&bad.into()).is_err(), "{bad}");
        }
    }
}
