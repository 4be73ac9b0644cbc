//! The exchange with the police beyond the reading of its files: what was shared is on record
//! (`exchanged`), lies where its addressee finds it (`dispatch`), waits for a person's word
//! (`decide_reply`, `disclose`), is looked after by the clock (`exchange_watch`) and is entered in
//! the case archive (`archive`).

pub mod archive;
pub mod archive_queue;
pub mod archive_refusal;
pub mod decide_reply;
pub mod disclose;
pub mod dispatch;
pub mod exchange_watch;
pub mod exchanged;
pub mod unsent;
