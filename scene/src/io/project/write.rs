//! Writing a project.

use std::{
    io::{self, Seek, Write},
    path::Path,
};

use serde::Serialize;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    CloudShape, ColumnShape, FORMAT, LayerLine, Manifest, Project, VERSION,
    parts::{self, Parts},
};
use crate::{
    Cancelled, GaussianCloud, Listen, Progress,
    cloud::{Column, ColumnValues},
    io::{IoError, SaveReport, atomic::write_atomically},
};

/// Between two looks at whether the work was cancelled, bytes.
const BLOCK: usize = 16 << 20;

/// Writes a project beside `path` and renames it; on any error the file at `path` is as it was.
pub fn save_project(
    path: &Path,
    project: &Project,
    listen: &mut Listen<'_>,
) -> Result<SaveReport, IoError> {
    let mut cancelled = None;
    let written = write_atomically(path, |file| {
        let mut writer = Writer {
            zip: ZipWriter::new(file),
            listen,
            cancelled: None,
            progress: Progress::new("Writing the project", 0, 0),
        };
        let result = writer.write(project);
        cancelled = writer.cancelled;
        match result {
            Ok(()) => {
                writer.zip.finish()?;
                Ok(())
            }
            Err(error) => {
                // Dropped, it would try once more to write to the full disk, and complain on its own.
                std::mem::forget(writer.zip);
                Err(error)
            }
        }
    });
    match (written, cancelled) {
        (Ok(bytes), _) => Ok(SaveReport {
            splats: project.scene.layers().map(|(.., l)| l.alive()).sum(),
            bytes,
            notes: Vec::new(),
        }),
        (Err(_), Some(cancelled)) => Err(cancelled.into()),
        (Err(source), None) => Err(IoError::Write {
            path: path.to_owned(),
            source,
        }),
    }
}

struct Writer<'a, 'l, W: Write + Seek> {
    zip: ZipWriter<W>,
    listen: &'a mut Listen<'l>,
    cancelled: Option<Cancelled>,
    progress: Progress,
}

impl<W: Write + Seek> Writer<'_, '_, W> {
    fn write(&mut self, project: &Project) -> io::Result<()> {
        let (documents, shared) = parts::collect(|| {
            let scene = packed(&project.scene)?;
            Ok::<_, io::Error>((scene, packed(&project.history)?))
        });
        let (scene, history) = documents?;
        self.progress.total = shared.clouds.iter().map(|cloud| cloud.bytes() as u64).sum();

        let manifest = serde_json::to_vec_pretty(&manifest(project, &shared))?;
        self.entry("manifest.json", &manifest, CompressionMethod::Deflated)?;
        self.entry("scene.mpk", &scene, CompressionMethod::Deflated)?;
        self.entry("history.mpk", &history, CompressionMethod::Deflated)?;
        for (number, layout) in shared.layouts.iter().enumerate() {
            let bytes = packed(&layout.to_kept())?;
            let name = format!("layouts/{number}.mpk");
            self.entry(&name, &bytes, CompressionMethod::Deflated)?;
        }
        for (number, cloud) in shared.clouds.iter().enumerate() {
            let options = options(CompressionMethod::Stored);
            self.zip
                .start_file(format!("clouds/{number}.bin"), options)?;
            for array in arrays(cloud) {
                self.blocks(array)?;
            }
        }
        for (name, bytes) in &project.attachments {
            let name = format!("attachments/{name}");
            self.entry(&name, bytes, CompressionMethod::Deflated)?;
        }
        Ok(())
    }

    fn entry(&mut self, name: &str, bytes: &[u8], method: CompressionMethod) -> io::Result<()> {
        self.zip.start_file(name, options(method))?;
        self.zip.write_all(bytes)
    }

    fn blocks(&mut self, bytes: &[u8]) -> io::Result<()> {
        for block in bytes.chunks(BLOCK) {
            self.zip.write_all(block)?;
            self.progress.done += block.len() as u64;
            if let Err(cancelled) = (self.listen)(self.progress.clone()) {
                self.cancelled = Some(cancelled);
                return Err(io::Error::new(io::ErrorKind::Interrupted, "cancelled"));
            }
        }
        Ok(())
    }
}

fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .large_file(true)
}

fn packed(value: &impl Serialize) -> io::Result<Vec<u8>> {
    rmp_serde::to_vec_named(value).map_err(io::Error::other)
}

fn manifest(project: &Project, shared: &Parts) -> Manifest {
    let layers = project.scene.layers().map(|(_, node, layer)| LayerLine {
        name: node.name.clone(),
        splats: layer.alive(),
        source: layer.source.clone(),
    });
    Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        written_by: format!("Splatwright {}", env!("CARGO_PKG_VERSION")),
        layers: layers.collect(),
        clouds: shared.clouds.iter().map(|cloud| shape(cloud)).collect(),
        layouts: shared.layouts.len() as u32,
    }
}

fn shape(cloud: &GaussianCloud) -> CloudShape {
    let column = |column: &Column| ColumnShape {
        name: column.name.clone(),
        width: column.width,
        scalar: scalar_name(&column.values).to_owned(),
    };
    CloudShape {
        splats: cloud.len() as u64,
        sh_degree: cloud.sh_degree(),
        columns: cloud.columns().iter().map(column).collect(),
    }
}

fn scalar_name(values: &ColumnValues) -> &'static str {
    match values {
        ColumnValues::F32(_) => "f32",
        ColumnValues::F64(_) => "f64",
        ColumnValues::I8(_) => "i8",
        ColumnValues::U8(_) => "u8",
        ColumnValues::I16(_) => "i16",
        ColumnValues::U16(_) => "u16",
        ColumnValues::I32(_) => "i32",
        ColumnValues::U32(_) => "u32",
    }
}

/// The bytes of a cloud's arrays, in the order of the file.
fn arrays(cloud: &GaussianCloud) -> Vec<&[u8]> {
    let mut arrays = vec![
        bytemuck::cast_slice(cloud.means()),
        bytemuck::cast_slice(cloud.raw_rotations()),
        bytemuck::cast_slice(cloud.log_scales()),
        bytemuck::cast_slice(cloud.opacity_logits()),
        bytemuck::cast_slice(cloud.sh()),
    ];
    for column in cloud.columns() {
        arrays.push(match &column.values {
            ColumnValues::F32(v) => bytemuck::cast_slice(v),
            ColumnValues::F64(v) => bytemuck::cast_slice(v),
            ColumnValues::I8(v) => bytemuck::cast_slice(v),
            ColumnValues::U8(v) => v,
            ColumnValues::I16(v) => bytemuck::cast_slice(v),
            ColumnValues::U16(v) => bytemuck::cast_slice(v),
            ColumnValues::I32(v) => bytemuck::cast_slice(v),
            ColumnValues::U32(v) => bytemuck::cast_slice(v),
        });
    }
    arrays
}
