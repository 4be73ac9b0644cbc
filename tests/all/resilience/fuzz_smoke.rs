//! The bodies of the fuzz targets on stable: seeded mutations, the same in every run.
//!
//! A new target is one file in `fuzz/bodies`, one in `fuzz/fuzz_targets`, and one module and one
//! test here.
#![expect(
    clippy::expect_used,
    clippy::format_push_string,
    reason = "a test may stop at the first surprise"
)]

use crate::{
    support::mutate::Mutator,
    tables::{
        Dice, gzip_of,
        xlsx::{header, inline, worksheet},
    },
};

#[path = "../../../fuzz/bodies/csv.rs"]
pub(crate) mod csv;
#[path = "../../../fuzz/bodies/envelope.rs"]
pub(crate) mod envelope;
#[path = "../../../fuzz/bodies/file_name.rs"]
mod file_name;
#[path = "../../../fuzz/bodies/msghead.rs"]
mod msghead;
#[path = "../../../fuzz/bodies/npr_preamble.rs"]
mod npr_preamble;
#[path = "../../../fuzz/bodies/police.rs"]
mod police;
#[path = "../../../fuzz/bodies/signature.rs"]
mod signature;
#[path = "../../../fuzz/bodies/xlsx.rs"]
pub(crate) mod xlsx;
#[path = "../../../fuzz/bodies/xml.rs"]
mod xml;

#[test]
fn csv_smoke() {
    let seeds: [&[u8]; 3] = [
        "#rows=2\r\na;b;c\r\n1;\"x;\"\"y\"\"\";å\r\n\"#2\";;3\r\n".as_bytes(),
        b"sep=,\na,b\n1,2\n\n",
        b"\xEF\xBB\xBFa\tb\n1\t\"2\n3\"\n#rows=1\n",
    ];
    let mut dice = Dice(0x5EED_0006);
    for round in 0..1500 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        dice.break_up(&mut bytes);
        csv::run(&bytes);
    }
}

#[test]
fn envelope_smoke() {
    const XML: &[u8] = b"<a xmlns='urn:x'>some content</a>";
    let seeds = [
        xlsx::zip_of(&[("a.xml", XML), ("b.xml", XML)]),
        gzip_of(XML),
        envelope::age_of(&xlsx::zip_of(&[("a.xml", XML)]), &envelope::IDENTITY.to_public()),
    ];
    let mut dice = Dice(0x5EED_0003);
    for round in 0..2000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        dice.break_up(&mut bytes);
        envelope::run(&bytes);
    }
}

#[test]
fn file_name_smoke() {
    let mut mutator = Mutator::new(2026, NAMES, NAMES);
    for _ in 0..20_000 {
        file_name::run(&mutator.next());
    }
}

#[test]
fn msghead_smoke() {
    let mut mutator = Mutator::new(2, &[LETTER], LETTER_WORDS);
    for _ in 0..10_000 {
        msghead::run(&mutator.next());
    }
}

#[test]
fn npr_preamble_smoke() {
    let mut mutator = Mutator::new(7, RELEASES, RELEASE_WORDS);
    for _ in 0..6_000 {
        npr_preamble::run(&mutator.next());
    }
    for release in RELEASES {
        npr_preamble::run(release);
    }
}

#[test]
fn police_smoke() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let example = |name: &str| std::fs::read(root.join(name)).expect(name);
    let seeds = [
        "sykehus-eksempel/inquiry.xml",
        "sykehus-eksempel/anonymous.xml",
        "sykehus-eksempel/notice.xml",
        "politi-oslo/reply.xml",
    ]
    .map(example);
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let mut mutator = Mutator::new(4, &seeds, POLICE_WORDS);
    for seed in &seeds {
        police::run(seed);
    }
    for _ in 0..6_000 {
        police::run(&mutator.next());
    }
}

#[test]
fn signature_smoke() {
    signature::run(SIGNATURES[0]);
    let mut mutator = Mutator::new(8, SIGNATURES, SIGNATURE_WORDS);
    for _ in 0..20_000 {
        signature::run(&mutator.next());
    }
}

#[test]
fn xlsx_smoke() {
    let mut dice = Dice(0x5EED_0004);
    let row = format!("<row r=\"2\">{}<c r=\"B2\" t=\"s\"><v>1</v></c></row>", inline("A2", "x"));
    let sheet = worksheet(&format!("<sheetData>{}{row}</sheetData>", header()));
    for round in 0..600 {
        // Broken within a part rather than in the archive around it, which the guard sees first.
        let (mut sheet, mut strings) = (sheet.clone().into_bytes(), xlsx::STRINGS.into());
        dice.break_up(if round % 3 == 0 { &mut strings } else { &mut sheet });
        xlsx::run(&[sheet, strings].join(&0));
    }
    // A range that ends before it begins makes the library subtract below zero.
    xlsx::run(worksheet("<dimension ref=\"B2:A1\"/><sheetData></sheetData>").as_bytes());
    let whole = xlsx::package(sheet.as_bytes(), &[]);
    for _ in 0..600 {
        let mut bytes = whole.clone();
        dice.break_up(&mut bytes);
        xlsx::run(&bytes);
    }
}

#[test]
fn xml_smoke() {
    let mut mutator = Mutator::new(1, crate::xml::libxml2::SEEDS, crate::xml::libxml2::WORDS);
    for _ in 0..20_000 {
        xml::run(&mutator.next());
    }
}

/// File names, and what they are made of.
const NAMES: &[&[u8]] = &[
    b"liste.xml",
    b"a.xml.sha256",
    b".a.xml.Qx81Zz",
    b".",
    b"-",
    b"~",
    b".part",
    b".sha256",
    b"\\",
    b"\n",
    b"\x1b[2J",
    b"\xff",
    "\u{202e}".as_bytes(),
    "\u{61c}".as_bytes(),
    "\u{2028}".as_bytes(),
    b"\0",
    b".tmp",
    &[b'x'; 196],
];

/// Releases, and what they are made of. Synthetic persons: the month is raised by 80.
const RELEASES: &[&[u8]] = &[
    b"#purpose=isf\n#operating_year=2025\nfid;typeID;kjonn;drg\n03851598730;1;2;107A\n#rows=1\n",
    b"\xEF\xBB\xBF# Purpose = \"utredning\"\r\n#LEGAL_BASIS=3 - 4\r\n#operating_year=2024\r\n\
      pasientNr,institusjonID,fodselsdato\r\nP1,4210,2015-05-03\r\n",
];

const RELEASE_WORDS: &[&[u8]] = &[
    b"#purpose=kmf\n",
    b"#operating_year=2012\n",
    b"#operating_year=99999\n",
    b"#legal_basis=\xC2\xA7 3-6\n",
    b"#rows=0\n",
    b"#=\n",
    b"\"#purpose=isf\"\n",
    b";episodeID",
    b";tilstand_1",
    b";navn",
    b"03851598730",
    b"038515 98730",
    b"\"",
    b";;\n",
    b"\r",
    b"\xA7",
    b"+47 91234567",
];

/// A signature that OpenSSH made, and a key. Both are of no use to anybody: the private half of the
/// key was thrown away.
const SIGNATURES: &[&[u8]] = &[
    b"-----BEGIN SSH SIGNATURE-----\n\
      U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgsnPSKmxuw0tHY659NQ2j9ExDPk\n\
      Lv93FAjCOf9SOTo3sAAAAIZmlsc2x1c2UAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVk\n\
      MjU1MTkAAABAf52U09nLBPpNzP2FmGb3nq3OTsg8zhn/Hs6KUXWNV0295lxTiMQyJ12/80\n\
      DtC49LkghekGI6ND6dc4DiOLEBDg==\n\
      -----END SSH SIGNATURE-----\n",
    b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3RDJP8pOtIysaGj/9VsGjHCVqE3VO2mucLh+SvGXuN kari",
];

const SIGNATURE_WORDS: &[&[u8]] = &[
    b"-----BEGIN SSH SIGNATURE-----\n",
    b"-----END SSH SIGNATURE-----",
    b"U1NIU0lH",
    b"AAAAAQ",
    b"AAAAC3NzaC1lZDI1NTE5AAAAI",
    b"ssh-ed25519 ",
    b"ssh-rsa ",
    b"PRIVATE KEY",
    b"====",
    b"\r\n",
    b"\xEF\xBB\xBF",
];

const POLICE_WORDS: &[&[u8]] = &[
    b"<person/>",
    b"<purpose>",
    b"</purpose>",
    b"<document>",
    b"</document>",
    b"<base64>",
    b"</base64>",
    b" oral='true'",
    b" type='notice'",
    b"legal_basis",
    b"avverge-skade",
    b"kjent-pasientforhold",
    b"2026-02-30",
    b"03851598730",
    b"Storgata 5",
    b"a@b.example",
    b"=",
    b"&#xFE;",
    b"\"",
];

const LETTER: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<mh:MsgHead xmlns:mh="http://www.kith.no/xmlstds/msghead/2006-05-24" xmlns:k="urn:x:1">
 <mh:MsgInfo>
  <mh:Type V="KPR" S="9051"/>
  <mh:MIGversion>v1.2 2006-05-24</mh:MIGversion>
  <mh:MsgId>0011a2b3-c4d5-e6f7-0809-0a0b0c0d0eff</mh:MsgId>
 </mh:MsgInfo>
 <mh:Document>
  <mh:RefDoc><mh:MsgType V="XML"/><mh:Content><k:Melding><k:A/></k:Melding></mh:Content></mh:RefDoc>
 </mh:Document>
</mh:MsgHead>"#;

const LETTER_WORDS: &[&[u8]] = &[
    b"<mh:Document>",
    b"</mh:Document>",
    b"<mh:RefDoc>",
    b"</mh:RefDoc>",
    b"<mh:Content>",
    b"</mh:Content>",
    b"<mh:FileReference/>",
    b"<mh:MsgId/>",
    b"<k:A/>",
    b"</k:A>",
    b"<mh:Type V='1'/>",
    b"<!--x-->",
    b"V=''",
    b"mh:",
    b" xmlns:mh='urn:y'",
];
