//! The zip guard: honest archives of common writers, and what must not pass.

use std::io::{Cursor, Write};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use filsluse::format::zip_guard::{Limits, ZipError, archive, directory::Directory};

use super::{Dice, gzip_of, zip_of};

fn check(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ZipError> {
    let mut content = Vec::new();
    archive::check(&mut Cursor::new(bytes), limits, |_, piece| {
        content.extend_from_slice(piece);
        Ok::<(), ZipError>(())
    })?;
    Ok(content)
}

fn shown(result: &Result<Vec<u8>, ZipError>) -> String {
    match result {
        Ok(_) => "taken".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

/// Replaces the one occurrence of some bytes.
fn with(bytes: &[u8], from: &[u8], to: &[u8], occurrence: usize) -> Vec<u8> {
    let at = memchr::memmem::find_iter(bytes, from).nth(occurrence).expect("bytes to replace");
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn an_honest_archive_is_read() {
    let bytes = zip_of(&[("a.xml", b"<a/>"), ("folder/b.xml", &vec![b'x'; 100_000])]);
    let content = check(&bytes, &Limits::default()).unwrap();
    assert_eq!(content.len(), 4 + 100_000);
    assert_eq!(check(&zip_of(&[]), &Limits::default()).unwrap(), b"");
}

#[test]
fn a_streamed_archive_is_read() {
    // Written without seeking: sizes stand behind the content.
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, method) in [("a", CompressionMethod::Deflated), ("b", CompressionMethod::Deflated)] {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(&[b'x'; 5000]).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(check(&bytes, &Limits::default()).unwrap().len(), 10_000);
    let large = SimpleFileOptions::default().large_file(true);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", large).unwrap();
    writer.write_all(b"zip64").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(check(&bytes, &Limits::default()).unwrap(), b"zip64");
}

#[test]
fn what_does_not_pass() {
    let honest = zip_of(&[("aaaa", b"some content"), ("bbbb", b"more content")]);
    let rename = |to: &[u8]| {
        let local = with(&honest, b"bbbb", to, 0);
        with(&local, b"bbbb", to, 0)
    };
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    stored.start_file("a", options).unwrap();
    stored.write_all(b"some content").unwrap();
    let stored = stored.finish().unwrap().into_inner();
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("a", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let link = link.finish().unwrap().into_inner();
    let mut encrypted = honest.clone();
    let central = memchr::memmem::find(&honest, b"PK\x01\x02").unwrap();
    encrypted[central + 8] |= 1;
    let mut other_method = honest.clone();
    other_method[central + 10] = 12;
    let comment = |comment: &[u8]| {
        let mut bytes = honest.clone();
        let length = u16::try_from(comment.len()).unwrap().to_le_bytes();
        let at = bytes.len() - 2;
        bytes[at..].copy_from_slice(&length);
        [&bytes, comment].concat()
    };
    let bomb = zip_of(&[("bomb", &vec![0; 4 << 20])]);
    let end_in_comment = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    for (name, bytes, want) in [
        ("honest", honest.clone(), "taken"),
        ("with comment", comment(b"a comment"), "taken"),
        ("end record in comment", comment(&end_in_comment), "NoEnd"),
        ("bytes before", [b"x", &honest[..]].concat(), "NoEnd"),
        ("bytes behind", [&honest[..], b"x"].concat(), "NoEnd"),
        ("same name", rename(b"aaaa"), "Name"),
        ("same name but for case", rename(b"AAAA"), "Name"),
        ("absolute", rename(b"/bbb"), "Name"),
        ("climbs", rename(b"../b"), "Name"),
        ("drive", rename(b"C:bb"), "Name"),
        ("backslash", rename(b"b\\bb"), "Name"),
        ("names differ", with(&honest, b"bbbb", b"cccc", 0), "Inconsistent"),
        ("stored, content changed", with(&stored, b"some", b"tome", 0), "Inconsistent"),
        ("link", link, "SpecialFile"),
        ("encrypted", encrypted, "Encrypted"),
        ("method", other_method, "Method"),
        ("zip in zip", zip_of(&[("a", &honest)]), "Archive"),
        ("gzip in zip", zip_of(&[("a", &gzip_of(b"x"))]), "Archive"),
        ("ratio", bomb, "TooLarge"),
        ("nothing", Vec::new(), "NoEnd"),
    ] {
        assert_eq!(shown(&check(&bytes, &Limits::default())), want, "{name}");
    }
}

#[test]
fn limits_are_counted_not_believed() {
    let bytes = zip_of(&[("a", &[7; 1000]), ("b", &[7; 1000])]);
    let limits = |entries, total| Limits { entries, total, ..Limits::default() };
    assert_eq!(shown(&check(&bytes, &limits(2, 2000))), "taken");
    assert_eq!(shown(&check(&bytes, &limits(1, 2000))), "TooLarge");
    assert_eq!(shown(&check(&bytes, &limits(2, 1999))), "TooLarge");
    // A directory that claims less than comes out.
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let mut lying = bytes.clone();
    for at in [22, central + 24] {
        lying[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    assert_eq!(shown(&check(&lying, &Limits::default())), "Inconsistent");
}

#[test]
fn overlapping_entries_are_refused() {
    // The second directory entry points at the first one's bytes, as in the known bombs.
    let bytes = zip_of(&[("a", &[7; 1000]), ("b", &[7; 1000])]);
    let central = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").nth(1).unwrap();
    let mut overlapping = bytes.clone();
    overlapping[central + 42..central + 46].copy_from_slice(&0u32.to_le_bytes());
    assert_eq!(shown(&check(&overlapping, &Limits::default())), "Inconsistent");
    // A gap between two entries could hold another archive.
    let mut gap = bytes.clone();
    gap.insert(central, 0);
    let end = gap.len() - 6;
    let start = u32::from_le_bytes(gap[end..end + 4].try_into().unwrap());
    gap[end..end + 4].copy_from_slice(&(start + 1).to_le_bytes());
    assert!(check(&gap, &Limits::default()).is_err());
}

#[test]
fn no_cut_and_no_flipped_bit_passes_for_other_content() {
    let bytes = zip_of(&[("a", b"some content"), ("b", b"more content")]);
    let content = check(&bytes, &Limits::default()).unwrap();
    for cut in 0..bytes.len() {
        assert!(check(&bytes[..cut], &Limits::default()).is_err(), "cut at {cut}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(found) = check(&flipped, &Limits::default()) {
                assert_eq!(found, content, "byte {at} bit {bit}");
            }
        }
    }
}

/// Whatever this guard takes, the library behind `calamine` reads in the same way.
#[test]
fn what_passes_means_the_same_to_another_reader() {
    let mut dice = Dice(0x5EED_0001);
    let seeds = [
        zip_of(&[("a", b"some content"), ("b/c", &[b'x'; 300])]),
        zip_of(&[("mimetype", b""), ("é", b"1")]),
    ];
    let mut taken = 0;
    for round in 0..5000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        dice.break_up(&mut bytes);
        let Ok(content) = check(&bytes, &Limits::default()) else { continue };
        taken += 1;
        let directory = Directory::read(&mut Cursor::new(&bytes), &Limits::default()).unwrap();
        let mut other = ::zip::ZipArchive::new(Cursor::new(&bytes)).expect("the other reader");
        assert_eq!(other.len(), directory.entries().len());
        let mut others = Vec::new();
        for entry in directory.entries() {
            let number = usize::try_from(entry.number).unwrap() - 1;
            let mut file = other.by_index(number).expect("an entry");
            assert_eq!(file.name_raw(), entry.expose_name());
            std::io::copy(&mut file, &mut others).expect("its content");
        }
        assert_eq!(others, content);
    }
    assert!(taken > 0, "no mutation left an archive whole");
}
