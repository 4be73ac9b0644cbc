//! Each rule with what holds and what breaks it.

use filsluse::{
    kinds::judgement::Note,
    types::{
        national_id::{IdPolicy, Profile},
        npr_release::terms::SmallGroups,
        verdict::Verdict,
    },
};
use jiff::civil::date;

use super::bench::{Bench, judge, judge_on};

#[test]
fn npr_01_the_purpose_is_one_that_the_law_covers() {
    for purpose in
        ["isf", "ISF", "kmf", "Kommunal medfinansiering", "innsatsstyrt_finansiering", "\"isf\""]
    {
        let outcome = judge(|table| {
            table.line("purpose", purpose);
        });
        assert_eq!((outcome.verdict(), outcome.found()), (Verdict::Accepted, vec![]), "{purpose}");
    }
    for purpose in ["forskning", "statistikk", "isf2", "kmf og isf"] {
        let outcome = judge(|table| {
            table.line("purpose", purpose);
        });
        assert_eq!(outcome.found(), ["NPR-01 R - purpose"], "{purpose}");
        assert!(outcome.written.is_empty());
    }
    let outcome = judge(|table| {
        table.without_line("purpose");
    });
    assert_eq!(outcome.found(), ["NPR-01 R purpose-missing purpose"]);
    let outcome = judge(|table| {
        table.line("legal_basis", "§ 3-6");
    });
    assert_eq!(outcome.found(), ["NPR-01 W basis-other -"]);
}

#[test]
fn npr_02_payment_for_patients_ready_for_discharge_is_not_released_here() {
    for purpose in ["utskrivningsklare", "Utskrivningsklare pasienter"] {
        let outcome = judge(|table| {
            table.line("purpose", purpose);
        });
        assert_eq!(outcome.found(), ["NPR-02 R - purpose"], "{purpose}");
    }
    assert_eq!(judge(|_| ()).verdict(), Verdict::Accepted);
}

#[test]
fn npr_03_studies_cite_the_paragraph_that_they_are_made_under() {
    let study = |basis: &str| {
        judge(|table| {
            table.line("purpose", "utredning").line("legal_basis", basis);
        })
    };
    for basis in ["§ 3-4", "§3-5", "3-6", "NPR-forskriften § 3\u{2011}4 første ledd"] {
        let outcome = study(basis);
        assert_eq!((outcome.verdict(), outcome.found()), (Verdict::Accepted, vec![]), "{basis}");
    }
    assert!(study("etter § 3-5").text().contains("#legal_basis=§ 3-5\n"));
    for basis in ["§ 3-3", "§ 13-4", "§ 3-45", "§ 3-7", "", "vedtak", "ikke § 3-4"] {
        assert_eq!(study(basis).found(), ["NPR-03 R - legal_basis"], "{basis}");
    }
    let none = judge(|table| {
        table.line("purpose", "utredning").without_line("legal_basis");
    });
    assert_eq!(none.found(), ["NPR-03 R - legal_basis"]);
}

#[test]
fn npr_04_every_column_is_on_the_list() {
    let with = |heading: &str| {
        judge(|table| {
            table.add_column(heading, "x");
        })
    };
    assert_eq!(with("Etternavn").found(), ["NPR-04 R column-direct -"]);
    assert_eq!(with("mobiltelefon").found(), ["NPR-04 R column-direct -"]);
    assert_eq!(with("ukjent").found(), ["NPR-04 R column-unknown -"]);
    assert_eq!(with("DRG").found(), ["NPR-04 R column-twice drg"]);
    let nobody = judge(|table| {
        table.remove_column("fid").remove_column("pasientNr").remove_column("typeID");
    });
    assert_eq!(nobody.found(), ["NPR-04 R no-person -"]);
    let outcome = judge(|table| {
        table.add_column("bydel", "030103");
    });
    assert_eq!(outcome.verdict(), Verdict::Accepted);
    assert!(!outcome.text().contains("bydel") && !outcome.text().contains("030103"));
}

/// The five years count from the year that the rows are about, whatever the line above them says.
#[test]
fn npr_06_rows_of_a_year_whose_time_is_over_do_not_pass_under_another() {
    let old = judge(|table| {
        table.add_column("utDato", "2019-12-31");
    });
    assert_eq!(old.found(), ["NPR-06 R year-of-rows-past utDato"]);
    assert_eq!((old.verdict(), old.records()), (Verdict::Rejected, (0, 3)));
    let some = judge(|table| {
        table.add_column("utDato", "2025-06-01").set(0, "utDato", "20191231").set(1, "utDato", "");
    });
    assert_eq!(some.found(), ["NPR-06 W year-of-rows utDato"]);
    assert_eq!(some.verdict(), Verdict::Accepted);
    let note = Note::OutsideYear { rows: 1, operating_year: 2025 };
    assert!(some.judgement.as_ref().unwrap().notes.contains(&note));
    let right = judge(|table| {
        table.add_column("utDato", "20250601");
    });
    assert_eq!((right.verdict(), right.found()), (Verdict::Accepted, vec![]));
    let inside = judge(|table| {
        table.add_column("utDato", "");
    });
    assert_eq!((inside.verdict(), inside.found()), (Verdict::Accepted, vec![]));
}

#[test]
fn npr_04_every_value_has_its_form() {
    for (heading, value, hint) in [
        ("kjonn", "M", "form-sex"),
        ("komNrHjem", "Oslo", "form-municipality"),
        ("komNrHjem", "3024", "form-municipality"),
        ("tilstand_1", "E70.2", "form-icd"),
        ("innDato", "01.03.2025", "form-date"),
        ("fodselsdato", "3.5.2015", "form-date"),
        ("isf_poeng", "mange", "form-number"),
        ("drg", "Kari Nordmann", "form-drg"),
        ("debitor", "Ola N", "form-code"),
        ("institusjonID", "HUS", "form-institution"),
        ("liggetid", "-1", "form-count"),
        ("NCMP_1", "Olsen", "form-procedure"),
    ] {
        let outcome = judge(|table| {
            table.set(1, heading, value);
        });
        let field = match heading {
            "tilstand_1" => "tilstand_n",
            "NCMP_1" => "NCMP_n",
            other => other,
        };
        assert_eq!(outcome.found(), [format!("NPR-04 r {hint} {field} @2")], "{heading} {value}");
        assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Partly, (2, 1)));
        let rows = outcome.rows();
        assert!(!rows.iter().flatten().any(|cell| cell == value), "{heading}");
    }
    let special = judge(|table| {
        table.set(0, "komNrHjem", "9999").set(1, "komNrHjem", "9900").set(2, "komNrHjem", "9000");
    });
    assert_eq!((special.verdict(), special.found()), (Verdict::Accepted, vec![]));
}

#[test]
fn npr_04_an_identity_in_a_column_that_leaves_stops_the_release() {
    for (heading, value) in [
        ("institusjonID", "03851598730"),
        ("tilstand_1", "038515 98730"),
        ("isf_poeng", "03851598730"),
        ("drg", "63905842945"),
        ("debitor", "kari@example.no"),
        ("NCMP_1", "+47 912 34 567"),
    ] {
        let outcome = judge(|table| {
            table.set(2, heading, value);
        });
        let [found] = &outcome.found()[..] else { panic!("{:?}", outcome.found()) };
        assert!(found.starts_with("NPR-04 R identity-in-column"), "{found}");
        assert!(outcome.judgement.is_none() && outcome.written.is_empty());
        assert!(filsluse::kinds::npr::tells_of_identity(outcome.findings()));
    }
}

#[test]
fn npr_04_a_text_column_is_looked_at_where_the_list_lets_it_through() {
    let mut bench = Bench::new();
    let form = filsluse::types::npr_release::form::Form::Text;
    bench.settings.terms.lists[0].new.insert("merknad".to_owned(), form);
    let with = |text: &str| {
        judge_on(&bench, |table| {
            table.add_column("Merknad", "").set(1, "Merknad", text);
        })
    };
    let fine = with("\"ingen merknad, \"\"alt\"\" i orden\"");
    assert_eq!((fine.verdict(), fine.found()), (Verdict::Accepted, vec![]));
    assert!(fine.text().contains(";\"ingen merknad, \"\"alt\"\" i orden\"\n"));
    for text in [
        "se 038515 98730",
        "gjelder 03851598730",
        "mor er født 03.85.2015-98730",
        "ring 912 34 567 etter tolv",
        "22 00 00 00",
        "038515/98730",
        "0 3 8 5 1 5 9 8 7 3 0",
        "０３８５１５９８７３０",
        "201700000108",
        "\"038515\n98730\"",
    ] {
        let outcome = with(text);
        assert_eq!(outcome.found(), ["NPR-04 R identity-in-column - @2"], "{text}");
        assert!(outcome.judgement.is_none() && outcome.written.is_empty());
        assert!(filsluse::kinds::npr::tells_of_identity(outcome.findings()));
    }
}

/// As in the municipal reports: the row is taken, and told back.
#[test]
fn npr_04_a_number_that_nobody_can_check_is_told() {
    let with = |id_type: &str, fid: &str| {
        judge(|table| {
            table.set(1, "typeID", id_type).set(1, "fid", fid);
        })
    };
    for (id_type, fid, want) in [
        ("3", "H-17", vec!["NPR-04 W number-unchecked fid @2"]),
        ("4", "AB123456", vec!["NPR-04 W number-unchecked fid @2"]),
        ("5", "AB123456", vec!["NPR-04 W number-unchecked fid @2"]),
        ("8", "AB123456", vec!["NPR-04 W number-unchecked fid @2"]),
        ("12", "AB123456", vec!["NPR-04 W number-unchecked fid @2"]),
        ("4", "03851598730", vec!["NPR-04 W other-id-type fid @2"]),
        ("1", "03851598730", vec![]),
        ("10", "201800000110", vec![]),
    ] {
        let outcome = with(id_type, fid);
        assert_eq!(outcome.found(), want, "{id_type} {fid}");
        assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Accepted, (3, 0)));
    }
}

/// The scan of what leaves finds what no look at a column was there to find.
#[test]
fn npr_04_what_leaves_is_read_once_more_whatever_the_columns_said() {
    let mut bench = Bench::new();
    let form = filsluse::types::npr_release::form::Form::Text;
    bench.settings.terms.lists[0].new.insert("merknad".to_owned(), form);
    for text in ["skriv til ola@example.no", "ring +46 70-123 45 67"] {
        let outcome = judge_on(&bench, |table| {
            table.add_column("Merknad", "").set(1, "Merknad", text);
        });
        assert_eq!(outcome.found(), ["NPR-04 R identity-leaving -"], "{text}");
        assert!(outcome.judgement.is_none());
    }
}

#[test]
fn npr_04_the_scan_sees_real_and_synthetic_numbers_in_either_profile() {
    // Made here, so that no file holds a number that could be somebody's.
    let digits = |text: &str| text.bytes().map(|c| u32::from(c - b'0')).collect::<Vec<_>>();
    let sum = |d: &[u32], w: &[u32]| d.iter().zip(w).map(|(a, b)| a * b).sum::<u32>();
    let check = |rest: u32| (11 - rest % 11) % 11;
    let real = (0..500)
        .find_map(|n| {
            let text = format!("010150{n:03}");
            let mut d = digits(&text);
            d.push(check(sum(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2])));
            d.push(check(sum(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])));
            d.iter().all(|d| *d < 10).then(|| d.iter().map(u32::to_string).collect::<String>())
        })
        .unwrap();
    for profile in [Profile::Test, Profile::Production] {
        let mut bench = Bench::new();
        bench.ids = IdPolicy { profile, new_rule: false };
        for number in [real.as_str(), "03851598730"] {
            let outcome = judge_on(&bench, |table| {
                table.remove_column("fid").remove_column("typeID").set(0, "tilstand_1", number);
            });
            assert_eq!(
                outcome.found(),
                ["NPR-04 R identity-in-column tilstand_n @1"],
                "{profile:?}"
            );
        }
    }
}

/// E30 is "Pasientens fødselsnummer mangler".
#[test]
fn npr_04_a_row_without_any_number_of_its_person_says_so_to_a_machine() {
    let outcome = judge(|table| {
        table.set(1, "fid", "").set(1, "pasientNr", "");
    });
    let hint = outcome.findings().as_slice()[0].hint.as_ref().unwrap();
    assert_eq!((&*hint.key, hint.apprec.as_deref()), ("no-number", Some("E30")));
}

#[test]
fn npr_04_a_person_without_a_pseudonym_costs_the_row() {
    for (row, changes, want) in [
        (1, vec![("fid", "41819077303")], "NPR-04 r check-digit fid @2"),
        (1, vec![("fid", "4181907730")], "NPR-04 r id-length fid @2"),
        (1, vec![("typeID", "77")], "NPR-04 r type-id typeID @2"),
        (1, vec![("fid", ""), ("pasientNr", "")], "NPR-04 r no-number pasientNr @2"),
        (1, vec![("fid", ""), ("institusjonID", "")], "NPR-04 r no-number institusjonID @2"),
    ] {
        let outcome = judge(|table| {
            for (heading, value) in &changes {
                table.set(row, heading, value);
            }
        });
        assert_eq!(outcome.found(), [want]);
        assert_eq!(outcome.records(), (2, 1));
    }
    let own_number = judge(|table| {
        table.set(1, "fid", "").set(1, "typeID", "");
    });
    assert_eq!((own_number.verdict(), own_number.found()), (Verdict::Accepted, vec![]));
    let mut bench = Bench::new();
    bench.ids.profile = Profile::Production;
    let outcome = judge_on(&bench, |_| ());
    assert_eq!(outcome.found(), ["NPR-04 R test-person fid @1"], "nobody real among test persons");
}

#[test]
fn npr_04_small_groups_warn_or_refuse() {
    let mut bench = Bench::new();
    let groups = |bench: &Bench| {
        let outcome = judge_on(bench, |_| ());
        let groups = outcome.report().groups[&bench.registries[0].id];
        (outcome.verdict(), outcome.found(), groups.groups, groups.small, groups.persons_in_small)
    };
    assert_eq!(groups(&bench), (Verdict::Accepted, vec![], 0, 0, 0), "0 asks nothing");
    bench.settings.terms.smallest_group = 2;
    let warned = vec!["NPR-04 W small-groups -".to_owned()];
    assert_eq!(groups(&bench), (Verdict::Accepted, warned, 2, 2, 2));
    bench.settings.terms.on_small_groups = SmallGroups::Refuse;
    let refused = vec!["NPR-04 R small-groups -".to_owned()];
    assert_eq!(groups(&bench), (Verdict::Rejected, refused, 2, 2, 2));
    // Two persons in each group.
    let outcome = judge_on(&bench, |table| {
        for row in table.rows.clone() {
            table.rows.push(row);
        }
        for row in 3..6 {
            let own = format!("P{row}");
            table.set(row, "fid", "").set(row, "typeID", "").set(row, "pasientNr", &own);
        }
    });
    assert_eq!((outcome.verdict(), outcome.found()), (Verdict::Accepted, vec![]));
    assert_eq!(outcome.report().groups[&bench.registries[0].id].smallest, 2);
    assert!(outcome.effects().len() == 1);
}

#[test]
fn npr_05_nothing_is_taken_for_a_year_whose_task_is_done() {
    let mut bench = Bench::new();
    bench.history.releases.done.insert(2024);
    assert_eq!(judge_on(&bench, |_| ()).verdict(), Verdict::Accepted);
    bench.history.releases.done.insert(2025);
    let outcome = judge_on(&bench, |_| ());
    assert_eq!(outcome.found(), ["NPR-05 R task-done -"]);
    assert_eq!((outcome.verdict(), outcome.records()), (Verdict::Rejected, (0, 3)));
    assert!(outcome.effects().is_empty());
}

#[test]
fn npr_06_five_years_after_the_end_of_the_operating_year_it_is_over() {
    let of = |today, year: &str| {
        let mut bench = Bench::new();
        bench.today = today;
        judge_on(&bench, |table| {
            table.line("operating_year", year);
            table.rows.iter_mut().for_each(|row| row[5] = "0301".to_owned());
        })
        .found()
    };
    let past = vec!["NPR-06 R year-past operating_year".to_owned()];
    assert_eq!(of(date(2024, 12, 31), "2019"), Vec::<String>::new());
    assert_eq!(of(date(2025, 1, 1), "2019"), past);
    assert_eq!(of(date(2026, 11, 22), "2020"), past);
    assert_eq!(of(date(2026, 11, 22), "2026"), Vec::<String>::new(), "under way");
    assert_eq!(of(date(2026, 11, 22), "2027"), ["NPR-06 R year-future operating_year"]);
    for year in ["", "25", "20255", "totusen", "0000"] {
        assert_eq!(
            of(date(2026, 11, 22), year),
            ["NPR-06 R year-missing operating_year"],
            "{year}"
        );
    }
    let mut bench = Bench::new();
    bench.settings.kept_for = "P6M".parse().unwrap();
    assert_eq!(judge_on(&bench, |_| ()).found(), past, "a shorter time is configured");
}

#[test]
fn npr_07_municipal_co_funding_begins_with_2012() {
    let of = |purpose: &str, year: &str| {
        let mut bench = Bench::new();
        bench.today = date(2013, 3, 1);
        judge_on(&bench, |table| {
            table.line("purpose", purpose).line("operating_year", year);
        })
        .found()
    };
    assert_eq!(of("kmf", "2011"), ["NPR-07 R - operating_year"]);
    assert_eq!(of("kmf", "2012"), Vec::<String>::new());
    assert_eq!(of("isf", "2011"), Vec::<String>::new());
}

#[test]
fn every_gate_that_is_shut_is_told_at_once() {
    let outcome = judge(|table| {
        table.line("purpose", "kmf").line("operating_year", "2011");
    });
    let want = ["NPR-06 R year-past operating_year"];
    assert_eq!(outcome.found(), want, "whether 2011 is too early no longer matters");
    let outcome = judge(|table| {
        table.line("purpose", "noe").line("operating_year", "1999").line("legal_basis", "");
    });
    assert_eq!(outcome.found(), ["NPR-01 R - purpose", "NPR-06 R year-past operating_year"]);
}

#[test]
fn what_stands_above_the_table_may_be_written_in_many_ways() {
    let text = super::bench::Table::new().write();
    let (above, table) = text.split_at(text.find("pasientNr").unwrap());
    assert!(above.contains("#purpose=isf"));
    for above in [
        "\u{FEFF}#purpose=isf\n#operating_year=2025\n",
        "#OPERATING_YEAR = 2025 \r\n# Purpose = \"isf\" \r\n",
        "#created=20260202\n#operating_year=2025;;;;\n#purpose=isf;;;;\n",
        "#institution=974760673\n#purpose=isf\n#legal_basis=§ 3-3, første ledd\n#operating_year=2025\n",
        "#rows=3\n#purpose=isf\n#operating_year=2025\n",
    ] {
        let outcome = Bench::new().read(&format!("{above}{table}"));
        assert_eq!((outcome.verdict(), outcome.found()), (Verdict::Accepted, vec![]), "{above}");
    }
    for (line, want) in [
        ("#kontakt=Kari Nordmann", "NPR-04 W key-unknown -"),
        ("#institution=Sykehuset", "NPR-04 W key-value -"),
        ("#created=i går", "NPR-04 W key-value -"),
    ] {
        let outcome = Bench::new().read(&format!("{line}\n{above}{table}"));
        assert_eq!(
            (outcome.verdict(), outcome.found()),
            (Verdict::Accepted, vec![want.to_owned()])
        );
        let (_, value) = line.split_once('=').unwrap();
        assert!(!outcome.text().contains(value));
    }
    for to in [",", "\t"] {
        let other = table.replace("1,25", "1.25").replace("0,5", "0.5").replace(';', to);
        let outcome = Bench::new().read(&format!("{above}{other}"));
        assert_eq!((outcome.verdict(), outcome.found()), (Verdict::Accepted, vec![]));
    }
}
