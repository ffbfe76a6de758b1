//! Splatwright: a studio for 3D Gaussian splats.

use std::process::ExitCode;

fn main() -> ExitCode {
    app::cli::main()
}
