//! Lines for the journal, without personal data: ids, counts and codes of ours.

use std::{io, panic};

use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

use crate::config::{Log, words::LogFormat};

/// Sends log lines to standard error, where systemd takes them up. `RUST_LOG` wins over the
/// configured level. Does nothing when a log has been set up already.
pub fn start(config: Log) {
    let level = config.level.as_str();
    let configured = format!("off,filsluse={level}");
    let level = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(configured));
    // A library's own lines may quote what it was reading, such as the name of a sender's file.
    // Only ours are known to be clean, so `RUST_LOG` cannot turn the others on.
    let ours = filter_fn(|line| line.target().split("::").next() == Some("filsluse"));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    let layer = match config.format {
        LogFormat::Json => lines.json().boxed(),
        // The journal stamps each line itself, and knows the unit.
        LogFormat::Text => lines.without_time().with_ansi(false).boxed(),
    };
    let _ = registry().with(layer.with_filter(level.and(ours))).try_init();
}

/// Panics tell where they happened and nothing else: a message may quote what was being read.
pub fn silence_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(code = "panicked", place, "A fault of ours; report it with this place.");
    }));
}
