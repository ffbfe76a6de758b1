//! Where the camera stands when nobody holds it.

use glam::Vec3;
use renderer::{Background, Blending, Filter, Frame, Guides, ViewMode};
use scene::{PinholeCamera, Scene, Transform};

/// How pictures are drawn, apart from the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Behind the splats.
    pub background: Background,
    /// Pixel filter.
    pub filter: Filter,
    /// Highest degree of spherical harmonics to use.
    pub max_sh_degree: u32,
    /// Which quantity to show.
    pub view: ViewMode,
    /// In which values colors are mixed.
    pub blending: Blending,
    /// What is drawn between the splats.
    pub guides: Guides,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            background: Background::Color([24.0 / 255.0; 3]),
            filter: Filter::Classic,
            max_sh_degree: 4,
            view: ViewMode::Color,
            blending: Blending::Display,
            guides: Guides::default(),
        }
    }
}

impl Look {
    /// A frame with this look from a camera.
    pub fn frame(&self, camera: PinholeCamera) -> Frame {
        Frame {
            background: self.background,
            filter: self.filter,
            max_sh_degree: self.max_sh_degree,
            view: self.view,
            blending: self.blending,
            guides: self.guides,
            ..Frame::new(camera)
        }
    }
}

/// A camera on a sphere around a target, +Y up. Yaw 0 looks at the scene's front (from +Z); positive
/// yaw walks to the subject's left (+X); positive pitch looks down from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orbit {
    /// What the camera looks at, world frame.
    pub target: Vec3,
    /// From the target, metres.
    pub distance: f32,
    /// Radians.
    pub yaw: f32,
    /// Radians.
    pub pitch: f32,
    /// Full vertical angle, radians.
    pub fov_y: f32,
}

impl Orbit {
    /// Full vertical angle of a view that was not asked for: a portrait lens.
    pub const FOV_Y: f32 = 0.48;

    /// A front view that holds all visible splats of the scene, but for the few farthest.
    pub fn framing(scene: &Scene) -> Self {
        let points = sample_points(scene);
        let (center, radius) = robust_ball(&points).unwrap_or((Vec3::ZERO, 1.0));
        let mut orbit = Self {
            target: center,
            distance: 1.0,
            yaw: 0.0,
            pitch: 0.0,
            fov_y: Self::FOV_Y,
        };
        orbit.distance = orbit.distance_for(radius);
        orbit
    }

    /// The orbit of a camera that stands at `eye` and looks at `target`; `None` where they are one place.
    pub fn looking(eye: Vec3, target: Vec3, fov_y: f32) -> Option<Self> {
        let (away, distance) = (eye - target).normalize_and_length();
        (distance > 0.0).then(|| Self {
            target,
            distance,
            yaw: away.x.atan2(away.z),
            pitch: away.y.clamp(-1.0, 1.0).asin(),
            fov_y,
        })
    }

    /// The distance from which a ball fills the picture's shorter side, seen by [`Self::fov_y`].
    pub fn distance_for(&self, radius: f32) -> f32 {
        radius / (0.5 * self.fov_y).sin()
    }

    /// The camera for pictures of the given size. Where the picture is higher than wide, the angle
    /// holds for the width, so that the target stays in view.
    pub fn camera(&self, size: [u32; 2]) -> PinholeCamera {
        let (sin_yaw, cos_yaw) = self.yaw.sin_cos();
        // Straight up and down have no horizon; stop a hair before.
        let limit = std::f32::consts::FRAC_PI_2 - 1e-3;
        let (sin_pitch, cos_pitch) = self.pitch.clamp(-limit, limit).sin_cos();
        let towards_eye = Vec3::new(sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch);
        let aspect = size[0] as f32 / size[1].max(1) as f32;
        let fov_y = if aspect < 1.0 {
            2.0 * ((0.5 * self.fov_y).tan() / aspect).atan()
        } else {
            self.fov_y
        };
        let mut camera = PinholeCamera::look_at(
            self.target + self.distance * towards_eye,
            self.target,
            Vec3::Y,
            fov_y,
            size,
        );
        // Tiny scenes must not vanish behind the near plane.
        camera.near = PinholeCamera::NEAR.min(1e-3 * self.distance);
        camera
    }
}

/// Splats reach beyond their centres, and a subject that touches the frame looks trapped.
const MARGIN: f32 = 1.08;

/// Centres of up to some ten thousand visible splats, world frame.
fn sample_points(scene: &Scene) -> Vec<Vec3> {
    const WANTED: usize = 20_000;
    let visible: Vec<_> = scene
        .layers()
        .filter(|(id, ..)| scene.is_visible(*id))
        .collect();
    let total: usize = visible.iter().map(|(.., layer)| layer.cloud.len()).sum();
    let step = (total / WANTED).max(1);
    let mut points = Vec::with_capacity(total / step + visible.len());
    for (id, _, layer) in visible {
        let world_from_node: Transform = scene.world_from_node(id);
        let drawn = layer
            .cloud
            .means()
            .iter()
            .zip(&layer.flags)
            .filter(|(_, flags)| flags.is_drawn());
        points.extend(
            drawn
                .step_by(step)
                .map(|(mean, _)| world_from_node.point(*mean)),
        );
    }
    points
}

/// The middle of the box that holds 98 % of the points along each axis, and the radius that holds
/// 98 % of the points: a few stray splats must not push the camera away.
fn robust_ball(points: &[Vec3]) -> Option<(Vec3, f32)> {
    if points.is_empty() {
        return None;
    }
    let middle_of = |axis: usize| {
        let mut values: Vec<f32> = points.iter().map(|p| p[axis]).collect();
        0.5 * (percentile(&mut values, 0.01) + percentile(&mut values, 0.99))
    };
    let center = Vec3::new(middle_of(0), middle_of(1), middle_of(2));
    let mut distances: Vec<f32> = points.iter().map(|p| p.distance(center)).collect();
    let radius = MARGIN * percentile(&mut distances, 0.98);
    Some((center, radius.max(1e-6)))
}

fn percentile(values: &mut [f32], share: f32) -> f32 {
    let index = (share * (values.len() - 1) as f32).round() as usize;
    *values.select_nth_unstable_by(index, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaw_walks_to_the_subjects_left_and_pitch_up() {
        let orbit = Orbit {
            target: Vec3::new(1.0, 2.0, 3.0),
            distance: 2.0,
            yaw: 0.0,
            pitch: 0.0,
            fov_y: 0.6,
        };
        let front = orbit.camera([64, 64]).eye() - orbit.target;
        assert!(front.distance(Vec3::new(0.0, 0.0, 2.0)) < 1e-4, "{front}");
        let left = Orbit {
            yaw: std::f32::consts::FRAC_PI_2,
            ..orbit
        };
        let left = left.camera([64, 64]).eye() - orbit.target;
        assert!(left.distance(Vec3::new(2.0, 0.0, 0.0)) < 1e-4, "{left}");
        let above = Orbit {
            pitch: 0.5,
            ..orbit
        };
        assert!(above.camera([64, 64]).eye().y > orbit.target.y, "above");
    }

    #[test]
    fn a_few_strays_do_not_move_the_ball() {
        let mut points: Vec<Vec3> = (0..1000)
            .map(|i| Vec3::new((i % 10) as f32, (i / 10 % 10) as f32, (i / 100) as f32))
            .collect();
        let (center, radius) = robust_ball(&points).unwrap();
        points.extend([Vec3::splat(1e4); 5]);
        let (center_2, radius_2) = robust_ball(&points).unwrap();
        assert!(center.distance(center_2) < 0.6, "{center} {center_2}");
        assert!((radius - radius_2).abs() < 0.6, "{radius} {radius_2}");
    }

    #[test]
    fn a_tall_picture_keeps_the_target_in_view() {
        let orbit = Orbit {
            target: Vec3::ZERO,
            distance: 4.0,
            yaw: 0.0,
            pitch: 0.0,
            fov_y: 0.5,
        };
        let side = 4.0 * (0.25f32).tan() * 0.99;
        let pixel = orbit.camera([100, 300]).project(Vec3::new(side, 0.0, 0.0));
        assert!((0.0..100.0).contains(&pixel.x), "{pixel}");
    }
}
