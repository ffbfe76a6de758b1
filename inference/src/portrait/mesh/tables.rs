//! Reads and checks the tables of the head model.

use std::path::Path;

use glam::Vec3;

use super::{
    EXPRESSIONS, ExpressionOffset, HeadModel, IDENTITY_MODES, LANDMARKS, LandmarkAnchor,
    LandmarkSets, VertexKind, VertexPart,
};
use crate::npy::{Npy, NpyError};
use crate::package::{Package, PackageError, table_error};

/// Where the bytes of a table come from, by its file name.
type Read<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, PackageError>;

impl HeadModel {
    /// Reads the head model of a package.
    pub fn load(package: &Package) -> Result<Self, PackageError> {
        Self::read(&|name| Ok(package.bytes(&format!("tables/{name}"))?.to_vec()))
    }

    /// Reads the head model from a folder of tables, without a manifest.
    pub fn from_folder(folder: &Path) -> Result<Self, PackageError> {
        Self::read(&|name| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|e| PackageError::Unreadable {
                path: path.display().to_string(),
                reason: e.to_string(),
            })
        })
    }

    fn read(read: Read<'_>) -> Result<Self, PackageError> {
        let mean = vectors(&floats(read, "head_mean.npy", &[0, 3])?);
        let n = mean.len();
        let modes = table(read, "head_modes.npy", |t| {
            t.as_i8(&[IDENTITY_MODES, n, 3]).map(<[i8]>::to_vec)
        })?;
        let triangles = read_triangles(read, n)?;
        let count = triangles.len();
        let outer = table(read, "outer.npy", |t| t.to_u32(&[count]))?;
        let kinds = table(read, "vertex_kind.npy", |t| {
            t.to_u32(&[n])?.into_iter().map(vertex_kind).collect()
        })?;
        let parts = table(read, "vertex_part.npy", |t| {
            t.to_u32(&[n])?.into_iter().map(vertex_part).collect()
        })?;
        Ok(Self {
            outer: outer.into_iter().map(|o| o != 0).collect(),
            kinds,
            parts,
            landmarks: read_landmarks(read, count)?,
            sets: read_sets(read)?,
            modes,
            mode_scales: floats(read, "head_mode_scales.npy", &[IDENTITY_MODES])?,
            expressions: read_expressions(read, n)?,
            triangles,
            mean,
        })
    }
}

fn table<T>(
    read: Read<'_>,
    name: &str,
    take: impl Fn(&Npy) -> Result<T, NpyError>,
) -> Result<T, PackageError> {
    let bytes = read(name)?;
    Npy::parse(&bytes)
        .and_then(|t| take(&t))
        .map_err(|e| table_error(name, e))
}

fn floats(read: Read<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, PackageError> {
    table(read, name, |t| t.to_f32(shape))
}

fn vectors(values: &[f32]) -> Vec<Vec3> {
    values
        .as_chunks::<3>()
        .0
        .iter()
        .map(|v| (*v).into())
        .collect()
}

fn invalid(reason: impl Into<String>) -> NpyError {
    NpyError::Format {
        reason: reason.into(),
    }
}

/// The values, all of them below `limit`.
fn indices(table: &Npy, shape: &[usize], limit: usize) -> Result<Vec<u32>, NpyError> {
    let values = table.to_u32(shape)?;
    if values.iter().all(|v| (*v as usize) < limit) {
        Ok(values)
    } else {
        Err(invalid(format!("an index is not below {limit}")))
    }
}

fn vertex_kind(value: u32) -> Result<VertexKind, NpyError> {
    match value {
        0 => Ok(VertexKind::Skin),
        1 => Ok(VertexKind::Eye),
        2 => Ok(VertexKind::Teeth),
        3 => Ok(VertexKind::Tongue),
        _ => Err(invalid(format!("{value} is no kind of vertex"))),
    }
}

fn vertex_part(value: u32) -> Result<VertexPart, NpyError> {
    match value {
        0 => Ok(VertexPart::Face),
        1 => Ok(VertexPart::LeftEar),
        2 => Ok(VertexPart::RightEar),
        3 => Ok(VertexPart::Neck),
        4 => Ok(VertexPart::Scalp),
        5 => Ok(VertexPart::Torso),
        _ => Err(invalid(format!("{value} is no part of the head"))),
    }
}

fn read_triangles(read: Read<'_>, vertices: usize) -> Result<Vec<[u32; 3]>, PackageError> {
    let values = table(read, "triangles.npy", |t| indices(t, &[0, 3], vertices))?;
    Ok(values.as_chunks::<3>().0.to_vec())
}

fn read_landmarks(read: Read<'_>, triangles: usize) -> Result<Vec<LandmarkAnchor>, PackageError> {
    let places = table(read, "landmark_triangles.npy", |t| {
        indices(t, &[LANDMARKS], triangles)
    })?;
    let mirrors = table(read, "landmark_mirror.npy", |t| {
        indices(t, &[LANDMARKS], LANDMARKS)
    })?;
    let weights = vectors(&floats(read, "landmark_barycentrics.npy", &[LANDMARKS, 3])?);
    let spreads = floats(read, "landmark_spread.npy", &[LANDMARKS])?;
    Ok((0..LANDMARKS)
        .map(|i| LandmarkAnchor {
            triangle: places[i] as usize,
            weights: weights[i],
            spread: spreads[i],
            mirror: mirrors[i] as usize,
        })
        .collect())
}

fn read_sets(read: Read<'_>) -> Result<LandmarkSets, PackageError> {
    const NAME: &str = "landmark_sets.json";
    let bytes = read(NAME)?;
    std::str::from_utf8(&bytes)
        .map_err(|e| e.to_string())
        .and_then(LandmarkSets::parse)
        .map_err(|reason| table_error(NAME, invalid(reason)))
}

fn read_expressions(
    read: Read<'_>,
    vertices: usize,
) -> Result<Vec<Vec<ExpressionOffset>>, PackageError> {
    const STARTS: &str = "expression_starts.npy";
    let starts = table(read, STARTS, |t| t.to_u32(&[EXPRESSIONS + 1]))?;
    let moved = table(read, "expression_vertices.npy", |t| {
        indices(t, &[0], vertices)
    })?;
    let count = moved.len();
    let steps = table(read, "expression_offsets.npy", |t| {
        t.as_i8(&[count, 3]).map(<[i8]>::to_vec)
    })?;
    let scales = floats(read, "expression_scales.npy", &[EXPRESSIONS])?;
    let mut expressions = Vec::with_capacity(EXPRESSIONS);
    for (bounds, scale) in starts.windows(2).zip(scales) {
        let range = bounds[0] as usize..bounds[1] as usize;
        let vertices = moved.get(range.clone());
        let sorted = vertices.is_some_and(|v| v.is_sorted_by(|a, b| a < b));
        let (Some(vertices), true) = (vertices, sorted) else {
            let reason = invalid("the ranges are not in order");
            return Err(table_error(STARTS, reason));
        };
        let offsets = vertices.iter().zip(range).map(|(vertex, i)| {
            let s = &steps[3 * i..3 * i + 3];
            ExpressionOffset {
                vertex: *vertex,
                offset: scale * Vec3::new(s[0].into(), s[1].into(), s[2].into()),
            }
        });
        expressions.push(offsets.collect());
    }
    Ok(expressions)
}
