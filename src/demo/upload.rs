//! Puts files into inbound directories as clients do: under a temporary name, in pieces, then
//! renamed; or straight under their own name; or as a link that a sender should not make.

use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Instant,
};

use jiff::civil::Date;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::{
    config::layout::Places,
    demo::{
        error::DemoError,
        scenes::{Content, Scene, Way},
    },
    seal::{Recipients, Sealer},
    types::ids::SenderId,
};

/// A file that lies in an inbound directory.
pub struct Sent {
    /// Its name there.
    pub name: &'static str,
    /// Where its receipt will be.
    pub outbound: PathBuf,
    /// When its upload ended.
    pub at: Instant,
}

/// Uploads a scene's file. `recipient`: the daemon's public key, for senders who encrypt; `today`:
/// the day on which the story plays.
///
/// # Errors
/// When it cannot be written.
pub fn upload(
    places: &Places,
    scene: &Scene,
    recipient: &str,
    today: Date,
) -> Result<Sent, DemoError> {
    let sender = SenderId::parse(scene.sender).map_err(io::Error::other)?;
    let inbound = if scene.rehearsal { places.rehearsal(&sender) } else { places.inbound(&sender) };
    let path = inbound.join(scene.file);
    match scene.content {
        Content::OfLastYear(text, of) => {
            write(&path, moved(text, of, today.year()).as_bytes(), scene.way)?;
        }
        Content::OfToday(text, of) => {
            write(&path, of_today(text, of, today).as_bytes(), scene.way)?;
        }
        Content::Plain(bytes) => write(&path, bytes, scene.way)?,
        Content::Encrypted(bytes) => write(&path, &encrypted(bytes, recipient)?, scene.way)?,
        Content::LinkTo(target) => symlink(target, &path)?,
    }
    Ok(Sent { name: scene.file, outbound: places.outbound(&sender), at: Instant::now() })
}

/// A text about one year and written in the next, as it is written in another.
fn moved(text: &[u8], about: i16, year: i16) -> String {
    let text = String::from_utf8_lossy(text);
    // The later one first, or what is moved to it would be moved again.
    let later = text.replace(&(about + 1).to_string(), &format!("\u{0}{year}"));
    let both = later.replace(&about.to_string(), &(year - 1).to_string());
    both.replace('\u{0}', "")
}

/// A text of one day as it is written today: every day in it keeps its distance.
pub fn of_today(text: &[u8], of: Date, today: Date) -> String {
    let text = String::from_utf8_lossy(text);
    let (mut moved, mut rest) = (String::with_capacity(text.len()), &*text);
    while let Some(c) = rest.chars().next() {
        if let Some((form, day)) = rest.get(..10).and_then(day_in) {
            moved.push_str(&day.saturating_add(today - of).strftime(form).to_string());
            rest = &rest[10..];
        } else {
            moved.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    moved
}

/// A day as the examples write it, and in which form.
fn day_in(word: &str) -> Option<(&'static str, Date)> {
    let form = match word.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', ..] => "%Y-%m-%d",
        [_, _, b'.', _, _, b'.', ..] => "%d.%m.%Y",
        _ => return None,
    };
    let is_day = word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    Date::strptime(form, word).ok().filter(|_| is_day).map(|day| (form, day))
}

fn write(path: &Path, bytes: &[u8], way: Way) -> io::Result<()> {
    let Way::Renamed(ending) = way else {
        return write_pieces(path, bytes);
    };
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(ending);
    write_pieces(Path::new(&temporary), bytes)?;
    Ok(renameat_with(CWD, &temporary, CWD, path, RenameFlags::NOREPLACE)?)
}

fn write_pieces(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    bytes.chunks(PIECE).try_for_each(|piece| file.write_all(piece))
}

fn encrypted(bytes: &[u8], recipient: &str) -> Result<Vec<u8>, DemoError> {
    let mut sealer = Sealer::new(&Recipients::parse([recipient])?, Vec::new())?;
    sealer.write_all(bytes)?;
    let done = sealer.finish()?;
    Ok([done.header, done.out].concat())
}

/// Small, so that even a short list comes in several writes.
const PIECE: usize = 512;

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{moved, of_today};

    #[test]
    fn a_release_is_about_the_year_before() {
        let text = b"#operating_year=2025\n#created=2026-02-02\n";
        assert_eq!(moved(text, 2025, 2027), "#operating_year=2026\n#created=2027-02-02\n");
        assert_eq!(moved(text, 2025, 2026).as_bytes(), text);
    }

    #[test]
    fn a_notice_is_of_the_day_on_which_it_comes() {
        let text = "\u{feff}2026-11-16;å 16.11.2026;50907500060;15.11.2026\n";
        let moved = of_today(text.as_bytes(), date(2026, 11, 16), date(2027, 3, 1));
        assert_eq!(moved, "\u{feff}2027-03-01;å 01.03.2027;50907500060;28.02.2027\n");
    }
}
