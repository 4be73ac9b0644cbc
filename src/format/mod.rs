//! Bytes to records: recognise, encodings, XML, CSV, spreadsheets, envelopes. Knows no kind.

pub mod csv;
pub mod recognise;
