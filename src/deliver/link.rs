//! The way to the daemon: what is to go out, and what came of it, over the control socket.

use std::{io, path::Path};

use serde::de::DeserializeOwned;

use crate::{
    admin::{
        Request,
        shapes::{
            archive::{ArchiveEntry, ArchiveNext},
            push::{PushEntry, PushNext},
        },
    },
    catalogue::records::{
        archive::{Attempt, JobState},
        pushes::{Inbox, PushState},
    },
    daemon::control::client::{Client, WholeStream},
    pipeline::push::{self, Pushed},
    types::ids::ObjectId,
};

/// The next entry that is due; `None` when none is.
///
/// # Errors
/// When the daemon does not answer or may not be asked.
pub fn next(socket: &Path) -> Result<Option<ArchiveEntry>, LinkError> {
    Ok(ask::<ArchiveNext>(socket, &Request::ArchiveNext {})?.entry)
}

/// Tells what came of an entry.
///
/// # Errors
/// As [`next`].
pub fn report(socket: &Path, entry: &ArchiveEntry, came: &Attempt) -> Result<JobState, LinkError> {
    let ArchiveEntry { reference, attempt, .. } = entry;
    let request =
        Request::ArchiveReport { reference: *reference, attempt: *attempt, came: came.clone() };
    ask(socket, &request)
}

/// The next object that is due for an inbox; `None` when none is.
///
/// # Errors
/// As [`next`].
pub fn next_push(socket: &Path, inbox: &Inbox) -> Result<Option<PushEntry>, LinkError> {
    let Inbox { registry, url } = inbox.clone();
    Ok(ask::<PushNext>(socket, &Request::PushNext { registry, url })?.push)
}

/// The object itself, as it goes to the inbox.
///
/// # Errors
/// As [`next`].
pub fn object(socket: &Path, id: &ObjectId, inbox: &Inbox) -> Result<WholeStream, LinkError> {
    let client = Client::connect(socket).map_err(LinkError::Io)?.ok_or(LinkError::Down)?;
    let opened = client.push(id, &push::fingerprint(&inbox.url)).map_err(LinkError::Io)?;
    opened.map_err(|fault| LinkError::Refused { message: fault.message })
}

/// Tells what came of a push.
///
/// # Errors
/// As [`next`].
pub fn report_push(
    socket: &Path,
    entry: &PushEntry,
    inbox: &Inbox,
    came: &Pushed,
) -> Result<PushState, LinkError> {
    let PushEntry { object, attempt } = entry.clone();
    let (url, came) = (inbox.url.clone(), came.clone());
    ask(socket, &Request::PushReport { object, url, attempt, came })
}

fn ask<T: DeserializeOwned>(socket: &Path, request: &Request) -> Result<T, LinkError> {
    let client = Client::connect(socket).map_err(LinkError::Io)?.ok_or(LinkError::Down)?;
    let answer = client.ask(request).map_err(LinkError::Io)?;
    let answer = answer.map_err(|fault| LinkError::Refused { message: fault.message })?;
    serde_json::from_value(answer).map_err(|_| LinkError::OtherVersion)
}

/// Why the daemon cannot be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Nobody listens.
    #[error("the daemon does not run; start it with `systemctl start filsluse`")]
    Down,
    /// The connection failed.
    #[error("cannot use the control socket; run this as the daemon's account or in its group")]
    Io(#[source] io::Error),
    /// The answer has another shape.
    #[error("the daemon is another version; restart both services")]
    OtherVersion,
    /// The daemon said no.
    #[error("{message}")]
    Refused {
        /// In its words.
        message: String,
    },
}
