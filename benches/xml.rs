//! How fast XML is read, in megabytes per second of processor time, beside quick-xml.
//!
//! Run with `cargo bench --bench xml`. Reads a document of 100 MB whose data stand in attributes,
//! as in the messages to the patient registries.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

use std::{fmt::Write, hint::black_box};

use filsluse::format::xml::{Reader, event::Event, limits::Limits};
use quick_xml::{NsReader, XmlVersion, events::Event as Token};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let document = document(100_000_000);
    let bytes = document.as_bytes();
    let ours = measure("filsluse", bytes, ours);
    let theirs = measure("quick-xml, namespaces and values", bytes, theirs);
    let tokens = measure("quick-xml, tokens and raw attributes", bytes, tokens);
    println!("ratio to quick-xml: {:.2}, to its tokens: {:.2}", ours / theirs, ours / tokens);
}

/// The best of three, in megabytes per second.
fn measure(name: &str, document: &[u8], read: impl Fn(&[u8]) -> usize) -> f64 {
    let mut best = f64::INFINITY;
    let mut sum = 0;
    for _ in 0..3 {
        let before = processor_seconds();
        sum = black_box(read(black_box(document)));
        best = best.min(processor_seconds() - before);
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let rate = document.len() as f64 / 1e6 / best;
    println!("{rate:7.0} MB/s  {name} ({sum} bytes of values)");
    rate
}

fn ours(document: &[u8]) -> usize {
    let mut reader = Reader::new(document, Limits::of_bytes(1 << 30)).unwrap();
    let mut sum = 0;
    loop {
        match reader.next_event().unwrap() {
            Event::Start(start) => {
                sum += black_box(start.name()).namespace.len().min(1);
                for attribute in start.attributes() {
                    sum += black_box(attribute).value().len();
                }
            }
            Event::Eof => return sum,
            Event::End(_) | Event::Text(_) => {}
        }
    }
}

fn theirs(document: &[u8]) -> usize {
    let mut reader = NsReader::from_reader(document);
    let mut buffer = Vec::new();
    let mut sum = 0;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).unwrap() {
            Token::Start(start) | Token::Empty(start) => {
                let (namespace, _) = reader.resolver().resolve_element(start.name());
                sum += usize::from(matches!(namespace, quick_xml::name::ResolveResult::Bound(_)));
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    if attribute.key.as_namespace_binding().is_none() {
                        let value = attribute.normalized_value(XmlVersion::Explicit1_0);
                        sum += black_box(value).unwrap().len();
                    }
                }
            }
            Token::Eof => return sum,
            _ => {}
        }
    }
}

fn tokens(document: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(document);
    let mut buffer = Vec::new();
    let mut sum = 0;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).unwrap() {
            Token::Start(start) | Token::Empty(start) => {
                for attribute in start.attributes().with_checks(false) {
                    sum += black_box(attribute.unwrap()).value.len();
                }
            }
            Token::Eof => return sum,
            _ => {}
        }
    }
}

/// A message with as many notifications as fit, each with invented numbers.
fn document(size: usize) -> String {
    let mut text = String::with_capacity(size + 1000);
    text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <Melding xmlns=\"http://www.npr.no/xmlstds/56_0_0_ipl\" versjon=\"56.0.0\" \
             meldingstype=\"K\" leverandor=\"Leverandør &amp; sønn\">\n";
    let mut number = 0_u64;
    while text.len() < size {
        number += 1;
        let day = 1 + number % 28;
        write!(
            text,
            "  <Notifikasjon statusNotifikasjon=\"N\" notifikasjonTid=\"2026-01-{day:02}T10:00:00\" \
             notifikasjonGUID=\"00000000-0000-4000-8000-{number:012}\" \
             notifikasjonForrigeGUID=\"00000000-0000-4000-8000-{:012}\" \
             notifikasjonLopeNr=\"{number}\">\n    \
             <TjenesteStart hendelseGUID=\"00000000-0000-4000-9000-{number:012}\" \
             tjenesteID=\"T{number}\" tjenesteType=\"18\" hendelseRegTid=\"2026-01-{day:02}T09:00:00\" \
             hendelseDato=\"2026-01-{day:02}\" tjenesteOrgNr=\"999999999\">\n      \
             <Bruker pasientGUID=\"00000000-0000-4000-a000-{number:012}\" brukerNr=\"B{number}\" \
             fid=\"X{number}\" typeID=\"1\" bydel=\"030101\"/>\n    \
             </TjenesteStart>\n  </Notifikasjon>\n",
            number - 1
        )
        .unwrap();
    }
    text + "</Melding>\n"
}

fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}
