//! Makes files as municipalities send them, of any size, about people who do not exist. See
//! `examples/README.md`.
#![expect(clippy::print_stderr, reason = "a program for developers")]

mod generator;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use generator::{Kind, Order, defects::Defect, document::Encoding, generate};

/// Makes synthetic KPR event messages and annual IPLOS submissions.
#[derive(Parser)]
struct Arguments {
    /// Which message.
    #[arg(long, value_enum)]
    kind: Kind,
    /// Size of the document: 4K, 100M, 1G (of 1024). At most 1 % less is written.
    #[arg(long, value_parser = size)]
    bytes: u64,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to; standard output if not given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The service year; 2017 for the annual submission, 2024 for events if not given.
    #[arg(long, value_parser = clap::value_parser!(i32).range(2010..=2099))]
    year: Option<i32>,
    /// The municipality, four digits.
    #[arg(long, default_value = "0301", value_parser = municipality)]
    municipality: String,
    /// How many defects to plant.
    #[arg(long, default_value_t = 0)]
    defects: usize,
    /// Which sorts take turns; all that do not strike the whole message if not given.
    #[arg(long = "defect", value_enum)]
    sorts: Vec<Defect>,
    /// Where the list of what must be found goes, as JSON.
    #[arg(long)]
    defects_list: Option<PathBuf>,
    /// How characters become bytes.
    #[arg(long, value_enum, default_value = "utf-8")]
    encoding: Encoding,
    /// Puts a `MsgHead` 1.2 around it.
    #[arg(long)]
    msghead: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> io::Result<()> {
    let kind = arguments.kind;
    let year = arguments.year.unwrap_or(if kind == Kind::KprEvent { 2024 } else { 2017 });
    let sorts =
        if arguments.sorts.is_empty() { Defect::usual(kind, year) } else { arguments.sorts };
    if let Some(defect) = sorts.iter().find(|defect| defect.expected(kind).is_none()) {
        let message = format!("{} does not fit into {}", defect.name(), kind.name());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    if sorts.contains(&Defect::ExpiredService)
        && !Defect::usual(kind, year).contains(&Defect::ExpiredService)
    {
        let message =
            "expired-service: no service type had expired in that year; name a later --year";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let order = Order {
        kind,
        bytes: arguments.bytes,
        seed: arguments.seed,
        year,
        municipality: arguments.municipality,
        defects: arguments.defects,
        sorts,
        encoding: arguments.encoding,
        msghead: arguments.msghead,
    };
    let mut sink: Box<dyn Write> = match &arguments.out {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let ledger = match generate(&order, &mut sink) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        other => other?,
    };
    if let Some(path) = arguments.defects_list {
        fs::write(path, ledger.json(&order))?;
    }
    let planted = ledger.planted.len();
    eprintln!("{} bytes, {} records, {planted} defects", ledger.bytes, ledger.records);
    if planted < order.defects {
        // Each service type of a later phase is told once, so there are only so many.
        eprintln!("{} defects found no place", order.defects - planted);
    }
    Ok(())
}

fn size(text: &str) -> Result<u64, String> {
    let units = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];
    let unit = units.into_iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
    let (number, size) = unit.unwrap_or((text, 1));
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(size));
    bytes.ok_or_else(|| "write a number of bytes, or one with K, M or G".to_owned())
}

fn municipality(text: &str) -> Result<String, String> {
    let right = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { Ok(text.to_owned()) } else { Err("four digits".to_owned()) }
}
