//! What the values of `[admin]` mean, and whose certificate is whose.

use crate::config::{
    admin::{Admin, Listen, Pin},
    check::values::{directory, read},
    names::KeyName,
    problem::Page,
    raw::{admin::RawAdmin, at::At},
};

/// Checks `[admin]`; `None` when something that it needs is missing or bad, which is noted.
pub(in crate::config) fn admin(page: &mut Page<'_>, raw: &RawAdmin) -> Option<Admin> {
    let listen = read(page, "admin.listen", raw.listen.as_ref(), Listen::parse);
    let tls_cert = read(page, "admin.tls-cert", raw.tls_cert.as_ref(), directory);
    let tls_key = read(page, "admin.tls-key", raw.tls_key.as_ref(), key_name);
    let client_ca = read(page, "admin.client-ca", raw.client_ca.as_ref(), directory);
    let crl = read(page, "admin.crl", raw.crl.as_ref(), directory);
    if let Some(raw) = raw.operators.as_ref().filter(|raw| raw.value().is_empty()) {
        let message = "without an operator nobody could look at anything; write the pin of one's \
                       certificate, operators = [\"sha256:...\"]";
        page.problem("admin.operators", Some(raw.place()), message);
    }
    let operators = pins(page, "admin.operators", raw.operators.as_ref());
    let monitors = pins(page, "admin.monitors", raw.monitors.as_ref());
    for text in raw.monitors.as_ref().map_or(&[][..], |raw| raw.value()) {
        if Pin::parse(text.value()).is_ok_and(|pin| operators.contains(&pin)) {
            let message =
                "an operator has this pin, and reads all of it anyway; remove one of the two";
            page.problem("admin.monitors", Some(text.place()), message);
        }
    }
    Some(Admin {
        listen: listen?,
        tls_cert: tls_cert?,
        tls_key: tls_key.or_else(|| KeyName::parse("admin-tls-key").ok())?,
        client_ca: client_ca?,
        crl,
        operators,
        monitors,
        language: raw.language.as_ref().map(|language| *language.value()),
    })
}

/// A list of pins, each named once.
pub(in crate::config) fn pins(
    page: &mut Page<'_>,
    key: &str,
    raw: Option<&At<Vec<At<String>>>>,
) -> Vec<Pin> {
    let mut pins = Vec::new();
    for text in raw.map_or(&[][..], |raw| raw.value()) {
        let Some(pin) = read(page, key, Some(text), Pin::parse) else { continue };
        if pins.contains(&pin) {
            page.problem(key, Some(text.place()), "the pin is named twice");
        } else {
            pins.push(pin);
        }
    }
    pins
}

/// The key itself never stands in the configuration, and its file has its place.
fn key_name(text: &str) -> Result<KeyName, &'static str> {
    KeyName::parse(text).map_err(|_| {
        "write the name of a credential, such as \"admin-tls-key\", and put the key into the file of \
         that name in the key directory"
    })
}
