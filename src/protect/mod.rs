//! Pseudonyms, field actions, and the scan of what leaves.
