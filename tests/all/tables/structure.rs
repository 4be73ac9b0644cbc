//! Whether files say of themselves that they are whole: no cut of a whole file does.

use std::{fs, io::Write};

use filsluse::{format::structure::structure, types::verdict::Structure};

use super::{age_of, gzip_of, zip_of};

fn look(bytes: &[u8], identity: Option<&age::x25519::Identity>) -> Structure {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    structure(&file, identity).unwrap()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_files_say_of_themselves() {
    let identity = age::x25519::Identity::generate();
    let sealed = age_of(b"<a/>", &identity.to_public());
    let late = [&b"#rows=9000\na;b\n"[..], &b"1;2000000\n".repeat(8999), b"B\xF8e;2\n"].concat();
    let large = format!("<a xmlns='urn:x'>{}</a>", "<b>text</b>".repeat(200_000));
    for (name, bytes, want) in [
        ("empty", &b""[..], Structure::Incomplete),
        ("words", b"just some words\n", Structure::Unknown),
        ("closed", b"<a><b/>x</a>\n<!-- end -->\n", Structure::Complete),
        ("empty root", b"<?xml version='1.0'?><a/>", Structure::Complete),
        ("cut in a tag", b"<a><b", Structure::Incomplete),
        ("cut in the root's tag", b"<a ", Structure::Incomplete),
        ("inner element of the same name", b"<a><a></a>", Structure::Incomplete),
        ("end tag in a comment", b"<a><!-- </a>", Structure::Incomplete),
        ("end tag in an attribute", b"<a><b c='</a>", Structure::Incomplete),
        ("end tag in text", b"<a><![CDATA[</a>", Structure::Incomplete),
        ("more after the root", b"<a></a>x", Structure::Incomplete),
        ("large", large.as_bytes(), Structure::Complete),
        ("large, cut", &large.as_bytes()[..large.len() - 20], Structure::Incomplete),
        ("utf-16", &wide("\u{FEFF}<a>æ</a>"), Structure::Complete),
        ("utf-16, cut", &wide("\u{FEFF}<a>æ</a"), Structure::Incomplete),
        ("large utf-16", &wide(&format!("\u{FEFF}{large}")), Structure::Complete),
        ("csv without count", b"a;b\n1;2\n", Structure::Unknown),
        ("csv with count", b"a;b\n1;2\n#rows=1\n", Structure::Complete),
        ("csv in Windows-1252", b"#rows=1\na;b\nB\xF8e;2\n", Structure::Complete),
        ("csv in Windows-1252, as is seen late", &late, Structure::Complete),
        ("csv in UTF-16", &wide("\u{FEFF}#rows=1\r\na;b\r\n1;2\r\n"), Structure::Complete),
        ("csv, rows missing", b"#rows=2\na;b\n1;2\n", Structure::Incomplete),
        ("csv, rows too many", b"#rows=1\na;b\n1;2\n3;4\n", Structure::Unknown),
        ("csv, last line open", b"#rows=1\na;b\n1;2", Structure::Unknown),
        ("age without identity", &sealed, Structure::Unknown),
    ] {
        assert_eq!(look(bytes, None), want, "{name}");
    }
    assert_eq!(look(&sealed, Some(&identity)), Structure::Complete);
}

#[test]
fn no_cut_of_a_whole_file_is_complete() {
    let identity = age::x25519::Identity::generate();
    let xml = "<?xml version='1.0'?>\n<a xmlns='urn:x'><a b='</a>'>æ</a><!-- </a> --></a>";
    for whole in [
        xml.as_bytes().to_vec(),
        wide(&format!("\u{FEFF}{xml}")),
        b"#rows=2\r\na;b\r\n1;2\r\n3;4\r\n".to_vec(),
        zip_of(&[("a.xml", xml.as_bytes()), ("b.xml", b"<a/>")]),
        gzip_of(xml.as_bytes()),
        age_of(xml.as_bytes(), &identity.to_public()),
        fs::read("tests/data/xlsx/embassy-list.xlsx").unwrap(),
    ] {
        assert_eq!(look(&whole, Some(&identity)), Structure::Complete);
        let step = if whole.len() > 2000 { 7 } else { 1 };
        for cut in (0..whole.len()).step_by(step) {
            let found = look(&whole[..cut], Some(&identity));
            assert_ne!(found, Structure::Complete, "cut at {cut} of {}", whole.len());
        }
    }
}

/// The library that opens age files reads a header from its start again with every line.
#[test]
fn an_age_header_without_an_end_is_not_parsed() {
    let identity = age::x25519::Identity::generate();
    let start = b"age-encryption.org/v1\n".to_vec();
    let of = |stanzas: usize, end: &[u8]| [&start, &b"-> X\n\n".repeat(stanzas)[..], end].concat();
    let mac = b"--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    for (name, bytes, want) in [
        ("short, open", of(100, b""), Structure::Incomplete),
        ("long, open", of(10_000, b""), Structure::Unknown),
        ("its end too late", of(10_000, mac), Structure::Unknown),
        ("many lines", of(2000, mac), Structure::Unknown),
    ] {
        let began = std::time::Instant::now();
        assert_eq!(look(&bytes, Some(&identity)), want, "{name}");
        assert!(began.elapsed().as_secs() < 5, "{name} took {:?}", began.elapsed());
    }
    // Many recipients are no fault.
    let recipients: Vec<_> = (0..150).map(|_| identity.to_public()).collect();
    let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).unwrap();
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
    writer.write_all(b"<a/>").unwrap();
    writer.finish().unwrap();
    assert_eq!(look(&sealed, Some(&identity)), Structure::Complete);
    assert_eq!(look(&sealed[..sealed.len() - 1], Some(&identity)), Structure::Incomplete);
}

/// A sender must not hold up the others with what it makes the intake thread read.
#[test]
fn little_is_read_of_a_large_file() {
    let identity = age::x25519::Identity::generate();
    let noise: Vec<u8> =
        (0..6_000_000_u32).flat_map(|n| n.wrapping_mul(0x9E37_79B9).to_be_bytes()).collect();
    let rows = "1;2\n".repeat(6_000_000);
    let sealed = age_of(&noise, &identity.to_public());
    let squeezed = gzip_of(&noise);
    for (name, bytes, want) in [
        ("age", &sealed[..], Structure::Complete),
        ("age, cut", &sealed[..sealed.len() - 1], Structure::Incomplete),
        (
            "age, cut between chunks",
            &sealed[..sealed.len() - (sealed.len() % 65_552)],
            Structure::Incomplete,
        ),
        ("gzip", &squeezed, Structure::Unread),
        ("gzip of much", &gzip_of(&vec![b'x'; 100_000_000]), Structure::Unread),
        (
            "csv with its count at the end",
            format!("a;b\n{rows}#rows=6000000\n").as_bytes(),
            Structure::Complete,
        ),
        (
            "csv with its count at the start",
            format!("#rows=6000000\na;b\n{rows}").as_bytes(),
            Structure::Unread,
        ),
        ("zip", &zip_of(&[("a.csv", &noise)]), Structure::Complete),
        ("xml", format!("<a>{rows}</a>").as_bytes(), Structure::Complete),
    ] {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let before = read_so_far();
        let found = structure(&file, Some(&identity)).unwrap();
        let read = read_so_far() - before;
        assert_eq!(found, want, "{name}");
        assert!(read <= 2 << 20, "{name}: {read} of {} bytes were read", bytes.len());
    }
}

/// Bytes that this thread has read, by the kernel's count.
fn read_so_far() -> u64 {
    let io = fs::read_to_string("/proc/thread-self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse().unwrap()
}
