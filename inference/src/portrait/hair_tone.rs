//! The slow part of the hair's color and the direction in which it is combed, known where the photograph
//! sees hair well and spread from there over the whole shell.

use glam::{Mat3, Vec2, Vec3};

use super::graph::{EdgeGraph, Wish};
use super::radial::{self, CENTER, GRID, RadialSurface, sample_directions};
use super::skin::median_color;
use super::surface::Front;
use super::types::{Crop, HeadCamera, Label, LabelMap};
use crate::imageops::blur::{gaussian, gaussian_masked, weights_of};
use crate::imageops::morphology::{both, erode};

/// Hair seen more flatly than this cosine shows rim light and background, not its color.
const FACING_TRUSTED: f32 = 0.28;
/// Pixels this near to the outline or to another label are not trusted, in face heights.
const ERODE: f32 = 0.018;
/// Blur between slow color and detail, in face heights: about a lock of hair.
const TONE_BLUR: f32 = 0.045;
/// Strength of seen tone against the shell's edges, 1/dm.
const SEEN_WEIGHT: f32 = 60.0;
/// Pull towards the median color and the natural fall, 1/dm: felt about 1 dm from seen hair.
const SCREENING: f32 = 0.05;
/// Hair is this much darker at the nape.
const NAPE_SHADE: f32 = 0.8;
/// Heights between which hair darkens to the nape, dm.
const NAPE_RANGE: [f32; 2] = [7.6, 6.4];
/// Blur of the structure tensor, in face heights.
const STRAND_BLUR: f32 = 0.03;
/// Direction from [`CENTER`] to the whorl, from which hair falls: high on the back.
const WHORL: Vec3 = Vec3::new(0.0, 0.86, -0.51);
/// How much gravity adds to the fall from the whorl.
const GRAVITY: f32 = 0.9;
/// Added to colors before ratios and logarithms, so that black hair does not make wild ones.
const LOG_OFFSET: f32 = 0.04;

/// Slow color, detail and direction of the hair.
#[derive(Debug, Clone)]
pub struct HairTone {
    /// `[ELEVATIONS, AZIMUTHS]` slow color over the shell.
    pub shell: Vec<Vec3>,
    /// `[ELEVATIONS, AZIMUTHS]` unit strand direction over the shell, away from the whorl.
    pub strands: Vec<Vec3>,
    /// `[height, width]` slow color of the photograph's hair.
    pub image: Vec<Vec3>,
    /// `[height, width]` logarithm of color over slow color.
    pub detail: Vec<Vec3>,
    /// `[height, width]` unit strand direction in the image, away from the whorl.
    pub image_strands: Vec<Vec2>,
    /// `[height, width]` hair that is seen well.
    pub trusted: Vec<bool>,
    /// Median color of the trusted hair.
    pub median: Vec3,
}

impl HairTone {
    /// Slow color of the hair in a direction from [`CENTER`].
    pub fn tone(&self, direction: Vec3) -> Vec3 {
        sample_directions(&self.shell, direction)
    }

    /// Strand direction on the shell, unit, away from the whorl.
    pub fn strand(&self, direction: Vec3) -> Vec3 {
        sample_directions(&self.strands, direction).normalize_or(Vec3::NEG_Y)
    }
}

/// Slow color with its detail put back.
pub fn with_detail(tone: Vec3, detail: Vec3) -> Vec3 {
    let exp = Vec3::new(detail.x.exp(), detail.y.exp(), detail.z.exp());
    ((tone + LOG_OFFSET) * exp - LOG_OFFSET).clamp(Vec3::ZERO, Vec3::ONE)
}

/// Logarithm of a color over its slow part.
pub fn detail_of(color: Vec3, tone: Vec3) -> Vec3 {
    let ratio = (color + LOG_OFFSET) / (tone + LOG_OFFSET);
    Vec3::new(ratio.x.ln(), ratio.y.ln(), ratio.z.ln())
}

/// Reads the hair of the photograph; `None` where there is too little of it.
pub fn hair_tone(front: &Front, crop: &Crop, labels: &LabelMap) -> Option<HairTone> {
    let grid = crop.alpha.grid();
    let trusted = trusted_hair(front, crop, labels);
    let fewest = (0.001 * crop.face_height * crop.face_height) as usize;
    if trusted.iter().filter(|t| **t).count() <= fewest.max(16) {
        return None;
    }
    let colors = (0..grid.len()).filter(|i| trusted[*i]);
    let median = median_color(colors.map(|i| crop.color.values[i]));
    let weights = weights_of(&trusted);
    let sigma = TONE_BLUR * crop.face_height;
    let image = gaussian_masked(&crop.color.values, &weights, grid, sigma);
    let detail = (0..grid.len())
        .map(|i| detail_of(crop.color.values[i], image[i]))
        .collect();
    let image_strands = strands_in_image(front, crop);
    let mut tone = HairTone {
        shell: Vec::new(),
        strands: Vec::new(),
        image,
        detail,
        image_strands,
        trusted,
        median,
    };
    spread(&mut tone, front, crop);
    Some(tone)
}

fn trusted_hair(front: &Front, crop: &Crop, labels: &LabelMap) -> Vec<bool> {
    let grid = crop.alpha.grid();
    let hair: Vec<bool> = (0..grid.len())
        .map(|i| labels.labels[i] == Label::Hair && crop.alpha.values[i] > 0.95)
        .collect();
    let facing: Vec<bool> = (0..grid.len())
        .map(|i| {
            let to_eye = (crop.camera.eye() - front.point(&crop.camera, i)).normalize_or(Vec3::Z);
            front.surface.normals.values[i].dot(to_eye) > FACING_TRUSTED
        })
        .collect();
    both(&erode(&hair, grid, ERODE * crop.face_height), &facing)
}

/// The direction of natural fall at a direction from [`CENTER`]: away from the whorl and down.
pub fn natural_fall(direction: Vec3) -> Vec3 {
    let whorl = WHORL.normalize();
    let away = direction * direction.dot(whorl) - whorl;
    let fall = away.normalize_or(Vec3::Z) + Vec3::NEG_Y * GRAVITY;
    (fall - direction * fall.dot(direction)).normalize_or(away.normalize_or(Vec3::Z))
}

/// Image direction of a head direction at any depth (weak perspective), unit.
fn image_direction(camera: &HeadCamera, direction: Vec3) -> Vec2 {
    (camera.rotation * direction)
        .truncate()
        .normalize_or(Vec2::Y)
}

/// Strand direction of every pixel: least change of brightness, from the structure tensor.
fn strands_in_image(front: &Front, crop: &Crop) -> Vec<Vec2> {
    let grid = crop.alpha.grid();
    let luma: Vec<f32> = crop
        .color
        .values
        .iter()
        .map(|c| c.dot(Vec3::new(0.299, 0.587, 0.114)))
        .collect();
    let tensor: Vec<Vec3> = (0..grid.len())
        .map(|i| {
            let [left, right, above, below] = grid.neighbors(i).map(|j| luma[j.unwrap_or(i)]);
            let (gx, gy) = (right - left, below - above);
            Vec3::new(gx * gx, gx * gy, gy * gy)
        })
        .collect();
    let tensor = gaussian(&tensor, grid, STRAND_BLUR * crop.face_height);
    (0..grid.len())
        .map(|i| {
            let across = 0.5 * (2.0 * tensor[i].y).atan2(tensor[i].x - tensor[i].z);
            let strand = Vec2::from_angle(across).perp();
            let outwards = (front.point(&crop.camera, i) - CENTER).normalize_or(Vec3::Z);
            let fall = image_direction(&crop.camera, natural_fall(outwards));
            if strand.dot(fall) < 0.0 {
                -strand
            } else {
                strand
            }
        })
        .collect()
}

/// Spreads slow color and strand direction over the shell.
fn spread(tone: &mut HairTone, front: &Front, crop: &Crop) {
    let grid = crop.alpha.grid();
    let eye = crop.camera.eye();
    let points = front.shell.surface.points();
    let graph = EdgeGraph::new(&points, &RadialSurface::triangles(), |_| true);
    let mut color = vec![Wish::default(); GRID.len()];
    let mut strand = vec![Wish::default(); GRID.len()];
    let mut color_screen = color.clone();
    let mut strand_screen = strand.clone();
    for (i, p) in points.iter().enumerate() {
        let d = (*p - CENTER).normalize_or(Vec3::Y);
        let normal = front.shell.surface.normal(d);
        let fall = natural_fall(d);
        let down = ((NAPE_RANGE[0] - p.y) / (NAPE_RANGE[0] - NAPE_RANGE[1])).clamp(0.0, 1.0);
        let behind = (0.5 - d.dot(front.shell.view)).clamp(0.0, 1.0);
        color_screen[i] = Wish {
            value: tone.median * (1.0 + (NAPE_SHADE - 1.0) * down * behind),
            weight: SCREENING,
        };
        strand_screen[i] = Wish {
            value: fall,
            weight: SCREENING,
        };
        let facing = normal.dot((eye - *p).normalize_or(Vec3::Z));
        let at = crop.camera.project(*p);
        let Some(pixel) = grid.pixel_at(at.x, at.y) else {
            continue;
        };
        if facing < FACING_TRUSTED || !tone.trusted[pixel] || !front.on_shell[pixel] {
            continue;
        }
        let weight = SEEN_WEIGHT * ((facing - FACING_TRUSTED) / 0.3).min(1.0);
        color[i] = Wish {
            value: tone.image[pixel],
            weight,
        };
        strand[i] = Wish {
            value: lift(&crop.camera, tone.image_strands[pixel], normal, fall),
            weight,
        };
    }
    let (shell, strands) = rayon::join(
        || graph.solve(&[&color, &color_screen]),
        || graph.solve(&[&strand, &strand_screen]),
    );
    tone.shell = shell;
    tone.strands = (0..GRID.len())
        .map(|i| {
            let (column, row) = GRID.position(i);
            let d = radial::direction(radial::column_azimuth(column), radial::row_elevation(row));
            let normal = front.shell.surface.normal(d);
            (strands[i] - normal * strands[i].dot(normal)).normalize_or(natural_fall(d))
        })
        .collect();
}

/// A strand direction of the image on the surface with the given normal, turned along the fall.
fn lift(camera: &HeadCamera, strand: Vec2, normal: Vec3, fall: Vec3) -> Vec3 {
    let to_head: Mat3 = camera.rotation.transpose();
    let flat = to_head * strand.extend(0.0);
    let forward = to_head * Vec3::Z;
    // Along the ray to where it meets the tangent plane: the image of the result is the strand.
    let facing = forward.dot(normal);
    let on_surface = if facing.abs() > 0.1 {
        flat - forward * (flat.dot(normal) / facing)
    } else {
        flat - normal * flat.dot(normal)
    };
    let unit = on_surface.normalize_or(fall);
    if unit.dot(fall) < 0.0 { -unit } else { unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detail_comes_back() {
        let (color, tone) = (Vec3::new(0.5, 0.2, 0.01), Vec3::new(0.3, 0.3, 0.2));
        let back = with_detail(tone, detail_of(color, tone));
        assert!((back - color).length() < 1e-5, "{back}");
    }

    #[test]
    fn hair_falls_down_the_back_and_forward_on_the_top() {
        assert!(natural_fall(Vec3::NEG_Z).y < -0.9, "down the back");
        assert!(natural_fall(Vec3::Y).z > 0.9, "to the forehead");
        for d in [Vec3::X, Vec3::new(0.6, 0.0, -0.8)] {
            let fall = natural_fall(d);
            assert!(fall.dot(d).abs() < 1e-4 && fall.y < 0.0, "{fall}");
            assert!((fall.length() - 1.0).abs() < 1e-4, "unit");
        }
    }

    #[test]
    fn lifted_strands_look_the_same_from_the_camera() {
        let camera = HeadCamera {
            rotation: Mat3::from_rotation_x(std::f32::consts::PI),
            translation: Vec3::new(0.0, 7.0, 15.0),
            focal: 900.0,
            center: Vec2::new(200.0, 150.0),
        };
        let normal = Vec3::new(0.6, 0.3, 0.7).normalize();
        let strand = Vec2::new(0.6, 0.8);
        let up = lift(&camera, strand, normal, Vec3::NEG_Y);
        assert!(up.dot(normal).abs() < 1e-5, "on the surface");
        assert!(
            image_direction(&camera, up).dot(strand) > 0.999,
            "same image"
        );
    }
}
