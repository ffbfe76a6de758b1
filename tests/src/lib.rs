//! What the tests across crates share: where things are, the built studio, a virtual display.

pub mod display;
pub mod ply;
pub mod shots;
pub mod studio;
pub mod window;

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}

/// A file of the data that lies beside the repository on some machines and never in it. Says in one
/// line that a test skips where it is absent.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let path = root().join("..").join("shared").join("data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: shared/data/{name} is not on this machine");
    None
}
