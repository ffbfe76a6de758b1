//! Finds and loads ONNX Runtime's shared library.
//!
//! The library is looked for at run time, so the app starts (and says what is missing) without it.
//! One library and one environment live per process; all sessions share one thread pool.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Why ONNX Runtime does not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// Nothing was found anywhere.
    #[error(
        "ONNX Runtime was not found: run `cargo xtask setup`, or install it (pip install onnxruntime) and set ORT_DYLIB_PATH to its libonnxruntime file. Looked at: {}",
        list(.looked_at)
    )]
    NotFound {
        /// Every place that was tried.
        looked_at: Vec<PathBuf>,
    },
    /// The file that was asked for is not there.
    #[error(
        "the ONNX Runtime library is not at the given place: correct ORT_DYLIB_PATH or the setting: {}",
        .path.display()
    )]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file is there but is not ONNX Runtime for this machine.
    #[error(
        "this file is not an ONNX Runtime library for this machine ({reason}): point ORT_DYLIB_PATH to libonnxruntime: {}",
        .path.display()
    )]
    NotALibrary {
        /// The file.
        path: PathBuf,
        /// What the loader says.
        reason: String,
    },
    /// The library is too old.
    #[error(
        "this ONNX Runtime is version {found}, but 1.{needed_minor} or newer is needed: install a newer one (pip install -U onnxruntime): {}",
        .path.display()
    )]
    WrongVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// Lowest minor version that works.
        needed_minor: u32,
    },
    /// Another library is in use already.
    #[error(
        "ONNX Runtime is loaded already; restart to use the other library: {}",
        .path.display()
    )]
    AlreadyLoaded {
        /// The library in use.
        path: PathBuf,
    },
    /// ONNX Runtime reported an error.
    #[error("ONNX Runtime failed: {message}")]
    Failed {
        /// Its own words.
        message: String,
    },
}

impl From<ort::Error> for RuntimeError {
    fn from(error: ort::Error) -> Self {
        Self::Failed {
            message: error.to_string(),
        }
    }
}

/// The loaded library.
#[derive(Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
    path: PathBuf,
    threads: usize,
}

/// `ort` keeps the library for the life of the process, so we do too.
static LOADED: Mutex<Option<Arc<Runtime>>> = Mutex::new(None);

impl Runtime {
    /// Loads ONNX Runtime, or returns the one that is loaded.
    ///
    /// Order: `explicit`, the variable `ORT_DYLIB_PATH`, beside the executable, the cache folder
    /// `splatwright/onnxruntime`, the system's library path. A place given by hand is never passed over.
    pub fn load(explicit: Option<&Path>) -> Result<Arc<Self>, RuntimeError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            return match explicit {
                Some(path) if !same_file(path, &runtime.path) => Err(RuntimeError::AlreadyLoaded {
                    path: runtime.path.clone(),
                }),
                _ => Ok(Arc::clone(runtime)),
            };
        }
        let (builder, path) = find(explicit)?;
        let runtime = Arc::new(Self::start(builder, path)?);
        *loaded = Some(Arc::clone(&runtime));
        Ok(runtime)
    }

    fn start(
        builder: ort::environment::EnvironmentBuilder,
        path: PathBuf,
    ) -> Result<Self, RuntimeError> {
        let threads = std::thread::available_parallelism().map_or(2, |n| n.get().min(8));
        // Idle pool threads must sleep: between two small networks the cores belong to rayon.
        let pool = ort::environment::GlobalThreadPoolOptions::default()
            .with_intra_threads(threads)?
            .with_inter_threads(1)?
            .with_spin_control(false)?;
        let environment = builder
            .with_name("splatwright")
            .with_telemetry(false)
            .with_global_thread_pool(pool)
            .build()?;
        environment.set_log_level(ort::logging::LogLevel::Error);
        log::info!("ONNX Runtime: {}", path.display());
        Ok(Self {
            environment,
            path,
            threads,
        })
    }

    /// The library file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Threads of the pool that all sessions share.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The library's own description: branch, commit and compiler flags.
    pub fn description(&self) -> &'static str {
        ort::info()
    }

    pub(crate) fn environment(&self) -> &ort::environment::Environment {
        &self.environment
    }
}

fn find(
    explicit: Option<&Path>,
) -> Result<(ort::environment::EnvironmentBuilder, PathBuf), RuntimeError> {
    let by_hand = explicit.map(Path::to_path_buf).or_else(|| {
        std::env::var_os("ORT_DYLIB_PATH")
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    });
    if let Some(path) = by_hand {
        if !path.is_file() {
            return Err(RuntimeError::Missing { path });
        }
        return open(&path).map(|builder| (builder, path));
    }
    let mut looked_at = Vec::new();
    let mut first_error = None;
    for path in candidates() {
        if path.is_absolute() && !path.is_file() {
            looked_at.push(path);
            continue;
        }
        match open(&path) {
            Ok(builder) => return Ok((builder, path)),
            // A bare name that the system does not know is "not found", not "broken".
            Err(error) if path.is_absolute() => first_error = first_error.or(Some(error)),
            Err(_) => looked_at.push(path),
        }
    }
    Err(first_error.unwrap_or(RuntimeError::NotFound { looked_at }))
}

/// Loads one library; `ort` leaves nothing behind when it fails.
fn open(path: &Path) -> Result<ort::environment::EnvironmentBuilder, RuntimeError> {
    use ort::LoadDynamicError as E;
    let path_of = || path.to_path_buf();
    // `ort` asserts on libraries whose entry points misbehave; that must not end the process.
    let result = std::panic::catch_unwind(|| ort::init_from(path)).map_err(|_panic| {
        RuntimeError::NotALibrary {
            path: path_of(),
            reason: "its entry point does not answer".to_owned(),
        }
    })?;
    result.map_err(|error| match error {
        E::BadVersion { version_str, .. } => RuntimeError::WrongVersion {
            path: path_of(),
            found: version_str,
            needed_minor: ort::MINOR_VERSION,
        },
        E::Dlopen { error, .. } => RuntimeError::NotALibrary {
            path: path_of(),
            reason: error.to_string(),
        },
        E::MissingApi { .. } => RuntimeError::NotALibrary {
            path: path_of(),
            reason: "it does not export OrtGetApiBase".to_owned(),
        },
        E::InvalidVersionString => RuntimeError::NotALibrary {
            path: path_of(),
            reason: "its version cannot be read".to_owned(),
        },
    })
}

/// Places to look at when none was given.
fn candidates() -> Vec<PathBuf> {
    let name = format!(
        "{}onnxruntime{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let mut places = Vec::new();
    if let Some(folder) = std::env::current_exe()
        .ok()
        .as_deref()
        .and_then(Path::parent)
    {
        places.push(folder.join(&name));
        places.push(folder.join("lib").join(&name));
    }
    if let Some(folder) = cache_folder() {
        // Set-up keeps every version in a folder of its own.
        for folder in versions_in(&folder) {
            places.extend(libraries_in(&folder));
        }
        places.extend(libraries_in(&folder));
        places.push(folder.join(&name));
    }
    places.push(PathBuf::from(name));
    if cfg!(target_os = "linux") {
        places.push(PathBuf::from("libonnxruntime.so.1"));
    }
    places
}

/// The folder of the user's cache in which set-up puts ONNX Runtime.
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")?
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?
    };
    Some(base.join("splatwright").join("onnxruntime"))
}

/// The folders in a folder, the newest version first.
fn versions_in(folder: &Path) -> Vec<PathBuf> {
    let version = |path: &PathBuf| -> Vec<u32> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.split('.').filter_map(|n| n.parse().ok()).collect()
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort_by_key(|path| std::cmp::Reverse(version(path)));
    folders
}

/// Versioned libraries (`libonnxruntime.so.1.31.1`) in a folder, the newest name first.
fn libraries_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let prefix = format!("{}onnxruntime.", std::env::consts::DLL_PREFIX);
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| {
            let name = path
                .file_name()?
                .to_str()?
                .strip_prefix(&prefix)?
                .to_owned();
            let version = name.split('.').filter_map(|s| s.parse().ok()).collect();
            Some((version, path))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    names.join(", ")
}
