//! Ctrl-C in the midst of the story: the temporary directory goes all the same.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    thread::{self, JoinHandle},
};

use tokio::{
    runtime,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

/// Waits for Ctrl-C until it is dropped.
pub struct Interrupt {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Interrupt {
    /// From now on Ctrl-C removes `dir` and ends the process.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn removes(dir: &Path) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let mut pressed = runtime.block_on(async { signal(SignalKind::interrupt()) })?;
        let (stop, stopped) = oneshot::channel();
        let dir: PathBuf = dir.to_owned();
        let watch = async move {
            tokio::select! {
                _ = pressed.recv() => end(&dir),
                _ = stopped => {}
            }
        };
        let thread = thread::Builder::new()
            .name("interrupt".to_owned())
            .spawn(move || runtime.block_on(watch))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn end(dir: &Path) {
    // Again while the engine's threads still write into it.
    for _ in 0..ATTEMPTS {
        if fs::remove_dir_all(dir).is_ok() {
            break;
        }
    }
    process::exit(INTERRUPTED)
}

const ATTEMPTS: usize = 10;
/// As shells tell it: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;
