//! The Gaussians themselves: a structure of arrays in the raw trained parameters.

use std::path::Path;

use glam::{Mat3, Quat, Vec3};
use rayon::prelude::*;

use crate::{
    sh,
    store::{Store, Values},
};

/// Why a cloud could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CloudError {
    /// Two arrays disagree about how many splats there are.
    #[error("{array} has {actual} values where {expected} belong")]
    Length {
        /// Name of the array.
        array: String,
        /// Values found.
        actual: usize,
        /// Values that belong there.
        expected: usize,
    },
    /// A value is NaN or infinite, or a quaternion has no direction.
    #[error("{array} of splat {row} is not a usable number")]
    NotFinite {
        /// Name of the array.
        array: String,
        /// The first bad splat.
        row: usize,
    },
    /// The folder for large clouds takes no more.
    #[error(
        "a cloud too large for the memory cannot be put on the disk ({reason}); free some space"
    )]
    Disk {
        /// The system's words.
        reason: String,
    },
    /// Two columns carry one name.
    #[error("the column {name} is there twice")]
    DuplicateColumn {
        /// The name.
        name: String,
    },
}

/// Values of a [`Column`]: `N × width` numbers of one type.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the variants are the types they are named after"
)]
pub enum ColumnValues {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I8(Vec<i8>),
    U8(Vec<u8>),
    I16(Vec<i16>),
    U16(Vec<u16>),
    I32(Vec<i32>),
    U32(Vec<u32>),
}

impl ColumnValues {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
            Self::I8(v) => v.len(),
            Self::U8(v) => v.len(),
            Self::I16(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::U32(v) => v.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory held, bytes.
    pub fn bytes(&self) -> usize {
        let width = match self {
            Self::F64(_) => 8,
            Self::F32(_) | Self::I32(_) | Self::U32(_) => 4,
            Self::I16(_) | Self::U16(_) => 2,
            Self::I8(_) | Self::U8(_) => 1,
        };
        self.len() * width
    }
}

/// An optional per-splat attribute with a name, kept through every edit and file.
///
/// Known names: `normal` (3, object frame, unit), `albedo` (3, linear), `roughness`, `metallic`,
/// `ambient_occlusion` (1, 0..=1), `emissive` (3), `label` (1, U8), `confidence` (1, U8).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Unique name in its cloud.
    pub name: String,
    /// Values per splat.
    pub width: usize,
    /// `[N, width]`.
    pub values: ColumnValues,
}

/// N Gaussians, right-handed object frame, +Y up, metres when known.
///
/// The arrays hold what training produced (logits and logarithms, quaternions of any length), so
/// that an untouched file saves back byte for byte and the optimizer works on the very arrays.
/// Accessors give the values an artist reads. Every number is finite and every quaternion has a direction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GaussianCloud {
    means: Values<Vec3>,
    rotations: Values<Quat>,
    log_scales: Values<Vec3>,
    opacity_logits: Values<f32>,
    sh_degree: u32,
    sh: Values<f32>,
    columns: Vec<Column>,
}

/// The arrays of a [`GaussianCloud`] before they are checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CloudParts {
    /// `[N]` centres, metres.
    pub means: Vec<Vec3>,
    /// `[N]` quaternions, not necessarily unit.
    pub rotations: Vec<Quat>,
    /// `[N]` natural logarithms of the standard deviations.
    pub log_scales: Vec<Vec3>,
    /// `[N]` logits of the opacities.
    pub opacity_logits: Vec<f32>,
    /// Degree of the spherical harmonics, 0..=4.
    pub sh_degree: u32,
    /// `[N, (degree + 1)², 3]` coefficients.
    pub sh: Vec<f32>,
    /// Further attributes.
    pub columns: Vec<Column>,
}

impl GaussianCloud {
    /// Checks the arrays and makes a cloud of them.
    pub fn new(parts: CloudParts) -> Result<Self, CloudError> {
        let n = parts.means.len();
        let k = sh::coefficient_count(parts.sh_degree);
        let check_length = |array: &str, actual: usize, expected: usize| {
            if actual == expected {
                Ok(())
            } else {
                Err(CloudError::Length {
                    array: array.to_owned(),
                    actual,
                    expected,
                })
            }
        };
        check_length("rotations", parts.rotations.len(), n)?;
        check_length("log_scales", parts.log_scales.len(), n)?;
        check_length("opacity_logits", parts.opacity_logits.len(), n)?;
        check_length("sh", parts.sh.len(), n * k * 3)?;
        for (i, column) in parts.columns.iter().enumerate() {
            check_length(&column.name, column.values.len(), n * column.width)?;
            if parts.columns[..i].iter().any(|c| c.name == column.name) {
                return Err(CloudError::DuplicateColumn {
                    name: column.name.clone(),
                });
            }
        }
        let check_values = |array: &str, bad: Option<usize>| match bad {
            None => Ok(()),
            Some(row) => Err(CloudError::NotFinite {
                array: array.to_owned(),
                row,
            }),
        };
        check_values("means", first_bad(&parts.means, 1, |v| v.is_finite()))?;
        check_values(
            "rotations",
            first_bad(&parts.rotations, 1, |q| is_direction(*q)),
        )?;
        check_values(
            "log_scales",
            first_bad(&parts.log_scales, 1, |v| v.is_finite()),
        )?;
        let logits = &parts.opacity_logits;
        check_values("opacity_logits", first_bad(logits, 1, |v| v.is_finite()))?;
        check_values("sh", first_bad(&parts.sh, 3 * k, |v| v.is_finite()))?;
        Ok(Self::from_checked(parts))
    }

    /// A cloud of parts that came out of checked clouds and cannot have become wrong.
    pub(crate) fn from_checked(parts: CloudParts) -> Self {
        Self {
            means: parts.means.into(),
            rotations: parts.rotations.into(),
            log_scales: parts.log_scales.into(),
            opacity_logits: parts.opacity_logits.into(),
            sh_degree: parts.sh_degree,
            sh: parts.sh.into(),
            columns: parts.columns,
        }
    }

    /// An empty cloud whose Gaussians lie in files without names in a folder, mapped: for those that the
    /// memory does not hold. What is appended goes there as well; further attributes stay in memory.
    pub fn on_disk(folder: &Path) -> Result<Self, CloudError> {
        let make = || -> std::io::Result<Self> {
            Ok(Self {
                means: Values::in_folder(folder)?,
                rotations: Values::in_folder(folder)?,
                log_scales: Values::in_folder(folder)?,
                opacity_logits: Values::in_folder(folder)?,
                sh_degree: 0,
                sh: Values::in_folder(folder)?,
                columns: Vec::new(),
            })
        };
        make().map_err(|error| disk_error(&error))
    }

    /// Whether the Gaussians lie in files.
    pub fn is_on_disk(&self) -> bool {
        self.sh.is_mapped()
    }

    /// The same cloud with its Gaussians in a file.
    pub(crate) fn stored(self, store: &std::sync::Arc<Store>) -> std::io::Result<Self> {
        Ok(Self {
            means: store.add(&self.means)?,
            rotations: store.add(&self.rotations)?,
            log_scales: store.add(&self.log_scales)?,
            opacity_logits: store.add(&self.opacity_logits)?,
            sh: store.add(&self.sh)?,
            ..self
        })
    }

    /// The same cloud with its Gaussians in memory.
    pub(crate) fn in_memory(self) -> Self {
        Self::from_checked(self.into_parts())
    }

    /// Adds the Gaussians of another cloud of the same degree, but not its columns; nothing on an error.
    pub(crate) fn extend_gaussians(&mut self, more: &Self) -> Result<(), CloudError> {
        let n = self.len();
        let stride = 3 * sh::coefficient_count(self.sh_degree);
        let mut extend = || -> std::io::Result<()> {
            self.rotations.extend(&more.rotations)?;
            self.log_scales.extend(&more.log_scales)?;
            self.opacity_logits.extend(&more.opacity_logits)?;
            self.sh.extend(&more.sh)?;
            self.means.extend(&more.means)
        };
        let done = extend();
        done.map_err(|error| {
            self.means.truncate(n);
            self.rotations.truncate(n);
            self.log_scales.truncate(n);
            self.opacity_logits.truncate(n);
            self.sh.truncate(n * stride);
            disk_error(&error)
        })
    }

    /// Makes room for this many more splats in memory.
    pub fn reserve(&mut self, additional: usize) {
        let stride = 3 * sh::coefficient_count(self.sh_degree);
        self.means.reserve(additional);
        self.rotations.reserve(additional);
        self.log_scales.reserve(additional);
        self.opacity_logits.reserve(additional);
        self.sh.reserve(additional * stride);
    }

    pub(crate) fn columns_mut(&mut self) -> &mut Vec<Column> {
        &mut self.columns
    }

    /// Takes over the degree of the first splats that come.
    pub(crate) fn begin_with_degree(&mut self, degree: u32) {
        if self.is_empty() {
            self.sh_degree = degree;
        }
    }

    /// Memory held, bytes; what lies in files does not count.
    pub fn bytes(&self) -> usize {
        let columns = self.columns.iter().map(|c| c.values.bytes());
        self.means.bytes()
            + self.rotations.bytes()
            + self.log_scales.bytes()
            + self.opacity_logits.bytes()
            + self.sh.bytes()
            + columns.sum::<usize>()
    }

    /// Gives the arrays back, to change them and check them anew.
    pub fn into_parts(self) -> CloudParts {
        CloudParts {
            means: self.means.into_vec(),
            rotations: self.rotations.into_vec(),
            log_scales: self.log_scales.into_vec(),
            opacity_logits: self.opacity_logits.into_vec(),
            sh_degree: self.sh_degree,
            sh: self.sh.into_vec(),
            columns: self.columns,
        }
    }

    /// Number of splats.
    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// Whether there is no splat.
    pub fn is_empty(&self) -> bool {
        self.means.is_empty()
    }

    /// `[N]` centres.
    pub fn means(&self) -> &[Vec3] {
        &self.means
    }

    /// `[N]` quaternions as stored; see [`Self::rotation`] for the unit one.
    pub fn raw_rotations(&self) -> &[Quat] {
        &self.rotations
    }

    /// `[N]` natural logarithms of the standard deviations.
    pub fn log_scales(&self) -> &[Vec3] {
        &self.log_scales
    }

    /// `[N]` logits of the opacities.
    pub fn opacity_logits(&self) -> &[f32] {
        &self.opacity_logits
    }

    /// Degree of the spherical harmonics, 0..=4.
    pub fn sh_degree(&self) -> u32 {
        self.sh_degree
    }

    /// `[N, K, 3]` coefficients.
    pub fn sh(&self) -> &[f32] {
        &self.sh
    }

    /// The `[K, 3]` coefficients of one splat.
    pub fn sh_of(&self, row: usize) -> &[f32] {
        let stride = 3 * sh::coefficient_count(self.sh_degree);
        &self.sh[row * stride..(row + 1) * stride]
    }

    /// Unit rotation of one splat, `object_from_splat`.
    pub fn rotation(&self, row: usize) -> Quat {
        self.rotations[row].normalize()
    }

    /// Standard deviations along the splat's axes, metres.
    pub fn scale(&self, row: usize) -> Vec3 {
        self.log_scales[row].exp()
    }

    /// Opacity in 0..=1.
    pub fn opacity(&self, row: usize) -> f32 {
        sigmoid(self.opacity_logits[row])
    }

    /// Display color seen from nowhere in particular (degree 0), may leave 0..=1.
    pub fn base_color(&self, row: usize) -> Vec3 {
        let c = self.sh_of(row);
        sh::color_from_dc(Vec3::new(c[0], c[1], c[2]))
    }

    /// Covariance in the object frame: R S Sᵀ Rᵀ (Kerbl et al. 2023, eq. 6).
    pub fn covariance(&self, row: usize) -> Mat3 {
        let m = Mat3::from_quat(self.rotation(row)) * Mat3::from_diagonal(self.scale(row));
        m * m.transpose()
    }

    /// All further attributes.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A further attribute by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The `f32` values of a column of the given width.
    pub fn column_f32(&self, name: &str, width: usize) -> Option<&[f32]> {
        match self.column(name) {
            Some(Column {
                width: w,
                values: ColumnValues::F32(values),
                ..
            }) if *w == width => Some(values),
            _ => None,
        }
    }

    /// Normals in the object frame, where the cloud has them.
    pub fn normal(&self, row: usize) -> Option<Vec3> {
        self.column_f32("normal", 3)
            .map(|n| Vec3::from_slice(&n[3 * row..3 * row + 3]))
    }

    /// The tight box around all centres, or `None` for an empty cloud.
    pub fn bounds(&self) -> Option<(Vec3, Vec3)> {
        let first = *self.means.first()?;
        Some(
            self.means
                .iter()
                .fold((first, first), |(lo, hi), m| (lo.min(*m), hi.max(*m))),
        )
    }
}

pub(crate) fn disk_error(error: &std::io::Error) -> CloudError {
    CloudError::Disk {
        reason: error.to_string(),
    }
}

/// Opacity of a logit.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// Logit of an opacity, clamped away from 0 and 1 so that it stays finite.
pub fn logit(p: f32) -> f32 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

/// The first row (of `width` values) with a value that is not good; parallel.
fn first_bad<T: Sync>(values: &[T], width: usize, good: fn(&T) -> bool) -> Option<usize> {
    // Long enough that a task costs little beside its work.
    const BLOCK: usize = 1 << 16;
    let block = values
        .par_chunks(BLOCK)
        .position_first(|block| !block.iter().fold(true, |all, v| all & good(v)))?;
    let inside = values[block * BLOCK..].iter().position(|v| !good(v))?;
    Some((block * BLOCK + inside) / width)
}

pub(crate) fn is_direction(q: Quat) -> bool {
    let length = q.length();
    q.is_finite() && length.is_finite() && length > 1e-12
}
