//! What can be asked and ordered of pushes to registries' inboxes.

use crate::{
    admin::{
        fault::Fault,
        shapes::push::{Dropped, Hurried, PushQueue, Queued},
    },
    catalogue::{
        error::CatalogueError,
        records::{outgoing::Waiting, pushes::Inbox},
        view::View,
    },
    pipeline::{house::House, push::orders},
    types::ids::{ObjectId, RegistryId},
};

/// What waits for each inbox.
pub(super) fn queues(view: &dyn View) -> Result<Vec<PushQueue>, CatalogueError> {
    let queue = |inbox: Inbox| {
        let Waiting { count, oldest, last_error, .. } = view.pushes_waiting(&inbox)?;
        let Inbox { registry, url } = inbox;
        Ok(PushQueue { registry, url, waiting: count, oldest, last_error })
    };
    view.inboxes()?.into_iter().map(queue).collect()
}

/// What waits one by one, for the inboxes of one registry or of all.
pub(super) fn queued(
    view: &dyn View,
    registry: Option<&RegistryId>,
    limit: Option<u32>,
) -> Result<Vec<Queued>, CatalogueError> {
    let mut queued = Vec::new();
    for inbox in view.inboxes()? {
        if registry.is_none_or(|registry| *registry == inbox.registry) {
            let rows = view.pushes_queued(&inbox, limit.unwrap_or(u32::MAX))?;
            queued.extend(rows.into_iter().map(Queued::from));
        }
    }
    Ok(queued)
}

/// Lets what failed be tried at once, of one registry or of all.
///
/// # Errors
/// When that registry has no inbox, or the catalogue fails.
pub(super) fn hurry(house: &House, registry: Option<&RegistryId>) -> Result<Vec<Hurried>, Fault> {
    let hurried = orders::hurry(house, registry).map_err(|error| Fault::because(&error))?;
    if hurried.is_empty() && registry.is_some() {
        let message = "no inbox of that registry is in use; `filsluse status` shows those that are";
        return Err(Fault::cannot("no-inbox", message));
    }
    let shape = |(inbox, objects)| {
        let Inbox { registry, url } = inbox;
        Hurried { registry, url, objects }
    };
    Ok(hurried.into_iter().map(shape).collect())
}

/// Gives up delivering an object.
///
/// # Errors
/// When nothing of it waits there, or catalogue, log or disk fail.
pub(super) fn give_up(
    house: &House,
    object: &ObjectId,
    url: Option<&str>,
) -> Result<Dropped, Fault> {
    let dropped = orders::give_up(house, object, url).map_err(|error| Fault::because(&error))?;
    if dropped.is_empty() {
        let message = "nothing of that object waits there; `filsluse push list` shows what does";
        return Err(Fault::cannot("nothing-waits", message));
    }
    let urls = dropped.into_iter().map(|push| push.url).collect();
    Ok(Dropped { object: object.clone(), urls })
}
