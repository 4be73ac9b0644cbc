//! Bytes to records: recognise, encodings, XML, CSV, spreadsheets, envelopes. Knows no kind.

pub mod base64;
pub mod csv;
pub mod envelope;
pub mod msghead;
pub mod recognise;
pub mod structure;
pub mod text;
pub mod xlsx;
pub mod xml;
pub mod zip_guard;
