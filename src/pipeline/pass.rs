//! The one pass over a claimed file: hash, open, recognise, route, read, seal. Needs nothing of the
//! past, so that many run side by side; what it read waits for [`crate::pipeline::commit`].

use std::{
    fs::File,
    io::{self, Read},
};

use jiff::Timestamp;

use crate::{
    config::words::IdentityMode,
    durable,
    format::{
        csv::sniff::{self, Charset},
        envelope::{self, Document, Opened, error::EnvelopeError},
        msghead,
        recognise::Recognised,
        text::{Encoding, Utf8Reader},
        text_read::{self, TextRead},
        xlsx::{Workbook, error::XlsxError},
        zip_guard,
    },
    intake::refusal::RefusalReason,
    kinds::{self, Body, Context, Kind, Mode, Reading, Refusal, Refused, Says, Sinks, Target},
    pipeline::{
        books::{Beside, Past},
        hints,
        house::House,
        registries::Registry,
        settings,
        sinks::WorkSinks,
    },
    protect::scan::{ScanPolicy, scanner::Scanner},
    types::{
        digest::Sha256,
        finding::{Finding, Findings, Place},
        ids::{KindId, Part, RegistryId, SenderId, SubmissionId},
        rule::{Hint, Severity},
        rules::intake,
        verdict::Evidence,
    },
};

/// What is read, and as whose.
pub struct Order<'a> {
    /// Its id.
    pub submission: SubmissionId,
    /// Whose it is.
    pub sender: &'a SenderId,
    /// The bytes.
    pub file: &'a File,
    /// Bytes at the time of the claim; what a writer appends later is not read.
    pub size: u64,
    /// How sure intake was that it is whole.
    pub evidence: Evidence,
    /// The digest that its manifest names.
    pub manifest: Option<Sha256>,
    /// When it was received.
    pub received_at: Timestamp,
    /// Whether what leaves is sealed, or dropped as in a rehearsal.
    pub seals: bool,
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
    /// What was read, or why it was refused.
    pub outcome: Result<Taken, Findings>,
    /// The file as it came, sealed, when a fault of ours stopped it.
    pub kept: Option<WorkSinks>,
}

/// What was read: one document, or those of an archive that were not refused.
pub struct Taken {
    /// At least one, in the order of the archive.
    pub documents: Vec<TakenDocument>,
    /// What was found in documents of the archive that were refused as a whole.
    pub refused: Findings,
    /// Records of those, as far as they were counted.
    pub refused_records: u64,
}

/// One document that was read, and its sealed parts so far.
pub struct TakenDocument {
    /// Its number, where the archive holds several.
    pub entry: Option<u32>,
    /// Where it goes; never empty.
    pub registries: Vec<RegistryId>,
    /// Waits to be held against the books.
    pub reading: Box<dyn Reading>,
    /// The document as it came, for registries that keep it.
    pub whole: WorkSinks,
    /// What the kind wrote and will write.
    pub sinks: WorkSinks,
}

/// Reads one file.
///
/// # Errors
/// When this machine's disk or store fails: nothing is known of the file, and it is read again.
pub fn pass(house: &House, order: &Order<'_>) -> io::Result<Passed> {
    let mut pass = Pass {
        house,
        order,
        kind: None,
        registries: Vec::new(),
        evidence: order.evidence,
        assumed_encoding: false,
        letter: None,
        beside: Beside::default(),
    };
    let (outcome, content) = pass.envelope()?;
    let outcome = match (outcome, order.manifest, content) {
        (Ok(_), Some(named), Some((found, _))) if named != found => {
            Err(one(Finding::new(&intake::IN_01, Place::File {}).hint(&hints::MANIFEST_DIFFERS)))
        }
        (outcome, ..) => outcome,
    };
    let Pass { kind, registries, evidence, assumed_encoding, letter, .. } = pass;
    let kept = None;
    Ok(Passed { content, kind, registries, evidence, assumed_encoding, letter, outcome, kept })
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
}

type Content = Option<(Sha256, u64)>;

impl Pass<'_> {
    fn envelope(&mut self) -> io::Result<(Result<Taken, Findings>, Content)> {
        let limits = envelope::Limits { raw_bytes: self.order.size, ..envelope::Limits::default() };
        let identity = self.house.inbound.as_deref().map(crate::seal::identity::Identity::as_age);
        let mut opened = match envelope::open(self.order.file, identity, limits) {
            Ok(opened) => opened,
            Err(error) => return Ok((Err(refused(error)?), self.hash()?)),
        };
        let outcome = self.documents(&mut opened);
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
            Err(Refused::Document(refusal)) => Ok((Err(refusal.findings), content)),
            // Our own bound for the kind, come back through a reader that knows nothing of it.
            Err(Refused::Io(error)) if is_over_its_kind(&error) => {
                Ok((Err(one(RefusalReason::TooLarge.finding())), content))
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
        let mut count = 0;
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

    fn document(&mut self, document: Document<'_>, number: u32) -> Result<TakenDocument, Refused> {
        match &document.recognised {
            Recognised::Xml { namespace, root, attributes } => {
                let namespace = namespace.clone().unwrap_or_default();
                let says = if msghead::is_head(&namespace, root) {
                    let inner = msghead::inner(document.head());
                    let inner =
                        inner.ok_or_else(|| because(&intake::IN_02, &msghead::NOTHING_INSIDE))?;
                    let msghead::Inner { namespace, root, attributes, number: letter } = inner;
                    self.letter = letter.filter(|letter| number == 1 && is_clean(letter));
                    Says::Xml { namespace, root, attributes }
                } else {
                    let (root, attributes) = (root.clone(), attributes.clone());
                    Says::Xml { namespace, root, attributes }
                };
                let admitted = self.admit(&says, number)?;
                let read =
                    self.read(admitted, &says, document, |tee, read| read(Body::Text(tee)))?;
                // The reader accepts no document whose root is not closed.
                self.evidence = self.evidence.max(Evidence::Structure);
                Ok(read)
            }
            Recognised::Csv { header, preamble, .. } => {
                let says = Says::Table { headings: header.clone(), preamble: preamble.clone() };
                let admitted = self.admit(&says, number)?;
                let sniffed = sniff::sniff(document.head());
                self.assumed_encoding = sniffed.assumed;
                self.read(admitted, &says, document, |tee, read| {
                    let text = Utf8Reader::new(tee, encoding(sniffed.charset), u64::MAX)
                        .map_err(text_read::into_io)?;
                    read(Body::Text(&mut TextRead::new(text)))
                })
            }
            Recognised::Xlsx => self.workbook(document, number),
            other => Err(match other.refusal() {
                Some(finding) => Refused::because(finding),
                None => because(&intake::IN_02, &hints::UNKNOWN_FORMAT),
            }),
        }
    }

    fn workbook(&mut self, document: Document<'_>, number: u32) -> Result<TakenDocument, Refused> {
        let bytes = document.into_memory().map_err(Refused::from_envelope)?.into_inner();
        let says = Says::Table { headings: headings(&bytes)?, preamble: Vec::new() };
        let admitted = self.admit(&says, number)?;
        let read = self.read(admitted, &says, bytes.as_slice(), |tee, read| {
            io::copy(tee, &mut io::sink())?;
            read(Body::Workbook(&bytes))
        })?;
        self.evidence = self.evidence.max(Evidence::Structure);
        Ok(read)
    }

    /// IN-02: what it says it is must be a kind we know, that this sender may send.
    fn admit(&mut self, says: &Says, number: u32) -> Result<Admitted, Refused> {
        let kind = kinds::of_document(says)
            .ok_or_else(|| because(&intake::IN_02, hints::of_unknown(says)))?;
        let id = kind.id();
        let sender = self.house.sender(self.order.sender);
        if !sender.is_some_and(|sender| sender.may_send(&id)) {
            return Err(because(&intake::IN_02, &hints::KIND_NOT_ALLOWED));
        }
        if number > 1 && !kind.takes_several() {
            return Err(because(&intake::IN_02, &hints::ONE_DOCUMENT));
        }
        if self.kind.as_ref().is_some_and(|known| *known != id) {
            return Err(because(&intake::IN_02, &hints::ONE_KIND));
        }
        // A year without a route is the kind's to refuse (KPR-03): it knows where the year stands.
        let routes = self.house.routes();
        let plan = routes.plan(&id, kind.service_year(says)).or_else(|| routes.plan(&id, None));
        let plan = plan.ok_or_else(|| because(&intake::IN_02, &hints::NO_ROUTE))?;
        let registries: Vec<_> = plan.registries().cloned().collect();
        for registry in &registries {
            if !self.registries.contains(registry) {
                self.registries.push(registry.clone());
            }
        }
        self.kind = Some(id);
        Ok(Admitted { kind, registries, number })
    }

    /// Hands the document to its kind, and its bytes as they pass to the registries that keep it.
    fn read<R: Read>(
        &self,
        Admitted { kind, registries, number }: Admitted,
        says: &Says,
        bytes: R,
        hand: impl FnOnce(
            &mut Tee<'_, R>,
            &mut dyn FnMut(Body<'_>) -> Result<Box<dyn Reading>, Refused>,
        ) -> Result<Box<dyn Reading>, Refused>,
    ) -> Result<TakenDocument, Refused> {
        let Some(sender) = self.house.sender(self.order.sender) else {
            return Err(because(&intake::IN_02, &hints::KIND_NOT_ALLOWED));
        };
        let reporting: Vec<_> =
            registries.iter().map(|id| self.house.reporting(&sender.id, id)).collect();
        let mut targets = Vec::new();
        for (id, reporting) in registries.iter().zip(&reporting) {
            let Registry { configured, keys, .. } = self.house.registries.get(id)?;
            let mode = mode(configured.identity);
            targets.push(Target { registry: &configured.id, keys, mode, reporting });
        }
        let id = kind.id();
        let routed = |year| {
            let plan = self.house.routes().plan(&id, Some(year));
            plan.is_some_and(|plan| plan.registries().eq(registries.iter()))
        };
        let today = self.house.day(self.order.received_at);
        let past = Past::new(self.house, self.order.sender, &self.beside);
        let sender = settings::sender_for_kinds(sender);
        let context = Context {
            sender: &sender,
            today,
            ids: self.house.id_policy(today),
            targets: &targets,
            embassy: &self.house.embassy_settings(),
            kpr: &self.house.kpr_settings(),
            police: &self.house.police_settings(),
            npr: &self.house.npr_settings(),
            routed: &routed,
            past: Some(&past),
            says,
        };
        let (mut whole, mut sinks) = (self.sinks(number), self.sinks(number));
        let keepers: Vec<_> = self.house.registries.keeping_whole(&registries).cloned().collect();
        let mut tee = Tee { bytes, left: kind.max_bytes(), keepers, whole: &mut whole };
        let reading = hand(&mut tee, &mut |body| kind.read(body, &context, &mut sinks))?;
        // What a reader left unread belongs to the document all the same.
        io::copy(&mut tee, &mut io::sink())?;
        // Of an archive the first alone: a thousand documents would hold some thousand descriptors.
        let later = if number == 1 { reading.writes_later() } else { Vec::new() };
        for (registry, part) in later {
            sinks.prepare(&registry, part)?;
        }
        Ok(TakenDocument { entry: None, registries, reading, whole, sinks })
    }

    fn sinks(&self, number: u32) -> WorkSinks {
        let registries = std::sync::Arc::clone(&self.house.registries);
        let work = self.house.config.places.work();
        if self.order.seals {
            WorkSinks::sealing(self.order.submission, number, work, registries)
        } else {
            WorkSinks::discarding(self.order.submission, registries).beside(work)
        }
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

/// A document that may be read.
struct Admitted {
    kind: &'static dyn Kind,
    registries: Vec<RegistryId>,
    number: u32,
}

/// How persons appear, in the words that kinds know.
fn mode(configured: IdentityMode) -> Mode {
    match configured {
        IdentityMode::Identified => Mode::Identified,
        IdentityMode::Pseudonym => Mode::Pseudonym,
        IdentityMode::Split => Mode::Split,
    }
}

/// The headings of a workbook, which say what it is.
fn headings(bytes: &[u8]) -> Result<Vec<String>, Refused> {
    let refused = |error: XlsxError| Refused::by(error.finding(), error);
    let limits = zip_guard::Limits::default();
    let mut workbook = Workbook::open(io::Cursor::new(bytes), &limits).map_err(refused)?;
    let sheet = workbook.first_sheet().map_err(refused)?;
    Ok(sheet.header().to_vec())
}

/// Whether a number of the sender's may be shown: one in some thousands looks as if a person's were
/// in it.
fn is_clean(number: &str) -> bool {
    let mut scanner = Scanner::new(ScanPolicy::default());
    scanner.feed(number.as_bytes());
    scanner.finish().is_clean()
}

/// A document is larger than its kind may be.
#[derive(Debug, thiserror::Error)]
#[error("the document is larger than its kind may be")]
struct OverItsKind;

fn is_over_its_kind(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<OverItsKind>()).is_some()
}

/// Passes bytes on to a reader, and seals them on the way for the registries that keep the document
/// as it came.
struct Tee<'s, R> {
    bytes: R,
    left: u64,
    keepers: Vec<RegistryId>,
    whole: &'s mut WorkSinks,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        durable::fail_point::panic_on(&buffer[..count]);
        self.left =
            self.left.checked_sub(count as u64).ok_or_else(|| io::Error::other(OverItsKind))?;
        for registry in &self.keepers {
            self.whole.sink(registry, Part::Whole)?.write_all(&buffer[..count])?;
        }
        Ok(count)
    }
}

impl Refused {
    fn from_envelope(error: EnvelopeError) -> Self {
        Self::by(error.finding(), error)
    }
}

fn refused(error: EnvelopeError) -> io::Result<Findings> {
    match error.finding() {
        Some(finding) => Ok(one(finding)),
        None => Err(io::Error::other(error)),
    }
}

fn because(rule: &'static crate::types::rule::Rule, hint: &'static Hint) -> Refused {
    Refused::Document(Box::new(Refusal {
        findings: one(Finding::new(rule, Place::File {}).severity(Severity::RejectFile).hint(hint)),
        rejected: 0,
    }))
}

fn encoding(charset: Charset) -> Encoding {
    match charset {
        Charset::Utf16Be => Encoding::Utf16Be,
        Charset::Utf16Le => Encoding::Utf16Le,
        Charset::Utf8 => Encoding::Utf8,
        Charset::Windows1252 => Encoding::Windows1252,
    }
}

fn one(finding: Finding) -> Findings {
    let mut findings = Findings::default();
    findings.push(finding);
    findings
}
