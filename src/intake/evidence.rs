//! How sure we are that a file arrived whole, and whether that is enough for its sender.
//!
//! Pure: what was found comes in as [`Clues`], the decision goes out. The digest that a manifest
//! names is only carried along here; the one pass over the bytes checks it.

use std::time::Duration;

use crate::{
    intake::{candidate::Timing, lease::Writer, name::SenderFileName, refusal::RefusalReason},
    types::{
        digest::Sha256,
        verdict::{Evidence, Structure},
    },
};

/// What was found out about a settled file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clues {
    /// A manifest names its digest.
    pub manifest: bool,
    /// What the content says.
    pub structure: Structure,
    /// What the kernel says.
    pub writer: Writer,
    /// Its writer was heard to close it, or it was renamed from a temporary name.
    pub closed: bool,
    /// How long it has been seen unchanged.
    pub quiet_for: Duration,
    /// How long it had been so before it was first seen ([`Candidate::lain`]).
    ///
    /// [`Candidate::lain`]: crate::intake::candidate::Candidate::lain
    pub lain: Duration,
}

/// What follows from the clues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Enough: it may be claimed.
    Ready(Evidence),
    /// It had its day.
    Refuse(RefusalReason),
    /// Not yet; time alone may change that once it has been quiet for so long.
    Wait(Duration),
}

impl Clues {
    /// The strongest evidence that they amount to.
    pub fn evidence(&self, timing: &Timing) -> Evidence {
        if self.manifest {
            Evidence::Manifest
        } else if self.structure == Structure::Complete {
            Evidence::Structure
        } else if self.closed
            || self.writer == Writer::Gone
            || self.quiet_for >= timing.closed_after
        {
            Evidence::Closed
        } else {
            Evidence::Quiet
        }
    }

    /// Weighs them against the least that the sender's configuration accepts.
    ///
    /// A writer that is certainly there outweighs everything. A file whose content says that it is
    /// cut off is still taken on `closed` or `quiet` when the sender's minimum allows it, so that
    /// its sender gets an answer, but only after a grace in which an upload may be resumed.
    pub fn decide(&self, minimum: Evidence, timing: &Timing) -> Decision {
        let evidence = self.evidence(timing);
        let patient = timing.settle + timing.incomplete_grace;
        // Whether a large compressed file is whole, only the one pass can say: it is taken when
        // nobody is seen to write to it any more, and refused by the pass if it was cut.
        let told_by_pass = self.structure == Structure::Unread
            && minimum == Evidence::Structure
            && evidence >= Evidence::Closed;
        if told_by_pass && self.writer != Writer::Present {
            return if self.quiet_for < patient {
                Decision::Wait(patient)
            } else {
                Decision::Ready(evidence)
            };
        }
        let enough = evidence >= minimum && self.writer != Writer::Present;
        if !enough {
            let give_up = timing.give_up_after(self.lain);
            if self.quiet_for >= give_up {
                return Decision::Refuse(RefusalReason::Incomplete);
            }
            let unread = self.structure == Structure::Unread && minimum == Evidence::Structure;
            let waits_for_quiet = (minimum == Evidence::Closed || unread)
                && self.writer != Writer::Present
                && self.quiet_for < timing.closed_after;
            return Decision::Wait(if waits_for_quiet { timing.closed_after } else { give_up });
        }
        if evidence <= Evidence::Closed
            && self.structure == Structure::Incomplete
            && self.quiet_for < patient
        {
            return Decision::Wait(patient);
        }
        Decision::Ready(evidence)
    }
}

/// Reads a manifest as `sha256sum` writes it for one file: 64 hexadecimal digits, a space, a space
/// (text) or an asterisk (binary), and the file's name, with or without the path that it had where
/// the sum was made, or `-`. One line, ended as any system does or not at all, with or without a
/// mark of its encoding. `None` for anything else, escaped names among them: no such name is
/// accepted anyway.
pub fn parse_manifest(bytes: &[u8], of: &SenderFileName) -> Option<Sha256> {
    let line = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, rest) = line.split_at_checked(64)?;
    let path = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(path);
    if name != of.expose_bytes() && path != b"-" {
        return None;
    }
    Sha256::parse(std::str::from_utf8(digits).ok()?)
}

/// U+FEFF in UTF-8, which editors of Windows write.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clues, Decision, parse_manifest};
    use crate::{
        intake::{candidate::Timing, lease::Writer, name::SenderFileName, refusal::RefusalReason},
        types::{
            digest::Sha256,
            verdict::{Evidence, Structure},
        },
    };

    const BASE: Clues = Clues {
        manifest: false,
        structure: Structure::Unknown,
        writer: Writer::Unknown,
        closed: false,
        quiet_for: Duration::from_secs(1),
        lain: Duration::ZERO,
    };

    #[test]
    fn clues_are_weighed() {
        use Decision::{Ready, Refuse, Wait};
        use Evidence::{Closed, Manifest, Quiet, Structure as Whole};
        let seconds = Duration::from_secs;
        let day = Duration::from_hours(24);
        let cut = Structure::Incomplete;
        let cases = [
            ("only quiet", BASE, Quiet, Ready(Quiet)),
            ("quiet is too little", BASE, Closed, Wait(seconds(90))),
            ("quiet for long", Clues { quiet_for: seconds(90), ..BASE }, Closed, Ready(Closed)),
            ("lease", Clues { writer: Writer::Gone, ..BASE }, Closed, Ready(Closed)),
            ("close heard", Clues { closed: true, ..BASE }, Closed, Ready(Closed)),
            ("closed is too little", Clues { closed: true, ..BASE }, Whole, Wait(day)),
            ("whole", Clues { structure: Structure::Complete, ..BASE }, Whole, Ready(Whole)),
            ("manifest", Clues { manifest: true, ..BASE }, Manifest, Ready(Manifest)),
            (
                "manifest of a cut file",
                Clues { manifest: true, structure: cut, ..BASE },
                Quiet,
                Ready(Manifest),
            ),
            (
                "a writer outweighs a manifest",
                Clues { manifest: true, writer: Writer::Present, ..BASE },
                Quiet,
                Wait(day),
            ),
            (
                "cut, grace",
                Clues { structure: cut, closed: true, ..BASE },
                Closed,
                Wait(seconds(11)),
            ),
            (
                "cut, after grace",
                Clues { structure: cut, closed: true, quiet_for: seconds(11), ..BASE },
                Closed,
                Ready(Closed),
            ),
            (
                "cut is never structure",
                Clues { structure: cut, quiet_for: seconds(11), ..BASE },
                Whole,
                Wait(day),
            ),
            (
                "too large to look through",
                Clues { structure: Structure::Unread, quiet_for: seconds(90), ..BASE },
                Whole,
                Ready(Closed),
            ),
            (
                "too large to look through, closed",
                Clues { structure: Structure::Unread, closed: true, ..BASE },
                Whole,
                Wait(seconds(11)),
            ),
            (
                "too large to look through, not known to be closed",
                Clues { structure: Structure::Unread, quiet_for: seconds(11), ..BASE },
                Whole,
                Wait(seconds(90)),
            ),
            (
                "too large to look through, a manifest is demanded",
                Clues { structure: Structure::Unread, closed: true, ..BASE },
                Evidence::Manifest,
                Wait(day),
            ),
            (
                "too large to look through, closed is enough",
                Clues { structure: Structure::Unread, closed: true, ..BASE },
                Closed,
                Ready(Closed),
            ),
            ("a day", Clues { quiet_for: day, ..BASE }, Whole, Refuse(RefusalReason::Incomplete)),
            (
                "a day with a writer",
                Clues { quiet_for: day, writer: Writer::Present, ..BASE },
                Quiet,
                Refuse(RefusalReason::Incomplete),
            ),
        ];
        for (case, clues, minimum, want) in cases {
            assert_eq!(clues.decide(minimum, &Timing::default()), want, "case: {case}");
        }
    }

    #[test]
    fn what_lay_there_before_a_start_counts_for_giving_up_alone() {
        let seconds = Duration::from_secs;
        let timing = Timing::default();
        let day = 24 * 3600;
        let whole = Evidence::Structure;
        let refused = Decision::Refuse(RefusalReason::Incomplete);
        for (lain, quiet_for, minimum, want) in [
            (day - 100, 100, whole, refused),
            (day - 101, 100, whole, Decision::Wait(seconds(101))),
            // No writer can be left after that time, and then its evidence is enough.
            (day * 3, 89, Evidence::Closed, Decision::Wait(seconds(90))),
            (day * 3, 90, Evidence::Closed, Decision::Ready(Evidence::Closed)),
            (day * 3, 89, whole, Decision::Wait(seconds(90))),
            (day * 3, 90, whole, refused),
        ] {
            let (lain, quiet_for) = (seconds(lain), seconds(quiet_for));
            let clues = Clues { quiet_for, lain, ..BASE };
            assert_eq!(clues.decide(minimum, &timing), want, "{lain:?} {quiet_for:?} {minimum:?}");
        }
    }

    #[test]
    fn manifests_are_read_as_tools_write_them() {
        let digest = Sha256::of(b"abc");
        let of = SenderFileName::new(b"a b.xml".to_vec());
        let cases = [
            ("text", format!("{digest}  a b.xml\n"), true),
            ("binary", format!("{digest} *a b.xml\n"), true),
            ("standard input", format!("{digest}  -\n"), true),
            ("no line feed", format!("{digest}  a b.xml"), true),
            ("capitals", format!("{}  a b.xml\n", digest.to_string().to_uppercase()), true),
            ("another name", format!("{digest}  other.xml\n"), false),
            ("a path", format!("{digest}  ./a b.xml\n"), true),
            ("a path of Windows", format!("{digest} *C:\\ut\\a b.xml\r\n"), true),
            ("a mark", format!("\u{feff}{digest}  a b.xml\n"), true),
            ("another in the same place", format!("{digest}  /ut/c b.xml\n"), false),
            ("the end of another name", format!("{digest}  xa b.xml\n"), false),
            ("a directory", format!("{digest}  a b.xml/\n"), false),
            ("one space", format!("{digest} a b.xml\n"), false),
            ("no name", format!("{digest}\n"), false),
            ("two lines", format!("{digest}  a b.xml\n{digest}  a b.xml\n"), false),
            ("carriage return", format!("{digest}  a b.xml\r\n"), true),
            ("carriage returns", format!("{digest}  a b.xml\r\r\n"), false),
            ("escaped", format!("\\{digest}  a b.xml\n"), false),
            ("bsd", format!("SHA256 (a b.xml) = {digest}\n"), false),
            ("short digest", format!("{}  a b.xml\n", &digest.to_string()[1..]), false),
            ("empty", String::new(), false),
            ("not ASCII at the cut", format!("{}æ  a b.xml", &digest.to_string()[..63]), false),
        ];
        for (case, text, good) in cases {
            let want = good.then_some(digest);
            assert_eq!(parse_manifest(text.as_bytes(), &of), want, "case: {case}");
        }
    }
}
