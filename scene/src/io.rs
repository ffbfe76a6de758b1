//! Files of splats: which formats there are, reading them in parts, writing them safely.
//!
//! Readers trust nothing: what a header claims is compared with the bytes that are there before memory
//! is taken. Writers write beside the target and rename, so a full disk leaves the old file whole.

mod atomic;
mod ply;
pub(crate) mod project;
mod warnings;

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use glam::{Quat, Vec3};

use crate::{
    Cancelled, CloudError, GaussianCloud, Progress, Sink, SplatFlags, SplatLayer, Transform,
};
pub use ply::{PlyError, PlyLayout};
pub use project::{
    PROJECT_EXTENSION, Project, ProjectError, is_project_path, load_project, save_project,
};
pub use warnings::{Warning, Warnings};

/// Why a file could not be read or written. The text says what happened, what to do, and to which file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are the things that the messages name"
)]
pub enum IoError {
    #[error("the file cannot be opened ({source}); check that it exists and may be read: {}", path.display())]
    Open {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("this is not a file of splats that can be opened here; use one of {known}: {}", path.display())]
    Unknown { path: PathBuf, known: String },
    #[error("{problem}: {}", path.display())]
    Ply { path: PathBuf, problem: PlyError },
    #[error("{problem}: {}", path.display())]
    Project {
        path: PathBuf,
        problem: ProjectError,
    },
    #[error("the file cannot be written ({source}); free some space or choose another folder, the old file is untouched: {}", path.display())]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("there is no splat to save; show or generate some first: {}", path.display())]
    NothingToSave { path: PathBuf },
    #[error("the layers cannot be put into one file ({problem}); save them one by one: {}", path.display())]
    Merge { path: PathBuf, problem: CloudError },
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
}

/// What a finished reading tells beside the splats themselves.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// How a PLY file was laid out; give it to the [`SplatLayer`] so that it saves back as it came.
    pub layout: Option<Arc<PlyLayout>>,
    /// What was repaired or left out.
    pub warnings: Warnings,
    /// The tight box around all centres.
    pub bounds: Option<(Vec3, Vec3)>,
    /// Splats handed over.
    pub splats: usize,
    /// Name of the format.
    pub format: &'static str,
}

/// How a file's splats stand in a scene: half a turn about Z.
///
/// Captures are trained in the frame of their cameras, Y down, and every viewer of 3DGS files turns
/// them like this to show them upright; so files are written in that frame too.
pub const SCENE_FROM_FILE: Transform = Transform {
    translation: Vec3::ZERO,
    rotation: Quat::from_xyzw(0.0, 0.0, 1.0, 0.0),
    scale: 1.0,
};

/// `file_from_layer` of a layer that stands in the scene at `scene_from_layer`; the identity, exactly,
/// for a layer that was opened from a file and not moved.
pub fn file_from_layer(scene_from_layer: &Transform) -> Transform {
    SCENE_FROM_FILE.inverse().compose(scene_from_layer)
}

/// One file format.
pub struct Format {
    /// Name as shown to the artist.
    pub name: &'static str,
    /// File name endings without the dot, lower case.
    pub extensions: &'static [&'static str],
    /// Whether the first bytes of a file are of this format.
    detect: fn(&[u8]) -> bool,
    load: fn(File, u64, &mut dyn Sink<GaussianCloud>) -> Result<Loaded, ply::ReadError>,
}

/// Every format that can be opened.
pub const FORMATS: &[Format] = &[Format {
    name: "PLY",
    extensions: &["ply"],
    detect: |head| head.starts_with(b"ply\n") || head.starts_with(b"ply\r\n"),
    load: ply::read_file,
}];

/// Whether the file's ending is one of a splat format; content decides when it is opened.
pub fn is_splat_path(path: &Path) -> bool {
    format_by_extension(path).is_some()
}

fn format_by_extension(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    FORMATS
        .iter()
        .find(|format| format.extensions.contains(&extension.as_str()))
}

/// Reads a file of splats in parts of at most 65 536, the format found by content, then by ending.
pub fn load(path: &Path, sink: &mut dyn Sink<GaussianCloud>) -> Result<Loaded, IoError> {
    let open_error = |source| IoError::Open {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(open_error)?;
    let metadata = file.metadata().map_err(open_error)?;
    if !metadata.is_file() {
        return Err(open_error(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "not a regular file",
        )));
    }
    let mut head = Vec::new();
    let read = file.by_ref().take(16).read_to_end(&mut head);
    read.map_err(open_error)?;
    let by_content = FORMATS.iter().find(|format| (format.detect)(&head));
    let Some(format) = by_content.or_else(|| format_by_extension(path)) else {
        return Err(IoError::Unknown {
            path: path.to_owned(),
            known: known_endings(),
        });
    };

    std::io::Seek::rewind(&mut file).map_err(open_error)?;
    (format.load)(file, metadata.len(), sink).map_err(|error| match error {
        ply::ReadError::Cancelled(cancelled) => cancelled.into(),
        ply::ReadError::Ply(problem) => IoError::Ply {
            path: path.to_owned(),
            problem,
        },
    })
}

fn known_endings() -> String {
    let endings = FORMATS.iter().flat_map(|format| format.extensions);
    let endings: Vec<String> = endings.map(|ending| format!(".{ending}")).collect();
    endings.join(", ")
}

/// Reads a whole file of splats at once.
pub fn load_all(path: &Path) -> Result<(GaussianCloud, Loaded), IoError> {
    load_into(GaussianCloud::default(), path)
}

/// The same with the Gaussians in files without names in a folder; see [`GaussianCloud::on_disk`].
pub fn load_all_on_disk(path: &Path, folder: &Path) -> Result<(GaussianCloud, Loaded), IoError> {
    let cloud = GaussianCloud::on_disk(folder).map_err(|problem| IoError::Merge {
        path: path.to_owned(),
        problem,
    })?;
    load_into(cloud, path)
}

fn load_into(cloud: GaussianCloud, path: &Path) -> Result<(GaussianCloud, Loaded), IoError> {
    let mut joined = Join {
        cloud,
        ..Join::default()
    };
    let loaded = load(path, &mut joined);
    match joined.failed {
        None => Ok((joined.cloud, loaded?)),
        Some(problem) => Err(IoError::Merge {
            path: path.to_owned(),
            problem,
        }),
    }
}

/// Joins parts as they come.
#[derive(Default)]
struct Join {
    cloud: GaussianCloud,
    failed: Option<CloudError>,
    /// Whether room for all was made.
    reserved: bool,
}

impl Sink<GaussianCloud> for Join {
    fn push(&mut self, part: GaussianCloud) -> Result<(), Cancelled> {
        // A part that does not fit leaves nothing to go on with.
        self.cloud.append(part).map_err(|error| {
            self.failed = Some(error);
            Cancelled
        })
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
        // The share of the first part tells how much will come; it is counted in bytes that are there.
        if !self.reserved && progress.done > 0 && !self.cloud.is_empty() {
            self.reserved = true;
            let share = progress.total as f64 / progress.done as f64;
            let expected = (self.cloud.len() as f64 * share) as usize;
            self.cloud
                .reserve(expected.saturating_sub(self.cloud.len()));
        }
        Ok(())
    }
}

/// Reads a PLY file that lies in memory; for tests and fuzzing.
pub fn load_ply_bytes(bytes: &[u8], sink: &mut dyn Sink<GaussianCloud>) -> Result<Loaded, IoError> {
    ply::read(bytes, bytes.len() as u64, sink).map_err(|error| match error {
        ply::ReadError::Cancelled(cancelled) => cancelled.into(),
        ply::ReadError::Ply(problem) => IoError::Ply {
            path: PathBuf::from("(memory)"),
            problem,
        },
    })
}

/// How to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveOptions {
    /// Leave out spherical harmonics above this degree.
    pub max_sh_degree: u32,
    /// Write normals, labels and all other columns too.
    pub extra_columns: bool,
}

impl Default for SaveOptions {
    /// Everything.
    fn default() -> Self {
        Self {
            max_sh_degree: 4,
            extra_columns: true,
        }
    }
}

/// What a finished saving tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaveReport {
    /// Splats written.
    pub splats: usize,
    /// Size of the file.
    pub bytes: u64,
    /// What could not be kept, in words for the artist.
    pub notes: Vec<String>,
}

/// Saves layers with their `world_from_node` as one 3DGS PLY file; deleted splats are left out.
///
/// One layer at the identity with the layout of its file is written in that layout: untouched, it is the
/// same file byte for byte. Otherwise the layers are baked, joined and written in the common order.
pub fn save(
    path: &Path,
    layers: &[(&SplatLayer, &Transform)],
    options: &SaveOptions,
) -> Result<SaveReport, IoError> {
    let write_error = |source| IoError::Write {
        path: path.to_owned(),
        source,
    };
    let alive = |layer: &SplatLayer| -> Vec<u32> {
        let rows = (0_u32..).zip(&layer.flags);
        rows.filter(|(_, flags)| !flags.intersects(SplatFlags::DELETED))
            .map(|(row, _)| row)
            .collect()
    };
    if layers.iter().all(|(layer, _)| layer.alive() == 0) {
        return Err(IoError::NothingToSave {
            path: path.to_owned(),
        });
    }

    if let [(layer, transform)] = layers {
        let changed = cloud_to_save(layer, transform, options);
        let source = ply::Source {
            cloud: changed.as_ref().unwrap_or(&layer.cloud),
            rows: alive(layer),
            layout: layer.layout.as_deref(),
        };
        return ply::write_file(path, &source).map_err(write_error);
    }
    let mut merged = GaussianCloud::default();
    for (layer, transform) in layers {
        let rows = |row: usize| !layer.flags[row].intersects(SplatFlags::DELETED);
        let changed = cloud_to_save(layer, transform, options);
        let cloud = changed.as_ref().unwrap_or(&layer.cloud).subset(rows);
        merged.append(cloud).map_err(|problem| IoError::Merge {
            path: path.to_owned(),
            problem,
        })?;
    }
    let rows = (0_u32..).take(merged.len()).collect();
    let source = ply::Source {
        cloud: &merged,
        rows,
        layout: None,
    };
    ply::write_file(path, &source).map_err(write_error)
}

/// The cloud with transform and options applied, `None` where they change nothing.
fn cloud_to_save(
    layer: &SplatLayer,
    transform: &Transform,
    options: &SaveOptions,
) -> Option<GaussianCloud> {
    let moved = *transform != Transform::IDENTITY;
    let narrower = layer.cloud.sh_degree() > options.max_sh_degree;
    let plainer = !options.extra_columns && !layer.cloud.columns().is_empty();
    if !moved && !narrower && !plainer {
        return None;
    }
    let mut cloud = layer.cloud.transformed(transform);
    cloud = cloud.with_max_sh_degree(options.max_sh_degree);
    if plainer {
        cloud = cloud.without_columns();
    }
    Some(cloud)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_that_was_opened_and_not_moved_saves_in_exactly_its_own_frame() {
        assert_eq!(
            file_from_layer(&SCENE_FROM_FILE),
            Transform::IDENTITY,
            "byte identity of untouched files rests on this"
        );
        let up = SCENE_FROM_FILE.point(Vec3::NEG_Y);
        assert!((up - Vec3::Y).length() < 1e-6, "-Y of a file is up: {up}");
    }
}
