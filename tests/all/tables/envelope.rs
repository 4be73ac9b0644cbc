//! Envelopes: bare, zip, gzip and age, each whole or refused.

use std::io::{self, Cursor, Read};

use filsluse::format::{
    envelope::{self, Limits, error::EnvelopeError},
    recognise::Recognised,
};

use super::{Dice, age_of, gzip_of, zip_of};
use crate::resilience::fuzz_smoke::envelope::{Documents, open_with};

fn shown(result: &Result<Documents, EnvelopeError>) -> String {
    match result {
        Ok(documents) => format!("{} taken", documents.len()),
        Err(EnvelopeError::Zip(error)) => format!("Zip {error:?}"),
        Err(error) => format!("{error:?}"),
    }
}

const XML: &[u8] = b"<a xmlns='urn:x'>some content</a>";

#[test]
fn what_is_opened_and_what_is_not() {
    let identity = age::x25519::Identity::generate();
    let stranger = age::x25519::Identity::generate();
    let sealed = |content: &[u8]| age_of(content, &identity.to_public());
    let large = vec![b'x'; 200_000];
    let pair = zip_of(&[("a.xml", XML), ("b.csv", b"a;b\n1;2\n")]);
    let package = zip_of(&[("docProps/app.xml", b"<a/>"), ("[Content_Types].xml", b"<a/>")]);
    for (name, bytes, want) in [
        ("bare", XML.to_vec(), "1 taken"),
        ("empty", Vec::new(), "1 taken"),
        ("zip", pair.clone(), "2 taken"),
        ("gzip", gzip_of(XML), "1 taken"),
        ("age", sealed(XML), "1 taken"),
        ("age, several chunks", sealed(&large), "1 taken"),
        ("age, one whole chunk", sealed(&large[..65_536]), "1 taken"),
        ("zip in age", sealed(&pair), "2 taken"),
        ("gzip in age", sealed(&gzip_of(XML)), "1 taken"),
        ("spreadsheet", package.clone(), "1 taken"),
        ("spreadsheet in age", sealed(&package), "1 taken"),
        ("spreadsheet in zip", zip_of(&[("a.xlsx", &package)]), "1 taken"),
        ("zip in zip", zip_of(&[("a.zip", &pair)]), "Nested"),
        ("gzip in zip", zip_of(&[("a.gz", &gzip_of(XML))]), "Nested"),
        ("age in zip", zip_of(&[("a.age", &sealed(XML))]), "Nested"),
        ("zip in gzip", gzip_of(&pair), "Nested"),
        ("gzip in gzip", gzip_of(&gzip_of(XML)), "Nested"),
        ("age in age", sealed(&sealed(XML)), "Nested"),
        ("age to a stranger", age_of(XML, &stranger.to_public()), "NotForUs"),
        ("armour", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n".to_vec(), "Armored"),
        ("7z", b"7z\xBC\xAF\x27\x1C\0\0".to_vec(), "Archive"),
        ("two gzip members", [gzip_of(XML), gzip_of(XML)].concat(), "GzipDamaged"),
        ("gzip and more", [gzip_of(XML), vec![0]].concat(), "GzipDamaged"),
        ("age and more", [sealed(XML), vec![0]].concat(), "AgeDamaged"),
        ("age header", b"age-encryption.org/v1\n-> X25519 x\n".to_vec(), "AgeDamaged"),
    ] {
        assert_eq!(shown(&open_with(&bytes, Some(&identity), Limits::default())), want, "{name}");
    }
    assert_eq!(shown(&open_with(&sealed(XML), None, Limits::default())), "NoIdentity");
}

#[test]
fn documents_come_with_their_numbers_and_bytes() {
    let zip = zip_of(&[("folder/a.xml", XML), ("b.csv", b"a;b\n1;2\n")]);
    let documents = open_with(&zip, None, Limits::default()).unwrap();
    assert_eq!(documents, [(Some(1), XML.to_vec()), (Some(2), b"a;b\n1;2\n".to_vec())]);
    // Documents that nobody reads are checked all the same.
    let mut opened = envelope::open(Cursor::new(&zip), None, Limits::default()).unwrap();
    let first = opened.next_document().unwrap().unwrap();
    assert!(matches!(&first.recognised, Recognised::Xml { root, .. } if root == "a"));
    assert_eq!(first.head(), XML);
    assert!(matches!(opened.next_document().unwrap().unwrap().recognised, Recognised::Csv { .. }));
    assert!(opened.next_document().unwrap().is_none());
}

/// What the Finder and the Explorer leave in an archive is nobody's document, and counts all the
/// same.
#[test]
fn what_a_desktop_leaves_in_an_archive_is_passed_over() {
    let zip = zip_of(&[
        (".DS_Store", b"\0\0\0\x01Bud1"),
        ("a.xml", XML),
        ("__MACOSX/._a.xml", b"\0\x05\x16\x07"),
        ("folder/Thumbs.db", b"\xD0\xCF\x11\xE0"),
        ("folder/Desktop.ini", b"[.ShellClassInfo]"),
        ("folder/__MACOSX.xml", XML),
    ]);
    let documents = open_with(&zip, None, Limits::default()).unwrap();
    assert_eq!(documents, [(Some(2), XML.to_vec()), (Some(6), XML.to_vec())]);
    let few = Limits { entries: 5, ..Limits::default() };
    assert_eq!(shown(&open_with(&zip, None, few)), "Zip TooLarge");
    let bomb = zip_of(&[("a.xml", XML), ("__MACOSX/._a.xml", &vec![0; 4 << 20])]);
    assert_eq!(shown(&open_with(&bomb, None, Limits::default())), "Zip TooLarge");
    let clutter = zip_of(&[("__MACOSX/._a.xml", b"a"), (".DS_Store", b"a")]);
    assert_eq!(shown(&open_with(&clutter, None, Limits::default())), "0 taken");
}

#[test]
fn limits() {
    let identity = age::x25519::Identity::generate();
    let noise: Vec<u8> = {
        let mut dice = Dice(0x5EED_0002);
        (0..100_000).map(|_| u8::try_from(b'a' as usize + dice.roll(26)).unwrap()).collect()
    };
    let limits = Limits { raw_bytes: 150_000, plain_bytes: 100_000, ..Limits::default() };
    let zip = zip_of(&[("a", &noise[..50_000]), ("b", &noise[..50_001])]);
    let sealed = age_of(&zip_of(&[("a", &noise)]), &identity.to_public());
    for (name, bytes, want) in [
        ("as much as may be", noise.clone(), "1 taken"),
        ("one more", [&noise[..], b"a"].concat(), "TooLarge"),
        ("gzip, one more", gzip_of(&[&noise[..], b"a"].concat()), "TooLarge"),
        ("zip, one more in two entries", zip, "Zip TooLarge"),
        ("raw", vec![b'x'; 150_001], "TooLarge"),
    ] {
        assert_eq!(shown(&open_with(&bytes, None, limits)), want, "{name}");
    }
    let little = Limits { memory: 1000, ..Limits::default() };
    assert_eq!(shown(&open_with(&sealed, Some(&identity), little)), "1 taken", "none is needed");
    let bomb = gzip_of(&vec![0; 4 << 20]);
    assert_eq!(shown(&open_with(&bomb, None, Limits::default())), "TooLarge");
    let bomb = zip_of(&[("a", &vec![0; 4 << 20])]);
    assert_eq!(shown(&open_with(&bomb, None, Limits::default())), "Zip TooLarge");
    let endless = [b"age-encryption.org/v1\n".to_vec(), b"-> x y\n".repeat(20_000)].concat();
    assert_eq!(shown(&open_with(&endless, Some(&identity), Limits::default())), "AgeDamaged");
}

#[test]
fn an_encrypted_archive_is_read_like_a_bare_one_wherever_its_chunks_end() {
    const CHUNK: usize = 64 << 10;
    let identity = age::x25519::Identity::generate();
    let mut dice = Dice(0x5EED_0009);
    let noise: Vec<u8> = (0..3 * CHUNK).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
    let archive = |length: usize| zip_of(&[("a", &noise[..10]), ("b", &noise[..length])]);
    let besides = archive(CHUNK).len() - CHUNK;
    let mut met = [false; 3];
    for length in [CHUNK - besides, 2 * CHUNK - besides].into_iter().flat_map(|n| n - 20..n + 20) {
        let bare = archive(length);
        let sealed = age_of(&bare, &identity.to_public());
        let want = open_with(&bare, None, Limits::default()).unwrap();
        assert_eq!(open_with(&sealed, Some(&identity), Limits::default()).unwrap(), want);
        let cut = open_with(&sealed[..sealed.len() - 1], Some(&identity), Limits::default());
        assert!(cut.is_err());
        for (met, over) in met.iter_mut().zip([CHUNK - 1, 0, 1]) {
            *met |= bare.len() % CHUNK == over;
        }
    }
    assert_eq!(met, [true; 3], "one ends with a chunk, one just before and one just behind");
}

#[test]
fn every_cut_and_every_changed_byte_is_noticed() {
    let identity = age::x25519::Identity::generate();
    for whole in [
        zip_of(&[("a.xml", XML), ("b.xml", XML)]),
        gzip_of(XML),
        age_of(XML, &identity.to_public()),
        age_of(&gzip_of(XML), &identity.to_public()),
        age_of(&zip_of(&[("a.xml", XML)]), &identity.to_public()),
    ] {
        let content = |documents: Documents| -> Vec<Vec<u8>> {
            documents.into_iter().map(|(_, bytes)| bytes).collect()
        };
        let good = content(open_with(&whole, Some(&identity), Limits::default()).unwrap());
        // The first bytes say what it is; without them it is something else.
        for cut in 30..whole.len() {
            let found = open_with(&whole[..cut], Some(&identity), Limits::default());
            assert!(found.is_err(), "cut at {cut} of {}", whole.len());
        }
        for at in 30..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            if let Ok(found) = open_with(&changed, Some(&identity), Limits::default()) {
                assert_eq!(content(found), good, "byte {at}");
            }
        }
    }
}

#[test]
fn a_failing_disk_is_no_fault_of_the_senders() {
    struct Failing(Cursor<Vec<u8>>, u64);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.position() >= self.1 {
                return Err(io::Error::from_raw_os_error(5));
            }
            let most = buffer.len().min(16);
            self.0.read(&mut buffer[..most])
        }
    }
    impl io::Seek for Failing {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let mut dice = Dice(0x5EED_0005);
    let noise: Vec<u8> = (0..500).map(|_| u8::try_from(dice.roll(256)).unwrap()).collect();
    let identity = age::x25519::Identity::generate();
    let archive = age_of(&zip_of(&[("a", &noise)]), &identity.to_public());
    for bytes in [XML.repeat(10), gzip_of(&noise), age_of(XML, &identity.to_public()), archive] {
        for fails_at in [0, 64, 80] {
            let failing = Failing(Cursor::new(bytes.clone()), fails_at);
            let found = (|| {
                let mut opened = envelope::open(failing, Some(&identity), Limits::default())?;
                while let Some(mut document) = opened.next_document()? {
                    io::copy(&mut document, &mut io::sink()).map_err(EnvelopeError::from_read)?;
                }
                Ok(())
            })();
            assert!(matches!(found, Err(EnvelopeError::Read(_))), "{found:?} at {fails_at}");
            assert!(found.unwrap_err().finding().is_none());
        }
    }
}
