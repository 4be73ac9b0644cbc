//! The configuration as it counts, with every default filled in. It holds no secret.

use crate::{
    config::{
        Config, Reporters, Reporting, Routing,
        admin::{Admin, Pin},
        archive::Archive,
        legal_profile::LegalProfile,
        peer::Peer,
        quantity::{show_duration, show_size},
        raw::registry::{
            RawAllowList, RawIdentity, RawInbox, RawRegistry, RawRegistryFile, RawRelease,
            RawRetention,
        },
        raw::sender::{RawExpect, RawSender, RawSenderFile},
        raw::{admin::RawAdmin, archive::RawArchive},
        raw::{
            at::At,
            main_file::{
                RawCatalogue, RawEmbassy, RawIdentifiers, RawIntake, RawKpr, RawLog, RawMain,
                RawReporters, RawReporting, RawRoute, RawSweep,
            },
        },
        registry::Registry,
        sender::{Missions, Owner, Sender},
        words::Backend,
    },
    types::{
        identity_mode::IdentityMode,
        ids::{KindId, SenderId},
        npr_release::{
            Purpose,
            form::Form,
            terms::{AllowList, Terms},
        },
    },
};

impl Config {
    /// The effective configuration as TOML, file by file.
    pub fn to_toml(&self) -> String {
        let mut text = format!("# {}\n{}", self.file.display(), to_text(&main(self)));
        for sender in self.senders.values() {
            let file = RawSenderFile { sender: Some(raw_sender(sender)) };
            text.extend(["\n# senders.d: ", sender.id.as_str(), "\n", &to_text(&file)]);
        }
        for registry in self.registries.values() {
            let file = RawRegistryFile { registry: Some(raw_registry(registry)) };
            text.extend(["\n# registries.d: ", registry.id.as_str(), "\n", &to_text(&file)]);
        }
        text
    }

    /// The same as JSON: `{main, senders: {id: …}, registries: {id: …}}`, with the files' own keys.
    pub fn to_json(&self) -> serde_json::Value {
        let senders: serde_json::Map<_, _> = self
            .senders
            .values()
            .map(|sender| (sender.id.to_string(), to_json(&raw_sender(sender))))
            .collect();
        let registries: serde_json::Map<_, _> = self
            .registries
            .values()
            .map(|registry| (registry.id.to_string(), to_json(&raw_registry(registry))))
            .collect();
        serde_json::json!({
            "main": to_json(&main(self)),
            "senders": senders,
            "registries": registries,
        })
    }
}

fn main(config: &Config) -> RawMain {
    let path = |path: &std::path::Path| Some(At::new(path.to_string_lossy().into_owned()));
    RawMain {
        drop_root: path(&config.places.drop_root),
        state_dir: path(&config.places.state_dir),
        credentials_dir: config.configured_credentials_dir.as_deref().and_then(path),
        control_socket: path(&config.control_socket),
        time_zone: text(config.time_zone.iana_name().unwrap_or("UTC")),
        profile: at(config.profile),
        installation: text(&config.installation),
        name: text(&config.name),
        contact: config.contact.as_ref().and_then(text),
        intake: RawIntake {
            settle: text(show_duration(config.intake.settle)),
            rescan: text(show_duration(config.intake.rescan)),
            min_free_disk: text(config.intake.min_free_disk),
            max_file_size: text(show_size(config.intake.max_file_size)),
            workers: u32::try_from(config.intake.workers.get()).ok().and_then(at),
            owner_check: at(config.intake.owner_check),
        },
        identifiers: RawIdentifiers { new_check_digits_from: text(config.new_check_digits_from) },
        embassy: RawEmbassy {
            hold_withdrawals_above: text(config.embassy.hold_withdrawals_above),
            hold_withdrawals_more_than: at(config.embassy.hold_withdrawals_more_than),
            stale_after: text(config.embassy.stale_after),
        },
        retention: RawSweep {
            sweep_every: text(show_duration(config.retention.sweep_every)),
            max_share: text(config.retention.max_share),
        },
        kpr: RawKpr {
            max_rejected: text(config.kpr.max_rejected),
            expected_service_types: at(config
                .kpr
                .expected_service_types
                .iter()
                .map(|n| At::new(u32::from(*n)))
                .collect()),
        },
        route: config.routes.iter().map(raw_route).collect(),
        reporting: config.reporting.iter().map(raw_reporting).collect(),
        archive: config.archive.as_ref().map(raw_archive),
        admin: config.admin.as_ref().map(raw_admin),
        catalogue: RawCatalogue { backend: at(Backend::Sqlite) },
        log: RawLog { format: at(config.log.format), level: at(config.log.level) },
    }
}

fn raw_admin(admin: &Admin) -> RawAdmin {
    RawAdmin {
        listen: text(admin.listen),
        tls_cert: text(admin.tls_cert.display()),
        tls_key: text(&admin.tls_key),
        client_ca: text(admin.client_ca.display()),
        crl: admin.crl.as_ref().and_then(|file| text(file.display())),
        operators: at(pins(&admin.operators)),
        monitors: at(pins(&admin.monitors)).filter(|pins| !pins.value().is_empty()),
        language: admin.language.and_then(at),
    }
}

fn pins(pins: &[Pin]) -> Vec<At<String>> {
    pins.iter().map(|pin| At::new(pin.to_string())).collect()
}

fn raw_archive(archive: &Archive) -> RawArchive {
    let path = |path: &std::path::Path| text(path.display());
    let (peer, form) = (&archive.peer, archive.form.clone());
    RawArchive {
        url: text(&peer.url),
        ca: path(&peer.ca),
        crl: peer.crl.as_deref().and_then(path),
        credential: text(&archive.credential),
        client_cert: peer.client.as_ref().and_then(|(file, _)| path(file)),
        client_key_credential: peer.client.as_ref().and_then(|(_, key)| text(key)),
        create_cases: at(archive.create_cases),
        timeout: text(show_duration(peer.timeout)),
        retry_after: text(show_duration(peer.retry_after)),
        alarm_after: text(show_duration(peer.alarm_after)),
        title: text(form.title),
        access_code: form.access_code.and_then(text),
        paragraph: form.paragraph.and_then(text),
        access_group: form.access_group.and_then(text),
        sub_archive: form.sub_archive.and_then(text),
        responsible_enterprise_recno: form.responsible_enterprise_recno.and_then(at),
        responsible_person_recno: form.responsible_person_recno.and_then(at),
        context_user: form.context_user.and_then(text),
        document_category: text(form.document_category),
        document_status: text(form.document_status),
        recipient_role: text(form.recipient_role),
    }
}

fn raw_route(route: &Routing) -> RawRoute {
    RawRoute {
        kind: text(&route.kind),
        years: text(route.years),
        registries: at(route.registries.iter().map(|id| At::new(id.to_string())).collect()),
    }
}

fn raw_reporting(reporting: &Reporting) -> RawReporting {
    RawReporting {
        registry: text(&reporting.registry),
        years: text(reporting.years),
        reporters: at(match &reporting.reporters {
            Reporters::All => RawReporters::Word("all".to_owned()),
            Reporters::Only(ids) => {
                RawReporters::Ids(ids.iter().map(SenderId::to_string).collect())
            }
        }),
        not_decided: at(reporting.not_decided.iter().cloned().map(At::new).collect()),
    }
}

fn raw_sender(sender: &Sender) -> RawSender {
    let mission_code = match &sender.missions {
        Missions::Own(code) => text(code),
        Missions::Any | Missions::None => None,
    };
    let (account, uid) = match &sender.owner {
        Owner::Account(account) => (text(account), None),
        Owner::Uid(uid) => (None, at(*uid)),
    };
    RawSender {
        id: text(&sender.id),
        name: text(&sender.name),
        kinds: at(sender.kinds.iter().map(KindId::to_string).map(At::new).collect()),
        mission_code,
        case_handler: at(sender.missions == Missions::Any),
        municipality: sender.municipality.as_ref().and_then(text),
        org_number: sender.org_number.as_ref().and_then(text),
        police_district: sender.police_district.as_ref().and_then(text),
        language: at(sender.language),
        recipient: sender.recipient.as_ref().and_then(text),
        signing_keys: (!sender.signing_keys.is_empty()).then(|| {
            At::new(sender.signing_keys.iter().map(|key| At::new(key.to_string())).collect())
        }),
        completeness: at(sender.completeness),
        expect: sender.expect.map(|expect| RawExpect {
            every: expect.periodic.and_then(|periodic| text(periodic.every)),
            grace: expect.periodic.and_then(|periodic| text(periodic.grace)),
            yearly: expect.yearly.and_then(|yearly| text(yearly.deadline)),
            exception: expect.yearly.and_then(|yearly| yearly.exception).and_then(text),
        }),
        contact: sender.contact.as_ref().and_then(text),
        account,
        uid,
    }
}

fn raw_registry(registry: &Registry) -> RawRegistry {
    RawRegistry {
        id: text(&registry.id),
        legal_profile: at(registry.legal_profile),
        recipients: at(keys(&registry.recipients)),
        store: at(registry.store),
        identity: Some(RawIdentity {
            mode: at(registry.identity),
            key: text(&registry.key),
            identity_recipients: match registry.identity {
                IdentityMode::Split => at(keys(&registry.identity_recipients)),
                IdentityMode::Identified | IdentityMode::Pseudonym => None,
            },
        }),
        deliver: registry.deliver.iter().map(raw_inbox).collect(),
        client_pins: at(pins(&registry.client_pins)).filter(|pins| !pins.value().is_empty()),
        retention: RawRetention {
            from: at(registry.retention.from),
            after: text(registry.retention.after),
            lists: registry.retention.lists.and_then(text),
            escalate: registry.retention.escalate.and_then(text),
        },
        release: (registry.legal_profile == LegalProfile::HdirFinansiering)
            .then(|| raw_release(&registry.release)),
    }
}

fn raw_inbox(inbox: &Peer) -> RawInbox {
    let path = |path: &std::path::Path| text(path.display());
    RawInbox {
        url: text(&inbox.url),
        client_cert: inbox.client.as_ref().and_then(|(file, _)| path(file)),
        client_key_credential: inbox.client.as_ref().and_then(|(_, key)| text(key)),
        ca: path(&inbox.ca),
        crl: inbox.crl.as_deref().and_then(path),
        timeout: text(show_duration(inbox.timeout)),
        retry_after: text(show_duration(inbox.retry_after)),
        alarm_after: text(show_duration(inbox.alarm_after)),
    }
}

fn raw_release(terms: &Terms) -> RawRelease {
    let list = |purpose| {
        let list = terms.list(purpose);
        (*list != AllowList::default()).then(|| raw_allow_list(list))
    };
    RawRelease {
        smallest_group: at(u32::from(terms.smallest_group)),
        on_small_groups: at(terms.on_small_groups),
        isf: list(Purpose::Isf),
        kmf: list(Purpose::Kmf),
        utredning: list(Purpose::Utredning),
    }
}

/// What was kept alone is told by what is dropped: the two mean the same.
fn raw_allow_list(list: &AllowList) -> RawAllowList {
    let of_form = |form: &Form| Form::OF_NEW.iter().find(|(_, known)| known == form);
    let new = |(name, form): (&String, &Form)| {
        let (form, _) = of_form(form)?;
        Some(At::new(format!("{name}:{form}")))
    };
    RawAllowList {
        keep: None,
        drop: at(list.dropped.iter().map(|name| At::new((*name).to_owned())).collect()),
        new: at(list.new.iter().filter_map(new).collect()),
    }
}

fn keys(recipients: &[age::x25519::Recipient]) -> Vec<At<String>> {
    recipients.iter().map(|key| At::new(key.to_string())).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "texts and references alike")]
fn text(value: impl ToString) -> Option<At<String>> {
    at(value.to_string())
}

/// Wrapped for a field that the file may leave out.
#[expect(clippy::unnecessary_wraps, reason = "every field of a raw file is optional")]
fn at<T>(value: T) -> Option<At<T>> {
    Some(At::new(value))
}

fn to_text(file: &impl serde::Serialize) -> String {
    // Texts, numbers and tables of them always have a form in TOML.
    toml::to_string(file).unwrap_or_default()
}

fn to_json(part: &impl serde::Serialize) -> serde_json::Value {
    // Through TOML, which has no null: a key that is not set is left out.
    toml::Table::try_from(part)
        .ok()
        .and_then(|table| serde_json::to_value(table).ok())
        .unwrap_or_default()
}
