//! Spheres and boxes in the world, and which splats they hold or touch.

use glam::{Affine3A, Mat3, Quat, Vec3};
use scene::{Footprint, SplatLayer, Transform};

/// Standard deviations at which a splat ends, as in the regions of the picture.
const FOOTPRINT_SIGMAS: f32 = 2.0;
/// Halvings that find the nearest point of an ellipsoid to within what `f32` holds.
const HALVINGS: usize = 40;

/// A part of space, metres in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Volume {
    /// All around a point.
    Sphere {
        /// Its middle.
        center: Vec3,
        /// > 0.
        radius: f32,
    },
    /// Along the axes of the world.
    Box {
        /// Its middle.
        center: Vec3,
        /// Half its sides, > 0.
        half: Vec3,
    },
}

impl Volume {
    /// Its middle.
    pub fn center(&self) -> Vec3 {
        match self {
            Self::Sphere { center, .. } | Self::Box { center, .. } => *center,
        }
    }

    /// The same elsewhere.
    pub fn at(self, center: Vec3) -> Self {
        match self {
            Self::Sphere { radius, .. } => Self::Sphere { center, radius },
            Self::Box { half, .. } => Self::Box { center, half },
        }
    }

    /// Whether every number is usable.
    pub fn is_valid(&self) -> bool {
        let sizes = match self {
            Self::Sphere { radius, .. } => Vec3::splat(*radius),
            Self::Box { half, .. } => *half,
        };
        self.center().is_finite() && sizes.is_finite() && sizes.min_element() > 0.0
    }

    /// Maps the cube -1..=1 around the origin to the box around it.
    pub fn world_from_unit(&self) -> Affine3A {
        let size = match self {
            Self::Sphere { radius, .. } => Vec3::splat(*radius),
            Self::Box { half, .. } => *half,
        };
        Affine3A::from_scale_rotation_translation(size, Quat::IDENTITY, self.center())
    }

    /// Whether a point lies inside.
    pub fn contains(&self, p: Vec3) -> bool {
        match self {
            Self::Sphere { center, radius } => p.distance_squared(*center) <= radius * radius,
            Self::Box { center, half } => (p - center).abs().cmple(*half).all(),
        }
    }

    /// Squared distance of a point, 0 inside.
    fn distance_squared(&self, p: Vec3) -> f32 {
        match self {
            Self::Sphere { center, radius } => {
                let outside = (p.distance(*center) - radius).max(0.0);
                outside * outside
            }
            Self::Box { center, half } => {
                ((p - center).abs() - half).max(Vec3::ZERO).length_squared()
            }
        }
    }

    /// Whether it holds a splat of a layer, or touches it where ellipses count.
    pub(crate) fn holds(
        &self,
        world_from_layer: &Transform,
        layer: &SplatLayer,
        row: usize,
        footprint: Footprint,
    ) -> bool {
        let center = world_from_layer.point(layer.cloud.means()[row]);
        if self.contains(center) {
            return true;
        }
        if footprint == Footprint::Center {
            return false;
        }
        let half = FOOTPRINT_SIGMAS * world_from_layer.scale * layer.cloud.scale(row);
        let reach = half.max_element();
        if self.distance_squared(center) > reach * reach {
            return false;
        }
        let rotation = world_from_layer.rotation * layer.cloud.rotation(row);
        let ellipsoid = Ellipsoid {
            center,
            world_from_axes: Mat3::from_quat(rotation),
            half,
        };
        match self {
            Self::Sphere { center, radius } => ellipsoid.distance(*center) <= *radius,
            Self::Box { center, half } => ellipsoid.touches_box(*center, *half),
        }
    }
}

struct Ellipsoid {
    center: Vec3,
    world_from_axes: Mat3,
    /// Along its axes.
    half: Vec3,
}

impl Ellipsoid {
    /// Distance of a point from it, 0 inside (Eberly, “Distance from a point to an ellipsoid”).
    fn distance(&self, point: Vec3) -> f32 {
        let p = self.world_from_axes.transpose() * (point - self.center);
        let (a, squares) = (self.half, self.half * self.half);
        if (p / a).length_squared() <= 1.0 {
            return 0.0;
        }
        let too_near = |t: f32| (a * p / (squares + t)).length_squared() > 1.0;
        let (mut low, mut high) = (0.0, (a * p).length());
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if too_near(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        let nearest = squares * p / (squares + high);
        nearest.distance(p)
    }

    /// Whether it meets an upright box that does not hold its middle: where it is turned into a ball of
    /// radius 1, the sides of the box stay flat.
    fn touches_box(&self, center: Vec3, half: Vec3) -> bool {
        let round = |p: Vec3| self.world_from_axes.transpose() * (p - self.center) / self.half;
        let corner = |x: f32, y: f32, z: f32| round(center + half * Vec3::new(x, y, z));
        let start = corner(-1.0, -1.0, -1.0);
        let [x, y, z] = [
            corner(1.0, -1.0, -1.0) - start,
            corner(-1.0, 1.0, -1.0) - start,
            corner(-1.0, -1.0, 1.0) - start,
        ];
        let faces = [(x, y, z), (y, z, x), (z, x, y)];
        faces.into_iter().any(|(u, v, over)| {
            touches_parallelogram(start, u, v) || touches_parallelogram(start + over, u, v)
        })
    }
}

/// Whether a parallelogram comes within 1 of the origin.
fn touches_parallelogram(corner: Vec3, u: Vec3, v: Vec3) -> bool {
    let n = u.cross(v);
    let squared = n.length_squared();
    if squared > 0.0 {
        // Where the origin falls on its plane.
        let s = (-corner).cross(v).dot(n) / squared;
        let t = u.cross(-corner).dot(n) / squared;
        if (0.0..=1.0).contains(&s) && (0.0..=1.0).contains(&t) {
            let distance = corner.dot(n);
            return distance * distance <= squared;
        }
    }
    let near = |from: Vec3, along: Vec3| {
        let length = along.length_squared();
        let t = if length > 0.0 {
            (-from.dot(along) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        (from + along * t).length_squared() <= 1.0
    };
    near(corner, u) || near(corner, v) || near(corner + u, v) || near(corner + v, u)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(turn: f32) -> Ellipsoid {
        Ellipsoid {
            center: Vec3::new(0.2, -0.1, 0.4),
            world_from_axes: Mat3::from_rotation_y(turn) * Mat3::from_rotation_x(0.7),
            half: Vec3::new(2.0, 0.05, 0.4),
        }
    }

    /// Points all over the surface.
    fn surface(of: &Ellipsoid) -> impl Iterator<Item = Vec3> + '_ {
        (0..200).flat_map(move |i| {
            (0..400).map(move |j| {
                let (theta, phi) = (i as f32 * 0.015_73, j as f32 * 0.015_71);
                let ball = Vec3::new(
                    theta.cos(),
                    theta.sin() * phi.cos(),
                    theta.sin() * phi.sin(),
                );
                of.center + of.world_from_axes * (of.half * ball)
            })
        })
    }

    #[test]
    fn the_distance_of_an_ellipsoid_is_that_of_its_nearest_point() {
        for turn in [0.0, 0.5, 1.2, 2.9] {
            let needle = needle(turn);
            for p in [
                Vec3::new(1.0, 1.0, 1.0),
                Vec3::new(-2.0, 0.3, 0.0),
                Vec3::Y * 3.0,
            ] {
                let slow = surface(&needle).map(|q| q.distance(p)).fold(9.0, f32::min);
                let off = (needle.distance(p) - slow).abs();
                assert!(off < 0.02, "{turn} {p}: {} {slow}", needle.distance(p));
            }
        }
    }

    #[test]
    fn a_box_touches_an_ellipsoid_that_reaches_into_it() {
        let half = Vec3::new(0.3, 0.5, 0.2);
        let mut differ = 0;
        for i in 0..300 {
            let needle = needle(i as f32 * 0.1);
            let center = Vec3::new(
                (i % 17) as f32 * 0.25 - 2.0,
                (i % 5) as f32 * 0.3 - 0.6,
                0.5,
            );
            let volume = Volume::Box { center, half };
            if volume.contains(needle.center) {
                continue;
            }
            let slow = surface(&needle).any(|p| volume.contains(p));
            differ += usize::from(needle.touches_box(center, half) != slow);
        }
        // Only where the grid of points misses a thin corner.
        assert!(differ <= 3, "{differ} of 300");
    }

    #[test]
    fn volumes_without_sense_are_not_valid() {
        let center = Vec3::ZERO;
        for radius in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(!Volume::Sphere { center, radius }.is_valid(), "{radius}");
        }
        let half = Vec3::new(1.0, f32::NAN, 1.0);
        assert!(!Volume::Box { center, half }.is_valid(), "NaN");
    }
}
