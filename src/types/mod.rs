//! The vocabulary of the house: what may be printed, what may not, and what a finding says.
//!
//! Names nothing of ours. Types that hold personal data have a redacting `Debug`, and neither
//! `Display` nor `Serialize`.

pub mod alarm;
pub mod case_number;
pub mod causes;
pub mod clock_and_random;
pub mod crockford;
pub mod digest;
pub mod duf;
pub mod finding;
pub mod guid;
pub mod header_key;
pub mod identity_mode;
pub mod ids;
pub mod key_fingerprint;
pub mod mission_code;
pub mod municipality;
pub mod national_id;
pub mod npr_release;
pub mod org_number;
pub mod period;
pub mod permit;
pub mod plain_file;
pub mod pseudonym;
pub mod rule;
pub mod rules;
pub mod secret;
pub mod sync;
pub mod verdict;
pub mod years;
