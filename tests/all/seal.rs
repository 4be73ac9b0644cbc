//! What we seal, stock `age` opens, and the other way round.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use filsluse::{
    seal::{
        Recipients, SealError, Sealed, Sealer,
        identity::{Identity, open, open_file},
        join,
    },
    types::digest::Sha256,
};
use jiff::Timestamp;
use tempfile::TempDir;

/// Around the borders of age's 64 KiB chunks.
const LENGTHS: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, 10 << 20];

#[test]
fn stock_age_opens_what_we_join() {
    let dir = TempDir::new().unwrap();
    let (identity, key) = key_file(dir.path());
    for length in LENGTHS {
        let plain = bytes(length);
        let sealed = seal(&identity.to_recipients(), &plain);
        let mut file = Vec::new();
        join(sealed.header, sealed.out.as_slice()).read_to_end(&mut file).unwrap();
        let opened = age(&["-d", "-i", &key], &file);
        assert!(opened == plain, "{length} bytes");
    }
}

#[test]
fn stock_age_opens_what_prepared_recipients_got() {
    let dir = TempDir::new().unwrap();
    let (identity, key) = key_file(dir.path());
    let elsewhere = TempDir::new().unwrap();
    let (other, other_key) = key_file(elsewhere.path());
    let keys = [identity.recipient(), other.recipient()];
    let prepared = Recipients::parse(keys.iter().map(String::as_str)).unwrap().prepared();
    assert_eq!(prepared.as_strings(), keys);
    let plain = bytes(1000);
    let [one, two] = [seal(&prepared, &plain), seal(&prepared, &plain)];
    assert_ne!(one.header, two.header);
    assert_ne!(one.out, two.out);
    for (sealed, key) in [(one, &key), (two, &other_key)] {
        let mut file = Vec::new();
        join(sealed.header, sealed.out.as_slice()).read_to_end(&mut file).unwrap();
        assert!(age(&["-d", "-i", key], &file) == plain);
    }
}

#[test]
fn we_open_what_stock_age_writes() {
    let dir = TempDir::new().unwrap();
    let (identity, _) = key_file(dir.path());
    for length in LENGTHS {
        let plain = bytes(length);
        let file = age(&["-e", "-r", &identity.recipient()], &plain);
        let mut opened = Vec::new();
        open_file(file.as_slice(), &identity).unwrap().read_to_end(&mut opened).unwrap();
        assert!(opened == plain, "{length} bytes");
    }
}

#[test]
fn stock_age_keygen_reads_our_key_file() {
    let dir = TempDir::new().unwrap();
    let (identity, key) = key_file(dir.path());
    let shown = Command::new("age-keygen").args(["-y", &key]).output().unwrap();
    assert_eq!(String::from_utf8(shown.stdout).unwrap().trim(), identity.recipient());
}

#[test]
fn what_is_measured_is_what_was_written() {
    let identity = Identity::generate();
    for length in LENGTHS {
        let plain = bytes(length);
        let sealed = seal(&identity.to_recipients(), &plain);
        assert_eq!(sealed.plain_bytes, length as u64);
        assert_eq!(sealed.plain_sha256, Some(Sha256::of(&plain)));
        assert_eq!(sealed.payload_bytes, sealed.out.len() as u64);
        assert_eq!(sealed.nonce, sealed.out[..16]);
        // Of a long one nobody asks for it.
        let digest = (sealed.out.len() <= 1 << 20).then(|| Sha256::of(&sealed.out));
        assert_eq!(sealed.payload_sha256, digest);
        // Nonce, and a 16-byte tag for each chunk; the empty text has one chunk too.
        let chunks = length.div_ceil(65_536).max(1);
        assert_eq!(sealed.out.len(), 16 + length + 16 * chunks);
        assert!(sealed.header.starts_with(b"age-encryption.org/v1\n-> X25519 "));
        assert!(!contains(&sealed.out, b"age-encryption"));
    }
}

#[test]
fn each_recipient_opens_it_and_nobody_else() {
    let (first, second, other) = (Identity::generate(), Identity::generate(), Identity::generate());
    let keys = [first.recipient(), second.recipient()];
    let recipients = Recipients::parse(keys.iter().map(String::as_str)).unwrap();
    assert_eq!(recipients.as_strings(), keys);
    let sealed = seal(&recipients, b"text");
    for identity in [&first, &second] {
        let mut opened = Vec::new();
        let mut reader = open(sealed.header.clone(), sealed.out.as_slice(), identity).unwrap();
        reader.read_to_end(&mut opened).unwrap();
        assert_eq!(opened, b"text");
    }
    assert!(matches!(
        open(sealed.header.clone(), sealed.out.as_slice(), &other).map(drop),
        Err(SealError::Open(_))
    ));
}

#[test]
fn a_damaged_or_cut_payload_never_opens_whole() {
    let identity = Identity::generate();
    let plain = bytes(70_000);
    let sealed = seal(&identity.to_recipients(), &plain);
    let opens = |payload: &[u8]| {
        let mut opened = Vec::new();
        open(sealed.header.clone(), payload, &identity)
            .is_ok_and(|mut reader| reader.read_to_end(&mut opened).is_ok())
    };
    assert!(opens(&sealed.out));
    for cut in [0, 15, 16, 17, 65_552, 65_568, sealed.out.len() - 1] {
        assert!(!opens(&sealed.out[..cut]), "cut at {cut}");
    }
    for flip in [0, 15, 16, 65_567, 65_568, sealed.out.len() - 1] {
        let mut payload = sealed.out.clone();
        payload[flip] ^= 1;
        assert!(!opens(&payload), "flip at {flip}");
    }
    let other = seal(&identity.to_recipients(), &plain);
    assert!(!opens(&other.out), "a payload under another header");
}

#[test]
fn without_finish_the_last_chunk_is_missing() {
    let identity = Identity::generate();
    let mut out = Vec::new();
    let mut sealer = Sealer::new(&identity.to_recipients(), &mut out).unwrap();
    sealer.write_all(&bytes(200_000)).unwrap();
    drop(sealer);
    // Whole pages leave.
    let sealed = 16 + 3 * (65_536 + 16);
    assert_eq!(out.len(), sealed - sealed % 4096);
}

#[test]
fn bad_recipients_are_named_by_place_and_never_quoted() {
    let good = Identity::generate().recipient();
    let secret = Identity::generate().expose_file_text(Timestamp::UNIX_EPOCH);
    let secret = secret.lines().last().unwrap();
    assert!(matches!(Recipients::parse([]), Err(SealError::NoRecipients)));
    for bad in ["", "age1", "ssh-ed25519 AAAA", secret, "age1abc"] {
        let error = Recipients::parse([good.as_str(), bad]).unwrap_err();
        assert!(matches!(error, SealError::BadRecipient { number: 2, .. }));
        let told = format!("{error} {error:?}");
        assert!(bad.len() < 5 || !told.contains(bad), "{told}");
    }
}

fn seal(recipients: &Recipients, plain: &[u8]) -> Sealed<Vec<u8>> {
    let mut sealer = Sealer::new(recipients, Vec::new()).unwrap().digesting();
    // Pieces that are no divisor of the chunk.
    for piece in plain.chunks(10_007) {
        sealer.write_all(piece).unwrap();
    }
    sealer.finish().unwrap()
}

fn key_file(dir: &Path) -> (Identity, String) {
    let identity = Identity::generate();
    let path = dir.join("key.txt");
    fs::write(&path, identity.expose_file_text(Timestamp::UNIX_EPOCH).as_bytes()).unwrap();
    (identity, path.to_str().unwrap().to_owned())
}

/// Runs the stock `age` of the distribution.
fn age(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("age")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the Debian package `age` is installed");
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "age {arguments:?}");
    output.stdout
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from(index * 31 % 251).unwrap()).collect()
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
