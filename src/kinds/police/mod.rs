//! The police exchange: requests and notices that go out under a legal basis, replies that come in
//! and must find their request.
//!
//! Police content is identified by nature: it is sealed to the journal's recipients or to the
//! police district's, is never pseudonymised into a register, and its text reaches no log.

pub mod basis;
pub mod state;
