//! Skin where the photograph does not show it: colors for every vertex of the mesh, and surfels on the
//! sides of the face, the ears, the neck and under the hair.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::cloth_hidden::ClothBack;
use super::graph::{EdgeGraph, Wish};
use super::mesh::{SurfaceSample, VertexKind, VertexPart, sample_surface};
use super::outline::Outlines;
use super::posed::PosedMesh;
use super::surface::Front;
use super::surfel::Surfel;
use super::types::{Confidence, Crop, Label, LabelMap};
use crate::imageops::distance::distances;
use crate::imageops::morphology::{both, erode};
use crate::imageops::{Grid, bilinear};

/// Vertices seen more flatly than this cosine carry no color.
const FACING_KNOWN: f32 = 0.2;
/// Over this range of cosines beyond it the trust grows to one.
const FACING_RAMP: f32 = 0.3;
/// Skin nearer to another label than this, in face heights, is not trusted: outlines would spread.
const ERODE: f32 = 0.018;
/// A vertex lies on the photographed surface when within this of the depth buffer, dm.
const OCCLUDED: f32 = 0.06;
/// Trust in the color seen on the other half of the face.
const MIRROR_WEIGHT: f32 = 0.35;
/// Strength of a fully trusted color against the edges, 1/dm: edges of a vertex sum to about 100.
const DATA_WEIGHT: f32 = 100.0;
/// Pull towards the median skin, 1/dm; only felt far from everything seen.
const SCREENING: f32 = 0.003;
/// The median is this much darker below the jaw.
const NECK_SHADE: f32 = 0.85;
/// Height below which skin is neck, dm.
const JAW_Y: f32 = 6.45;

/// Samples facing the camera more than this are the photograph's own.
const FACING_SEEN: f32 = 0.55;
/// More of an ear under hair than this, and the ear is not made.
const EAR_HIDDEN: f32 = 0.5;
/// Samples lie this far under the photographed surface, dm.
const INWARDS: f32 = 0.03;
/// Samples this far before the photograph's depth would hide it, dm.
const BEFORE_PHOTO: f32 = 0.06;
/// Color of the scalp under hair, of the hair's color.
const SCALP_SHADE: f32 = 0.7;
/// Samples have this standard deviation, in spacings.
const SIGMA: f32 = 0.75;
/// Thickness of invented surfels, of their sigma.
const THICKNESS: f32 = 0.2;

/// Colors of the skin on the mesh.
#[derive(Debug, Clone, PartialEq)]
pub struct SkinColors {
    /// `[V]`.
    pub vertices: Vec<Vec3>,
    /// The median of what is seen.
    pub median: Vec3,
}

/// Spreads the seen skin over the whole mesh.
pub fn skin_colors(
    mesh: &PosedMesh<'_>,
    front: &Front,
    crop: &Crop,
    labels: &LabelMap,
) -> SkinColors {
    let seen = seen_colors(mesh, front, crop, labels);
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
    let graph = EdgeGraph::new(&mesh.vertices, &mesh.model.triangles, |t| {
        mesh.model.outer[t]
    });
    SkinColors {
        vertices: graph.solve(&[&wishes, &screen]),
        median,
    }
}

/// Color and trust (0..=1) of the vertices that the photograph shows.
fn seen_colors(mesh: &PosedMesh<'_>, front: &Front, crop: &Crop, labels: &LabelMap) -> Vec<Wish> {
    let grid = crop.alpha.grid();
    let trusted = trusted_skin(crop, labels, grid);
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
    let skin = both(&erode(&skin, grid, radius), &erode(&solid, grid, radius));
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

/// What hides or colors skin samples.
pub struct Cover<'a> {
    /// Color of the hair over a point of the far side, or of the near side in a pixel, where hair grows.
    pub hair_over: &'a (dyn Fn(Vec3, Option<usize>) -> Option<Vec3> + Sync),
    /// Outlines that samples stay inside of.
    pub outlines: &'a Outlines,
    /// The back of the cloth.
    pub back: &'a ClothBack,
}

/// Surfels on the skin that the photograph does not show, spacing in dm.
pub fn hidden_skin(
    mesh: &PosedMesh<'_>,
    front: &Front,
    (crop, labels): (&Crop, &LabelMap),
    colors: &SkinColors,
    (cover, spacing): (&Cover<'_>, f32),
) -> Vec<Surfel> {
    let skin = |t: usize| mesh.model.triangle_kind(t) == VertexKind::Skin;
    let samples = sample_surface(mesh.model, &mesh.vertices, spacing, skin);
    samples
        .par_iter()
        .filter_map(|s| {
            let part = mesh.model.triangle_part(s.triangle as usize);
            let ear = match part {
                VertexPart::LeftEar => Some(0),
                VertexPart::RightEar => Some(1),
                _ => None,
            };
            if ear.is_some_and(|side: usize| labels.ear_covered[side] > EAR_HIDDEN) {
                return None;
            }
            let (position, pixel) = place(s, part, (front, crop, labels), cover)?;
            let corners = mesh.model.triangles[s.triangle as usize];
            let [a, b, c] = corners.map(|v| colors.vertices[v as usize]);
            let skin_color = a * s.weights.x + b * s.weights.y + c * s.weights.z;
            let seen_from = if is_behind(s, crop) {
                None
            } else {
                Some(pixel)
            };
            let hair = match ear {
                None => (cover.hair_over)(position, seen_from),
                Some(_) => None,
            };
            Some(Surfel {
                position: position - s.normal * INWARDS,
                normal: s.normal,
                axis: s.normal,
                along: s.normal.any_orthonormal_vector(),
                sigma: Vec3::new(1.0, 1.0, THICKNESS) * SIGMA * spacing,
                color: hair.map_or(skin_color, |color| color * SCALP_SHADE),
                opacity: 0.95,
                label: if hair.is_some() {
                    Label::Hair
                } else {
                    Label::Skin
                },
                confidence: Confidence::Invented,
            })
        })
        .collect()
}

/// Whether a sample lies on the far side of the head.
fn is_behind(s: &SurfaceSample, crop: &Crop) -> bool {
    s.normal.dot(crop.camera.eye() - s.position) < 0.0
}

/// Where a sample of the mesh goes, or `None` where the photograph's own surface is enough or would be
/// hidden by it.
fn place(
    s: &SurfaceSample,
    part: VertexPart,
    (front, crop, labels): (&Front, &Crop, &LabelMap),
    cover: &Cover<'_>,
) -> Option<(Vec3, usize)> {
    let to_eye = (crop.camera.eye() - s.position).normalize_or(Vec3::Z);
    let facing = s.normal.dot(to_eye);
    let (inside, pixel) = cover.outlines.into_any(crop, s.position)?;
    let under_cloth = part == VertexPart::Torso && cover.back.mask[pixel];
    if under_cloth || cover.back.is_pierced_by(pixel, inside) {
        return None;
    }
    let depth = crop.camera.project(inside).z;
    let under = depth - front.surface.depth.values[pixel];
    let covered = matches!(labels.labels[pixel], Label::Hair | Label::Cloth);
    if under > OCCLUDED {
        return Some((inside, pixel));
    }
    if facing >= FACING_SEEN {
        return None;
    }
    if under < -BEFORE_PHOTO && covered {
        // The mesh is a little wider than the photographed skin: it goes where that ends.
        return cover.outlines.into_skin(crop, s.position);
    }
    (under >= -BEFORE_PHOTO || facing <= FACING_KNOWN).then_some((inside, pixel))
}

/// Center of a pixel.
pub(crate) fn pixel_center(grid: Grid, pixel: usize) -> Vec2 {
    let (x, y) = grid.position(pixel);
    Vec2::new(x as f32 + 0.5, y as f32 + 0.5)
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
