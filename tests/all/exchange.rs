//! The exchange with the police through the whole house: what goes out lies in the district's
//! directory and opens with its key alone, what comes in waits for a decision, and each thing is
//! gone by its deadline.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a test moves files as anybody would")]

mod archive;
use crate::support::{child_daemon::Daemon, installation::Installation};

#[cfg(feature = "fail-points")]
mod crash;
mod decide;
mod disclose;
mod dispatch;
mod open;
mod quarantine;
mod scene;
mod second_receipt;
mod secrecy;
mod verbs;
mod watch;
mod year;

/// A request to the police and its reply, for tests that need something on record: waits until both
/// are answered. The district keeps the shipped example's key.
pub(crate) fn upload(installation: &Installation, daemon: &mut Daemon) {
    use scene::{HOSPITAL, OSLO, inquiry_on, reply_on};
    let zone = jiff::tz::TimeZone::get("Europe/Oslo").unwrap();
    let today = filsluse::daemon::open::system_clock()().to_zoned(zone).date();
    let receipts = |sender: &str| {
        installation.receipts(sender).keys().filter(|name| name.contains(".receipt.")).count()
    };
    installation.upload(HOSPITAL, "a.xml", inquiry_on(1, today));
    assert!(daemon.until("the request", || receipts(HOSPITAL) == 2));
    installation.upload(OSLO, "b.xml", reply_on(2, 1, "oslo", today));
    assert!(daemon.until("the reply", || receipts(OSLO) == 2));
}
