//! Colors of the skin for every vertex of the mesh: seen where the photograph shows it, spread from there
//! over what it does not show.
//!
//! What spreads is the color without its light. A first-order model of the light (Lambert's cosine against
//! one direction, fitted to the seen skin) and the hollows of the mesh are divided out before and put back
//! after, so that the invented side of a face has relief and darkens where it turns away.

use glam::{Mat4, Vec3, Vec4};

use super::graph::{EdgeGraph, Wish};
use super::mesh::{VertexKind, VertexPart};
use super::posed::PosedMesh;
use super::surface::Front;
use super::types::{Crop, Label, LabelMap};
use crate::imageops::distance::distances;
use crate::imageops::morphology::{both, erode};
use crate::imageops::{Grid, bilinear};

/// Vertices seen more flatly than this cosine carry no color.
pub(super) const FACING_KNOWN: f32 = 0.2;
/// Over this range of cosines beyond it the trust grows to one.
pub(super) const FACING_RAMP: f32 = 0.3;
/// Skin nearer to another label than this, in face heights, is not trusted: outlines would spread.
const ERODE: f32 = 0.018;
/// The same for the outline against the background, along which the camera blurs.
const ERODE_OUTLINE: f32 = 0.03;
/// A vertex lies on the photographed surface when within this of the depth buffer, dm.
pub(super) const OCCLUDED: f32 = 0.06;
/// Trust in the color seen on the other half of the face, which is lit differently.
const MIRROR_WEIGHT: f32 = 0.12;
/// Strength of a fully trusted color against the edges, 1/dm: edges of a vertex sum to about 100.
const DATA_WEIGHT: f32 = 100.0;
/// Pull towards the median skin, 1/dm; only felt far from everything seen.
const SCREENING: f32 = 0.003;
/// The median is this much darker below the jaw.
const NECK_SHADE: f32 = 0.85;
/// Height below which skin is neck, dm.
const JAW_Y: f32 = 6.45;
/// Range of the light's factor: what faces away from the camera is a guess.
const LIGHT_RANGE: [f32; 2] = [0.78, 1.1];
/// Ridge of the light's fit, of its sample weight: a face that is hardly curved tells little.
const LIGHT_RIDGE: f32 = 0.02;
/// Rounds of smoothing against which a hollow is measured; about 2 cm of mesh.
const HOLLOW_ROUNDS: usize = 4;
/// Darkening per dm of depth of a hollow.
const HOLLOW_SHADE: f32 = 5.0;
/// Range of the hollows' factor.
const HOLLOW_RANGE: [f32; 2] = [0.72, 1.05];
/// Luminance of display-referred color (Rec. 601).
const LUMINANCE: Vec3 = Vec3::new(0.299, 0.587, 0.114);

/// Colors of the skin on the mesh.
#[derive(Debug, Clone, PartialEq)]
pub struct SkinColors {
    /// `[V]`.
    pub vertices: Vec<Vec3>,
    /// The median of what is seen.
    pub median: Vec3,
    /// `[V]` the vertex on the other side of the head, where there is one.
    pub mirror: Vec<Option<usize>>,
    /// `[height, width]` pixels that are skin through and through.
    pub trusted: Vec<bool>,
}

/// Spreads the seen skin over the whole mesh.
pub fn skin_colors(
    mesh: &PosedMesh<'_>,
    front: &Front,
    crop: &Crop,
    labels: &LabelMap,
) -> SkinColors {
    let graph = EdgeGraph::new(&mesh.vertices, &mesh.model.triangles, |t| {
        mesh.model.outer[t]
    });
    let trusted = trusted_skin(crop, labels, crop.alpha.grid());
    let mut seen = seen_colors(mesh, front, crop, &trusted);
    let light = light(mesh, &graph, &seen);
    for (seen, light) in seen.iter_mut().zip(&light) {
        seen.value /= *light;
    }
    let median = median_color(seen.iter().filter(|w| w.weight > 0.5).map(|w| w.value));
    let mirror = mirror_vertices(mesh.model.mean());
    let mut wishes = vec![Wish::default(); seen.len()];
    for v in 0..seen.len() {
        let other = mirror[v].map_or(Wish::default(), |m| seen[m]);
        let own = seen[v].weight;
        let borrowed = MIRROR_WEIGHT * (1.0 - own) * other.weight;
        let weight = own + borrowed;
        if weight > 0.0 {
            wishes[v] = Wish {
                value: (seen[v].value * own + other.value * borrowed) / weight,
                weight: DATA_WEIGHT * weight,
            };
        }
    }
    let screen: Vec<Wish> = mesh
        .vertices
        .iter()
        .map(|p| Wish {
            value: if p.y < JAW_Y {
                median * NECK_SHADE
            } else {
                median
            },
            weight: SCREENING,
        })
        .collect();
    let mut vertices = graph.solve(&[&wishes, &screen]);
    for (color, light) in vertices.iter_mut().zip(&light) {
        *color *= *light;
    }
    SkinColors {
        vertices,
        median,
        mirror,
        trusted,
    }
}

/// `[V]` factor of light and hollows at every vertex, about 1 on the seen skin.
fn light(mesh: &PosedMesh<'_>, graph: &EdgeGraph, seen: &[Wish]) -> Vec<f32> {
    let mut normal_matrix = Mat4::ZERO;
    let mut right = Vec4::ZERO;
    let (mut weights, mut level) = (0.0f32, 0.0f32);
    for (wish, normal) in seen.iter().zip(&mesh.normals) {
        let row = normal.extend(1.0);
        let luminance = wish.value.dot(LUMINANCE);
        let weighted = row * wish.weight;
        normal_matrix += Mat4::from_cols(
            weighted * row.x,
            weighted * row.y,
            weighted * row.z,
            weighted * row.w,
        );
        right += weighted * luminance;
        weights += wish.weight;
        level += wish.weight * luminance;
    }
    let smooth = graph.smoothed(&mesh.vertices, HOLLOW_ROUNDS);
    let hollow = |v: usize| {
        // Elsewhere the photograph shows hollows, and what it hides is smooth.
        if !matches!(
            mesh.model.parts[v],
            VertexPart::LeftEar | VertexPart::RightEar
        ) {
            return 1.0;
        }
        let depth = (smooth[v] - mesh.vertices[v]).dot(mesh.normals[v]);
        (1.0 - HOLLOW_SHADE * depth).clamp(HOLLOW_RANGE[0], HOLLOW_RANGE[1])
    };
    if !(weights > 1.0 && level > 1e-3) {
        return (0..seen.len()).map(hollow).collect();
    }
    level /= weights;
    // The ridge pulls the direction to zero, not the level.
    let ridge = LIGHT_RIDGE * weights;
    normal_matrix += Mat4::from_diagonal(Vec4::new(ridge, ridge, ridge, 0.0));
    let model = normal_matrix.inverse() * right / level;
    (0..seen.len())
        .map(|v| {
            let lambert = mesh.normals[v].extend(1.0).dot(model);
            lambert.clamp(LIGHT_RANGE[0], LIGHT_RANGE[1]) * hollow(v)
        })
        .collect()
}

/// Color and trust (0..=1) of the vertices that the photograph shows.
fn seen_colors(mesh: &PosedMesh<'_>, front: &Front, crop: &Crop, trusted: &[bool]) -> Vec<Wish> {
    let grid = crop.alpha.grid();
    let eye = crop.camera.eye();
    (0..mesh.vertices.len())
        .map(|v| {
            let p = mesh.vertices[v];
            let facing = mesh.normals[v].dot((eye - p).normalize_or(Vec3::Z));
            let at = crop.camera.project(p);
            let pixel = grid.pixel_at(at.x, at.y);
            let visible =
                pixel.is_some_and(|i| trusted[i] && at.z < front.mesh_hits[i].depth + OCCLUDED);
            if mesh.model.kinds[v] != VertexKind::Skin || !visible || facing <= FACING_KNOWN {
                return Wish::default();
            }
            let trust = ((facing - FACING_KNOWN) / FACING_RAMP).min(1.0).powf(1.5);
            Wish {
                value: bilinear(&crop.color.values, grid, at.x, at.y),
                weight: trust,
            }
        })
        .collect()
}

/// Pixels that are skin through and through.
fn trusted_skin(crop: &Crop, labels: &LabelMap, grid: Grid) -> Vec<bool> {
    let radius = ERODE * crop.face_height;
    let skin: Vec<bool> = labels.labels.iter().map(|l| *l == Label::Skin).collect();
    let solid = crop.alpha.above(0.95);
    let skin = both(
        &erode(&skin, grid, radius),
        &erode(&solid, grid, ERODE_OUTLINE * crop.face_height),
    );
    let hair: Vec<bool> = (0..grid.len())
        .map(|i| labels.labels[i] == Label::Hair && crop.alpha.values[i] > 0.05)
        .collect();
    let from_hair = distances(&hair, grid);
    (0..grid.len())
        .map(|i| skin[i] && from_hair[i] > 1.5 * radius)
        .collect()
}

/// The median of each channel; mid grey of nothing.
pub(crate) fn median_color(colors: impl Iterator<Item = Vec3>) -> Vec3 {
    let colors: Vec<Vec3> = colors.collect();
    if colors.is_empty() {
        return Vec3::splat(0.5);
    }
    let channel = |c: usize| {
        let mut values: Vec<f32> = colors.iter().map(|v| v[c]).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f32::total_cmp).1
    };
    Vec3::new(channel(0), channel(1), channel(2))
}

/// The vertex on the other side of each vertex of the mean head, where there is one.
fn mirror_vertices(mean: &[Vec3]) -> Vec<Option<usize>> {
    /// Mirror images are exact up to the rounding of the half-precision table, dm.
    const TOLERANCE: f32 = 0.01;
    let mut by_height: Vec<usize> = (0..mean.len()).collect();
    by_height.sort_unstable_by(|a, b| mean[*a].y.total_cmp(&mean[*b].y));
    (0..mean.len())
        .map(|v| {
            let wanted = Vec3::new(-mean[v].x, mean[v].y, mean[v].z);
            let first = by_height.partition_point(|o| mean[*o].y < wanted.y - TOLERANCE);
            by_height[first..]
                .iter()
                .take_while(|o| mean[**o].y <= wanted.y + TOLERANCE)
                .map(|o| (*o, mean[*o].distance_squared(wanted)))
                .filter(|(_, d)| *d < TOLERANCE * TOLERANCE)
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(o, _)| o)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_ignores_outliers() {
        let colors = [0.1, 0.5, 0.4, 0.6, 9.0].map(Vec3::splat);
        assert_eq!(median_color(colors.into_iter()), Vec3::splat(0.5));
    }

    #[test]
    fn vertices_find_their_mirror_image() {
        let points = [
            Vec3::new(1.0, 2.0, 3.0),
            Vec3::new(0.0, 2.0, 1.0),
            Vec3::new(-1.0, 2.0, 3.0),
            Vec3::new(-1.0, 2.3, 3.0),
        ];
        let mirror = mirror_vertices(&points);
        assert_eq!(mirror, vec![Some(2), Some(1), Some(0), None]);
    }
}
