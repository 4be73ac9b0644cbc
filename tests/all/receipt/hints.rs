//! Every hint that a kind or the pipeline gives has words of its own in both languages.

use std::collections::BTreeSet;

use filsluse::{
    kinds::{embassy, kpr, npr, police},
    pipeline, signature,
};

#[test]
fn every_hint_has_words_in_both_languages() {
    for hints in [
        embassy::hints::ALL,
        kpr::hints::ALL,
        npr::hints::ALL,
        police::hints::ALL,
        pipeline::pass::hints::ALL,
        signature::wrong::ALL,
    ] {
        let mut keys = BTreeSet::new();
        for hint in hints {
            let (key, nb, en) = (hint.key, hint.text.nb, hint.text.en);
            assert!(keys.insert(key), "{key} stands twice in its room");
            assert!(key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{key}");
            assert!(!nb.is_empty() && !en.is_empty() && nb != en, "{key}");
            if let Some(cure) = &hint.cure {
                assert!(cure.nb.ends_with('.') && cure.en.ends_with('.'), "{key}");
                assert_ne!(cure.nb, cure.en, "{key}");
            }
        }
    }
}
