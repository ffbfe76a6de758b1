//! Surfels become a cloud of the scene: Gaussians with materials, and colors under a light of the day.

use glam::{Mat3, Quat, Vec3};
use rayon::prelude::*;
use scene::{
    CloudError, Column, ColumnValues, GaussianCloud,
    cloud::{CloudParts, logit},
    sh::dc_from_color,
};

use crate::{field::HeightField, light::Daylight, surfels::Surfels};

/// What a cloud is made with.
#[derive(Debug, Clone, Copy)]
pub struct Bake<'a> {
    /// The light in the colors.
    pub light: Daylight,
    /// From where mirrors are seen, frame of the city; without it as somebody in the street sees them.
    pub eye: Option<Vec3>,
    /// Heights for shadows and mirrors.
    pub field: &'a HeightField,
}

/// A vector of the city in the frame of a scene: x east, y up, z south.
pub fn scene_from_city(v: Vec3) -> Vec3 {
    Vec3::new(v.x, v.z, -v.y)
}

/// The Gaussians of surfels, in metres with the layout's origin at zero. Columns: `normal`, `albedo`, `roughness`,
/// `metallic`, `emissive`, `ambient_occlusion`, `glass`, `label` (the [`crate::Class`]) and `instance` (one more
/// than the index of the building in its layout, zero for all else).
pub fn cloud(surfels: &Surfels, bake: &Bake<'_>) -> Result<GaussianCloud, CloudError> {
    let n = surfels.len();
    let rows = || (0..n).into_par_iter();
    let rotation = |row: usize| {
        let (t, normal) = (surfels.tangents[row], surfels.normals[row]);
        let axes = Mat3::from_cols(
            scene_from_city(t),
            scene_from_city(normal.cross(t)),
            scene_from_city(normal),
        );
        Quat::from_mat3(&axes).normalize()
    };
    let color = |row: usize| {
        let linear = bake.light.shade(surfels, row, bake.field, bake.eye);
        dc_from_color(bake.light.display(linear)).to_array()
    };
    let per_row: Vec<(Quat, [f32; 3])> = rows().map(|row| (rotation(row), color(row))).collect();
    let (rotations, dc): (Vec<Quat>, Vec<[f32; 3]>) = per_row.into_iter().unzip();
    GaussianCloud::new(CloudParts {
        means: rows()
            .map(|row| scene_from_city(surfels.means[row]))
            .collect(),
        rotations,
        log_scales: rows()
            .map(|row| surfels.sigmas[row].max(Vec3::splat(1e-4)).map(f32::ln))
            .collect(),
        opacity_logits: rows().map(|row| logit(surfels.opacities[row])).collect(),
        sh_degree: 0,
        sh: dc.into_flattened(),
        columns: columns(surfels),
    })
}

fn columns(surfels: &Surfels) -> Vec<Column> {
    let column = |name: &str, width, values| Column {
        name: name.to_owned(),
        width,
        values,
    };
    let vectors = |of: &dyn Fn(usize) -> Vec3| {
        ColumnValues::F32(
            (0..surfels.len())
                .flat_map(|row| of(row).to_array())
                .collect(),
        )
    };
    let numbers =
        |of: &dyn Fn(usize) -> f32| ColumnValues::F32((0..surfels.len()).map(of).collect());
    let look = &surfels.surfaces;
    vec![
        column(
            "normal",
            3,
            vectors(&|row| scene_from_city(surfels.normals[row])),
        ),
        column("albedo", 3, vectors(&|row| look[row].albedo)),
        column("roughness", 1, numbers(&|row| look[row].roughness)),
        column("metallic", 1, numbers(&|row| look[row].metallic)),
        column("emissive", 3, vectors(&|row| look[row].emissive)),
        column(
            "ambient_occlusion",
            1,
            numbers(&|row| surfels.occlusion[row]),
        ),
        column("glass", 1, numbers(&|row| look[row].glass)),
        column(
            "label",
            1,
            ColumnValues::U8(surfels.classes.iter().map(|class| *class as u8).collect()),
        ),
        column("instance", 1, ColumnValues::U32(surfels.instances.clone())),
    ]
}
