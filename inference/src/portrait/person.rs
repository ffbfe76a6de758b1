//! Tells the person with the chosen face from other people who touch it in the matte.
//!
//! The segmentation network knows people, not whose arm it is. Face, neck and chest are certainly the
//! person's; other faces, and what is covered beside the head without a way to it above the nose, are
//! certainly not. From these seeds both sides grow through the matte, slowly where the color changes, and
//! each pixel falls to the side that reaches it first (geodesic segmentation, Bai & Sapiro 2007).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use glam::{Vec2, Vec3};

use super::face_geometry::FaceFrame;
use super::types::{ColorPlane, Plane};
use crate::imageops::components::connected_to;
use crate::imageops::resize::{Kernel, resize};
use crate::imageops::{Grid, bilinear};

/// The sides grow on a picture with about this many pixels.
const PIXELS: f32 = 30_000.0;
/// Coverage from which a pixel can be somebody.
const COVERED: f32 = 0.4;
/// The row, in face heights under the face's middle, above which a neighbor has no way to the head: there
/// even a shoulder right behind a cheek does not touch it.
const NOSE: f32 = 0.05;
/// Something beside the head is somebody from this share of a squared face height on; less is hair.
const SOMEBODY: f32 = 0.02;
/// What is nearer to the face's middle than this is never somebody else, in face heights.
const OWN: f32 = 0.75;
/// Face and neck reach this far to the sides and down, in face heights.
const NECK: [f32; 2] = [0.22, 0.8];
/// The chest reaches this far, in face heights.
const CHEST: [f32; 2] = [0.45, 1.6];
/// Cost of a unit of color difference, in face heights.
const COLOR_COST: f32 = 8.0;
/// Soft edge between the sides: relative difference of the two ways.
const EDGE: f32 = 0.06;

/// Another face: middle and size of its box, pixels.
pub(super) type OtherFace = (Vec2, Vec2);

/// Takes other people out of the matte; leaves it as it is where nobody else is seen.
pub(super) fn isolate(
    picture: &ColorPlane,
    alpha: &mut Plane,
    face: &FaceFrame,
    others: &[OtherFace],
) {
    let full = alpha.grid();
    let step = (full.len() as f32 / PIXELS).sqrt().max(1.0);
    let small = Grid::new(
        (full.width as f32 / step).ceil() as usize,
        (full.height as f32 / step).ceil() as usize,
    );
    let scale = Vec2::new(
        small.width as f32 / full.width as f32,
        small.height as f32 / full.height as f32,
    );
    let coverage = resize(&alpha.values, full, small, Kernel::Triangle);
    let scene = Scene {
        grid: small,
        covered: coverage.iter().map(|a| *a > COVERED).collect(),
        color: resize(&picture.values, full, small, Kernel::Triangle),
        face: FaceFrame {
            center: face.center * scale,
            height: face.height * scale.y,
        },
    };
    let others: Vec<OtherFace> = others
        .iter()
        .map(|(center, size)| (*center * scale, *size * scale))
        .collect();
    let foreign = scene.foreign(&others);
    if !foreign.contains(&true) {
        return;
    }
    let own = scene.ways(&scene.own());
    let other = scene.ways(&foreign);
    let share: Vec<f32> = (0..small.len())
        .map(|i| match (own[i].is_finite(), other[i].is_finite()) {
            (_, false) => 1.0,
            (false, true) => 0.0,
            _ => {
                let difference = (other[i] - own[i]) / (other[i] + own[i]).max(1e-6);
                (0.5 + 0.5 * difference / EDGE).clamp(0.0, 1.0)
            }
        })
        .collect();
    for (i, value) in alpha.values.iter_mut().enumerate() {
        let (x, y) = full.position(i);
        let at = (Vec2::new(x as f32, y as f32) + 0.5) * scale;
        *value *= bilinear(&share, small, at.x, at.y);
    }
}

/// The matte at the size at which the sides grow.
struct Scene {
    grid: Grid,
    covered: Vec<bool>,
    color: Vec<Vec3>,
    face: FaceFrame,
}

impl Scene {
    fn at(&self, pixel: usize) -> Vec2 {
        let (x, y) = self.grid.position(pixel);
        Vec2::new(x as f32, y as f32) + 0.5
    }

    /// Position from the face's middle, in face heights.
    fn beside_face(&self, pixel: usize) -> Vec2 {
        (self.at(pixel) - self.face.center) / self.face.height
    }

    /// Face, neck and chest of the person.
    fn own(&self) -> Vec<bool> {
        (0..self.grid.len())
            .map(|i| {
                let d = self.beside_face(i);
                let within = |[x, y]: [f32; 2]| d.x.abs() < x && d.y > 0.0 && d.y < y;
                let face = d.length() < 0.4 || within(NECK);
                // A chest is as wide as that only from under the neck on.
                let chest = within(CHEST) && d.y > NECK[1] + 0.2;
                self.covered[i] && (face || chest)
            })
            .collect()
    }

    /// Seeds of other people.
    fn foreign(&self, others: &[OtherFace]) -> Vec<bool> {
        let nose = self.face.center.y + NOSE * self.face.height;
        let above: Vec<bool> = (0..self.grid.len())
            .map(|i| self.covered[i] && self.at(i).y < nose)
            .collect();
        let head: Vec<bool> = (0..self.grid.len())
            .map(|i| self.beside_face(i).length() < 0.4)
            .collect();
        let reached = connected_to(&above, &head, self.grid);
        let severed: Vec<bool> = (0..self.grid.len())
            .map(|i| above[i] && !reached[i] && self.beside_face(i).length() > OWN)
            .collect();
        let least = (SOMEBODY * self.face.height * self.face.height) as usize;
        let mut seeds =
            crate::imageops::components::without_islands(&severed, self.grid, least.max(1));
        for (i, seed) in seeds.iter_mut().enumerate() {
            let inside = others.iter().any(|(center, size)| {
                let d = (self.at(i) - *center) / (0.5 * *size);
                d.length_squared() < 1.0
            });
            *seed |= inside && self.covered[i] && self.beside_face(i).length() > 0.6;
        }
        seeds
    }

    /// Length of the shortest way from the seeds to every pixel, in face heights plus color changes.
    fn ways(&self, seeds: &[bool]) -> Vec<f32> {
        let mut ways = vec![f32::INFINITY; self.grid.len()];
        let mut queue = BinaryHeap::new();
        for pixel in (0..self.grid.len()).filter(|i| seeds[*i]) {
            ways[pixel] = 0.0;
            queue.push(Front { way: 0.0, pixel });
        }
        let length = 1.0 / self.face.height;
        while let Some(Front { way, pixel }) = queue.pop() {
            if way > ways[pixel] {
                continue;
            }
            for next in self.grid.neighbors(pixel).into_iter().flatten() {
                if !self.covered[next] {
                    continue;
                }
                let change = self.color[pixel].distance(self.color[next]);
                let to = way + length + COLOR_COST * change * change.min(1.0);
                if to < ways[next] {
                    ways[next] = to;
                    queue.push(Front {
                        way: to,
                        pixel: next,
                    });
                }
            }
        }
        ways
    }
}

/// A pixel that a side has reached; the shortest way comes first.
struct Front {
    way: f32,
    pixel: usize,
}

impl PartialEq for Front {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Front {}

impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Front {
    fn cmp(&self, other: &Self) -> Ordering {
        let shorter = other.way.total_cmp(&self.way);
        shorter.then(other.pixel.cmp(&self.pixel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head with shoulders at x 60, in blue; beside it one in red that touches it at the shoulder.
    fn two_people() -> (ColorPlane, Plane, FaceFrame) {
        let grid = Grid::new(160, 140);
        let inside = |x: f32, y: f32, middle: f32| {
            let head = ((x - middle) / 18.0).powi(2) + ((y - 40.0) / 25.0).powi(2) < 1.0;
            let body = y > 75.0 && (x - middle).abs() < 40.0;
            let neck = (x - middle).abs() < 8.0 && y > 40.0;
            head || neck || body
        };
        let mut color = vec![Vec3::splat(0.5); grid.len()];
        let mut alpha = vec![0.0; grid.len()];
        for i in 0..grid.len() {
            let (x, y) = grid.position(i);
            let (x, y) = (x as f32, y as f32);
            if inside(x, y, 60.0) {
                (color[i], alpha[i]) = (Vec3::new(0.1, 0.2, 0.8), 1.0);
            } else if inside(x, y, 125.0) {
                (color[i], alpha[i]) = (Vec3::new(0.8, 0.2, 0.1), 1.0);
            }
        }
        let face = FaceFrame {
            center: Vec2::new(60.0, 40.0),
            height: 45.0,
        };
        (
            ColorPlane::from_values(grid, color),
            Plane::from_values(grid, alpha),
            face,
        )
    }

    #[test]
    fn a_neighbor_who_touches_the_shoulder_is_taken_out() {
        let (color, mut alpha, face) = two_people();
        isolate(&color, &mut alpha, &face, &[]);
        let grid = alpha.grid();
        let mut wrong = 0;
        for i in 0..grid.len() {
            let own = color.values[i].z > 0.7;
            let other = color.values[i].x > 0.7;
            wrong += usize::from(own && alpha.values[i] < 0.5 || other && alpha.values[i] > 0.5);
        }
        assert!(wrong < grid.len() / 200, "{wrong} pixels on the wrong side");
    }

    #[test]
    fn one_person_alone_is_left_as_it_is() {
        let (color, mut alpha, face) = two_people();
        for (value, color) in alpha.values.iter_mut().zip(&color.values) {
            if color.x > 0.7 {
                *value = 0.0;
            }
        }
        let before = alpha.clone();
        isolate(&color, &mut alpha, &face, &[]);
        assert_eq!(alpha, before);
    }
}
