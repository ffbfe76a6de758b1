//! The project file: a whole scene with its history in one zip.
//!
//! | entry | content |
//! | --- | --- |
//! | `manifest.json` | version, what is inside, the shape of every cloud; the only entry a person may read |
//! | `scene.mpk` | the nodes, the environment (MessagePack) |
//! | `history.mpk` | the steps to undo and redo (MessagePack) |
//! | `clouds/N.bin` | the arrays of a cloud one after the other, little-endian, not compressed |
//! | `layouts/N.mpk` | how a PLY file that a layer came from was laid out |
//! | `attachments/NAME` | what the shell adds: the view, how generated layers were made |
//!
//! Nodes and steps name clouds by number, so a cloud that many steps share is there once.
//! Like every file it is written beside its place and renamed.

mod parts;
mod read;
mod write;

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::IoError;
use crate::{History, Payload, Scene};
pub(crate) use parts::{cloud as shared_cloud, flags as flag_bytes, layout as shared_layout};

/// Ending of project files, without the dot.
pub const PROJECT_EXTENSION: &str = "splatwright";
/// The newest version that this program reads, and the one that it writes.
const VERSION: u32 = 1;
const FORMAT: &str = "splatwright-project";

/// Why a project file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are the things that the messages name"
)]
pub enum ProjectError {
    #[error("this is not a Splatwright project; choose another file")]
    NotProject,
    #[error(
        "the project was written by a newer Splatwright (version {found} of the format, this one reads up to {known}); update Splatwright to open it"
    )]
    Newer { found: u32, known: u32 },
    #[error(
        "the project is damaged: {what}; open a copy of it, or what was put aside after a crash"
    )]
    Damaged { what: String },
    #[error("the project cannot be read to its end ({0}); check the disk or copy it again")]
    Read(#[from] std::io::Error),
}

/// Everything that a project file holds.
#[derive(Debug, Clone)]
pub struct Project {
    /// The document.
    pub scene: Scene,
    /// Its steps.
    pub history: History,
    /// What the shell keeps with it, by name (letters, digits, `-`, `.`).
    pub attachments: BTreeMap<String, Vec<u8>>,
}

impl Project {
    /// The scene and the history as they are now, without what still arrives. Clouds are shared.
    pub fn snapshot(scene: &Scene, history: &History) -> Self {
        let mut scene = scene.clone();
        let arriving =
            |payload: &Payload| matches!(payload, Payload::Splats(layer) if layer.incoming);
        scene.nodes.retain(|_, node| !arriving(&node.payload));
        let nodes = &scene.nodes;
        scene.order.retain(|id| nodes.contains_key(id));
        Self {
            scene,
            history: history.clone(),
            attachments: BTreeMap::new(),
        }
    }
}

/// What `manifest.json` says.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    written_by: String,
    /// For people; the scene says it again.
    layers: Vec<LayerLine>,
    clouds: Vec<CloudShape>,
    layouts: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct LayerLine {
    name: String,
    splats: usize,
    source: String,
}

/// What must be known to read a cloud's arrays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CloudShape {
    splats: u64,
    sh_degree: u32,
    columns: Vec<ColumnShape>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ColumnShape {
    name: String,
    width: usize,
    scalar: String,
}

pub use read::load_project;
pub use write::save_project;

/// Whether the file's ending is that of a project.
pub fn is_project_path(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(PROJECT_EXTENSION))
}

fn project_error(path: &Path, problem: ProjectError) -> IoError {
    IoError::Project {
        path: path.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests;
