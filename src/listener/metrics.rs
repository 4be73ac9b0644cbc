//! Metrics for Prometheus. What they are called is part of `docs/interface.md`: names may be added,
//! never renamed.
//!
//! Labels are kinds, verdicts, states, alarm codes, and the configured ids of senders and
//! registries: nothing that grows with what is sent, and nobody's name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use jiff::Timestamp;

use crate::{
    admin::{
        VERSION, alarms,
        shapes::{
            registry::Objects,
            status::{Sender, Status},
        },
    },
    catalogue::records::objects::ObjectCount,
    listener::{
        exposition::{Exposition, Sort, Sort::Gauge},
        totals::Totals,
    },
    types::{alarm::AlarmCode, ids::RegistryId},
};

/// What the metrics are made from.
pub(super) struct Facts {
    pub(super) status: Status,
    pub(super) totals: Totals,
    pub(super) configured: BTreeSet<RegistryId>,
    pub(super) objects: Vec<ObjectCount>,
    pub(super) last_sweep: Option<Timestamp>,
    pub(super) process: Process,
}

impl Facts {
    /// Those that are configured, and others that still hold something: what was set aside, and
    /// what a registry that was taken away has left.
    fn registries(&self) -> BTreeSet<&RegistryId> {
        let holding = self.objects.iter().map(|count| &count.registry);
        let due = self.status.deadlines.iter().map(|due| &due.registry);
        self.configured.iter().chain(holding).chain(due).collect()
    }
}

/// The page.
pub(super) fn page(facts: &Facts) -> String {
    let mut page = Exposition::default();
    page.metric("filsluse_build_info", Gauge, "Version of the daemon; always 1.")
        .sample(&[("version", VERSION)], 1_u64);
    page.metric("filsluse_healthy", Gauge, "Whether no grave alarm stands, as status says.")
        .sample(&[], facts.status.healthy);
    submissions(&mut page, &facts.totals);
    queue(&mut page, &facts.status);
    senders(&mut page, &facts.status.senders);
    objects(&mut page, facts);
    deadlines(&mut page, facts);
    alarms(&mut page, &facts.status);
    log(&mut page, facts);
    process(&mut page, &facts.process);
    page.into_text()
}

fn submissions(page: &mut Exposition, totals: &Totals) {
    let kind_of =
        |kind: &Option<_>| kind.as_ref().map_or("unknown".to_owned(), ToString::to_string);
    let mut metric = page.metric(
        "filsluse_submissions",
        Gauge,
        "Submissions on record, by kind and verdict; held ones move when they are decided on.",
    );
    for ((kind, verdict, rehearsal), total) in totals {
        let verdict = verdict.map_or("none", |verdict| verdict.as_str());
        let rehearsal = if *rehearsal { "true" } else { "false" };
        let labels = [("kind", &*kind_of(kind)), ("verdict", verdict), ("rehearsal", rehearsal)];
        metric.sample(&labels, total.count);
    }
    // Bytes, records taken and not taken, receipts.
    let mut kinds: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for ((kind, ..), total) in totals {
        let sums = kinds.entry(kind_of(kind)).or_default();
        let of = [total.bytes, total.records.accepted, total.records.rejected, total.receipts];
        sums.iter_mut().zip(of).for_each(|(sum, more)| *sum += more);
    }
    let mut metric =
        page.metric("filsluse_submission_bytes", Gauge, "Bytes of submissions as they came.");
    for (kind, [bytes, ..]) in &kinds {
        metric.sample(&[("kind", kind)], *bytes);
    }
    let mut metric =
        page.metric("filsluse_records", Gauge, "Records of submissions, taken and not taken.");
    for (kind, [_, accepted, rejected, _]) in &kinds {
        metric.sample(&[("kind", kind), ("outcome", "accepted")], *accepted);
        metric.sample(&[("kind", kind), ("outcome", "rejected")], *rejected);
    }
    let mut metric =
        page.metric("filsluse_receipts", Gauge, "Submissions whose receipt is published.");
    for (kind, [.., receipts]) in &kinds {
        metric.sample(&[("kind", kind)], *receipts);
    }
}

fn queue(page: &mut Exposition, status: &Status) {
    let mut metric = page.metric("filsluse_queue", Gauge, "Submissions under way, by state.");
    let queue = &status.queue;
    for (state, count) in [
        ("claimed", queue.claimed),
        ("sealed", queue.sealed),
        ("stored", queue.stored),
        ("answered", queue.answered),
        ("held", queue.held),
    ] {
        metric.sample(&[("state", state)], count);
    }
    if let Some(archive) = &status.archive {
        page.metric("filsluse_archive_waiting", Gauge, "Entries that wait for the case archive.")
            .sample(&[], archive.waiting);
    }
    if !status.pushes.is_empty() {
        let what = "Objects that wait for an inbox of their registry.";
        let mut metric = page.metric("filsluse_pushes_waiting", Gauge, what);
        for inbox in &status.pushes {
            let labels = [("registry", inbox.registry.as_str()), ("inbox", inbox.url.as_str())];
            metric.sample(&labels, inbox.waiting);
        }
    }
}

fn senders(page: &mut Exposition, senders: &[Sender]) {
    // Those of the configuration: of others nothing is awaited.
    let configured = || senders.iter().filter(|sender| sender.name.is_some());
    let mut metric = page.metric(
        "filsluse_files_waiting",
        Gauge,
        "Files in a sender's inbound directory that have not been taken for more than a minute.",
    );
    for sender in configured() {
        let waiting = sender.waiting.map_or(0, |waiting| waiting.count);
        metric.sample(&[("sender", sender.id.as_str())], waiting);
    }
    let overdue = configured().filter(|sender| sender.overdue).count() as u64;
    page.metric("filsluse_senders_overdue", Gauge, "Senders of whom something is overdue.")
        .sample(&[], overdue);
    let mut metric =
        page.metric("filsluse_sender_overdue", Gauge, "Whether something of a sender is overdue.");
    for sender in configured() {
        metric.sample(&[("sender", sender.id.as_str())], sender.overdue);
    }
    let mut metric = page.metric(
        "filsluse_sender_last_received_timestamp_seconds",
        Gauge,
        "When the last submission of a sender was received; none where there is none.",
    );
    for sender in configured() {
        if let Some(at) = sender.last_received_at {
            metric.sample(&[("sender", sender.id.as_str())], at);
        }
    }
}

fn objects(page: &mut Exposition, facts: &Facts) {
    let mut metric =
        page.metric("filsluse_objects", Gauge, "Objects of a registry on record, by state.");
    for registry in facts.registries() {
        let Objects { stored, held, erased } = Objects::of(registry, &facts.objects);
        for (state, count) in [("stored", stored), ("held", held), ("erased", erased)] {
            metric.sample(&[("registry", registry.as_str()), ("state", state)], count);
        }
    }
}

fn deadlines(page: &mut Exposition, facts: &Facts) {
    let status = &facts.status;
    let count = |registry: &RegistryId, past: bool| {
        let of = status.deadlines.iter().filter(|due| due.registry == *registry);
        of.filter(|due| (due.due_at <= status.at) == past).map(|due| due.count).sum::<u64>()
    };
    let mut metric = page.metric(
        "filsluse_deadlines_passed",
        Gauge,
        "Objects and enrolments of a registry that had to be gone by now.",
    );
    for registry in facts.registries() {
        metric.sample(&[("registry", registry.as_str())], count(registry, true));
    }
    let mut metric = page.metric(
        "filsluse_deadlines_ahead",
        Gauge,
        "Objects and enrolments of a registry that are erased within thirty days.",
    );
    for registry in facts.registries() {
        metric.sample(&[("registry", registry.as_str())], count(registry, false));
    }
    let mut metric = page.metric(
        "filsluse_next_deadline_timestamp_seconds",
        Gauge,
        "The next deadline of a registry; none where none is within thirty days.",
    );
    for registry in facts.registries() {
        let ahead = status.deadlines.iter().filter(|due| due.due_at > status.at);
        let next = ahead.filter(|due| due.registry == *registry).map(|due| due.due_at).min();
        if let Some(next) = next {
            metric.sample(&[("registry", registry.as_str())], next);
        }
    }
    let mut metric = page.metric(
        "filsluse_last_sweep_timestamp_seconds",
        Gauge,
        "When this daemon's last completed sweep began; none before the first.",
    );
    if let Some(at) = facts.last_sweep {
        metric.sample(&[], at);
    }
}

fn alarms(page: &mut Exposition, status: &Status) {
    let mut standing: BTreeMap<&str, u64> =
        AlarmCode::ALL.iter().map(|code| (code.as_str(), 0)).collect();
    for alarm in &status.alarms {
        *standing.entry(&alarm.code).or_default() += 1;
    }
    let mut metric = page.metric("filsluse_alarms", Gauge, "Alarms that stand, by code.");
    for (code, count) in standing {
        let grave = if alarms::is_grave(code) { "true" } else { "false" };
        metric.sample(&[("code", code), ("grave", grave)], count);
    }
}

fn log(page: &mut Exposition, facts: &Facts) {
    let audit = &facts.status.audit;
    page.metric("filsluse_audit_entries_total", Sort::Counter, "Entries of the audit log.")
        .sample(&[], audit.size);
    let mut metric = page.metric(
        "filsluse_audit_checkpoint_timestamp_seconds",
        Gauge,
        "When the newest entry under the newest signed checkpoint of the audit log was made.",
    );
    if let Some(at) = audit.checkpoint_at {
        metric.sample(&[], at);
    }
}

fn process(page: &mut Exposition, process: &Process) {
    for (name, help, value) in [
        ("process_resident_memory_bytes", "Memory of the daemon that is in use.", process.resident),
        ("process_virtual_memory_bytes", "Address space of the daemon.", process.address_space),
        ("process_open_fds", "Files that the daemon has open.", process.open_files),
        ("process_threads", "Threads of the daemon.", process.threads),
    ] {
        if let Some(value) = value {
            page.metric(name, Gauge, help).sample(&[], value);
        }
    }
}

/// What the system says of this process, as far as it does.
#[derive(Debug, Default)]
pub(super) struct Process {
    resident: Option<u64>,
    address_space: Option<u64>,
    open_files: Option<u64>,
    threads: Option<u64>,
}

impl Process {
    pub(super) fn look() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let number = |name: &str| -> Option<u64> {
            let line =
                status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let kibibytes = |name| number(name).map(|count| count * 1024);
        Self {
            resident: kibibytes("VmRSS"),
            address_space: kibibytes("VmSize"),
            open_files: fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as u64),
            threads: number("Threads"),
        }
    }
}
