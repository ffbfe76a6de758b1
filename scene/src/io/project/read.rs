//! Reading a project. Nothing in it is trusted: what it claims is compared with the bytes that are there.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Read, Seek},
    path::Path,
    sync::Arc,
};

use glam::{Quat, Vec3};
use serde::de::DeserializeOwned;
use zip::{ZipArchive, result::ZipError};

use super::{
    CloudShape, FORMAT, Manifest, Project, ProjectError, VERSION,
    parts::{self, Parts},
    project_error,
};
use crate::{
    Cancelled, GaussianCloud, History, Listen, Progress, Scene,
    cloud::{CloudParts, Column, ColumnValues},
    io::{IoError, PlyLayout},
    sh,
};

/// Entries other than clouds may grow to this beside so many times the file.
const SMALL_BYTES: u64 = 256 << 20;
const MOST_GROWTH: u64 = 8;
/// No deflated byte becomes more than these.
const DEFLATE_GROWTH: u64 = 1032;
/// Between two looks at whether the work was cancelled, bytes.
const BLOCK: usize = 16 << 20;

// The arrays lie in the file as they lie in memory.
const _: () = assert!(
    cfg!(target_endian = "little"),
    "project files are little-endian"
);

/// Reads a project. The history is left empty where it does not fit the scene any more.
pub fn load_project(path: &Path, listen: &mut Listen<'_>) -> Result<Project, IoError> {
    let file = File::open(path).map_err(|source| IoError::Open {
        path: path.to_owned(),
        source,
    })?;
    match read(file, listen) {
        Ok(project) => Ok(project),
        Err(Stop::Cancelled(cancelled)) => Err(cancelled.into()),
        Err(Stop::Project(problem)) => Err(project_error(path, problem)),
    }
}

#[derive(Debug)]
pub(super) enum Stop {
    Cancelled(Cancelled),
    Project(ProjectError),
}

impl<E: Into<ProjectError>> From<E> for Stop {
    fn from(problem: E) -> Self {
        Self::Project(problem.into())
    }
}

fn damaged(what: impl Into<String>) -> ProjectError {
    ProjectError::Damaged { what: what.into() }
}

pub(super) fn read(file: impl Read + Seek, listen: &mut Listen<'_>) -> Result<Project, Stop> {
    let mut file = BufReader::with_capacity(1 << 16, file);
    let file_bytes = file
        .seek(io::SeekFrom::End(0))
        .map_err(ProjectError::from)?;
    let zip = ZipArchive::new(file).map_err(|error| match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => ProjectError::NotProject,
    })?;
    let mut archive = Archive {
        zip,
        file_bytes,
        listen,
        progress: Progress::new("Reading the project", 0, 0),
    };
    let manifest = archive.manifest()?;
    let shared = archive.shared(&manifest)?;
    let scene = archive.bytes("scene.mpk")?;
    let scene: Scene = parts::resolve(shared.clone(), || unpacked(&scene, "scene"))?;
    if let Err(problem) = scene.check_invariants() {
        return Err(damaged(problem).into());
    }
    let history = archive.bytes("history.mpk")?;
    let history = parts::resolve(shared, || unpacked::<History>(&history, "history"));
    // Steps are a comfort, the scene is the work: a scene without its steps is still opened.
    let history = history.ok().filter(|history| history.fits(&scene));
    Ok(Project {
        history: history.unwrap_or_else(|| History::new(usize::MAX)),
        attachments: archive.attachments()?,
        scene,
    })
}

struct Archive<'a, 'l, R: Read + Seek> {
    zip: ZipArchive<R>,
    file_bytes: u64,
    listen: &'a mut Listen<'l>,
    progress: Progress,
}

impl<R: Read + Seek> Archive<'_, '_, R> {
    fn manifest(&mut self) -> Result<Manifest, ProjectError> {
        /// What every version, also a coming one, has in its manifest.
        #[derive(serde::Deserialize)]
        struct Any {
            format: String,
            version: u32,
        }
        if self.zip.index_for_name("manifest.json").is_none() {
            return Err(ProjectError::NotProject);
        }
        let bytes = self.bytes("manifest.json")?;
        let any: Any = serde_json::from_slice(&bytes).map_err(|_| ProjectError::NotProject)?;
        if any.format != FORMAT {
            return Err(ProjectError::NotProject);
        }
        if any.version > VERSION {
            return Err(ProjectError::Newer {
                found: any.version,
                known: VERSION,
            });
        }
        serde_json::from_slice(&bytes).map_err(|error| damaged(format!("its manifest ({error})")))
    }

    fn shared(&mut self, manifest: &Manifest) -> Result<Parts, Stop> {
        let mut shared = Parts::default();
        for number in 0..manifest.layouts {
            let name = format!("layouts/{number}.mpk");
            let kept = unpacked(&self.bytes(&name)?, "layout")?;
            let layout = PlyLayout::from_kept(kept);
            let layout = layout.map_err(|error| damaged(format!("{name} ({error})")))?;
            shared.layouts.push(Arc::new(layout));
        }
        self.progress.total = manifest.clouds.iter().filter_map(bytes_of).sum();
        for (number, shape) in manifest.clouds.iter().enumerate() {
            let cloud = self.cloud(&format!("clouds/{number}.bin"), shape)?;
            shared.clouds.push(Arc::new(cloud));
        }
        Ok(shared)
    }

    /// An entry other than a cloud, whole.
    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, ProjectError> {
        let limit = SMALL_BYTES + MOST_GROWTH * self.file_bytes;
        let entry = self.zip.by_name(name);
        let entry = entry.map_err(|error| damaged(format!("{name} ({error})")))?;
        let mut bytes = Vec::new();
        let read = entry.take(limit).read_to_end(&mut bytes);
        let read = read.map_err(|error| damaged(format!("{name} ({error})")))?;
        if read as u64 == limit {
            return Err(damaged(format!("{name} grows beyond all measure")));
        }
        Ok(bytes)
    }

    fn cloud(&mut self, name: &str, shape: &CloudShape) -> Result<GaussianCloud, Stop> {
        let entry = self.zip.by_name(name);
        let mut entry = entry.map_err(|error| damaged(format!("{name} ({error})")))?;
        let there = match entry.compression() {
            zip::CompressionMethod::Stored => self.file_bytes,
            _ => entry.compressed_size().saturating_mul(DEFLATE_GROWTH),
        };
        let expected = bytes_of(shape);
        if expected.is_none_or(|bytes| bytes > there || bytes != entry.size()) {
            return Err(damaged(format!("{name} has not the size of its splats")).into());
        }
        let mut reader = Blocks {
            entry: &mut entry,
            name,
            listen: &mut *self.listen,
            progress: &mut self.progress,
        };
        let n = shape.splats as usize;
        let k = sh::coefficient_count(shape.sh_degree);
        let mut parts = CloudParts {
            means: reader.array(n, Vec3::ZERO)?,
            rotations: reader.array(n, Quat::IDENTITY)?,
            log_scales: reader.array(n, Vec3::ZERO)?,
            opacity_logits: reader.array(n, 0.0)?,
            sh_degree: shape.sh_degree,
            sh: reader.array(n * k * 3, 0.0)?,
            columns: Vec::new(),
        };
        for column in &shape.columns {
            let values = reader.column(n * column.width, &column.scalar)?;
            parts.columns.push(Column {
                name: column.name.clone(),
                width: column.width,
                values,
            });
        }
        let cloud = GaussianCloud::new(parts);
        Ok(cloud.map_err(|error| damaged(format!("{name} ({error})")))?)
    }

    fn attachments(&mut self) -> Result<BTreeMap<String, Vec<u8>>, ProjectError> {
        let names: Vec<String> = self
            .zip
            .file_names()
            .filter_map(|name| Some(name.ok()?.into_owned()))
            .collect();
        let mut attachments = BTreeMap::new();
        for name in names {
            let Some(short) = name.strip_prefix("attachments/") else {
                continue;
            };
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
            if !short.is_empty() && short.bytes().all(plain) {
                attachments.insert(short.to_owned(), self.bytes(&name)?);
            }
        }
        Ok(attachments)
    }
}

struct Blocks<'a, 'l, R: Read> {
    entry: &'a mut R,
    name: &'a str,
    listen: &'a mut Listen<'l>,
    progress: &'a mut Progress,
}

impl<R: Read> Blocks<'_, '_, R> {
    fn array<T: bytemuck::Pod>(&mut self, len: usize, zero: T) -> Result<Vec<T>, Stop> {
        let mut values = vec![zero; len];
        for block in bytemuck::cast_slice_mut(&mut values).chunks_mut(BLOCK) {
            let read = self.entry.read_exact(block);
            read.map_err(|error| damaged(format!("{} ({error})", self.name)))?;
            self.progress.done += block.len() as u64;
            (self.listen)(self.progress.clone()).map_err(Stop::Cancelled)?;
        }
        Ok(values)
    }

    fn column(&mut self, len: usize, scalar: &str) -> Result<ColumnValues, Stop> {
        Ok(match scalar {
            "f32" => ColumnValues::F32(self.array(len, 0.0)?),
            "f64" => ColumnValues::F64(self.array(len, 0.0)?),
            "i8" => ColumnValues::I8(self.array(len, 0)?),
            "u8" => ColumnValues::U8(self.array(len, 0)?),
            "i16" => ColumnValues::I16(self.array(len, 0)?),
            "u16" => ColumnValues::U16(self.array(len, 0)?),
            "i32" => ColumnValues::I32(self.array(len, 0)?),
            "u32" => ColumnValues::U32(self.array(len, 0)?),
            other => return Err(damaged(format!("a column of unknown numbers ({other})")).into()),
        })
    }
}

/// Bytes of a cloud's arrays; `None` where that is beyond any file.
fn bytes_of(shape: &CloudShape) -> Option<u64> {
    if shape.sh_degree > 4 {
        return None;
    }
    let k = sh::coefficient_count(shape.sh_degree) as u64;
    let mut each = 12 + 16 + 12 + 4 + 12 * k;
    for column in &shape.columns {
        let size = match column.scalar.as_str() {
            "f64" => 8,
            "f32" | "i32" | "u32" => 4,
            "i16" | "u16" => 2,
            "i8" | "u8" => 1,
            _ => return None,
        };
        each = each.checked_add(size * column.width as u64)?;
    }
    each.checked_mul(shape.splats)
}

fn unpacked<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, ProjectError> {
    rmp_serde::from_slice(bytes).map_err(|error| damaged(format!("its {what} ({error})")))
}
