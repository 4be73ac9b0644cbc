//! Key bytes and personal text: wiped when dropped, never printed.

use std::{fmt, mem};

use zeroize::{Zeroizing, optimization_barrier};

/// Thirty-two secret bytes. Cannot be cloned or printed.
pub struct Secret32(Zeroizing<[u8; 32]>);

impl Secret32 {
    /// Takes the bytes over.
    pub fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the primitive that uses them as a key.
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32(…)")
    }
}

/// A sender's text that may tell who somebody is: a name, an address, a file name.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonalText(Zeroizing<String>);

impl PersonalText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for a writer whose output is sealed or goes to that sender alone.
    pub fn expose_text(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(…)")
    }
}

/// Makes room for more bytes, up to `most` in all. A vector that grows by itself leaves a copy
/// behind unwiped; what this one outgrows is wiped. It begins small, since wiping room that a small
/// file never fills took longer than sealing the file.
#[inline]
pub fn make_room(bytes: &mut Zeroizing<Vec<u8>>, more: usize, most: usize) {
    let needed = bytes.len() + more;
    if needed > bytes.capacity() {
        grow(bytes, needed, most);
    }
}

#[cold]
fn grow(bytes: &mut Zeroizing<Vec<u8>>, needed: usize, most: usize) {
    let room = needed.max(LEAST_ROOM).max(2 * bytes.capacity());
    let mut larger = Zeroizing::new(Vec::with_capacity(room.min(most.max(needed))));
    larger.extend_from_slice(bytes);
    wipe(bytes);
    *bytes = larger;
}

/// Wipes all that a buffer has room for, and gives the room back: what [`Zeroizing`] does when it
/// is dropped, many bytes at a time where that takes them one by one.
pub fn wipe(bytes: &mut Zeroizing<Vec<u8>>) {
    bytes.clear();
    let room = bytes.capacity();
    bytes.resize(room, 0);
    optimization_barrier(bytes.as_slice());
    drop(mem::take(&mut **bytes));
}

/// What is made room for at first.
const LEAST_ROOM: usize = 512;

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{LEAST_ROOM, PersonalText, Secret32, make_room, wipe};

    #[test]
    fn room_grows_with_what_is_in_it() {
        let mut bytes = Zeroizing::new(Vec::new());
        for (more, most, least) in [(0, 9, 0), (1, 9, 9), (9, 1 << 20, LEAST_ROOM), (5000, 9, 5009)]
        {
            make_room(&mut bytes, more, most);
            let room = bytes.capacity();
            let longest = bytes.len().max(more);
            bytes.resize(longest, 7);
            assert!(bytes.capacity() == room && room >= least, "{more}: {room}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!(
            "{:?} {:?}",
            PersonalText::new("Kari".to_owned()),
            Secret32::new(Zeroizing::new([7; 32]))
        );
        assert_eq!(shown, "PersonalText(…) Secret32(…)");
    }

    #[test]
    fn what_is_wiped_keeps_neither_bytes_nor_room() {
        let mut bytes = Zeroizing::new(vec![7; 3 * LEAST_ROOM]);
        bytes.truncate(1);
        wipe(&mut bytes);
        assert_eq!((bytes.len(), bytes.capacity()), (0, 0));
        make_room(&mut bytes, 1, usize::MAX);
        bytes.push(7);
        assert_eq!(*bytes, [7]);
    }
}
