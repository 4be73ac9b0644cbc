//! A reader: takes claimed files from the queue, one pass over each, and hands on what it read.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    daemon::{
        alarms,
        engine::{fair_queue::Job, shared::Shared},
        memory,
    },
    durable,
    intake::{claim::ClaimedFile, refusal::RefusalReason},
    kinds::leak::IdentityLeak,
    pipeline::{
        claim::claimed::Claimed,
        commit::{Ready, quarantine},
        house::House,
        pass::{
            self, ManyDocuments, Passed, hints,
            order::{Order, Signing},
        },
    },
    types::{
        alarm::AlarmCode,
        finding::{Finding, Place},
        rules::intake,
    },
};

/// Runs until the queue is closed. `most`: the largest file that it takes, in bytes.
pub fn run(shared: &Arc<Shared>, most: u64) {
    while let Some(job) = shared.queue.take(most) {
        let house = shared.house();
        let Job { file, tries, alone, turn, .. } = job;
        let span = tracing::info_span!("submission", id = %file.id, sender = %file.sender);
        let _entered = span.enter();
        let is_large = file.size >= LARGE || alone;
        if is_large {
            memory::clear_up();
        }
        let ended = read(&house, &file, alone);
        if is_large {
            memory::clear_up();
        }
        match ended {
            Ok(passed) => {
                durable::fail_point("passed");
                shared.hand_to_committer(Ready {
                    subject: Claimed::File(file),
                    passed,
                    tries,
                    turn,
                });
            }
            Err(error) if ManyDocuments::is(&error) => shared.enqueue_alone(file, tries),
            Err(error) => {
                tracing::error!(error = %crate::types::causes::chain(&error), tries, "Cannot read or seal; trying again.");
                shared.store_fails(&house);
                drop(turn);
                shared.enqueue_again(Job { alone, ..postponed(file, tries + 1) });
            }
        }
        shared.queue.finished();
    }
}

/// A job for later: the longer it has failed, the later.
pub fn postponed(file: ClaimedFile, tries: u32) -> Job {
    let pause = Duration::from_secs(1 << tries.min(6));
    Job { tries, not_before: Some(Instant::now() + pause), ..Job::new(file) }
}

fn read(house: &House, file: &ClaimedFile, alone: bool) -> io::Result<Passed> {
    let opened = match file.open() {
        // Its sender took the permission away between the look and the claim.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Ok(Passed::refused(RefusalReason::Unreadable.finding()));
        }
        opened => opened?,
    };
    let order = Order {
        submission: file.id,
        sender: &file.sender,
        file: &opened,
        size: file.size,
        evidence: file.evidence,
        manifest: file.manifest,
        signing: Signing::Beside(file.signature),
        received_at: house.now(),
        seals: !file.rehearsal,
        alone,
        tidy: memory::tidy,
    };
    let passed = if let Ok(passed) = catch_unwind(AssertUnwindSafe(|| pass::pass(house, &order))) {
        match passed {
            Err(error) if IdentityLeak::of(&error).is_some() => {
                // Read again it would leak again: it ends here, and nothing of it is stored.
                alarms::raise(house, AlarmCode::IdentityLeak, &file.id.to_string());
                return Ok(Passed::refused(quarantine::finding(false)));
            }
            passed => passed?,
        }
    } else {
        tracing::error!(code = "stage-panicked", "A fault of ours: the file is set aside.");
        return quarantine::keep(house, file);
    };
    if !file.unchanged(&opened)? {
        // The sender kept its descriptor and wrote: what was read may be a mixture.
        let finding = Finding::new(&intake::IN_01, Place::File {}).hint(&hints::CHANGED);
        return Ok(Passed::refused(finding));
    }
    Ok(passed)
}

/// Bytes of a file that needs much memory, so that the little time it takes to find what is free
/// does not count.
const LARGE: u64 = 64 << 20;
