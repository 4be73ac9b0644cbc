//! Bytes to records: recognise, encodings, XML, CSV, spreadsheets, envelopes. Knows no kind.

pub mod text;
pub mod text_read;
pub mod xml;
pub mod csv;
pub mod envelope;
pub mod recognise;
pub mod structure;
pub mod xlsx;
pub mod zip_guard;
