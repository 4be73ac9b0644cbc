//! Signed files in the inbound directory: whichever of the two comes first, whatever lies there
//! instead, and a crash between any two steps of a claim.
use std::{fs, os::unix::fs::symlink, time::Duration};

use filsluse::{
    intake::{claim::Outcome, refusal::RefusalReason},
    signature::{Detached, Wrong},
    types::{
        digest::Sha256,
        verdict::{Evidence, Structure},
    },
};

use crate::{
    intake::{DAY, SETTLE, Sluice, id, named, only, taken},
    support::signing::Signer,
};

const FILE: &[u8] = b"<list/>";

/// One sender whose files must be signed.
fn demanding(signer: &Signer) -> Sluice {
    Sluice::with(&["a"], |inbox| inbox.signing_keys = vec![signer.public()])
}

#[test]
fn a_file_and_its_signature_come_in_either_order() {
    let signer = Signer::new();
    let signature = signer.sign(FILE);
    let orders: [&[&str]; 4] = [
        &["x.xml", "x.xml.sig"],
        &["x.xml.sig", "x.xml"],
        &["x.xml.part", "x.xml.sig.part"],
        &["x.xml.sig.part", "x.xml.part"],
    ];
    for order in orders {
        let mut sluice = demanding(&signer);
        for name in order {
            let looked = sluice.look(Duration::from_hours(1));
            assert!(looked.ready.is_empty() && looked.refused.is_empty(), "{order:?}");
            let final_name = name.trim_end_matches(".part");
            let bytes = if final_name == "x.xml" { FILE } else { &signature };
            sluice.put(name, bytes);
            if *name != final_name {
                sluice.look(SETTLE * 31);
                rustix::fs::rename(sluice.inbound(name), sluice.inbound(final_name)).unwrap();
            }
        }
        let looked = sluice.settled();
        assert!(looked.refused.is_empty(), "{order:?}");
        let file = taken(only(sluice.claim(looked)));
        assert_eq!(file.name, named("x.xml"), "{order:?}");
        assert_eq!(file.signature, Detached::read(&signature).ok(), "{order:?}");
        assert_eq!(sluice.claimed(), [id(1).to_string()].into(), "the signature goes with it");
        assert!(!sluice.inbound("x.xml.sig").exists(), "{order:?}");
        assert!(sluice.look(DAY * 2).refused.is_empty(), "{order:?}");
    }
}

/// It is taken a moment after the signature has come, and not at some later look.
#[test]
fn a_file_that_has_waited_long_does_not_wait_on() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    sluice.put("x.xml", FILE);
    for _ in 0..200 {
        assert!(sluice.look(SETTLE * 31).ready.is_empty());
    }
    sluice.put("x.xml.sig", &signer.sign(FILE));
    sluice.look(SETTLE * 31);
    let looked = sluice.look(SETTLE);
    assert_eq!(only(looked.ready).name, named("x.xml"));
}

#[test]
fn a_digest_and_a_signature_go_together() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    sluice.put("x.xml", FILE);
    sluice.put("x.xml.sig", &signer.sign(FILE));
    sluice.put("x.xml.sha256", format!("{}  x.xml\n", Sha256::of(FILE)).as_bytes());
    let looked = sluice.settled();
    let file = taken(only(sluice.claim(looked)));
    assert_eq!((file.evidence, file.manifest), (Evidence::Manifest, Some(Sha256::of(FILE))));
    assert!(file.signature.is_some());
    assert_eq!(fs::read_dir(sluice.inbound("")).unwrap().count(), 1, "no more than test/");
    assert_eq!(sluice.claimed(), [id(1).to_string()].into());
}

#[test]
fn what_comes_alone_is_refused_after_a_day() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    sluice.put("x.xml", FILE);
    sluice.put("y.xml.sig", &signer.sign(FILE));
    sluice.look(Duration::ZERO);
    let waiting = sluice.look(Duration::from_mins(5));
    assert!(waiting.ready.is_empty() && waiting.refused.is_empty());
    let counted = sluice.intake.waiting(Duration::from_mins(1));
    assert_eq!(counted.values().map(|waiting| waiting.count).collect::<Vec<_>>(), [2]);
    let looked = sluice.look(DAY);
    let whys: Vec<_> = looked.refused.iter().map(|refusal| (&refusal.name, refusal.why)).collect();
    let (file, lone) = (named("x.xml"), named("y.xml.sig"));
    assert_eq!(whys.len(), 2);
    assert!(whys.contains(&(&file, RefusalReason::Signature(Wrong::Missing))), "{whys:?}");
    assert!(whys.contains(&(&lone, RefusalReason::LoneSignature)), "{whys:?}");
    assert_eq!(sluice.peeks.get(), 0, "nobody looks into what nobody has signed");
    sluice.claim(looked);
    assert!(!sluice.inbound("x.xml").exists() && !sluice.inbound("y.xml.sig").exists());
}

#[test]
fn what_cannot_be_right_is_refused_without_being_looked_into() {
    let (signer, other) = (Signer::new(), Signer::new());
    let long = [b"x".repeat(20 << 10), signer.sign(FILE)].concat();
    let cases: [(&str, &[u8], Wrong); 5] = [
        ("another file", FILE, Wrong::NoSignature),
        ("longer than any", &long, Wrong::NoSignature),
        ("cut", &signer.sign(FILE)[..100], Wrong::NoSignature),
        ("another key", &other.sign(FILE), Wrong::OtherKey),
        ("another use", &signer.sign_for("file", FILE), Wrong::OtherNamespace),
    ];
    for (what, signature, want) in cases {
        // However much its sender's files must prove, this one proves no more.
        for minimum in [Evidence::Closed, Evidence::Structure] {
            let mut sluice = Sluice::with(&["a"], |inbox| {
                inbox.signing_keys = vec![signer.public()];
                inbox.min_evidence = minimum;
            });
            sluice.says = Structure::Incomplete;
            sluice.put("x.xml", FILE);
            sluice.put("x.xml.sig", signature);
            let looked = sluice.settled();
            assert_eq!(only(looked.refused).why, RefusalReason::Signature(want), "{what}");
            assert_eq!(sluice.peeks.get(), 0, "{what}");
            let looked = sluice.look(Duration::ZERO);
            assert!(matches!(only(sluice.claim(looked)), Outcome::Refused(_)), "{what}");
            assert!(!sluice.inbound("x.xml.sig").exists(), "{what}: it goes with its file");
        }
    }
}

/// The upload under way is not taken from its writer for what lies beside it.
#[test]
fn a_wrong_signature_waits_for_the_end_of_the_file() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    sluice.put("x.xml.sig", b"none");
    let writer = fs::File::create(sluice.inbound("x.xml")).unwrap();
    std::io::Write::write_all(&mut &writer, FILE).unwrap();
    for _ in 0..5 {
        let looked = sluice.look(SETTLE * 40);
        assert!(looked.refused.is_empty() && looked.ready.is_empty());
    }
    drop(writer);
    assert_eq!(
        only(sluice.look(SETTLE * 40).refused).why,
        RefusalReason::Signature(Wrong::NoSignature)
    );
}

/// Nor is what its writer has not finished taken for the whole signature.
#[test]
fn half_a_signature_waits_for_its_end() {
    let signer = Signer::new();
    let signature = signer.sign(FILE);
    let mut sluice = demanding(&signer);
    sluice.put("x.xml", FILE);
    let writer = fs::File::create(sluice.inbound("x.xml.sig")).unwrap();
    let (half, rest) = signature.split_at(signature.len() / 2);
    std::io::Write::write_all(&mut &writer, half).unwrap();
    for _ in 0..5 {
        let looked = sluice.look(SETTLE * 40);
        assert!(looked.refused.is_empty() && looked.ready.is_empty());
    }
    std::io::Write::write_all(&mut &writer, rest).unwrap();
    drop(writer);
    sluice.look(SETTLE * 40);
    assert_eq!(only(sluice.look(SETTLE * 40).ready).signature, Detached::read(&signature).ok());
}

/// Links and directories under a signature's name are refused themselves; the file waits for a
/// signature that is one.
#[test]
fn a_signature_is_a_plain_file_of_its_own() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    let elsewhere = sluice.root().join("signature");
    fs::write(&elsewhere, signer.sign(FILE)).unwrap();
    for (name, link) in [("soft.xml", true), ("hard.xml", false)] {
        sluice.put(name, FILE);
        let beside = sluice.inbound(&format!("{name}.sig"));
        if link {
            symlink(&elsewhere, beside).unwrap();
        } else {
            fs::hard_link(&elsewhere, beside).unwrap();
        }
    }
    sluice.put("dir.xml", FILE);
    fs::create_dir(sluice.inbound("dir.xml.sig")).unwrap();
    sluice.settled();
    let looked = sluice.look(Duration::from_mins(3));
    assert!(looked.ready.is_empty());
    let mut whys: Vec<_> = looked.refused.iter().map(|refusal| refusal.why).collect();
    whys.sort_unstable();
    let links = [RefusalReason::Links, RefusalReason::Symlink];
    assert_eq!(whys, [&[RefusalReason::Directory], &links[..]].concat());
    sluice.claim(looked);
    sluice.put("soft.xml.sig", &signer.sign(FILE));
    let looked = sluice.settled();
    assert_eq!(only(looked.ready).name, named("soft.xml"));
}

/// Where nothing need be signed, a `.sig` file is a file like any other.
#[test]
fn without_keys_nothing_changes() {
    let signer = Signer::new();
    let mut sluice = Sluice::new(Evidence::Closed);
    sluice.put("x.xml", FILE);
    sluice.put("x.xml.sig", &signer.sign(FILE));
    let looked = sluice.settled();
    assert_eq!(looked.ready.len(), 2);
    assert!(looked.ready.iter().all(|ready| ready.signature.is_none()));
}

#[test]
fn the_signature_of_the_next_version_is_not_taken_with_the_file() {
    let signer = Signer::new();
    let mut sluice = demanding(&signer);
    let (one, two) = (signer.sign(b"<one/>"), signer.sign(b"<two/>"));
    sluice.put("x.xml", b"<one/>");
    sluice.put("x.xml.sig", &one);
    let looked = sluice.settled();
    let beside = sluice.inbound("x.xml.sig");
    let outcomes = sluice.claim_while(looked, || fs::write(&beside, &two).unwrap());
    assert_eq!(taken(only(outcomes)).signature, Detached::read(&one).ok());
    assert_eq!(fs::read(&beside).unwrap(), two);
    sluice.put("x.xml", b"<two/>");
    let looked = sluice.settled();
    assert_eq!(taken(only(sluice.claim(looked))).signature, Detached::read(&two).ok());
    assert!(!beside.exists());
}

/// A crash after each step of a claim: the intent has the signature, and what is left of the `.sig`
/// file goes at the start, so that it is not taken for that of the next file of the name.
#[test]
fn a_crash_between_any_two_steps_loses_neither() {
    let signer = Signer::new();
    let signature = signer.sign(FILE);
    let kept = Detached::read(&signature).ok();
    let manifest = format!("{}  x.xml\n", Sha256::of(FILE));
    let claim = |sluice: &mut Sluice| {
        sluice.put("x.xml", FILE);
        sluice.put("x.xml.sig", &signature);
        sluice.put("x.xml.sha256", manifest.as_bytes());
        let looked = sluice.settled();
        taken(only(sluice.claim(looked)));
        let mine = id(sluice.intents.len() as u64).to_string();
        (sluice.root().join(".claimed/a").join(mine), sluice.inbound("x.xml.sig"))
    };
    // The claimed file's place and the inbound signature's, as the crash left them.
    let steps: [(&str, bool); 4] = [
        ("all done", true),
        ("left in inbound", true),
        ("set aside", true),
        ("of the next", false),
    ];
    for (step, goes) in steps {
        let mut sluice = demanding(&signer);
        let (claimed, beside) = claim(&mut sluice);
        match step {
            "left in inbound" => {
                fs::write(&beside, &signature).unwrap();
                sluice.put("x.xml.sha256", manifest.as_bytes());
            }
            "set aside" => {
                fs::write(claimed.with_extension("signature"), &signature).unwrap();
            }
            "of the next" => fs::write(&beside, signer.sign(b"<next/>")).unwrap(),
            _ => {}
        }
        sluice.restart();
        let recovered = sluice.intake.recover(sluice.intents.clone()).unwrap();
        assert!(recovered.orphans.is_empty(), "{step}");
        assert_eq!(taken(only(recovered.outcomes)).signature, kept, "{step}");
        assert_eq!(beside.exists(), !goes, "{step}");
        assert!(!sluice.inbound("x.xml.sha256").exists(), "{step}");
        assert_eq!(sluice.claimed(), [id(1).to_string()].into(), "{step}");
    }
    // Before the rename: both lie where their sender had put them, and are taken as if new.
    let mut sluice = demanding(&signer);
    let (claimed, beside) = claim(&mut sluice);
    rustix::fs::rename(&claimed, sluice.inbound("x.xml")).unwrap();
    fs::write(&beside, &signature).unwrap();
    sluice.restart();
    let recovered = sluice.intake.recover(sluice.intents.clone()).unwrap();
    assert!(matches!(only(recovered.outcomes), Outcome::Void { .. }));
    let looked = sluice.settled();
    assert_eq!(taken(only(sluice.claim(looked))).signature, kept);
    assert!(!beside.exists());
}
