//! One folder per kind of submission: its record, its rules, what leaves for which registry.
