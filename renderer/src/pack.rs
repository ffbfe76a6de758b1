//! How a cloud's rows lie in the buffers that both renderers read: 28 bytes of geometry, spherical
//! harmonics in planes of eight bytes, and one byte of flags a splat.

mod harmonics;

use std::borrow::Cow;

use glam::{Mat3, Quat, Vec3};
use rayon::prelude::*;
use scene::{ColumnValues, GaussianCloud, SplatFlags, sh};

pub(crate) use self::harmonics::{byte_planes, half_planes};
use crate::{
    HarmonicsFormat,
    consts::{
        CHUNK_ALBEDO, CHUNK_ATTRIBUTES, CHUNK_COMPACT, CHUNK_CONFIDENCE, CHUNK_LABELS,
        CHUNK_MATERIAL, CHUNK_METALLIC, CHUNK_NORMALS, CHUNK_OCCLUSION, CHUNK_ROUGHNESS,
        NORMAL_STEPS, OPACITY_STEPS,
    },
    layout::Shape,
};

/// Standard deviations are kept within this, so that no product of them overflows.
const SCALE_RANGE: (f32, f32) = (1e-9, 1e9);
/// Words of a shape with attributes.
const WHOLE_SHAPE: usize = size_of::<Shape>() / size_of::<u32>();
/// Rows that one task packs at least.
const TASK_ROWS: usize = 1024;

/// SH degree that is stored of a cloud.
pub(crate) fn stored_sh_degree(cloud: &GaussianCloud) -> u32 {
    cloud.sh_degree().min(sh::MAX_DEGREE)
}

/// The `CHUNK_*` bits that a cloud's columns earn.
pub(crate) fn features(cloud: &GaussianCloud) -> u32 {
    let bit = |present: bool, bit: u32| if present { bit } else { 0 };
    let attributes = bit(cloud.column_f32("normal", 3).is_some(), CHUNK_NORMALS)
        | bit(column_u8(cloud, "label").is_some(), CHUNK_LABELS)
        | bit(column_u8(cloud, "confidence").is_some(), CHUNK_CONFIDENCE);
    attributes
        | bit(attributes != 0, CHUNK_ATTRIBUTES)
        | bit(has_material(cloud), CHUNK_MATERIAL)
        | bit(cloud.column_f32("albedo", 3).is_some(), CHUNK_ALBEDO)
        | bit(cloud.column_f32("roughness", 1).is_some(), CHUNK_ROUGHNESS)
        | bit(cloud.column_f32("metallic", 1).is_some(), CHUNK_METALLIC)
        | bit(
            cloud.column_f32("ambient_occlusion", 1).is_some(),
            CHUNK_OCCLUSION,
        )
}

/// Whether the cloud has a column that [`Materials`] holds.
pub(crate) fn has_material(cloud: &GaussianCloud) -> bool {
    let column = |name| cloud.column_f32(name, 1).is_some();
    cloud.column_f32("albedo", 3).is_some()
        || column("roughness")
        || column("metallic")
        || column("ambient_occlusion")
}

/// What a chunk stores of each splat, beside mean, shape and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stored {
    sh_degree: u32,
    /// Whether coefficients above degree 0 are bytes.
    compact: bool,
    /// One plane behind those of the harmonics.
    material: bool,
    /// A fourth word of the shape: normal, label, confidence.
    attributes: bool,
}

impl Stored {
    /// All that a cloud has.
    pub(crate) fn of(cloud: &GaussianCloud, format: HarmonicsFormat) -> Self {
        let (features, sh_degree) = (features(cloud), stored_sh_degree(cloud));
        Self {
            sh_degree,
            compact: harmonics::is_compact(sh_degree, format),
            material: features & CHUNK_MATERIAL != 0,
            attributes: features & CHUNK_ATTRIBUTES != 0,
        }
    }

    /// Planes of eight bytes a splat: those of the harmonics, and one of the material where there is any.
    pub(crate) fn planes(self) -> usize {
        self.harmonic_planes() + usize::from(self.material)
    }

    fn harmonic_planes(self) -> usize {
        if self.compact {
            byte_planes(self.sh_degree)
        } else {
            half_planes(self.sh_degree)
        }
    }

    /// Highest degree of the harmonics.
    pub(crate) fn sh_degree(self) -> u32 {
        self.sh_degree
    }

    /// The `CHUNK_*` bits of the format, beside those of the columns.
    pub(crate) fn format_features(self) -> u32 {
        if self.compact { CHUNK_COMPACT } else { 0 }
    }

    /// Words of a shape on the device.
    pub(crate) fn shape_words(self) -> usize {
        if self.attributes { 4 } else { 3 }
    }

    /// Bytes of one packed row.
    pub(crate) fn row_bytes(self) -> usize {
        let words = size_of::<u32>() * self.shape_words();
        size_of::<[u32; 4]>() + words + self.planes() * size_of::<[u32; 2]>() + 1
    }
}

/// Rows as chunks hold them, flags aside.
#[derive(Debug)]
pub(crate) struct PackedRows {
    pub(crate) means: Vec<[u32; 4]>,
    pub(crate) shapes: Vec<Shape>,
    /// `[planes, rows]`.
    pub(crate) sh: Vec<[u32; 2]>,
}

impl PackedRows {
    /// These rows of a cloud.
    pub(crate) fn of(cloud: &GaussianCloud, rows: &[u32], stored: Stored) -> Self {
        let planes = stored.planes();
        let packed = plane_rows(cloud, rows, stored);
        Self {
            means: means(cloud, rows),
            shapes: shapes(cloud, rows),
            sh: (0..planes)
                .flat_map(|p| plane(&packed, planes, p))
                .collect(),
        }
    }

    /// The first words of every shape.
    pub(crate) fn shape_words(&self, words: usize) -> Cow<'_, [u32]> {
        let all: &[u32] = bytemuck::cast_slice(&self.shapes);
        if words == WHOLE_SHAPE {
            return Cow::Borrowed(all);
        }
        let each = all.chunks_exact(WHOLE_SHAPE);
        Cow::Owned(each.flat_map(|shape| &shape[..words]).copied().collect())
    }
}

/// One byte each of albedo red, green, blue, roughness; metallic, ambient occlusion.
struct Materials<'a> {
    albedo: Option<&'a [f32]>,
    /// Roughness, metallic, ambient occlusion.
    others: [Option<&'a [f32]>; 3],
}

impl<'a> Materials<'a> {
    fn of(cloud: &'a GaussianCloud) -> Self {
        Self {
            albedo: cloud.column_f32("albedo", 3),
            others: ["roughness", "metallic", "ambient_occlusion"].map(|c| cloud.column_f32(c, 1)),
        }
    }

    fn packed(&self, row: usize) -> [u32; 2] {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        let [r, g, b] = self
            .albedo
            .map_or([0; 3], |a| [0, 1, 2].map(|c| byte(a[3 * row + c])));
        let [rough, metal, open] = self.others.map(|c| c.map_or(0, |c| byte(c[row])));
        [
            u32::from_le_bytes([r, g, b, rough]),
            u32::from_le_bytes([metal, open, 0, 0]),
        ]
    }
}

/// `[rows]` bits of mean x y z, then 24 bits of opacity below the 8 bits of a bounding exponent: every
/// standard deviation is below `f32::from_bits(exponent << 23)`.
pub(crate) fn means(cloud: &GaussianCloud, rows: &[u32]) -> Vec<[u32; 4]> {
    collect(rows, |row| {
        let [x, y, z] = cloud.means()[row].to_array().map(f32::to_bits);
        let opacity = (f64::from(cloud.opacity(row)) * f64::from(OPACITY_STEPS)).round() as u32;
        let exponent = (clamped_scale(cloud, row).max_element().to_bits() >> 23) + 1;
        [x, y, z, opacity | exponent << 24]
    })
}

/// `[rows]` rotations, scales and attributes.
pub(crate) fn shapes(cloud: &GaussianCloud, rows: &[u32]) -> Vec<Shape> {
    let normals = cloud.column_f32("normal", 3);
    let labels = column_u8(cloud, "label");
    let confidences = column_u8(cloud, "confidence");
    collect(rows, |row| {
        let rotation = cloud.rotation(row);
        let scale = clamped_scale(cloud, row);
        let normal = normals.map_or(0, |n| {
            let normal = Vec3::from_slice(&n[3 * row..3 * row + 3]).try_normalize();
            pack_normal(normal.unwrap_or_else(|| shortest_axis(rotation, scale)))
        });
        let small = |column: Option<&[u8]>| column.map_or(0, |v| u32::from(v[row]).min(31));
        let attributes = normal | small(labels) << 22 | small(confidences) << 27;
        Shape::new(rotation.to_array(), scale.to_array(), attributes)
    })
}

/// `[rows, planes]` of a chunk: harmonics, then the material where there is any. A row is visited once, as
/// neighbors in `rows` lie far apart in the cloud.
fn plane_rows(cloud: &GaussianCloud, rows: &[u32], stored: Stored) -> Vec<[u32; 2]> {
    let used = 3 * sh::coefficient_count(stored.sh_degree.min(cloud.sh_degree()));
    let planes = stored.planes();
    let materials = has_material(cloud).then(|| Materials::of(cloud));
    let mut packed = vec![[0; 2]; rows.len() * planes];
    packed
        .par_chunks_mut(planes)
        .zip(rows)
        .with_min_len(TASK_ROWS)
        .for_each(|(packed, &row)| {
            let row = row as usize;
            let coefficients = &cloud.sh_of(row)[..used];
            let own = &mut packed[..stored.harmonic_planes()];
            if stored.compact {
                harmonics::pack_bytes(coefficients, own);
            } else {
                harmonics::pack_halves(coefficients, own);
            }
            if let (Some(materials), Some(last)) = (&materials, packed.last_mut()) {
                *last = materials.packed(row);
            }
        });
    packed
}

/// One plane of `plane_rows`.
fn plane(packed: &[[u32; 2]], planes: usize, plane: usize) -> Vec<[u32; 2]> {
    packed.iter().skip(plane).step_by(planes).copied().collect()
}

/// Flags, four rows a word.
pub(crate) fn flags(flags: &[SplatFlags], rows: &[u32]) -> Vec<u32> {
    rows.chunks(4)
        .map(|four| {
            four.iter().enumerate().fold(0, |word, (i, &row)| {
                word | u32::from(flags[row as usize].0) << (8 * i)
            })
        })
        .collect()
}

/// The world normal, label and confidence of packed attributes.
pub(crate) fn unpack_normal(attributes: u32) -> Vec3 {
    let component = |bits: u32| (bits & 0x7ff) as f32 * (2.0 / NORMAL_STEPS) - 1.0;
    let (x, y) = (component(attributes), component(attributes >> 11));
    let z = 1.0 - x.abs() - y.abs();
    // Unfold the lower half of the octahedron.
    let t = (-z).max(0.0);
    let x = if x >= 0.0 { x - t } else { x + t };
    let y = if y >= 0.0 { y - t } else { y + t };
    Vec3::new(x, y, z) / (x * x + y * y + z * z).sqrt()
}

pub(crate) fn clamped_scale(cloud: &GaussianCloud, row: usize) -> Vec3 {
    let (low, high) = SCALE_RANGE;
    cloud.scale(row).clamp(Vec3::splat(low), Vec3::splat(high))
}

/// Octahedral map of a unit normal (Meyer et al. 2010) on 11 + 11 bits.
fn pack_normal(n: Vec3) -> u32 {
    let n = n / (n.x.abs() + n.y.abs() + n.z.abs());
    let sign = |v: f32| if v >= 0.0 { 1.0 } else { -1.0 };
    let (x, y) = if n.z >= 0.0 {
        (n.x, n.y)
    } else {
        ((1.0 - n.y.abs()) * sign(n.x), (1.0 - n.x.abs()) * sign(n.y))
    };
    let quantize = |v: f32| ((v * 0.5 + 0.5) * NORMAL_STEPS).round() as u32;
    quantize(x) | quantize(y) << 11
}

fn shortest_axis(rotation: Quat, scale: Vec3) -> Vec3 {
    let axes = Mat3::from_quat(rotation);
    if scale.x <= scale.y && scale.x <= scale.z {
        axes.x_axis
    } else if scale.y <= scale.z {
        axes.y_axis
    } else {
        axes.z_axis
    }
}

fn column_u8<'a>(cloud: &'a GaussianCloud, name: &str) -> Option<&'a [u8]> {
    match cloud.column(name) {
        Some(column) if column.width == 1 => match &column.values {
            ColumnValues::U8(values) => Some(values),
            _ => None,
        },
        _ => None,
    }
}

fn collect<T: Send>(rows: &[u32], pack: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    rows.par_iter()
        .with_min_len(TASK_ROWS)
        .map(|&row| pack(row as usize))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_survive_packing_within_a_fifth_of_a_degree() {
        for i in 0..10_000u32 {
            // A spiral over the sphere.
            let z = 1.0 - 2.0 * (i as f32 + 0.5) / 10_000.0;
            let r = (1.0 - z * z).sqrt();
            let a = i as f32 * 2.399_963;
            let n = Vec3::new(r * a.cos(), r * a.sin(), z);
            let back = unpack_normal(pack_normal(n));
            assert!(back.dot(n) > 0.2f32.to_radians().cos(), "{n} became {back}");
        }
    }
}
