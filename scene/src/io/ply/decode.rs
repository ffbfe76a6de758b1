//! Rows of bytes → Gaussians, parallel, repairing or leaving out what is not usable.

use glam::{Quat, Vec3};
use rayon::prelude::*;

use super::{
    plan::{Field, Plan},
    scalar::{Endian, ScalarType, Strided},
};
use crate::{
    Column, ColumnValues, GaussianCloud,
    cloud::{CloudParts, is_direction},
    io::{Warning, Warnings},
    sh,
};

/// Rows per task: in and out together fit a second-level cache (1024 × (248 + 236) bytes).
const BLOCK: usize = 1024;
/// Logarithms of the scales that squared covariances survive in `f32` (e⁻⁸⁰ and e⁴⁰ are normal numbers).
const LOG_SCALES: (f32, f32) = (-40.0, 20.0);
/// Practically opaque: 1 − 10⁻⁷.
const MAX_LOGIT: f32 = 16.0;

/// Gaussians of one chunk of rows.
pub(super) struct Decoded {
    pub(super) cloud: GaussianCloud,
    /// What was repaired or left out.
    pub(super) warnings: Warnings,
    /// Rows that were left out, ascending.
    pub(super) dropped: Vec<usize>,
}

/// Trouble within one block.
#[derive(Default)]
struct Tally {
    dropped: Vec<usize>,
    zero_rotations: u64,
    clamped_scales: u64,
    infinite_opacities: u64,
}

impl Plan {
    /// Decodes whole rows of the given byte order.
    pub(super) fn decode(&self, rows: &[u8], endian: Endian) -> Decoded {
        let stride = self.stride().max(1);
        let n = rows.len() / stride;
        let sh_stride = 3 * sh::coefficient_count(self.sh_degree);
        let mut parts = CloudParts {
            means: vec![Vec3::ZERO; n],
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::ZERO; n],
            opacity_logits: vec![0.0; n],
            sh_degree: self.sh_degree,
            sh: vec![0.0; n * sh_stride],
            columns: Vec::new(),
        };
        let places = self.places(endian);
        let tallies: Vec<Tally> = (
            rows.par_chunks(BLOCK * stride),
            parts.means.par_chunks_mut(BLOCK),
            parts.rotations.par_chunks_mut(BLOCK),
            parts.log_scales.par_chunks_mut(BLOCK),
            parts.opacity_logits.par_chunks_mut(BLOCK),
            parts.sh.par_chunks_mut(BLOCK * sh_stride),
        )
            .into_par_iter()
            .enumerate()
            .map(
                |(block, (rows, means, rotations, log_scales, opacities, sh))| {
                    let mut out = Block {
                        means,
                        rotations,
                        log_scales,
                        opacities,
                        sh,
                        sh_stride,
                    };
                    for (field, place) in &places {
                        out.fill(*field, place, rows);
                    }
                    out.repair(block * BLOCK)
                },
            )
            .collect();

        let mut warnings = Warnings::default();
        parts.columns = self.columns(rows, &places, &mut warnings);
        let mut dropped = Vec::new();
        for tally in tallies {
            warnings.add(Warning::ZeroRotation, tally.zero_rotations);
            warnings.add(Warning::ClampedScale, tally.clamped_scales);
            warnings.add(Warning::InfiniteOpacity, tally.infinite_opacities);
            dropped.extend(tally.dropped);
        }
        warnings.add(Warning::NotFinite, dropped.len() as u64);
        let mut cloud = GaussianCloud::from_checked(parts);
        if !dropped.is_empty() {
            cloud = cloud.subset(|row| dropped.binary_search(&row).is_err());
        }
        Decoded {
            cloud,
            warnings,
            dropped,
        }
    }

    /// Where each property lies in a row.
    pub(super) fn places(&self, endian: Endian) -> Vec<(Field, Strided)> {
        let stride = self.stride();
        let mut offset = 0;
        let mut places = Vec::with_capacity(self.properties.len());
        for property in &self.properties {
            let place = Strided {
                scalar: property.scalar,
                endian,
                stride,
                offset,
            };
            places.push((property.field, place));
            offset += property.scalar.size();
        }
        places
    }

    fn columns(
        &self,
        rows: &[u8],
        places: &[(Field, Strided)],
        warnings: &mut Warnings,
    ) -> Vec<Column> {
        let n = rows.len() / self.stride().max(1);
        let read = |(index, plan): (usize, &super::plan::ColumnPlan)| {
            let mine = places.iter().filter_map(|(field, place)| match field {
                Field::Column(column, component) if *column == index => Some((*component, place)),
                _ => None,
            });
            let mut values = None;
            for (component, place) in mine {
                if plan.width == 1 {
                    values = Some(place.collect(rows));
                } else {
                    let wide =
                        values.get_or_insert_with(|| ColumnValues::F32(vec![0.0; n * plan.width]));
                    if let ColumnValues::F32(wide) = wide {
                        place.scatter(rows, wide, (plan.width, component));
                    }
                }
            }
            Some(Column {
                name: plan.name.clone(),
                width: plan.width,
                values: values?,
            })
        };
        let all: Vec<_> = self.columns.iter().enumerate().collect();
        let columns: Vec<Column> = all.into_par_iter().filter_map(read).collect();
        let kept = columns.into_iter().filter_map(|column| {
            if column.name == "normal" && column.width == 3 {
                usable_normals(column, warnings)
            } else {
                Some(column)
            }
        });
        kept.collect()
    }
}

/// The arrays of one block of rows.
struct Block<'a> {
    means: &'a mut [Vec3],
    rotations: &'a mut [Quat],
    log_scales: &'a mut [Vec3],
    opacities: &'a mut [f32],
    sh: &'a mut [f32],
    sh_stride: usize,
}

impl Block<'_> {
    fn fill(&mut self, field: Field, place: &Strided, rows: &[u8]) {
        match field {
            Field::Mean(i) => place.scatter(rows, bytemuck::cast_slice_mut(self.means), (3, i)),
            Field::Rotation(i) => {
                place.scatter(rows, bytemuck::cast_slice_mut(self.rotations), (4, i));
            }
            Field::LogScale(i) => {
                place.scatter(rows, bytemuck::cast_slice_mut(self.log_scales), (3, i));
            }
            Field::Opacity => place.scatter(rows, self.opacities, (1, 0)),
            Field::Sh(i) => place.scatter(rows, self.sh, (self.sh_stride, i)),
            Field::Column(..) => {}
        }
    }

    /// Repairs what has an obvious meaning and lists the rows (from `first`) that have none.
    fn repair(&mut self, first: usize) -> Tally {
        let mut tally = Tally::default();
        let harmonics = self.sh.chunks_exact(self.sh_stride);
        for (row, sh) in harmonics.enumerate() {
            let opacity = &mut self.opacities[row];
            if opacity.is_infinite() {
                *opacity = opacity.clamp(-MAX_LOGIT, MAX_LOGIT);
                tally.infinite_opacities += 1;
            }
            let scale = &mut self.log_scales[row];
            let (low, high) = (Vec3::splat(LOG_SCALES.0), Vec3::splat(LOG_SCALES.1));
            // Minus infinity is how exporters write a flat splat; plus infinity means nothing.
            let usable = !scale.is_nan() && scale.cmplt(Vec3::INFINITY).all();
            if usable && (scale.cmplt(low).any() || scale.cmpgt(high).any()) {
                *scale = scale.clamp(low, high);
                tally.clamped_scales += 1;
            }
            let rotation = &mut self.rotations[row];
            if rotation.is_finite() && !is_direction(*rotation) {
                match direction_of_extreme(*rotation) {
                    Some(unit) => *rotation = unit,
                    None => {
                        *rotation = Quat::IDENTITY;
                        tally.zero_rotations += 1;
                    }
                }
            }
            let finite = self.means[row].is_finite()
                && scale.is_finite()
                && opacity.is_finite()
                && rotation.is_finite()
                && sh.iter().fold(true, |all, v| all & v.is_finite());
            if !finite {
                tally.dropped.push(first + row);
            }
        }
        tally
    }
}

/// The direction of a finite quaternion whose length leaves `f32`, `None` if it is zero.
fn direction_of_extreme(q: Quat) -> Option<Quat> {
    let wide = q.as_dquat();
    let length = wide.length();
    (length > 0.0 && length.is_finite()).then(|| (wide / length).as_quat())
}

/// Normals as they are, `None` where all are plain zeros, which means that there are none.
fn usable_normals(mut column: Column, warnings: &mut Warnings) -> Option<Column> {
    let ColumnValues::F32(values) = &mut column.values else {
        return Some(column);
    };
    if values.par_iter().all(|v| v.to_bits() == 0) {
        return None;
    }
    let broken: u64 = values
        .par_chunks_exact_mut(3)
        .map(|normal| {
            let bad = !Vec3::from_slice(normal).is_finite();
            if bad {
                normal.fill(0.0);
            }
            u64::from(bad)
        })
        .sum();
    warnings.add(Warning::BadNormal, broken);
    Some(column)
}

/// Text rows → little-endian rows of the same plan. On an error the row and its first bad word.
pub(super) fn parse_rows(
    plan: &Plan,
    text: &[u8],
    ends: &[usize],
) -> Result<Vec<u8>, (usize, String)> {
    let stride = plan.stride();
    let mut rows = vec![0; ends.len() * stride];
    let scalars: Vec<ScalarType> = plan.properties.iter().map(|p| p.scalar).collect();
    rows.par_chunks_mut(stride.max(1))
        .enumerate()
        .try_for_each(|(row, out)| {
            let start = row.checked_sub(1).map_or(0, |before| ends[before]);
            let line = String::from_utf8_lossy(&text[start..ends[row]]);
            let mut words = line.split_ascii_whitespace();
            let mut offset = 0;
            for scalar in &scalars {
                let word = words.next().ok_or((row, String::from("a missing value")))?;
                let place = &mut out[offset..offset + scalar.size()];
                scalar.parse_into(word, place).ok_or_else(|| {
                    (
                        row,
                        format!("“{}”", word.chars().take(40).collect::<String>()),
                    )
                })?;
                offset += scalar.size();
            }
            match words.next() {
                None => Ok(()),
                Some(_) => Err((row, String::from("one value too many"))),
            }
        })?;
    Ok(rows)
}
