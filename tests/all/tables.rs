//! Tables and what they come in: CSV, spreadsheets, archives, encrypted files.

mod csv;
