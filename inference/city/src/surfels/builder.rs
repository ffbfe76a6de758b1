//! Puts surfels, rectangles and boxes into one part of a city.

use glam::{Vec2, Vec3};

use super::{Surfels, asks::Ask};
use crate::{appearance::Surface, maps::Class};

/// Standard deviation of a surfel in strides: less shows holes, more is blur. For sheets with a backing.
pub(super) const SIGMA: f32 = 0.58;
/// The same where nothing lies behind.
pub(super) const SIGMA_ALONE: f32 = 0.68;
/// Opacity of a closed sheet.
pub(super) const SHEET: f32 = 0.97;
/// Thickness of a surfel, as a share of its smaller side.
const THICKNESS: f32 = 0.12;

/// One surfel to put down.
pub(super) struct Spot {
    pub(super) mean: Vec3,
    pub(super) normal: Vec3,
    pub(super) tangent: Vec3,
    pub(super) sigma: Vec2,
    pub(super) opacity: f32,
    pub(super) lift: f32,
}

/// A flat rectangle: its middle and the vectors from there to the middles of two sides.
#[derive(Clone, Copy)]
pub(super) struct Quad {
    pub(super) middle: Vec3,
    pub(super) right: Vec3,
    pub(super) up: Vec3,
}

/// Collects the surfels of one building, block or thing.
pub(super) struct Builder {
    pub(super) surfels: Surfels,
    pub(super) class: Class,
    pub(super) instance: u32,
    /// Bars are made of pieces at least so long, metres: short ones are sorted better, long ones are fewer.
    pub(super) segment: f32,
}

impl Builder {
    pub(super) fn new(class: Class, instance: u32) -> Self {
        Self {
            surfels: Surfels::default(),
            class,
            instance,
            segment: 0.0,
        }
    }

    /// Leaves the look of the next surfel, on the last of the walls, to a decoder.
    pub(super) fn ask(&mut self, at: Vec2, size: Vec2, backing: bool) {
        let asks = &mut self.surfels.asks;
        let ask = Ask {
            row: self.surfels.means.len() as u32,
            wall: asks.walls.len().saturating_sub(1) as u32,
            at,
            size,
            backing,
        };
        asks.boxes.push(ask);
    }

    pub(super) fn put(&mut self, spot: &Spot, surface: &Surface) {
        let thin = THICKNESS * spot.sigma.min_element();
        let s = &mut self.surfels;
        s.means.push(spot.mean);
        s.normals.push(spot.normal);
        s.tangents.push(spot.tangent);
        s.sigmas.push(spot.sigma.extend(thin));
        s.opacities.push(spot.opacity);
        s.lifts.push(spot.lift);
        s.surfaces.push(*surface);
        s.occlusion.push(1.0);
        s.classes.push(self.class);
        s.instances.push(self.instance);
    }

    /// A rectangle in cells of about `stride`, one surface each by its place along `right` and `up`, −1..1.
    /// Narrow rectangles get long cells: up to four times as long as wide.
    pub(super) fn quad(&mut self, quad: &Quad, stride: f32, surface: impl Fn(Vec2) -> Surface) {
        let size = 2.0 * Vec2::new(quad.right.length(), quad.up.length());
        if !(size.min_element() > 1e-3) {
            return;
        }
        let cell = stride.min(4.0 * size.min_element());
        let n = (size / cell).round().max(Vec2::ONE);
        let normal = quad.right.cross(quad.up).normalize_or_zero();
        let tangent = quad.right / (0.5 * size.x);
        for row in 0..n.y as u32 {
            for column in 0..n.x as u32 {
                let at = 2.0 * (Vec2::new(column as f32, row as f32) + 0.5) / n - 1.0;
                let spot = Spot {
                    mean: quad.middle + quad.right * at.x + quad.up * at.y,
                    normal,
                    tangent,
                    sigma: size / n * SIGMA,
                    opacity: SHEET,
                    lift: 0.0,
                };
                self.put(&spot, &surface(at));
            }
        }
    }

    /// A box by its middle and three half edges, right-handed, without the side towards −`out`; its underside
    /// only where `closed`.
    pub(super) fn block(
        &mut self,
        middle: Vec3,
        [right, up, out]: [Vec3; 3],
        stride: f32,
        surface: &Surface,
    ) {
        let sides = [
            (out, right, up),
            (right, -out, up),
            (-right, out, up),
            (up, right, -out),
            (-up, right, out),
        ];
        for (away, right, up) in sides {
            let quad = Quad {
                middle: middle + away,
                right,
                up,
            };
            self.quad(&quad, stride, |_| *surface);
        }
    }

    /// A bar of one row of long Gaussians from `a` to `b`, `width` wide across `side`, facing `normal`.
    pub(super) fn bar(&mut self, [a, b]: [Vec3; 2], width: f32, normal: Vec3, surface: &Surface) {
        let along = b - a;
        let length = along.length();
        if !(length > 1e-3) {
            return;
        }
        let n = (length / (2.2 * width).max(self.segment)).round().max(1.0);
        let step = length / n;
        for k in 0..n as u32 {
            let spot = Spot {
                mean: a + along * ((k as f32 + 0.5) / n),
                normal,
                tangent: along / length,
                sigma: Vec2::new(0.52 * step, 0.42 * width),
                opacity: SHEET,
                lift: 0.0,
            };
            self.put(&spot, surface);
        }
    }
}
