//! What a text that somebody wrote says: who somebody is ([`identity`], and what is
//! [introduced](introduced_names) by a word), and whether it [says anything](says_something). Knows no
//! form.

pub mod identity;
pub mod introduced_names;
pub mod says_something;
