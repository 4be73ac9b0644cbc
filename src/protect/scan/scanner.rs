//! Looks for national identity numbers in a stream, a block at a time.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    protect::scan::{
        Detector, Hit, ScanPolicy, ScanReport,
        form::{AHEAD, BEHIND, Judgement, digits_before, digits_from, judge_run},
        runs::skip_to_run,
    },
    types::secret::{make_room, wipe},
};

/// Looks at a stream that comes in pieces of any size. Large pieces are looked at where they lie;
/// of them, and of small ones, it holds no more than one block, wiped when dropped.
pub struct Scanner {
    /// Bytes from stream offset `base` on: some that were judged and may be looked back at, then
    /// those that wait.
    block: Zeroizing<Vec<u8>>,
    /// Index in `block` of the first byte that was not judged. Never the middle of a digit run,
    /// unless it is in a long one.
    next: usize,
    base: u64,
    judge: Judge,
}

/// What was found so far, and how to judge on.
struct Judge {
    policy: ScanPolicy,
    /// The next byte may belong to a run that began before and is already counted as long.
    in_long_run: bool,
    report: ScanReport,
}

impl Scanner {
    /// A scanner at the start of a stream.
    pub fn new(policy: ScanPolicy) -> Self {
        let report = ScanReport::default();
        Self {
            block: Zeroizing::default(),
            next: 0,
            base: 0,
            judge: Judge { policy, in_long_run: false, report },
        }
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        self.judge.report.bytes += bytes.len() as u64;
        if bytes.len() >= LARGE {
            self.look(bytes);
            return;
        }
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            make_room(&mut self.block, now.len(), BLOCK + SEAM);
            self.block.extend_from_slice(now);
            bytes = later;
            if self.block.len() == BLOCK {
                self.next = self.judge.runs(&self.block, self.base, self.next, BLOCK - AHEAD);
                self.forget();
            }
        }
    }

    /// Looks at a large piece where it lies: what waits, together with enough of the piece's start
    /// to judge across the seam, then the rest, and keeps the end.
    fn look(&mut self, bytes: &[u8]) {
        let waited = self.block.len();
        make_room(&mut self.block, SEAM, BLOCK + SEAM);
        self.block.extend_from_slice(&bytes[..SEAM]);
        let across = self.judge.runs(&self.block, self.base, self.next, waited + BEHIND);
        self.base += waited as u64;
        let limit = bytes.len() - AHEAD;
        let next = self.judge.runs(bytes, self.base, across - waited, limit);
        self.block.clear();
        let kept = next.saturating_sub(BEHIND);
        make_room(&mut self.block, bytes.len() - kept, BLOCK + SEAM);
        self.block.extend_from_slice(&bytes[kept..]);
        self.base += kept as u64;
        self.next = next - kept;
    }

    /// What was found so far; up to a block behind what was fed.
    pub fn report(&self) -> &ScanReport {
        &self.judge.report
    }

    /// Nothing comes for some time: looks at what can be judged, and holds no more than what may be
    /// looked back at.
    pub fn rest(&mut self) {
        if let Some(limit) = self.block.len().checked_sub(AHEAD)
            && limit > self.next
        {
            self.next = self.judge.runs(&self.block, self.base, self.next, limit);
            self.forget();
        }
        let kept = Zeroizing::new(self.block.to_vec());
        wipe(&mut self.block);
        self.block = kept;
    }

    /// Looks at what is left and says what was found.
    pub fn finish(mut self) -> ScanReport {
        self.judge.runs(&self.block, self.base, self.next, self.block.len());
        self.judge.report
    }

    /// Drops judged bytes but for those that may be looked back at.
    fn forget(&mut self) {
        let judged = self.next.saturating_sub(BEHIND);
        self.block.drain(..judged);
        self.base += judged as u64;
        self.next -= judged;
    }
}

impl Judge {
    /// Judges every digit run that begins at index `at` or behind it and before `limit`, in a block
    /// whose first byte is at `base` of the stream. Tells where to go on.
    fn runs(&mut self, block: &[u8], base: u64, mut at: usize, limit: usize) -> usize {
        if self.in_long_run {
            at += digits_from(block, at);
            self.in_long_run = at == block.len();
        }
        while at < limit {
            // Every form has a run of five digits or more.
            at = skip_to_run(block, at);
            // Near the end: such a run that begins at `at` or later covers `at + 4`, or begins
            // behind it.
            let Some(probe) = block.get(at + 4) else { break };
            if !probe.is_ascii_digit() {
                at += 5;
                continue;
            }
            let start = at + 4 - digits_before(&block[at..at + 4]);
            if start >= limit {
                at = start;
                break;
            }
            let end = start + digits_from(block, start);
            match judge_run(block, start, end, self.policy) {
                Judgement::Hit { start } => self
                    .report
                    .found(Hit { offset: base + start as u64, detector: Detector::NationalId }),
                Judgement::LongRun => self.report.long_runs += 1,
                Judgement::Nothing => {}
            }
            // A run to the block's end began AHEAD bytes ago or the stream is over.
            self.in_long_run = end == block.len();
            at = end;
        }
        at.min(block.len())
    }
}

impl fmt::Debug for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("report", &self.judge.report).finish_non_exhaustive()
    }
}

/// Bytes of small pieces that are looked at together.
const BLOCK: usize = 16 * 1024;

/// Of a large piece, what is looked at together with what waited: up to `BEHIND` bytes into the
/// piece, and what those need ahead. From there on, the piece alone has all that may be looked back
/// at.
const SEAM: usize = BEHIND + AHEAD;

/// Bytes of a piece that is looked at where it lies.
const LARGE: usize = 4 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        AHEAD, BLOCK, Detector, Hit, Judgement, LARGE, ScanPolicy, ScanReport, Scanner,
        digits_from, judge_run,
    };
    use crate::protect::scan::Uuids;

    const STRICT: ScanPolicy = ScanPolicy { uuids: Uuids::Stop };

    fn scan(bytes: &[u8], policy: ScanPolicy) -> ScanReport {
        let mut scanner = Scanner::new(policy);
        scanner.feed(bytes);
        scanner.finish()
    }

    fn first_and_count(bytes: &[u8]) -> (Option<u64>, u64) {
        let report = scan(bytes, STRICT);
        (report.first().map(|hit| hit.offset), report.count(Detector::NationalId))
    }

    #[test]
    fn longer_runs_are_counted_and_not_looked_into() {
        for text in ["103851598730", "038515987301", "2024010203851598730", "4703851598730"] {
            let report = scan(text.as_bytes(), STRICT);
            assert!(report.is_clean(), "{text}");
            assert_eq!(report.long_runs(), 1, "{text}");
        }
        for length in [AHEAD, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let mut text = vec![b'7'; length];
            text.extend_from_slice(b" 03851598730");
            let report = scan(&text, STRICT);
            let first = report.first().map(|hit| hit.offset);
            assert_eq!((first, report.long_runs()), (Some(length as u64 + 1), 1), "{length}");
        }
    }

    #[test]
    fn found_at_every_place_around_a_block_border() {
        for form in [
            "03851598730",
            "03.85.2015 98730",
            "038515\u{2013}987\u{2013}30",
            "038515 \u{2013} 98730",
            "0\u{200b}3\u{200b}8\u{200b}5\u{200b}1\u{200b}5\u{200b}98730",
            "03851\u{200b}5\u{200b}9\u{200b}8\u{200b}7\u{200b}3\u{200b}0",
        ] {
            for start in BLOCK - 300..BLOCK + 100 {
                let mut text = vec![b'x'; start];
                text.extend_from_slice(form.as_bytes());
                text.extend_from_slice(b"yz");
                let found = first_and_count(&text);
                assert_eq!(found, (Some(start as u64), 1), "{form:?} at {start}");
                let mut scanner = Scanner::new(STRICT);
                let cut = BLOCK.min(text.len());
                scanner.feed(&text[..cut]);
                scanner.feed(&text[cut..]);
                let report = scanner.finish();
                let first = report.first().map(|hit| hit.offset);
                assert_eq!(first, Some(start as u64), "cut, at {start}");
            }
        }
    }

    #[test]
    fn nothing_is_made_up_around_a_block_border() {
        let lenient = ScanPolicy { uuids: Uuids::Pass };
        for form in [
            "k7.abcd03851598730efghjkmnpqr",
            "0b5c7e0e-8a6f-4a55-9c7d-a03851598730",
            "038515987300000",
            "038515 987301",
        ] {
            for start in BLOCK - 300..BLOCK + 100 {
                let mut text = vec![b' '; start];
                text.extend_from_slice(form.as_bytes());
                text.extend_from_slice(b" yz");
                assert!(scan(&text, lenient).is_clean(), "{form} at {start}");
            }
        }
    }

    #[test]
    fn debug_shows_no_content() {
        let mut scanner = Scanner::new(STRICT);
        scanner.feed(b"03851598730");
        assert!(!format!("{scanner:?}").contains("8515"));
    }

    /// Every run of digits of the whole text, one after the other.
    fn slowly(text: &[u8], policy: ScanPolicy) -> ScanReport {
        let mut report = ScanReport { bytes: text.len() as u64, ..ScanReport::default() };
        let mut at = 0;
        while at < text.len() {
            let end = at + digits_from(text, at);
            if end - at >= 5 {
                match judge_run(text, at, end, policy) {
                    Judgement::Hit { start } => {
                        report.found(Hit { offset: start as u64, detector: Detector::NationalId });
                    }
                    Judgement::LongRun => report.long_runs += 1,
                    Judgement::Nothing => {}
                }
            }
            at = end + 1;
        }
        report
    }

    /// Text in which runs of digits of any length, numbers in every form and look-alikes stand
    /// close together, with nothing between them or something.
    fn dense() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            "[0-9]{1,13}",
            "[a-z;:<>/=\" \n.-]{1,90}",
            "[0-9 .-]{1,20}",
            "[0-9\u{200b}\u{ad}]{1,20}",
            Just("03\u{2014}  \u{2009}85   \u{2009}2015\u{2014}    \u{2009}98730".to_owned()),
            Just("+4703851598730".to_owned()),
            Just("03851598730".to_owned()),
            Just("038515 98730".to_owned()),
            Just("03.85.2015\u{2013}98730".to_owned()),
            Just("k7.abcd03851598730efghjkmnpqr".to_owned()),
            Just("0b5c7e0e-8a6f-4a55-9c7d-a03851598730".to_owned()),
            Just("7".repeat(AHEAD + 9)),
        ];
        proptest::collection::vec(piece, 0..700).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn finds_what_the_slow_look_finds_however_the_stream_is_cut(
            text in dense(),
            uuids in prop_oneof![Just(Uuids::Pass), Just(Uuids::PassWithinTexts), Just(Uuids::Stop)],
            cuts in proptest::collection::vec(
                prop_oneof![1usize..300, LARGE - 2..LARGE + 300, 1usize..3 * LARGE],
                1..30,
            ),
        ) {
            let policy = ScanPolicy { uuids };
            let mut scanner = Scanner::new(policy);
            let (mut rest, mut sizes) = (&text[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let cut = (*sizes.next().unwrap()).min(rest.len());
                scanner.feed(&rest[..cut]);
                rest = &rest[cut..];
            }
            prop_assert_eq!(scanner.finish(), slowly(&text, policy));
        }

        #[test]
        fn a_planted_number_is_found_under_any_chunking(
            before in proptest::collection::vec(any::<u8>(), 0..3000),
            repeats in 1usize..60,
            after in "[a-z;.\n -]{0,300}",
            cuts in proptest::collection::vec(1usize..9000, 1..40),
        ) {
            let mut text = before.repeat(repeats);
            text.push(b'"');
            let planted = text.len() as u64;
            text.extend_from_slice(b"63905842945");
            text.extend_from_slice(after.as_bytes());

            let whole = scan(&text, STRICT);
            let mut scanner = Scanner::new(STRICT);
            let (mut rest, mut sizes) = (&text[..], cuts.iter().cycle());
            while !rest.is_empty() {
                let cut = (*sizes.next().unwrap()).min(rest.len());
                scanner.feed(&rest[..cut]);
                rest = &rest[cut..];
            }
            let pieces = scanner.finish();
            prop_assert_eq!(pieces, whole);
            prop_assert!(whole.first().is_some_and(|hit| hit.offset <= planted));
            prop_assert!(whole.count(Detector::NationalId) >= 1);
        }

        #[test]
        fn text_without_five_digits_in_a_row_is_clean(
            text in "([0-9]{0,4}[a-zæ;:<>/= -]){0,200}",
        ) {
            prop_assert!(scan(text.as_bytes(), STRICT).is_clean());
        }
    }
}
