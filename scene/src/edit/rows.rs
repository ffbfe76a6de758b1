//! New parameters for some splats of a layer, and how they change places with the old ones.

use glam::{Quat, Vec3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Edit, EditError, Kind};
use crate::{
    Column, ColumnValues, GaussianCloud, NodeId, RowSet, Scene, Transform,
    cloud::{CloudParts, is_direction},
    sh,
};

/// Parameters of some splats in the order of their rows. What is none stays as it is, so that a step
/// that only moves splats holds only their means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RowValues {
    /// `[rows]` centers, object frame.
    pub means: Option<Vec<Vec3>>,
    /// `[rows]` quaternions.
    pub rotations: Option<Vec<Quat>>,
    /// `[rows]` logarithms of the standard deviations.
    pub log_scales: Option<Vec<Vec3>>,
    /// `[rows]` logits of the opacities.
    pub opacity_logits: Option<Vec<f32>>,
    /// `[rows]` coefficients of degree 0.
    pub dc: Option<Vec<Vec3>>,
    /// `[rows, K, 3]` all coefficients.
    pub sh: Option<Vec<f32>>,
    /// `[rows, 3]` of the `normal` column.
    pub normals: Option<Vec<f32>>,
}

impl RowValues {
    /// Memory held, bytes.
    pub fn bytes(&self) -> usize {
        let each = [
            self.means.as_ref().map_or(0, |v| size_of_val(&v[..])),
            self.rotations.as_ref().map_or(0, |v| size_of_val(&v[..])),
            self.log_scales.as_ref().map_or(0, |v| size_of_val(&v[..])),
            self.opacity_logits
                .as_ref()
                .map_or(0, |v| size_of_val(&v[..])),
            self.dc.as_ref().map_or(0, |v| size_of_val(&v[..])),
            self.sh.as_ref().map_or(0, |v| size_of_val(&v[..])),
            self.normals.as_ref().map_or(0, |v| size_of_val(&v[..])),
        ];
        each.iter().sum()
    }

    /// Whether nothing but colors is in it: no splat comes to lie elsewhere.
    pub(super) fn only_colors(&self) -> bool {
        let Self {
            means,
            rotations,
            log_scales,
            opacity_logits,
            dc: _,
            sh: _,
            normals,
        } = self;
        let shapes = means.is_none() && rotations.is_none() && log_scales.is_none();
        shapes && opacity_logits.is_none() && normals.is_none()
    }

    /// What of `changed` (the same splats, as many as `cloud` has) differs in kind from `cloud`.
    fn difference(cloud: &GaussianCloud, changed: GaussianCloud) -> Self {
        let normals = match changed.column_f32("normal", 3) {
            Some(new) if Some(new) != cloud.column_f32("normal", 3) => Some(new.to_vec()),
            _ => None,
        };
        let same_means = changed.means() == cloud.means();
        let same_rotations = changed.raw_rotations() == cloud.raw_rotations();
        let same_scales = changed.log_scales() == cloud.log_scales();
        let same_sh = changed.sh() == cloud.sh();
        let parts = changed.into_parts();
        Self {
            means: (!same_means).then_some(parts.means),
            rotations: (!same_rotations).then_some(parts.rotations),
            log_scales: (!same_scales).then_some(parts.log_scales),
            sh: (!same_sh).then_some(parts.sh),
            normals,
            ..Self::default()
        }
    }

    fn is_sound(&self, rows: usize, stride: usize) -> bool {
        fn fits<T>(values: Option<&Vec<T>>, len: usize, good: fn(&T) -> bool) -> bool {
            values.is_none_or(|v| v.len() == len && v.iter().all(good))
        }
        fits(self.means.as_ref(), rows, |v| v.is_finite())
            && fits(self.rotations.as_ref(), rows, |q| is_direction(*q))
            && fits(self.log_scales.as_ref(), rows, |v| v.is_finite())
            && fits(self.opacity_logits.as_ref(), rows, |v| v.is_finite())
            && fits(self.dc.as_ref(), rows, |v| v.is_finite())
            && fits(self.sh.as_ref(), rows * stride, |v| v.is_finite())
            && fits(self.normals.as_ref(), rows * 3, |v| v.is_finite())
    }
}

impl Edit {
    /// Gives some splats of a layer other parameters.
    pub fn set_rows(id: NodeId, rows: RowSet, values: RowValues) -> Self {
        Self(Kind::Rows {
            id,
            rows,
            values: Box::new(values),
        })
    }

    /// Moves, turns and scales some splats of a layer in its own frame, harmonics and normals
    /// included; `None` if the node is not a layer.
    pub fn transform_rows(
        scene: &Scene,
        id: NodeId,
        rows: RowSet,
        transform: &Transform,
    ) -> Option<Self> {
        if transform.rotation == Quat::IDENTITY && *transform != Transform::IDENTITY {
            return Self::shift_rows(scene, id, rows, transform);
        }
        Self::reshape_rows(scene, id, rows, |part| part.transformed(transform))
    }

    /// The same where nothing is turned: only places change, and sizes where it scales.
    fn shift_rows(scene: &Scene, id: NodeId, rows: RowSet, transform: &Transform) -> Option<Self> {
        let cloud = &scene.node(id)?.splats()?.cloud;
        if rows.is_empty() || rows.covering().end > cloud.len() {
            return None;
        }
        let list: Vec<usize> = rows.iter().collect();
        let means = list
            .par_iter()
            .map(|row| transform.place(cloud.means()[*row]));
        let by = Vec3::splat(transform.scale.ln());
        let scales = list.par_iter().map(|row| cloud.log_scales()[*row] + by);
        let values = RowValues {
            means: Some(means.collect()),
            log_scales: (transform.scale != 1.0).then(|| scales.collect()),
            ..RowValues::default()
        };
        Some(Self::set_rows(id, rows, values))
    }

    /// Mirrors some splats of a layer at a plane of its own frame, through `point` across the unit
    /// `normal`; `None` if the node is not a layer.
    pub fn mirror_rows(
        scene: &Scene,
        id: NodeId,
        rows: RowSet,
        (point, normal): (Vec3, Vec3),
    ) -> Option<Self> {
        Self::reshape_rows(scene, id, rows, |part| part.mirrored(point, normal))
    }

    /// Gives some splats the parameters that `change` makes of them; it must keep their number and
    /// the degree of their harmonics.
    fn reshape_rows(
        scene: &Scene,
        id: NodeId,
        rows: RowSet,
        change: impl FnOnce(&GaussianCloud) -> GaussianCloud,
    ) -> Option<Self> {
        let cloud = &scene.node(id)?.splats()?.cloud;
        if rows.is_empty() || rows.covering().end > cloud.len() {
            return None;
        }
        let list: Vec<usize> = rows.iter().collect();
        let part = cloud.gathered(&list);
        let values = RowValues::difference(&part, change(&part));
        Some(Self::set_rows(id, rows, values))
    }
}

/// Changes places between what the edit holds and what the cloud holds.
pub(super) fn swap_rows(
    name: &str,
    cloud: &mut GaussianCloud,
    rows: &RowSet,
    values: &mut RowValues,
) -> Result<(), EditError> {
    let end = rows.covering().end;
    if end > cloud.len() {
        return Err(EditError::RowMissing {
            name: name.to_owned(),
            row: end - 1,
            splats: cloud.len(),
        });
    }
    let stride = 3 * sh::coefficient_count(cloud.sh_degree());
    let has_normals = cloud.column_f32("normal", 3).is_some();
    let both_colors = values.dc.is_some() && values.sh.is_some();
    if both_colors
        || (values.normals.is_some() && !has_normals)
        || !values.is_sound(rows.len(), stride)
    {
        return Err(EditError::Invalid {
            what: "what the splats should become",
        });
    }
    let mut parts = std::mem::take(cloud).into_parts();
    swap_parts(&mut parts, rows, values, stride);
    *cloud = GaussianCloud::from_checked(parts);
    Ok(())
}

fn swap_parts(parts: &mut CloudParts, rows: &RowSet, values: &mut RowValues, stride: usize) {
    swap_wide(&mut parts.means, values.means.as_mut(), rows, 1);
    swap_wide(&mut parts.rotations, values.rotations.as_mut(), rows, 1);
    swap_wide(&mut parts.log_scales, values.log_scales.as_mut(), rows, 1);
    let logits = values.opacity_logits.as_mut();
    swap_wide(&mut parts.opacity_logits, logits, rows, 1);
    swap_wide(&mut parts.sh, values.sh.as_mut(), rows, stride);
    if let Some(dc) = &mut values.dc {
        for (row, new) in rows.iter().zip(dc) {
            let old = &mut parts.sh[row * stride..row * stride + 3];
            let kept = Vec3::from_slice(old);
            old.copy_from_slice(&new.to_array());
            *new = kept;
        }
    }
    let mut columns = parts.columns.iter_mut();
    if let Some(Column {
        values: ColumnValues::F32(old),
        ..
    }) = columns.find(|c| c.name == "normal" && c.width == 3)
    {
        swap_wide(old, values.normals.as_mut(), rows, 3);
    }
}

fn swap_wide<T>(all: &mut [T], new: Option<&mut Vec<T>>, rows: &RowSet, width: usize) {
    let Some(new) = new else { return };
    for (row, new) in rows.iter().zip(new.chunks_exact_mut(width)) {
        all[row * width..(row + 1) * width].swap_with_slice(new);
    }
}
