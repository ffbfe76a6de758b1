//! The handles of the move, rotate and scale tools: where they are on the screen, which one is under
//! the pointer, and what they look like. They keep their size on the screen.

use glam::{Quat, Vec2, Vec3};
use scene::{PinholeCamera, Transform};

use crate::{
    overlay::{Shape, Tone},
    tool::ToolKind,
};

/// Length of the arms, points.
const ARM: f32 = 96.0;
/// Where the arms begin and where the squares of the planes lie, as shares of the arm.
const INNER: f32 = 0.2;
const PLANE: (f32, f32) = (0.36, 0.58);
/// Radius of the rings about the axes and of the one that faces the viewer, as shares of the arm.
const RING: f32 = 0.9;
const FACING_RING: f32 = 1.12;
/// Half the side of the middle handle, points.
const MIDDLE: f32 = 8.0;
/// Length and half the width of an arrow's head, points.
const HEAD: (f32, f32) = (15.0, 6.0);
/// So near to a handle the pointer takes it, points.
const REACH: f32 = 8.0;
/// Corners of a ring.
const CORNERS: usize = 72;
/// An arm that points this much at the viewer cannot be dragged along, and a plane seen this much
/// from its edge cannot be dragged in.
const END_ON: f32 = 0.985;
const EDGE_ON: f32 = 0.12;

/// One handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handle {
    /// Along or about an axis.
    Axis(usize),
    /// In the plane across an axis.
    Plane(usize),
    /// In the plane of the picture, or about the line of sight, or in all directions alike.
    View,
}

/// Handles at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gizmo {
    pub(crate) tool: ToolKind,
    pub(crate) pivot: Vec3,
    /// Turns the world's axes to those of the handles.
    pub(crate) axes: Quat,
    pub(crate) camera: PinholeCamera,
    pub(crate) pixels_per_point: f32,
}

impl Gizmo {
    /// The axis `0..3` in the world.
    pub(crate) fn axis(&self, axis: usize) -> Vec3 {
        self.axes * [Vec3::X, Vec3::Y, Vec3::Z][axis]
    }

    /// The pivot on the screen, where it is before the camera.
    pub(crate) fn center(&self) -> Option<Vec2> {
        self.pixel(self.pivot)
    }

    /// Length of an arm, metres.
    pub(crate) fn arm(&self) -> f32 {
        let depth = self.camera.project(self.pivot).z;
        ARM * self.pixels_per_point / self.camera.px_per_metre(depth).max(1e-9)
    }

    /// Origin and unit direction of the ray through a pixel.
    pub(crate) fn ray(&self, pos: Vec2) -> (Vec3, Vec3) {
        // Far enough apart for single precision however large the scene is.
        let depth = self
            .camera
            .project(self.pivot)
            .z
            .max(self.camera.near)
            .max(1e-6);
        let near = self.camera.unproject(pos.x, pos.y, 0.5 * depth);
        let far = self.camera.unproject(pos.x, pos.y, depth);
        (near, (far - near).normalize_or(self.camera.forward()))
    }

    /// Direction in which the pivot is seen.
    pub(crate) fn sight(&self) -> Vec3 {
        self.center()
            .map_or(self.camera.forward(), |c| self.ray(c).1)
    }

    /// The handle under a pixel.
    pub(crate) fn hit(&self, pos: Vec2) -> Option<Handle> {
        let reach = REACH * self.pixels_per_point;
        let center = self.center()?;
        let near = |handle: Handle| {
            let line = self.outline(handle)?;
            let closed = !matches!((self.tool, handle), (ToolKind::Move, Handle::Axis(_)));
            Some((handle, distance_to_line(pos, &line, closed)))
        };
        let far = (pos - center).abs().max_element();
        let in_middle = far <= (MIDDLE + 2.0) * self.pixels_per_point;
        let axes = (0..3).map(Handle::Axis);
        let planes = (0..3).map(Handle::Plane);
        match self.tool {
            ToolKind::Move => {
                if in_middle {
                    return Some(Handle::View);
                }
                let mut inside = planes.filter(|h| {
                    let square = self.outline(*h);
                    square.is_some_and(|s| scene::Region::Polygon(s).contains(pos))
                });
                nearest(axes.filter_map(near), reach).or(inside.next_back())
            }
            ToolKind::Rotate => nearest(axes.chain([Handle::View]).filter_map(near), reach),
            ToolKind::Scale => {
                let ring = nearest([Handle::View].into_iter().filter_map(near), reach);
                if in_middle { Some(Handle::View) } else { ring }
            }
            _ => None,
        }
    }

    /// What is drawn; `hot` is under the pointer or in the hand.
    pub(crate) fn shapes(&self, hot: Option<Handle>, held: bool) -> Vec<Shape> {
        let Some(center) = self.center() else {
            return Vec::new();
        };
        let tone = |handle: Handle| match handle {
            _ if hot == Some(handle) => Tone::Hot,
            Handle::Axis(axis) | Handle::Plane(axis) => [Tone::X, Tone::Y, Tone::Z][axis],
            Handle::View => Tone::View,
        };
        let shown = |handle: Handle| !held || hot == Some(handle);
        let mut shapes = Vec::new();
        for handle in self.handles().into_iter().filter(|h| shown(*h)) {
            let Some(line) = self.outline(handle) else {
                continue;
            };
            match (self.tool, handle) {
                (ToolKind::Move, Handle::Axis(_)) => {
                    shapes.extend(self.arrow(&line, tone(handle)));
                }
                (ToolKind::Move, Handle::Plane(_)) => {
                    shapes.push(Shape::filled(line.clone(), tone(handle), 0.3));
                    shapes.push(Shape::closed(line, tone(handle), 1.5));
                }
                (ToolKind::Rotate, Handle::Axis(axis)) => {
                    shapes.extend(self.ring(axis, tone(handle)));
                }
                (_, Handle::View) if self.tool == ToolKind::Rotate => {
                    shapes.push(Shape::closed(line, tone(handle), 1.5));
                }
                (_, Handle::View) => {
                    if self.tool == ToolKind::Scale {
                        shapes.push(Shape::closed(line, tone(handle), 2.0));
                    }
                    let square = self.square(center);
                    shapes.push(Shape::filled(square.clone(), tone(handle), 0.35));
                    shapes.push(Shape::closed(square, tone(handle), 1.5));
                }
                _ => {}
            }
        }
        shapes
    }

    /// The handles of the tool, those behind others first.
    fn handles(&self) -> Vec<Handle> {
        let axes = || (0..3).map(Handle::Axis);
        match self.tool {
            ToolKind::Move => {
                let mut all: Vec<Handle> = (0..3).map(Handle::Plane).collect();
                let mut axes: Vec<Handle> = axes().collect();
                let sight = self.sight();
                // What points away is drawn first.
                axes.sort_by(|a, b| {
                    let depth = |h: &Handle| match h {
                        Handle::Axis(axis) => self.axis(*axis).dot(sight),
                        _ => 0.0,
                    };
                    depth(b).total_cmp(&depth(a))
                });
                all.extend(axes);
                all.push(Handle::View);
                all
            }
            ToolKind::Rotate => [Handle::View].into_iter().chain(axes()).collect(),
            ToolKind::Scale => vec![Handle::View],
            _ => Vec::new(),
        }
    }

    /// A handle's line on the screen; none where it cannot be dragged from here.
    fn outline(&self, handle: Handle) -> Option<Vec<Vec2>> {
        let (arm, sight) = (self.arm(), self.sight());
        let at = |v: Vec3| self.pixel(self.pivot + arm * v);
        match (self.tool, handle) {
            (ToolKind::Move, Handle::Axis(axis)) => {
                let along = self.axis(axis);
                let end_on = along.dot(sight).abs() > END_ON;
                (!end_on).then(|| Some(vec![at(INNER * along)?, at(along)?]))?
            }
            (ToolKind::Move, Handle::Plane(axis)) => {
                let edge_on = self.axis(axis).dot(sight).abs() < EDGE_ON;
                let [u, v] = [1, 2].map(|step| self.axis((axis + step) % 3));
                let (low, high) = PLANE;
                let corners = [(low, low), (high, low), (high, high), (low, high)];
                let corners = corners.map(|(a, b)| at(a * u + b * v));
                (!edge_on).then(|| corners.into_iter().collect())?
            }
            (ToolKind::Rotate, Handle::Axis(axis)) => {
                self.circle(axis).map(|c| c.map(|(p, _)| p).collect())
            }
            (ToolKind::Move, Handle::View) => Some(self.square(self.center()?)),
            (_, Handle::View) => {
                let center = self.center()?;
                let radius = FACING_RING * ARM * self.pixels_per_point;
                let corner = |i: usize| {
                    let angle = std::f32::consts::TAU * i as f32 / CORNERS as f32;
                    center + radius * Vec2::from_angle(angle)
                };
                Some((0..CORNERS).map(corner).collect())
            }
            _ => None,
        }
    }

    /// Corners of the ring about an axis, and whether each lies on the viewer's side.
    fn circle(&self, axis: usize) -> Option<impl Iterator<Item = (Vec2, bool)>> {
        let (arm, sight) = (RING * self.arm(), self.sight());
        let [u, v] = [1, 2].map(|step| self.axis((axis + step) % 3));
        let corner = |i: usize| {
            let (sin, cos) = (std::f32::consts::TAU * i as f32 / CORNERS as f32).sin_cos();
            let out = u * cos + v * sin;
            Some((self.pixel(self.pivot + arm * out)?, out.dot(sight) < 0.02))
        };
        let corners: Option<Vec<_>> = (0..CORNERS).map(corner).collect();
        Some(corners?.into_iter())
    }

    /// A ring in two parts: bright before, faint behind.
    fn ring(&self, axis: usize, tone: Tone) -> Vec<Shape> {
        let Some(corners) = self.circle(axis) else {
            return Vec::new();
        };
        let corners: Vec<_> = corners.collect();
        let behind = Shape {
            opacity: 0.25,
            ..Shape::closed(corners.iter().map(|c| c.0).collect(), tone, 1.0)
        };
        let n = corners.len();
        let is_front = |i: usize| corners[i % n].1;
        let first = (0..n).find(|i| is_front(*i) && !is_front(i + n - 1));
        let front = match first {
            Some(first) => {
                let run = (first..first + n).take_while(|i| is_front(*i));
                Shape::open(run.map(|i| corners[i % n].0).collect(), tone, 2.5)
            }
            // Seen from straight above or straight below nothing is behind.
            None => Shape::closed(corners.iter().map(|c| c.0).collect(), tone, 2.5),
        };
        vec![behind, front]
    }

    /// An arm with its head.
    fn arrow(&self, line: &[Vec2], tone: Tone) -> Vec<Shape> {
        let [from, tip] = [line[0], line[1]];
        let (length, half) = (
            HEAD.0 * self.pixels_per_point,
            HEAD.1 * self.pixels_per_point,
        );
        let along = (tip - from).normalize_or_zero();
        let base = tip - along * length.min(from.distance(tip));
        let side = along.perp() * half;
        vec![
            Shape::open(vec![from, base], tone, 2.5),
            Shape::filled(vec![tip, base + side, base - side], tone, 1.0),
        ]
    }

    fn square(&self, center: Vec2) -> Vec<Vec2> {
        let half = MIDDLE * self.pixels_per_point;
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        corners
            .map(|(x, y)| center + half * Vec2::new(x, y))
            .to_vec()
    }

    fn pixel(&self, point: Vec3) -> Option<Vec2> {
        let p = self.camera.project(point);
        (p.is_finite() && p.z > self.camera.near).then(|| p.truncate())
    }

    /// The world transform that moves, turns or scales about the pivot.
    pub(crate) fn about(&self, rotation: Quat, scale: f32) -> Transform {
        Transform {
            translation: self.pivot - rotation * (scale * self.pivot),
            rotation,
            scale,
        }
    }
}

fn nearest(handles: impl Iterator<Item = (Handle, f32)>, reach: f32) -> Option<Handle> {
    let near = handles.filter(|(_, distance)| *distance <= reach);
    near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(h, _)| h)
}

/// Distance from a point to a polyline, px.
fn distance_to_line(p: Vec2, line: &[Vec2], closed: bool) -> f32 {
    let ends = line.len() - usize::from(!closed);
    let sides = (0..ends).map(|i| (line[i], line[(i + 1) % line.len()]));
    let distances = sides.map(|(a, b)| {
        let along = b - a;
        let t = ((p - a).dot(along) / along.length_squared().max(1e-12)).clamp(0.0, 1.0);
        p.distance(a + along * t)
    });
    distances.fold(f32::INFINITY, f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gizmo(tool: ToolKind) -> Gizmo {
        let eye = Vec3::new(1.0, 2.0, 5.0);
        Gizmo {
            tool,
            pivot: Vec3::ZERO,
            axes: Quat::IDENTITY,
            camera: PinholeCamera::look_at(eye, Vec3::ZERO, Vec3::Y, 0.7, [800, 600]),
            pixels_per_point: 1.0,
        }
    }

    #[test]
    fn handles_are_found_where_they_are_drawn_and_nowhere_else() {
        for tool in [ToolKind::Move, ToolKind::Rotate, ToolKind::Scale] {
            let gizmo = gizmo(tool);
            for handle in gizmo.handles() {
                let line = gizmo.outline(handle).expect("seen from the side");
                let found: Vec<_> = match handle {
                    Handle::Plane(_) => {
                        let sum: Vec2 = line.iter().sum();
                        vec![gizmo.hit(sum / line.len() as f32)]
                    }
                    _ => line.iter().map(|p| gizmo.hit(*p)).collect(),
                };
                let own = found.iter().filter(|h| **h == Some(handle)).count();
                // Where two rings cross either may answer.
                let needed = found.len().div_ceil(2);
                assert!(
                    own >= needed,
                    "{tool:?} {handle:?}: {own} of {}",
                    found.len()
                );
            }
            assert_eq!(
                gizmo.hit(Vec2::new(5.0, 5.0)),
                None,
                "{tool:?}: the corner is free"
            );
        }
    }

    #[test]
    fn handles_keep_their_size_on_the_screen() {
        let near = gizmo(ToolKind::Move);
        let mut far = near;
        let eye = Vec3::new(10.0, 20.0, 50.0);
        far.camera = PinholeCamera::look_at(eye, Vec3::ZERO, Vec3::Y, 0.7, [800, 600]);
        for axis in 0..3 {
            let length = |g: &Gizmo| {
                let line = g.outline(Handle::Axis(axis)).expect("seen");
                line[0].distance(line[1])
            };
            let ratio = length(&near) / length(&far);
            assert!((ratio - 1.0).abs() < 0.1, "axis {axis}: {ratio}");
        }
    }

    #[test]
    fn an_axis_that_points_at_the_viewer_cannot_be_dragged() {
        let mut gizmo = gizmo(ToolKind::Move);
        gizmo.camera = PinholeCamera::look_at(Vec3::Z * 5.0, Vec3::ZERO, Vec3::Y, 0.7, [800, 600]);
        assert_eq!(gizmo.outline(Handle::Axis(2)), None, "z points at the eye");
        assert!(
            gizmo.outline(Handle::Plane(2)).is_some(),
            "its plane is seen"
        );
        assert_eq!(gizmo.outline(Handle::Plane(0)), None, "seen from its edge");
    }
}
