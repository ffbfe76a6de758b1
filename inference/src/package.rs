//! A model package on disk: opened once, checked wholly, then trusted.
//!
//! [`Package::open`] reads every listed file, compares size and SHA-256 and keeps the bytes, so
//! that what was checked is what runs. Graphs are compared with their declaration when their
//! session is made ([`Package::session`]), before anything runs.

pub mod manifest;
mod onnx;
mod paths;
mod seal;
mod self_test;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::error::InferenceError;
use crate::npy::{Npy, NpyError};
use crate::runtime::Runtime;
use crate::session::{Port, Session};
use crate::stages::Plan;
use manifest::{Dim, File, IoPort, Manifest, Role};
pub use seal::seal;
pub use self_test::GoldenCheck;

/// The format this version reads.
pub const FORMAT: &str = "splatpack/1";
/// Larger manifests are refused.
const MAX_MANIFEST_BYTES: u64 = 1 << 20;
/// All files together may not be larger; they are kept in memory.
const MAX_PACKAGE_BYTES: u64 = 2 << 30;

/// Why a package cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// No manifest.
    #[error("this folder is not a model package (it has no manifest.toml): {}", .path.display())]
    NotAPackage {
        /// The folder.
        path: PathBuf,
    },
    /// The manifest is not valid.
    #[error("the package's manifest cannot be understood: {message}")]
    Manifest {
        /// What is wrong and where.
        message: String,
    },
    /// Another major version of the format.
    #[error(
        "the package has format {found}, this version reads {FORMAT}: install a newer Splatwright or an older package"
    )]
    UnknownFormat {
        /// The declared format.
        found: String,
    },
    /// A path that leaves the package, or a link.
    #[error(
        "the package names a file in a way that is not allowed ({reason}); get it anew from its author: {path}"
    )]
    BadPath {
        /// The path as written.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A listed file is not there.
    #[error("a file of the package is missing; install the package again: {path}")]
    MissingFile {
        /// The file.
        path: String,
    },
    /// A file is there that the manifest does not list.
    #[error(
        "the package holds a file that its manifest does not list; remove it or install the package again: {path}"
    )]
    Unlisted {
        /// The file.
        path: String,
    },
    /// A file is longer or shorter than declared.
    #[error(
        "a file of the package has {actual} bytes instead of {declared}; install the package again: {path}"
    )]
    WrongSize {
        /// The file.
        path: String,
        /// Declared size.
        declared: u64,
        /// Size on disk.
        actual: u64,
    },
    /// A file's content changed.
    #[error(
        "a file of the package was changed (its checksum differs); install the package again: {path}"
    )]
    WrongChecksum {
        /// The file.
        path: String,
    },
    /// A file cannot be read.
    #[error("a file of the package cannot be read ({reason}): {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// Too much data.
    #[error("the package is {megabytes} MB; at most {} MB are accepted", MAX_PACKAGE_BYTES >> 20)]
    TooLarge {
        /// Sum of the declared sizes.
        megabytes: u64,
    },
    /// The licence block is not complete.
    #[error("the package does not say under which licence it may be used: {reason}")]
    Licence {
        /// What is missing.
        reason: String,
    },
    /// A graph is not what the manifest declares.
    #[error(
        "the graph {graph} is not what the package declares: {reason}; install the package again"
    )]
    GraphMismatch {
        /// The graph.
        graph: String,
        /// What differs.
        reason: String,
    },
    /// A graph uses something that packages may not use.
    #[error("the graph {graph} may not be run: {reason}")]
    GraphRefused {
        /// The graph.
        graph: String,
        /// Why.
        reason: String,
    },
    /// A stage of a kind that this version does not know.
    #[error("this version cannot run stage {stage} (kind {kind}): install a newer Splatwright")]
    UnknownStage {
        /// The stage's id.
        stage: String,
        /// Its kind.
        kind: String,
    },
    /// A stage is declared wrongly.
    #[error("the stage {stage} of the package is not valid: {reason}")]
    BadStage {
        /// The stage's id.
        stage: String,
        /// What is wrong.
        reason: String,
    },
    /// A table is not what a stage needs.
    #[error("the table {table} of the package cannot be used: {source}")]
    Table {
        /// The table.
        table: String,
        /// What is wrong.
        source: NpyError,
    },
}

/// A checked package.
#[derive(Debug)]
pub struct Package {
    folder: PathBuf,
    manifest: Manifest,
    plan: Plan,
    contents: BTreeMap<String, Vec<u8>>,
    /// Sessions live as long as the package, so that the second picture starts at once.
    sessions: Mutex<BTreeMap<String, Arc<Mutex<Session>>>>,
}

impl Package {
    /// Opens and checks the package in a folder.
    pub fn open(dir: &Path) -> Result<Self, PackageError> {
        let manifest = read_manifest(dir)?;
        check_licence(&manifest)?;
        let plan = Plan::parse(&manifest)?;
        paths::check_listing(dir, &manifest)?;
        let contents = manifest
            .files
            .par_iter()
            .map(|file| Ok((file.path.clone(), read_checked(dir, file)?)))
            .collect::<Result<BTreeMap<_, _>, PackageError>>()?;
        for file in manifest.files.iter().filter(|f| f.role == Role::Graph) {
            if file.io.is_none() {
                return Err(PackageError::GraphMismatch {
                    graph: file.path.clone(),
                    reason: "it declares no inputs and outputs".to_owned(),
                });
            }
            onnx::check(&file.path, &contents[&file.path], &manifest.requires)?;
        }
        Ok(Self {
            folder: dir.to_path_buf(),
            manifest,
            plan,
            contents,
            sessions: Mutex::default(),
        })
    }

    /// The folder it was opened from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the package says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The stages in order.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The checked bytes of a listed file, by its path inside the package.
    pub fn bytes(&self, path: &str) -> Result<&[u8], PackageError> {
        self.contents
            .get(path)
            .map(Vec::as_slice)
            .ok_or_else(|| PackageError::MissingFile {
                path: path.to_owned(),
            })
    }

    /// A table by its name in the folder `tables`, like "head_mean.npy".
    pub fn table(&self, name: &str) -> Result<Npy, PackageError> {
        Npy::parse(self.bytes(&format!("tables/{name}"))?).map_err(|e| table_error(name, e))
    }

    /// A text table by its name in the folder `tables`, like "landmark_sets.json".
    pub fn table_text(&self, name: &str) -> Result<&str, PackageError> {
        std::str::from_utf8(self.bytes(&format!("tables/{name}"))?).map_err(|_e| {
            table_error(
                name,
                NpyError::Format {
                    reason: "it is not text".to_owned(),
                },
            )
        })
    }

    /// The session of a graph, made at the first call and compared with its declaration.
    pub fn session(
        &self,
        runtime: &Runtime,
        graph: &str,
    ) -> Result<Arc<Mutex<Session>>, InferenceError> {
        if let Some(session) = self.known_session(graph) {
            return Ok(session);
        }
        let session = Session::new(runtime, graph, self.bytes(graph)?)?;
        self.check_ports(graph, &session)?;
        let session = Arc::new(Mutex::new(session));
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(
            sessions.entry(graph.to_owned()).or_insert(session),
        ))
    }

    /// Makes the sessions of all graphs that the stages run, in parallel.
    pub fn prepare(&self, runtime: &Runtime) -> Result<(), InferenceError> {
        self.plan
            .graphs()
            .into_par_iter()
            .try_for_each(|graph| self.session(runtime, graph).map(drop))
    }

    fn known_session(&self, graph: &str) -> Option<Arc<Mutex<Session>>> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(graph).map(Arc::clone)
    }

    fn check_ports(&self, graph: &str, session: &Session) -> Result<(), PackageError> {
        let io = self
            .manifest
            .file(graph)
            .and_then(|file| file.io.as_ref())
            .ok_or_else(|| PackageError::MissingFile {
                path: graph.to_owned(),
            })?;
        for (side, declared, actual) in [
            ("input", &io.inputs, session.inputs()),
            ("output", &io.outputs, session.outputs()),
        ] {
            let fail = |reason: String| PackageError::GraphMismatch {
                graph: graph.to_owned(),
                reason,
            };
            if declared.len() != actual.len() {
                return Err(fail(format!(
                    "it has {} {side}s, {} are declared",
                    actual.len(),
                    declared.len()
                )));
            }
            for port in declared {
                let found = actual
                    .iter()
                    .find(|a| a.name == port.name)
                    .ok_or_else(|| fail(format!("it has no {side} named {}", port.name)))?;
                if let Some(reason) = difference(port, found) {
                    return Err(fail(format!("{side} {}: {reason}", port.name)));
                }
            }
        }
        Ok(())
    }
}

/// A table error that names the table; for the stages that interpret tables.
pub fn table_error(table: &str, source: NpyError) -> PackageError {
    PackageError::Table {
        table: table.to_owned(),
        source,
    }
}

fn read_manifest(dir: &Path) -> Result<Manifest, PackageError> {
    let path = dir.join("manifest.toml");
    let unreadable = |e: std::io::Error| PackageError::Unreadable {
        path: path.display().to_string(),
        reason: e.to_string(),
    };
    if !path.is_file() {
        return Err(PackageError::NotAPackage {
            path: dir.to_path_buf(),
        });
    }
    if path.metadata().map_err(unreadable)?.len() > MAX_MANIFEST_BYTES {
        return Err(PackageError::Manifest {
            message: "it is larger than 1 MB".to_owned(),
        });
    }
    parse_manifest(&std::fs::read_to_string(&path).map_err(unreadable)?)
}

/// The format is looked at first, so that a newer package is called newer and not broken.
fn parse_manifest(text: &str) -> Result<Manifest, PackageError> {
    let wrong = |e: toml::de::Error| PackageError::Manifest {
        message: e.to_string().trim_end().to_owned(),
    };
    let table: toml::Table = text.parse().map_err(wrong)?;
    let format = table.get("format").and_then(toml::Value::as_str);
    if format != Some(FORMAT) {
        return Err(PackageError::UnknownFormat {
            found: format.unwrap_or("(none)").to_owned(),
        });
    }
    toml::from_str(text).map_err(wrong)
}

fn check_licence(manifest: &Manifest) -> Result<(), PackageError> {
    let license = &manifest.license;
    let fail = |reason: &str| {
        Err(PackageError::Licence {
            reason: reason.to_owned(),
        })
    };
    if license.code.trim().is_empty() || license.weights.trim().is_empty() {
        return fail("license.code and license.weights must name a licence");
    }
    if license.attribution.is_empty() {
        return fail("license.attribution must name the makers");
    }
    let has_text = manifest.files.iter().any(|f| f.role == Role::Licence);
    if !has_text {
        return fail("no file has the role licence");
    }
    match &license.notice_file {
        Some(path) if manifest.file(path).is_none() => fail("license.notice_file is not listed"),
        _ => Ok(()),
    }
}

fn read_checked(dir: &Path, file: &File) -> Result<Vec<u8>, PackageError> {
    let bytes = std::fs::read(dir.join(&file.path)).map_err(|e| PackageError::Unreadable {
        path: file.path.clone(),
        reason: e.to_string(),
    })?;
    if bytes.len() as u64 != file.bytes {
        return Err(PackageError::WrongSize {
            path: file.path.clone(),
            declared: file.bytes,
            actual: bytes.len() as u64,
        });
    }
    if !file.sha256.eq_ignore_ascii_case(&sha256_hex(&bytes)) {
        return Err(PackageError::WrongChecksum {
            path: file.path.clone(),
        });
    }
    Ok(bytes)
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// What differs between a declared and a real port.
fn difference(declared: &IoPort, actual: &Port) -> Option<String> {
    if declared.dtype != actual.dtype {
        return Some(format!(
            "its type is {}, {} is declared",
            actual.dtype, declared.dtype
        ));
    }
    if declared.shape.len() != actual.shape.len() {
        return Some(format!(
            "it has {} axes, {} are declared",
            actual.shape.len(),
            declared.shape.len()
        ));
    }
    declared
        .shape
        .iter()
        .zip(&actual.shape)
        .enumerate()
        .find_map(|(axis, pair)| match pair {
            (Dim::Fixed(d), Some(a)) if d != a => {
                Some(format!("axis {axis} is {a} long, {d} is declared"))
            }
            _ => None,
        })
}
