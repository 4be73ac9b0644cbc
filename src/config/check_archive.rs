//! What the values of `[archive]` mean.

use std::time::Duration;

use crate::config::{
    archive::{Archive, ArchiveForm, ArchiveUrl},
    check::{directory, line, read, within, word},
    names::KeyName,
    problem::Page,
    raw::At,
    raw_archive::RawArchive,
};

/// Checks `[archive]`; `None` when something that it needs is missing or bad, which is noted.
pub(super) fn archive(page: &mut Page<'_>, raw: &RawArchive) -> Option<Archive> {
    let url = read(page, "archive.url", raw.url.as_ref(), ArchiveUrl::parse);
    let ca = read(page, "archive.ca", raw.ca.as_ref(), directory);
    let crl = read(page, "archive.crl", raw.crl.as_ref(), directory);
    let credential = read(page, "archive.credential", raw.credential.as_ref(), KeyName::parse);
    let client_cert = read(page, "archive.client-cert", raw.client_cert.as_ref(), directory);
    let key = "archive.client-key-credential";
    let client_key = read(page, key, raw.client_key_credential.as_ref(), KeyName::parse);
    if let (Some(given), None) = (&raw.client_key_credential, &raw.client_cert) {
        page.problem(
            key,
            Some(given.place()),
            "a key needs its certificate; write client-cert too",
        );
    }
    let client_key = client_key.or_else(|| KeyName::parse("archive-client-key").ok());
    let mut time = |key: &str, raw: Option<&At<String>>, least: u64, most: u64, default: u64| {
        let range = Duration::from_millis(least)..=Duration::from_secs(most);
        read(page, key, raw, |text| within(text, &range)).unwrap_or(Duration::from_secs(default))
    };
    let timeout = time("archive.timeout", raw.timeout.as_ref(), 100, 300, 30);
    let retry_after = time("archive.retry-after", raw.retry_after.as_ref(), 10, 3_600, 60);
    let alarm_after = time("archive.alarm-after", raw.alarm_after.as_ref(), 10, 7 * 86_400, 3_600);
    let form = form(page, raw);
    Some(Archive {
        url: url?,
        ca: ca?,
        crl,
        credential: credential.or_else(|| KeyName::parse("archive-authkey").ok())?,
        client: client_cert.zip(client_key),
        create_cases: word(raw.create_cases.as_ref(), false),
        timeout,
        retry_after,
        alarm_after,
        form,
    })
}

fn form(page: &mut Page<'_>, raw: &RawArchive) -> ArchiveForm {
    let title = read(page, "archive.title", raw.title.as_ref(), title);
    let mut one = |key: &str, raw: &Option<At<String>>| {
        read(page, &format!("archive.{key}"), raw.as_ref(), line)
    };
    let number = |raw: &Option<At<u32>>| raw.as_ref().map(|raw| *raw.value());
    ArchiveForm {
        title: title.unwrap_or_else(|| "Henvendelse til politiet".to_owned()),
        access_code: one("access-code", &raw.access_code),
        paragraph: one("paragraph", &raw.paragraph),
        access_group: one("access-group", &raw.access_group),
        sub_archive: one("sub-archive", &raw.sub_archive),
        responsible_enterprise_recno: number(&raw.responsible_enterprise_recno),
        responsible_person_recno: number(&raw.responsible_person_recno),
        context_user: one("context-user", &raw.context_user),
        // By Public 360's usual code tables: outgoing, journalled, recipient.
        document_category: one("document-category", &raw.document_category)
            .unwrap_or_else(|| "111".to_owned()),
        document_status: one("document-status", &raw.document_status)
            .unwrap_or_else(|| "J".to_owned()),
        recipient_role: one("recipient-role", &raw.recipient_role)
            .unwrap_or_else(|| "Mottaker".to_owned()),
    }
}

/// Anybody may read it in the public journal, and the archive searches by it.
fn title(text: &str) -> Result<String, &'static str> {
    let title = line(text)?;
    // A wildcard or quote would make the search find others; an id number never belongs there.
    let plain = !title.contains(['%', '_', '*', '?', '[', ']', '\'', '"']);
    let digits = title.chars().filter(char::is_ascii_digit).count();
    if plain && digits <= 5 && title.chars().count() <= 100 {
        Ok(title)
    } else {
        Err(
            "write at most 100 characters without % _ * ? [ ] and quotes, and no number: the title \
             is public and must not tell who is a patient",
        )
    }
}
