//! The one pass over a claimed file: hash, open, recognise, route, read, seal. Needs nothing of the
//! past, so that many run side by side; what it read waits for [`crate::pipeline::commit`].

use std::{
    fs::File,
    io::{self, Read},
};

use jiff::Timestamp;

use crate::{
    durable,
    format::{
        csv::sniff::{self, Charset},
        envelope::{self, Document, error::EnvelopeError},
        recognise::Recognised,
        text::{Encoding, Utf8Reader},
        text_read::{self, TextRead},
        xlsx::{Workbook, error::XlsxError},
        zip_guard,
    },
    intake::refusal::RefusalReason,
    kinds::{self, Body, Context, Kind, Reading, Refusal, Refused, Says, Sinks, Target},
    pipeline::{
        hints,
        house::{House, Registries},
        sinks::WorkSinks,
    },
    route::Plan,
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
    /// What was read, or why it was refused.
    pub outcome: Result<Taken, Findings>,
    /// The file as it came, sealed, when a fault of ours stopped it.
    pub kept: Option<WorkSinks>,
}

/// What was read, and the sealed parts so far.
pub struct Taken {
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
    };
    let (outcome, content) = pass.envelope()?;
    let outcome = match (outcome, order.manifest, content) {
        (Ok(_), Some(named), Some((found, _))) if named != found => {
            Err(one(Finding::new(&intake::IN_01, Place::File {}).hint(&hints::MANIFEST_DIFFERS)))
        }
        (outcome, ..) => outcome,
    };
    let Pass { kind, registries, evidence, assumed_encoding, .. } = pass;
    Ok(Passed { content, kind, registries, evidence, assumed_encoding, outcome, kept: None })
}

struct Pass<'a> {
    house: &'a House,
    order: &'a Order<'a>,
    kind: Option<KindId>,
    registries: Vec<RegistryId>,
    evidence: Evidence,
    assumed_encoding: bool,
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
        let mut outcome = match opened.next_document() {
            Ok(Some(document)) => self.document(document),
            Ok(None) => Err(because(&intake::IN_02, &hints::NO_DOCUMENT)),
            Err(error) => Err(Refused::from_envelope(error)),
        };
        if outcome.is_ok() {
            // Only the end of the envelope proves that it was whole.
            match opened.next_document() {
                Ok(None) => {}
                Ok(Some(_)) => outcome = Err(because(&intake::IN_02, &hints::ONE_DOCUMENT)),
                Err(error) => outcome = Err(Refused::from_envelope(error)),
            }
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

    fn document(&mut self, document: Document<'_>) -> Result<Taken, Refused> {
        match &document.recognised {
            Recognised::Xml { namespace, root } => {
                let says = Says::Xml {
                    namespace: namespace.clone().unwrap_or_default(),
                    root: root.clone(),
                };
                let kind = self.admit(&says)?;
                let read = self.read(kind, &says, document, |tee, read| read(Body::Text(tee)))?;
                // The reader accepts no document whose root is not closed.
                self.evidence = self.evidence.max(Evidence::Structure);
                Ok(read)
            }
            Recognised::Csv { header, .. } => {
                let says = Says::Table { headings: header.clone() };
                let kind = self.admit(&says)?;
                let sniffed = sniff::sniff(document.head());
                self.assumed_encoding = sniffed.assumed;
                self.read(kind, &says, document, |tee, read| {
                    let text = Utf8Reader::new(tee, encoding(sniffed.charset), u64::MAX)
                        .map_err(text_read::into_io)?;
                    read(Body::Text(&mut TextRead::new(text)))
                })
            }
            Recognised::Xlsx => self.workbook(document),
            other => Err(match other.refusal() {
                Some(finding) => Refused::because(finding),
                None => because(&intake::IN_02, &hints::UNKNOWN_FORMAT),
            }),
        }
    }

    fn workbook(&mut self, document: Document<'_>) -> Result<Taken, Refused> {
        let bytes = document.into_memory().map_err(Refused::from_envelope)?.into_inner();
        let says = Says::Table { headings: headings(&bytes)? };
        let kind = self.admit(&says)?;
        let read = self.read(kind, &says, bytes.as_slice(), |tee, read| {
            io::copy(tee, &mut io::sink())?;
            read(Body::Workbook(&bytes))
        })?;
        self.evidence = self.evidence.max(Evidence::Structure);
        Ok(read)
    }

    /// IN-02: what it says it is must be a kind we know, that this sender may send.
    fn admit(&mut self, says: &Says) -> Result<&'static dyn Kind, Refused> {
        let kind = kinds::of_document(says)
            .ok_or_else(|| because(&intake::IN_02, hints::of_unknown(says)))?;
        let id = kind.id();
        let sender = self.house.sender(self.order.sender);
        if !sender.is_some_and(|sender| sender.may_send(&id)) {
            return Err(because(&intake::IN_02, &hints::KIND_NOT_ALLOWED));
        }
        let plan: Option<Plan> = self.house.routes().plan(&id);
        let plan = plan.ok_or_else(|| because(&intake::IN_02, &hints::NO_ROUTE))?;
        self.registries = plan.registries().cloned().collect();
        self.kind = Some(id);
        Ok(kind)
    }

    /// Hands the document to its kind, and its bytes as they pass to the registries that keep it.
    fn read<R: Read>(
        &self,
        kind: &dyn Kind,
        says: &Says,
        bytes: R,
        hand: impl FnOnce(
            &mut Tee<'_, R>,
            &mut dyn FnMut(Body<'_>) -> Result<Box<dyn Reading>, Refused>,
        ) -> Result<Box<dyn Reading>, Refused>,
    ) -> Result<Taken, Refused> {
        let registries: &Registries = &self.house.registries;
        let mut targets = Vec::new();
        for id in &self.registries {
            let registry = registries.get(id)?;
            targets.push(Target { registry: &registry.configured.id, keys: &registry.keys });
        }
        let today = self.house.day(self.order.received_at);
        let Some(sender) = self.house.sender(self.order.sender) else {
            return Err(because(&intake::IN_02, &hints::KIND_NOT_ALLOWED));
        };
        let sender = crate::pipeline::house::sender_for_kinds(sender);
        let context = Context {
            sender: &sender,
            today,
            ids: self.house.id_policy(today),
            targets: &targets,
            embassy: &self.house.embassy_settings(),
            says,
        };
        let (mut whole, mut sinks) = (self.sinks(), self.sinks());
        let keepers: Vec<_> = registries.keeping_whole(&self.registries).cloned().collect();
        let mut tee = Tee { bytes, left: kind.max_bytes(), keepers, whole: &mut whole };
        let reading = hand(&mut tee, &mut |body| kind.read(body, &context, &mut sinks))?;
        // What a reader left unread belongs to the document all the same.
        io::copy(&mut tee, &mut io::sink())?;
        for (registry, part) in reading.writes_later() {
            sinks.prepare(&registry, part)?;
        }
        Ok(Taken { reading, whole, sinks })
    }

    fn sinks(&self) -> WorkSinks {
        let registries = std::sync::Arc::clone(&self.house.registries);
        if self.order.seals {
            let work = self.house.config.places.work();
            WorkSinks::sealing(self.order.submission, 1, work, registries)
        } else {
            WorkSinks::discarding(self.order.submission, registries)
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

/// The headings of a workbook, which say what it is.
fn headings(bytes: &[u8]) -> Result<Vec<String>, Refused> {
    let refused = |error: XlsxError| Refused::by(error.finding(), error);
    let limits = zip_guard::Limits::default();
    let mut workbook = Workbook::open(io::Cursor::new(bytes), &limits).map_err(refused)?;
    let sheet = workbook.first_sheet().map_err(refused)?;
    Ok(sheet.header().to_vec())
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
