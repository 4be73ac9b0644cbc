//! Whom the deliverer trusts: the configured authority, TLS 1.3, the right name, and nothing that
//! is expired or revoked. The auth key is never sent to anybody else.

use std::{net::TcpListener, time::Duration};

use filsluse::catalogue::records::{archive::Attempt, outgoing::Trouble};

use super::peer::{Certificates, Sif, StubDaemon, entry};

#[test]
fn whom_it_cannot_trust_gets_nothing_and_the_entry_waits() {
    let certificates = Certificates::make();
    for (name, options) in [
        ("server-expired", &[][..]),
        ("server-elsewhere", &[]),
        ("server-revoked", &[]),
        ("server", &["--tls12"]),
        // A client's certificate is no server's.
        ("client", &[]),
    ] {
        let sif = Sif::start_with(&certificates, name, options);
        let mut desk = StubDaemon::new(&certificates, sif.port);
        desk.archive.peer.crl = Some(certificates.file("crl.pem"));
        assert_eq!(desk.enter(&entry(1)), refused(), "{name} {options:?}");
        assert_eq!(sif.calls().len(), 0, "{name}: nothing is said before the peer is known");
    }
}

#[test]
fn another_authority_and_an_expired_list_refuse_too() {
    let certificates = Certificates::make();
    let sif = Sif::start(&certificates);
    let mut desk = StubDaemon::new(&certificates, sif.port);
    desk.archive.peer.ca = certificates.file("other-ca.pem");
    assert_eq!(desk.enter(&entry(1)), refused());
    desk.archive.peer.ca = certificates.file("ca.pem");
    desk.archive.peer.crl = Some(certificates.file("crl-expired.pem"));
    assert_eq!(desk.enter(&entry(1)), refused());
    assert_eq!(sif.calls().len(), 0);
    desk.archive.peer.crl = Some(certificates.file("crl.pem"));
    assert!(matches!(desk.enter(&entry(1)), Attempt::Entered { .. }));
}

#[test]
fn a_client_certificate_where_the_archive_wants_one() {
    let certificates = Certificates::make();
    let ca = certificates.file("ca.pem");
    let crl = certificates.file("crl.pem");
    let options = ["--client-ca", ca.to_str().unwrap(), "--client-crl", crl.to_str().unwrap()];
    let sif = Sif::start_with(&certificates, "server", &options);
    let mut desk = StubDaemon::new(&certificates, sif.port);
    let key = filsluse::config::names::KeyName::parse("archive-client-key").unwrap();
    for name in ["", "client-revoked", "client-expired"] {
        if !name.is_empty() {
            desk.put_key("archive-client-key", &certificates.file(&format!("{name}.key")));
            desk.archive.peer.client =
                Some((certificates.file(&format!("{name}.pem")), key.clone()));
        }
        let came = desk.enter(&entry(1));
        // Its alert may be overtaken by the end of the connection.
        let unreachable = Attempt::Failed { trouble: Trouble::Unreachable };
        assert!(came == refused() || came == unreachable, "{name}: {came:?}");
        assert_eq!(sif.counts(), (0, 0), "{name}");
    }
    desk.put_key("archive-client-key", &certificates.file("client.key"));
    desk.archive.peer.client = Some((certificates.file("client.pem"), key));
    assert!(matches!(desk.enter(&entry(1)), Attempt::Entered { .. }));
    assert!(sif.calls().iter().all(|call| call["client"] == true));
}

#[test]
fn nobody_there_and_somebody_who_never_shakes_hands() {
    let certificates = Certificates::make();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut desk = StubDaemon::new(&certificates, silent.local_addr().unwrap().port());
    desk.archive.peer.timeout = Duration::from_millis(300);
    assert_eq!(desk.enter(&entry(1)), Attempt::Failed { trouble: Trouble::Timeout });
    drop(silent);
    assert_eq!(desk.enter(&entry(1)), Attempt::Failed { trouble: Trouble::Unreachable });
}

fn refused() -> Attempt {
    Attempt::Failed { trouble: Trouble::Tls }
}
