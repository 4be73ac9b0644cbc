//! One document of a claimed file: recognised, admitted, routed, and handed to its kind.

use std::io::{self, Read};

use crate::{
    format::{
        csv::sniff::{self, Charset},
        envelope::Document,
        msghead,
        recognise::Recognised,
        text::as_bytes::{self, TextRead},
        text::{Encoding, reader::Utf8Reader},
        xlsx::{Workbook, error::XlsxError},
        zip_guard,
    },
    kinds::{
        self, Body, Kind, Reading,
        context::{Context, Target},
        refused::Refused,
        says::Says,
    },
    pipeline::{
        history::past::Past,
        house::{kind_settings, registries::Registry},
        pass::{hints, sinks::WorkSinks},
    },
    protect::scan::{ScanPolicy, scanner::Scanner},
    types::{ids::RegistryId, rules::intake, verdict::Evidence},
};

use super::{Pass, ReadDocument, because, tee::Tee};

impl Pass<'_> {
    pub(super) fn document(
        &mut self,
        document: Document<'_>,
        number: u32,
    ) -> Result<ReadDocument, Refused> {
        match &document.recognised {
            Recognised::Xml { namespace, root, attributes } => {
                let namespace = namespace.clone().unwrap_or_default();
                let says = if msghead::is_head(&namespace, root) {
                    let inner = msghead::inside::inner(document.head());
                    let inner = inner
                        .ok_or_else(|| because(&intake::IN_02, &msghead::hints::NOTHING_INSIDE))?;
                    let msghead::inside::Inner { namespace, root, attributes, number: letter } =
                        inner;
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
                let from = encoding(sniffed.charset);
                let mut read_as = from;
                let read = self.read(admitted, &says, document, |tee, read| {
                    let mut text =
                        Utf8Reader::new(tee, from, u64::MAX).map_err(as_bytes::into_io)?;
                    // The head may be without a single letter beyond ASCII.
                    text.set_fallback(Encoding::Windows1252);
                    let mut text = TextRead::new(text);
                    let reading = read(Body::Text(&mut text));
                    read_as = text.encoding();
                    reading
                });
                self.assumed_encoding |= sniffed.assumed || read_as != from;
                read
            }
            Recognised::Xlsx => self.workbook(document, number),
            other => Err(match other.refusal() {
                Some(finding) => Refused::because(finding),
                None => because(&intake::IN_02, &hints::UNKNOWN_FORMAT),
            }),
        }
    }

    fn workbook(&mut self, document: Document<'_>, number: u32) -> Result<ReadDocument, Refused> {
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
    ) -> Result<ReadDocument, Refused> {
        let Some(sender) = self.house.sender(self.order.sender) else {
            return Err(because(&intake::IN_02, &hints::KIND_NOT_ALLOWED));
        };
        let reporting: Vec<_> = registries
            .iter()
            .map(|id| kind_settings::reporting(self.house, &sender.id, id))
            .collect();
        let mut targets = Vec::new();
        for (id, reporting) in registries.iter().zip(&reporting) {
            let Registry { configured, keys, .. } = self.house.registries.get(id)?;
            let mode = configured.identity;
            targets.push(Target { registry: &configured.id, keys, mode, reporting });
        }
        let id = kind.id();
        let routed = |year| {
            let plan = self.house.routes().plan(&id, Some(year));
            plan.is_some_and(|plan| plan.registries().eq(registries.iter()))
        };
        let today = self.house.day(self.order.received_at);
        let past = Past::new(self.house, self.order.sender, &self.beside);
        let kpr = kind_settings::kpr(self.house, sender, &id);
        let sender = kind_settings::sender_for_kinds(sender);
        let context = Context {
            sender: &sender,
            today,
            ids: kind_settings::id_policy(self.house, today),
            targets: &targets,
            embassy: &kind_settings::embassy(self.house),
            kpr: &kpr,
            police: &kind_settings::police(self.house),
            npr: &kind_settings::npr(self.house),
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
        Ok(ReadDocument { entry: None, number, registries, reading, whole, sinks })
    }

    fn sinks(&self, number: u32) -> WorkSinks {
        let registries = std::sync::Arc::clone(&self.house.registries);
        let work = self.house.config.places.work();
        let sinks = if self.order.seals {
            WorkSinks::sealing(self.order.submission, number, work, registries)
        } else {
            WorkSinks::discarding(self.order.submission, registries)
        };
        sinks.sharing(self.scratches.clone())
    }
}

/// A document that may be read.
struct Admitted {
    kind: &'static dyn Kind,
    registries: Vec<RegistryId>,
    number: u32,
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

fn encoding(charset: Charset) -> Encoding {
    match charset {
        Charset::Utf16Be => Encoding::Utf16Be,
        Charset::Utf16Le => Encoding::Utf16Le,
        Charset::Utf8 => Encoding::Utf8,
        Charset::Windows1252 => Encoding::Windows1252,
    }
}
