//! `filsluse demo`: the whole story on a throw-away installation, from the first upload to the
//! erasure, told on standard output.
//!
//! The installation, the engine and every file are real; only the people are made up. Nothing that
//! is shown is written here beforehand: verdicts come from the catalogue, words from the receipts.
//! Needs no root, no network and no configuration, and touches nothing outside its directory.

pub mod clock;
mod error;
pub mod gates;
pub mod installation;
pub mod interrupt;
pub mod page;
pub mod scenes;
pub mod showing;
pub mod stage;
pub mod story;
pub mod upload;

use std::{io, path::PathBuf};

pub use error::DemoError;

use crate::{
    daemon::{lock::StateLock, open, service},
    demo::{
        clock::StoryClock,
        installation::Installation,
        interrupt::Interrupt,
        page::{Page, Style},
        stage::Stage,
    },
    pipeline::upkeep::erase,
};

/// What the demonstration is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where the installation is made, and kept; without it in a temporary directory that is
    /// removed at the end.
    pub dir: Option<PathBuf>,
    /// Ends after the story, where the daemon would stay up.
    pub once: bool,
}

/// Tells the story on standard output.
///
/// # Errors
/// When the directory is taken already, when something of the machine fails, and when a step of the
/// story does not end as it should.
pub fn run(options: &Options) -> Result<(), DemoError> {
    let mut out = anstream::stdout();
    let mut page = Page::new(&mut out);
    let made = Installation::make(options.dir.as_deref())?;
    // Ends before the daemon starts, which heeds Ctrl-C itself.
    let interrupt = made.is_temporary().then(|| Interrupt::removes(&made.dir)).transpose()?;
    opening(&mut page, &made)?;
    tell(&mut page, &made)?;
    drop(interrupt);
    if page.surprises() > 0 {
        return Err(DemoError::Surprises { count: page.surprises() });
    }
    if options.once {
        return goodbye(&mut page, &made);
    }
    staying_up(&mut page, &made)?;
    service::run(&made.layout.main_file())?;
    if made.is_temporary() {
        page.line(&format!("{} is removed.", made.dir.display()))?;
    }
    Ok(())
}

/// Opens the installation on a clock of the story's own, and plays everything on it.
fn tell(page: &mut Page<'_>, made: &Installation) -> Result<(), DemoError> {
    let config = open::load(&made.layout.main_file())?;
    let lock = StateLock::take(&config.places.state_dir)?;
    let clock = StoryClock::behind_by(story::DAYS);
    let house = open::open_house(&lock, config, clock.to_now(), open::system_random()?)?;
    let stage = Stage::start(house)?;
    let told = story::tell(page, &stage, made, &clock);
    // Whatever came of it: the threads end before the directory goes.
    let house = stage.close();
    told?;
    // The engine has seen the clock move, as it must, and nothing more would be erased: the
    // operator of the story says that it is right.
    erase::run(&house, house.now(), true)?;
    drop(house);
    showing::audit(page, made)
}

fn opening(page: &mut Page<'_>, made: &Installation) -> io::Result<()> {
    page.styled(Style::Title, "filsluse: a demonstration")?;
    page.line("Everybody in it is made up: the numbers are synthetic (month + 80).")?;
    page.line(&format!(
        "Its clock begins {} days ago, so that the story ends today.",
        story::DAYS
    ))?;
    page.line("")?;
    let kept = if made.is_temporary() { "removed at the end" } else { "kept" };
    page.line(&format!("A throw-away installation was made, {kept}:"))?;
    page.line(&format!("    {}", made.dir.display()))?;
    let senders: Vec<_> = made.senders().map(|sender| sender.id.as_str()).collect();
    page.line(&format!("Its senders: {}.", senders.join(", ")))?;
    page.line("The daemon's own engine runs on it; files come as an SFTP client would write them.")
}

fn goodbye(page: &mut Page<'_>, made: &Installation) -> Result<(), DemoError> {
    page.heading("What to look at next")?;
    if made.is_temporary() {
        page.line(
            "The installation is removed again. To keep it, or to leave the daemon running:",
        )?;
        page.command("demo --dir DIR --once")?;
        page.command("demo")?;
    } else {
        showing::paths(page, made)?;
        page.line("To set the daemon going on it again:")?;
        page.command(&format!("run{}", made.config_flag()))?;
    }
    Ok(())
}

fn staying_up(page: &mut Page<'_>, made: &Installation) -> io::Result<()> {
    page.heading("The daemon stays up; Ctrl-C ends it")?;
    showing::paths(page, made)?;
    page.line("Drop a file, and find the receipt a second later:")?;
    let (inbound, outbound, example) = made.try_it()?;
    page.line(&format!("    cp {} {}", example.display(), inbound.display()))?;
    page.line(&format!("    ls {}", outbound.display()))?;
    page.line("")
}
