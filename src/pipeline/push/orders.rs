//! What an operator orders of pushes: all at once that waits, or one of them no more.

use std::io;

use crate::{
    audit::entry::Event,
    audited,
    catalogue::{
        error::CatalogueError,
        records::pushes::{Inbox, Pause, Push, PushState},
    },
    pipeline::{audit_queue, house::House, push},
    types::ids::{ObjectId, RegistryId},
};

/// Lets everything that waits after a failure be tried at once, of one registry or of all. Gives how
/// many objects that are, inbox by inbox.
///
/// # Errors
/// When the catalogue fails.
pub fn hurry(
    house: &House,
    registry: Option<&RegistryId>,
) -> Result<Vec<(Inbox, u64)>, CatalogueError> {
    let now = house.now();
    house.transact(|ledger| {
        let mut hurried = Vec::new();
        for inbox in ledger.inboxes()? {
            if registry.is_none_or(|registry| *registry == inbox.registry) {
                ledger.pause_inbox(&inbox, Pause::default())?;
                let count = ledger.hurry_pushes(&inbox, now)?;
                hurried.push((inbox, count));
            }
        }
        Ok(hurried)
    })
}

/// Gives up what waits of an object: for the inbox of this address, or for all. It is not delivered
/// there any more, and nobody is told of it as missed. Gives what was given up.
///
/// # Errors
/// When catalogue, log or disk fail; doing it again is safe.
pub fn give_up(house: &House, object: &ObjectId, url: Option<&str>) -> io::Result<Vec<Push>> {
    let now = house.now();
    let dropped = house.transact(|ledger| {
        let mut dropped = Vec::new();
        for mut push in ledger.pushes_of(object)? {
            if push.state != PushState::Waiting || url.is_some_and(|url| url != push.url) {
                continue;
            }
            push.state = PushState::Dropped;
            push.done_at = Some(now);
            ledger.save_push(&push)?;
            audited::record(ledger, now, Event::PushDropped, |entry| push::about(entry, &push))?;
            let inbox = Inbox { registry: object.registry.clone(), url: push.url.clone() };
            if let Some(peer) = push::configured(house, &inbox) {
                push::settle(ledger, &inbox, peer, now)?;
            }
            dropped.push(push);
        }
        Ok::<_, CatalogueError>(dropped)
    })?;
    audit_queue::flush(house)?;
    Ok(dropped)
}
