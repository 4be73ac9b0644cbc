//! A kind that would let an identifier leave, in a house that works: the submission stops, nothing
//! of it is stored or kept, and the alarm is raised. No kind does; this one is made for the test.

use std::io;

use filsluse::{
    catalogue::{self, error::CatalogueError, records::submissions},
    kinds::{
        History, Reading, Sinks,
        judgement::{Judgement, Records},
        kpr::output::stream::Stream,
    },
    pipeline::{
        claim::claimed::Claimed,
        commit::{self, Ready},
        pass::{Passed, ReadDocument, Taken, sinks::WorkSinks},
    },
    protect::scan::{ScanPolicy, Uuids, scanner::Scanner},
    types::{
        alarm::AlarmCode,
        digest::Sha256,
        finding::Findings,
        ids::{KindId, Part, RegistryId, SenderId},
        verdict::{Evidence, State, Verdict},
    },
};

use super::city::City;
use crate::support::{in_process::house, installation::files};

/// Writes this to each registry, through the one way out that the kinds have.
struct Careless {
    registries: Vec<RegistryId>,
    text: String,
}

impl Reading for Careless {
    fn conclude(
        self: Box<Self>,
        _: &mut dyn History,
        sinks: &mut dyn Sinks,
    ) -> Result<Judgement, io::Error> {
        for registry in &self.registries {
            let scanner = Scanner::new(ScanPolicy { uuids: Uuids::PassWithinTexts });
            let mut stream = Stream::new(registry.clone(), Part::Content, Some(scanner));
            stream.buffer.extend_from_slice(self.text.as_bytes());
            stream.end(sinks)?;
        }
        Ok(Judgement {
            verdict: Verdict::Accepted,
            records: Records { accepted: 1, rejected: 0 },
            findings: Findings::default(),
            notes: Vec::new(),
            effects: Vec::new(),
            report: None,
        })
    }
}

#[test]
fn an_identifier_that_would_leave_stops_the_submission_and_raises_the_alarm() {
    let city = City::new();
    let (_lock, house) = house(city.installation.config());
    let registries: Vec<_> = ["iplos", "kpr"].map(|id| RegistryId::parse(id).unwrap()).to_vec();
    // The leak is in what the second registry gets: the first one's part is sealed by then.
    let texts = [
        ("harmless", "<Bruker fid=\"k1.72cpzmr35cwq97qk7ryr5c6knw\"/>".to_owned()),
        ("a number", format!("{}<Bruker fid=\"03851598730\"/>", "<a/>".repeat(50_000))),
        (
            "in a padded GUID",
            "<Bruker pasientGUID=\"00000000-0000-0000-0000-a03851598730\"/>".to_owned(),
        ),
        ("in words", "<Tjeneste tjenesteID=\"ring 038515 98730 i dag\"/>".to_owned()),
    ];
    for (case, text) in texts {
        let id = house.next_submission();
        let sender = SenderId::parse("oslo").unwrap();
        let inode = submissions::Inode { dev: 1, inode: 1 };
        let row = submissions::Submission::claimed(id, sender, house.now(), inode);
        catalogue::transact_with(&mut **house.catalogue(), |ledger| ledger.add_submission(&row))
            .unwrap();
        let work = || {
            let work = city.installation.places().work();
            WorkSinks::sealing(id, 1, work, std::sync::Arc::clone(&house.registries))
        };
        let document = ReadDocument {
            number: 1,
            entry: None,
            registries: registries.clone(),
            reading: Box::new(Careless { registries: registries.clone(), text: text.clone() }),
            whole: work(),
            sinks: work(),
        };
        let passed = Passed {
            content: Some((Sha256::of(text.as_bytes()), text.len() as u64)),
            kind: KindId::parse("iplos-annual").ok(),
            registries: registries.clone(),
            evidence: Evidence::Structure,
            assumed_encoding: false,
            letter: None,
            signed_by: None,
            outcome: Ok(Taken {
                documents: vec![document],
                refused: Findings::default(),
                refused_records: 0,
            }),
            kept: None,
        };
        let ready = Ready { subject: Claimed::Gone(id), passed, tries: 0, turn: None };
        assert!(commit::commit(&house, vec![ready]).is_ok(), "{case}");

        let (row, alarms, objects) = catalogue::read_with(&mut **house.catalogue(), |view| {
            let filter = catalogue::records::objects::ObjectFilter {
                submission: Some(id),
                ..Default::default()
            };
            let row = view.submission(id)?.unwrap();
            Ok::<_, CatalogueError>((row, view.alarms()?, view.objects(&filter)?))
        })
        .unwrap();
        let raised = alarms
            .iter()
            .any(|alarm| alarm.is(AlarmCode::IdentityLeak) && alarm.subject == id.to_string());
        assert_eq!(row.state, State::Stored, "{case}");
        if case == "harmless" {
            assert_eq!((row.verdict, objects.len()), (Some(Verdict::Accepted), 2));
            assert!(!raised);
            continue;
        }
        assert_eq!((row.verdict, objects.len()), (Some(Verdict::Rejected), 0), "{case}");
        assert!(raised, "{case}");
        let places = city.installation.places();
        for directory in [places.work(), places.quarantine()] {
            assert_eq!(files(&directory), Vec::<std::path::PathBuf>::new(), "{case}");
        }
        let named = format!("{id}.");
        let stored = files(&places.store_root());
        let ours = |path: &&std::path::PathBuf| path.to_string_lossy().contains(&named);
        assert_eq!(stored.iter().find(ours), None, "{case}");
    }
}
