//! The `filsluse` command: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    filsluse::cli::main()
}
