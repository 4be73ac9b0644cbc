//! What is wrong in a configuration: file, line, key, and what to write instead. All at once.
//!
//! Values that could be a secret pasted into the wrong place are never repeated in a message.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// One thing that must be put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file (for the environment: the directory or key file) that it stands in.
    pub file: PathBuf,
    /// Line, from 1; `None` where the file as a whole is meant.
    pub line: Option<usize>,
    /// The key with its tables, such as `intake.settle`; empty where no key is meant.
    pub key: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A configuration that cannot be used, with every problem found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// In the order of the files and lines; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.problems.len() == 1 { "problem" } else { "problems" };
        write!(f, "the configuration has {} {plural}:", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

/// One file's text, and the problems found in it so far.
pub(super) struct Page<'a> {
    path: &'a Path,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Page<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Self { path, text, problems }
    }

    /// Notes a problem at a place in the text, given in bytes.
    pub(super) fn problem(
        &mut self,
        key: &str,
        place: Option<Range<usize>>,
        message: impl Into<String>,
    ) {
        let line = place.map(|place| self.line(place.start));
        let (file, key, message) = (self.path.to_owned(), key.to_owned(), message.into());
        self.problems.push(Problem { file, line, key, message });
    }

    /// Whether a problem with this key has been noted in this file.
    pub(super) fn names(&self, key: &str) -> bool {
        self.problems.iter().any(|problem| problem.file == self.path && problem.key == key)
    }

    /// Whether any problem has been noted in this file.
    pub(super) fn has_problems(&self) -> bool {
        self.problems.iter().any(|problem| problem.file == self.path)
    }

    /// How many problems have been noted in this file.
    pub(super) fn problem_count(&self) -> usize {
        self.problems.iter().filter(|problem| problem.file == self.path).count()
    }

    fn line(&self, offset: usize) -> usize {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.split(|byte| *byte == b'\n').count().saturating_sub(1)
    }
}
