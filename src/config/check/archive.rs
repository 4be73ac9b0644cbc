//! What the values of `[archive]` mean.

use crate::config::{
    archive::{Archive, ArchiveForm},
    check::{
        peer::{PeerKeys, peer},
        values::{line, read, word},
    },
    names::KeyName,
    problem::Page,
    raw::{archive::RawArchive, at::At},
};

/// Checks `[archive]`; `None` when something that it needs is missing or bad, which is noted.
pub(in crate::config) fn archive(page: &mut Page<'_>, raw: &RawArchive) -> Option<Archive> {
    let keys = PeerKeys {
        table: "archive",
        shape: "write the address of SIF's RPC, \"https://sak.example.no/Biz/v2/api/call/\
                SI.Data.RPC/SI.Data.RPC\"",
        url: raw.url.as_ref(),
        ca: raw.ca.as_ref(),
        usual_ca: None,
        crl: raw.crl.as_ref(),
        client_cert: raw.client_cert.as_ref(),
        client_key: raw.client_key_credential.as_ref(),
        usual_client_key: "archive-client-key",
        timeout: raw.timeout.as_ref(),
        retry_after: raw.retry_after.as_ref(),
        alarm_after: raw.alarm_after.as_ref(),
    };
    let peer = peer(page, &keys);
    let credential = read(page, "archive.credential", raw.credential.as_ref(), KeyName::parse);
    let form = form(page, raw);
    Some(Archive {
        peer: peer?,
        credential: credential.or_else(|| KeyName::parse("archive-authkey").ok())?,
        create_cases: word(raw.create_cases.as_ref(), false),
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
