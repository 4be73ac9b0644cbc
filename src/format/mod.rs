//! Bytes to records: recognise, encodings, XML, CSV, spreadsheets, envelopes. Knows no kind.
