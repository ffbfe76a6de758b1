//! Shaders from a folder instead of the executable, compiled anew whenever a file changes: for people
//! who write them. Debug builds only, and only where `SPLATWRIGHT_SHADERS` names the folder.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use crate::{Gpu, passes::Passes};

/// Time between two looks at the folder.
const PATIENCE: Duration = Duration::from_millis(250);

/// The folder that replaces the built-in shaders, if any.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SPLATWRIGHT_SHADERS").filter(|_| cfg!(debug_assertions));
    named.map(PathBuf::from)
}

/// Looks after the folder.
#[derive(Debug)]
pub(crate) struct Reload {
    folder: PathBuf,
    newest: Option<SystemTime>,
    looked: Instant,
}

impl Reload {
    /// `None` where the built-in shaders are used.
    pub(crate) fn start() -> Option<Self> {
        folder().map(Self::of)
    }

    fn of(folder: PathBuf) -> Self {
        Self {
            newest: newest(&folder),
            folder,
            looked: Instant::now(),
        }
    }

    /// The passes of changed files; `None` where nothing changed or the change is broken: what was
    /// compiled before stays in use then, and the log says why.
    pub(crate) fn passes(&mut self, gpu: &Gpu) -> Option<Passes> {
        if self.looked.elapsed() < PATIENCE {
            return None;
        }
        self.looked = Instant::now();
        let newest = newest(&self.folder);
        if newest <= self.newest {
            return None;
        }
        self.newest = newest;
        match try_passes(gpu, Some(&self.folder)) {
            Ok(passes) => {
                log::info!("shaders compiled anew from {}", self.folder.display());
                Some(passes)
            }
            Err(reason) => {
                log::error!(
                    "the old shaders stay in use, the changed ones do not compile; correct them and save again: {reason}"
                );
                None
            }
        }
    }
}

/// Compiles all passes, or says what is wrong with them.
fn try_passes(gpu: &Gpu, folder: Option<&Path>) -> Result<Passes, String> {
    let validity = gpu.device.push_error_scope(wgpu::ErrorFilter::Validation);
    let passes = Passes::from_folder(gpu, folder);
    match pollster::block_on(validity.pop()) {
        None => Ok(passes),
        Some(error) => Err(error.to_string()),
    }
}

/// When a file of the folder or of its `common` folder last changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    [folder.to_owned(), folder.join("common")]
        .iter()
        .filter_map(|f| std::fs::read_dir(f).ok())
        .flatten()
        .filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok())
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shader;

    #[test]
    fn broken_shaders_are_refused_and_sound_ones_taken() {
        let Some(gpu) = crate::pass_tests::device() else {
            return;
        };
        let folder =
            std::env::temp_dir().join(format!("splatwright_shaders_{}", std::process::id()));
        std::fs::create_dir_all(folder.join("common")).expect("a folder");
        shader::write_all(&folder).expect("files");
        assert!(
            try_passes(&gpu, Some(&folder)).is_ok(),
            "the shaders themselves compile from a folder"
        );
        let cull = folder.join("cull.wgsl");
        std::fs::write(&cull, "@compute fn main( {").expect("a file");
        let refused = try_passes(&gpu, Some(&folder)).expect_err("nonsense");
        assert!(refused.contains("cull"), "it names the file: {refused}");

        let mut reload = Reload::of(folder.clone());
        reload.looked -= PATIENCE;
        assert!(
            reload.passes(&gpu).is_none(),
            "nothing changed since the start"
        );
        reload.newest = Some(SystemTime::UNIX_EPOCH);
        reload.looked -= PATIENCE;
        assert!(
            reload.passes(&gpu).is_none(),
            "broken shaders are not taken"
        );
        shader::write_all(&folder).expect("files");
        reload.newest = Some(SystemTime::UNIX_EPOCH);
        reload.looked -= PATIENCE;
        assert!(reload.passes(&gpu).is_some(), "sound shaders are taken");
        std::fs::remove_dir_all(&folder).expect("cleared");
    }
}
