//! The one pass over a claimed file: hash, open, recognise, route, read, seal. Needs nothing of the
//! past, so that many run side by side; what it read waits for [`crate::pipeline::commit`].

mod document;
pub mod hints;
pub mod order;
pub mod part_sealer;
pub mod scratches;
pub mod sent;
mod signed;
pub mod sinks;
mod tee;

use std::io::{self, Read};

use crate::{
    format::envelope::{self, Opened, error::EnvelopeError},
    intake::refusal::RefusalReason,
    kinds::{
        self, Reading,
        refused::{Refusal, Refused},
    },
    pipeline::{
        history::past::Beside,
        house::House,
        pass::{
            order::Order, scratches::Scratches, signed::Signed, sinks::WorkSinks,
            tee::is_over_its_kind,
        },
    },
    types::{
        digest::Sha256,
        finding::{Finding, Findings, Place},
        ids::{KindId, RegistryId},
        key_fingerprint::KeyFingerprint,
        rule::{Hint, Severity},
        rules::intake,
        verdict::Evidence,
    },
};

/// The file is an archive of many documents: it is to be read when no other one is.
#[derive(Debug, thiserror::Error)]
#[error("an archive of many documents, which is read when no other one is")]
pub struct ManyDocuments;

impl ManyDocuments {
    /// Whether it is why reading stopped.
    pub fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Self>)
    }
}

/// A file that was read.
pub struct Passed {
    /// Digest and length of the bytes as they came; `None` when they could not be read at all.
    pub content: Option<(Sha256, u64)>,
    /// What it turned out to be.
    pub kind: Option<KindId>,
    /// Where it goes; empty while the kind is not known.
    pub registries: Vec<RegistryId>,
    /// How sure we are now that it is whole.
    pub evidence: Evidence,
    /// Whether the text's encoding was assumed.
    pub assumed_encoding: bool,
    /// The number of the letter that the only document came in.
    pub letter: Option<String>,
    /// The key that has signed it, where its sender must sign.
    pub signed_by: Option<KeyFingerprint>,
    /// What was read, or why it was refused.
    pub outcome: Result<Taken, Refusal>,
    /// The file as it came, sealed, when a fault of ours stopped it.
    pub kept: Option<WorkSinks>,
}

impl Passed {
    /// Of a file that cannot be read at all.
    pub fn refused(finding: Finding) -> Self {
        Self {
            content: None,
            kind: None,
            registries: Vec::new(),
            evidence: Evidence::Quiet,
            assumed_encoding: false,
            letter: None,
            signed_by: None,
            outcome: Err(Refusal::of(finding)),
            kept: None,
        }
    }
}

/// What was read: one document, or those of an archive that were not refused.
pub struct Taken {
    /// At least one, in the order of the archive.
    pub documents: Vec<ReadDocument>,
    /// What was found in documents of the archive that were refused as a whole.
    pub refused: Findings,
    /// Records of those, as far as they were counted.
    pub refused_records: u64,
}

/// One document that was read, and its sealed parts so far.
pub struct ReadDocument {
    /// Its number, where the archive holds several.
    pub entry: Option<u32>,
    /// The number that its objects have.
    pub number: u32,
    /// Where it goes; never empty.
    pub registries: Vec<RegistryId>,
    /// Waits to be held against the history.
    pub reading: Box<dyn Reading>,
    /// The document as it came, for registries that keep it.
    pub whole: WorkSinks,
    /// What the kind wrote and will write.
    pub sinks: WorkSinks,
}

impl ReadDocument {
    /// Lets go of what need not be in memory, nor an open file, until the document is concluded.
    /// Says how many findings are kept.
    fn rest(&mut self, most_findings: usize) -> io::Result<usize> {
        let kept = self.reading.rest(most_findings, &mut self.sinks)?;
        self.sinks.rest()?;
        self.whole.rest()?;
        Ok(kept)
    }
}

/// Reads one file.
///
/// # Errors
/// When this machine's disk or store fails: nothing is known of the file, and it is read again.
pub fn pass(house: &House, order: &Order<'_>) -> io::Result<Passed> {
    let signed = match signed::check(house, order)? {
        Signed::NotDemanded => None,
        Signed::By(key, digest) => Some((key, digest)),
        Signed::Refused(wrong, content) => {
            let refused = Passed::refused(wrong.finding());
            let digest = content.map(|(digest, _)| digest);
            let is_proved = order.manifest.is_none_or(|named| digest == Some(named));
            let evidence = if is_proved { order.evidence } else { refused.evidence };
            return Ok(Passed { content, evidence, ..refused });
        }
    };
    let mut pass = Pass {
        house,
        order,
        kind: None,
        registries: Vec::new(),
        // What a manifest says is proved by the digest, at the end.
        evidence: order.manifest.map_or(order.evidence, |_| Evidence::Quiet),
        assumed_encoding: false,
        letter: None,
        beside: Beside::default(),
        scratches: Scratches::new(&house.config.places.work(), order.submission, 1),
    };
    let (outcome, content) = pass.envelope()?;
    let outcome = match (outcome, order.manifest, content) {
        (Ok(_), Some(named), Some((found, _))) if named != found => Err(Refusal::of(
            Finding::new(&intake::IN_01, Place::File {}).hint(&hints::MANIFEST_DIFFERS),
        )),
        (outcome, ..) => outcome,
    };
    let is_as_signed = |(_, signed): (_, Sha256)| content.is_some_and(|(found, _)| found == signed);
    if !signed.is_none_or(is_as_signed) {
        let finding = Finding::new(&intake::IN_01, Place::File {}).hint(&hints::CHANGED);
        return Ok(Passed::refused(finding));
    }
    let signed_by = signed.map(|(key, _)| key);
    let Pass { kind, registries, mut evidence, assumed_encoding, letter, .. } = pass;
    if order.manifest.is_some_and(|named| content.is_some_and(|(found, _)| found == named)) {
        evidence = evidence.max(order.evidence);
    }
    let kept = None;
    Ok(Passed {
        content,
        kind,
        registries,
        evidence,
        assumed_encoding,
        letter,
        signed_by,
        outcome,
        kept,
    })
}

struct Pass<'a> {
    house: &'a House,
    order: &'a Order<'a>,
    kind: Option<KindId>,
    registries: Vec<RegistryId>,
    evidence: Evidence,
    assumed_encoding: bool,
    letter: Option<String>,
    beside: Beside,
    scratches: Scratches,
}

type Content = Option<(Sha256, u64)>;

impl Pass<'_> {
    fn envelope(&mut self) -> io::Result<(Result<Taken, Refusal>, Content)> {
        let limits = envelope::Limits { raw_bytes: self.order.size, ..envelope::Limits::default() };
        let identity = self.house.inbound.as_deref().map(crate::seal::identity::Identity::as_age);
        let mut opened = match envelope::open(self.order.file, identity, limits) {
            Ok(opened) => opened,
            Err(error) => return Ok((Err(refused(error)?), self.hash()?)),
        };
        let outcome = match self.documents(&mut opened) {
            Err(Refused::Io(error)) if ManyDocuments::is(&error) => return Err(error),
            outcome => outcome,
        };
        if outcome.is_ok() && opened.proves_its_end() {
            self.evidence = self.evidence.max(Evidence::Structure);
        }
        let content = match opened.finish() {
            Ok(content) => Some(content),
            Err(EnvelopeError::Read(error)) => return Err(error),
            Err(_) => self.hash()?,
        };
        match outcome {
            Ok(read) => Ok((Ok(read), content)),
            Err(Refused::Document(refusal)) => Ok((Err(*refusal), content)),
            // Our own bound for the kind, come back through a reader that knows nothing of it.
            Err(Refused::Io(error)) if is_over_its_kind(&error) => {
                Ok((Err(Refusal::of(RefusalReason::TooLarge.finding())), content))
            }
            Err(Refused::Io(error)) => match EnvelopeError::of(&error) {
                Some(_) => Ok((Err(refused(EnvelopeError::from_read(error))?), content)),
                None => Err(error),
            },
        }
    }

    /// Every document of the envelope, as far as its kind lets several come together. One that is
    /// refused does not take the others with it; an envelope that is not whole does.
    fn documents(&mut self, opened: &mut Opened<'_>) -> Result<Taken, Refused> {
        let several = self.may_send_several();
        let mut taken =
            Taken { documents: Vec::new(), refused: Findings::default(), refused_records: 0 };
        let (mut count, mut resting) = (0, 0);
        // How many findings the documents that wait may have kept.
        let mut findings = Findings::MOST;
        let mut alone = None;
        // Only the end of the envelope proves that it was whole.
        while let Some(document) = opened.next_document().map_err(Refused::from_envelope)? {
            count += 1;
            if count > 1 {
                self.letter = None;
            }
            if count > 1 && !several {
                return Err(because(&intake::IN_02, &hints::ONE_DOCUMENT));
            }
            if count > FEW_DOCUMENTS && !self.order.alone {
                return Err(io::Error::other(ManyDocuments).into());
            }
            // A thousand of them may wait for the last one, and then for their turn.
            if taken.documents.len() > resting
                && let Some(before) = taken.documents.last_mut()
            {
                findings = findings.saturating_sub(before.rest(findings)?);
                resting = taken.documents.len();
                if count % FEW_DOCUMENTS == 0 {
                    (self.order.tidy)();
                }
            }
            let entry = document.entry;
            match self.document(document, count) {
                Ok(mut read) => {
                    read.entry = entry;
                    if entry.is_some() {
                        self.beside.take(&*read.reading)?;
                    }
                    taken.documents.push(read);
                }
                Err(Refused::Document(refusal)) if several && entry.is_some() => {
                    // Told apart from the findings of a document that turns out to be alone.
                    alone = (count == 1).then(|| refusal.findings.clone());
                    taken.refused.append(refusal.findings.in_entry(entry));
                    taken.refused_records += refusal.rejected;
                }
                Err(refused) => return Err(refused),
            }
        }
        if count == 0 {
            return Err(because(&intake::IN_02, &hints::NO_DOCUMENT));
        }
        if count == 1 {
            taken.documents.iter_mut().for_each(|document| document.entry = None);
        }
        if taken.documents.is_empty() {
            let findings = alone.filter(|_| count == 1).unwrap_or(taken.refused);
            let rejected = taken.refused_records;
            return Err(Refused::Document(Box::new(Refusal { findings, rejected })));
        }
        Ok(taken)
    }

    /// Whether this sender may send a kind of which several documents make one submission.
    fn may_send_several(&self) -> bool {
        let kinds = self.house.sender(self.order.sender).map(|sender| sender.kinds.as_slice());
        let named =
            kinds.unwrap_or_default().iter().filter_map(|kind| kinds::by_name(kind.as_str()));
        named.into_iter().any(kinds::Kind::takes_several)
    }

    /// The digest of a file whose envelope could not be followed to its end.
    fn hash(&self) -> io::Result<Content> {
        use std::io::Seek;
        let mut file = self.order.file;
        file.rewind()?;
        let mut hasher = crate::types::digest::Hasher::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        let mut limited = file.take(self.order.size);
        loop {
            let count = limited.read(&mut buffer)?;
            if count == 0 {
                return Ok(Some((hasher.finish(), bytes)));
            }
            hasher.update(&buffer[..count]);
            bytes += count as u64;
        }
    }
}

impl Refused {
    fn from_envelope(error: EnvelopeError) -> Self {
        Self::by(error.finding(), error)
    }
}

fn refused(error: EnvelopeError) -> io::Result<Refusal> {
    match error.finding() {
        Some(finding) => Ok(Refusal::of(finding)),
        None => Err(io::Error::other(error)),
    }
}

fn because(rule: &'static crate::types::rule::Rule, hint: &'static Hint) -> Refused {
    let finding = Finding::new(rule, Place::File {}).severity(Severity::RejectFile);
    Refused::because(finding.hint(hint))
}

/// Documents of an archive that may be read beside other archives.
const FEW_DOCUMENTS: u32 = 8;
