//! The camera in the hand: orbit, pan, zoom, look, fly and focus.
//!
//! The state is an eye with yaw and pitch, +Y up, so that the horizon never tilts and the view never
//! flips. Every motion keeps the world point it holds (the one under the cursor) at its pixel.

use std::f32::consts::FRAC_PI_2;

use glam::{Affine3A, Mat3A, Vec2, Vec3, Vec3A};
use scene::{PinholeCamera, Projection};
use serde::{Deserialize, Serialize};

use crate::view_options::ViewOptions;

/// Seconds that a change of view takes.
const EASE_SECS: f32 = 0.25;
/// Share of the scene's radius that the eye may come near to a held point.
const CLOSEST: f32 = 1e-3;
/// Splats nearer than this share of the scene's radius are not drawn.
const NEAR: f32 = 2e-3;
/// An orthographic camera stands so many radii of the scene behind the eye, so that nothing that
/// surrounds the eye is behind it.
const BACK: f32 = 8.0;
/// Room around a framed thing.
const MARGIN: f32 = 1.12;

/// Views along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AxisView {
    /// From +Z, the side that faces look at.
    Front,
    /// From −Z.
    Back,
    /// From +X.
    Right,
    /// From −X.
    Left,
    /// From +Y.
    Top,
    /// From −Y.
    Bottom,
}

/// Where the eye is and looks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Centre of projection, world.
    pub eye: Vec3,
    /// Angle about +Y, radians; 0 looks along −Z.
    pub yaw: f32,
    /// Height of the eye above what it looks at, radians in ±π/2.
    pub pitch: f32,
    /// Distance along the view axis of what is looked at, metres.
    pub distance: f32,
}

impl View {
    /// Direction of the view axis.
    pub fn forward(&self) -> Vec3 {
        let (sin_yaw, cos_yaw) = self.yaw.sin_cos();
        let (sin_pitch, cos_pitch) = self.pitch.sin_cos();
        -Vec3::new(sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch)
    }

    /// Direction to the right in the picture; always level.
    pub fn right(&self) -> Vec3 {
        let (sin_yaw, cos_yaw) = self.yaw.sin_cos();
        Vec3::new(cos_yaw, 0.0, -sin_yaw)
    }

    /// Direction downwards in the picture.
    pub fn down(&self) -> Vec3 {
        self.forward().cross(self.right())
    }

    /// The point in the middle of the picture at [`Self::distance`].
    pub fn target(&self) -> Vec3 {
        self.eye + self.forward() * self.distance
    }

    /// `world_from_view`, rotation only (columns right, down, forward).
    fn world_from_view(&self) -> Mat3A {
        Mat3A::from_cols(
            self.right().into(),
            self.down().into(),
            self.forward().into(),
        )
    }
}

/// A camera that an artist moves.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraControl {
    view: View,
    fov_y: f32,
    /// Radius of what is in the scene; the measure for speeds and limits, metres.
    radius: f32,
    easing: Option<Easing>,
    lens: Lens,
    /// Whether the artist has moved it since it was last framed by the program.
    touched: bool,
}

/// What is not a matter of where the eye is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lens {
    orthographic: bool,
    near: Option<f32>,
    far: Option<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Easing {
    from: View,
    to: View,
    /// Looked-at points, so that a turning view circles what it looks at.
    elapsed_secs: f32,
}

impl CameraControl {
    /// A camera in front of a metre-sized thing at the origin.
    pub fn new(fov_y: f32, options: &ViewOptions) -> Self {
        let mut control = Self {
            view: View {
                eye: Vec3::ZERO,
                yaw: 0.35,
                pitch: 0.12,
                distance: 1.0,
            },
            fov_y,
            radius: 1.0,
            easing: None,
            lens: Lens {
                orthographic: false,
                near: None,
                far: None,
            },
            touched: false,
        };
        control.set_lens(options);
        control.view.eye = -control.view.forward() * 3.0;
        control.view.distance = 3.0;
        control
    }

    /// Where the eye is and looks now.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// Full vertical angle, radians.
    pub fn fov_y(&self) -> f32 {
        self.fov_y
    }

    /// Sets the full vertical angle, kept within what a lens can do.
    pub fn set_fov_y(&mut self, fov_y: f32) {
        if fov_y.is_finite() {
            self.fov_y = fov_y.clamp(0.05, 2.6);
        }
    }

    /// Whether the artist has moved it since the program last framed the scene.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// Radius of what is in the scene, metres.
    pub fn scene_radius(&self) -> f32 {
        self.radius
    }

    /// Takes over the projection and the clipping planes.
    pub fn set_lens(&mut self, options: &ViewOptions) {
        self.lens = Lens {
            orthographic: options.orthographic,
            near: options.near,
            far: options.far,
        };
    }

    /// How far the camera stands behind the eye.
    fn back(&self) -> f32 {
        if self.lens.orthographic {
            BACK * self.radius + self.view.distance
        } else {
            0.0
        }
    }

    /// The camera for a picture of this size in pixels. What lies at the view's distance is as large in
    /// the orthographic picture as in perspective.
    pub fn camera(&self, size: [u32; 2]) -> PinholeCamera {
        let view_from_world = self.view.world_from_view().transpose();
        let back = self.back();
        let translation = Vec3A::Z * back - view_from_world * Vec3A::from(self.view.eye);
        let focal = 0.5 * size[1] as f32 / (0.5 * self.fov_y).tan();
        let near = (NEAR * self.radius).min(0.2 * self.view.distance).max(1e-6);
        let camera = PinholeCamera {
            view_from_world: Affine3A::from_mat3_translation(
                view_from_world.into(),
                translation.into(),
            ),
            fx: focal,
            fy: focal,
            cx: 0.5 * size[0] as f32,
            cy: 0.5 * size[1] as f32,
            width: size[0],
            height: size[1],
            near: self.lens.near.map_or(near, |n| (n + back).max(1e-6)),
            far: self.lens.far.map_or(f32::INFINITY, |far| far + back),
            projection: Projection::Perspective,
        };
        if self.lens.orthographic {
            camera.orthographic_at(self.view.distance)
        } else {
            camera
        }
    }

    /// Puts the eye where it was at another time; a view that no eye can have is ignored.
    pub fn set_view(&mut self, view: View) {
        let finite = view.eye.is_finite() && view.yaw.is_finite() && view.pitch.is_finite();
        if finite && view.distance.is_finite() && view.distance > 0.0 {
            self.take_over();
            self.view = view;
        }
    }

    /// Puts the eye where a camera is (the photograph's own view), keeping +Y up.
    pub fn set_pose(&mut self, camera: &PinholeCamera, distance: f32) {
        let forward = camera.forward();
        self.easing = None;
        self.view = View {
            eye: camera.eye(),
            yaw: (-forward.x).atan2(-forward.z),
            pitch: (-forward.y).clamp(-1.0, 1.0).asin(),
            distance: distance.max(1e-6),
        };
        self.set_fov_y(2.0 * (0.5 * camera.height as f32 / camera.fy).atan());
    }

    /// Turns around a world point, which stays at its pixel. Angles in radians; positive yaw brings
    /// the eye to the right, positive pitch up.
    pub fn orbit(&mut self, pivot: Vec3, yaw: f32, pitch: f32) {
        self.take_over();
        let in_view = self.view.world_from_view().transpose() * Vec3A::from(pivot - self.view.eye);
        self.view.yaw = wrap_angle(self.view.yaw + yaw);
        self.view.pitch = (self.view.pitch + pitch).clamp(-FRAC_PI_2, FRAC_PI_2);
        self.view.eye = pivot - Vec3::from(self.view.world_from_view() * in_view);
    }

    /// Turns the head: the eye stays.
    pub fn look(&mut self, yaw: f32, pitch: f32) {
        let eye = self.view.eye;
        self.orbit(eye, yaw, pitch);
    }

    /// Shifts the eye so that what is at `depth` (along the view axis) follows the pointer exactly.
    pub fn pan(&mut self, delta_px: Vec2, depth: f32, size: [u32; 2]) {
        self.take_over();
        let camera = self.camera(size);
        let shift = delta_px / camera.px_per_metre(depth);
        self.view.eye -= self.view.right() * shift.x + self.view.down() * shift.y;
    }

    /// Moves towards a world point, which stays at its pixel: `factor` < 1 comes nearer.
    pub fn zoom(&mut self, point: Vec3, factor: f32) {
        self.take_over();
        let to_point = point - self.view.eye;
        let depth = to_point.dot(self.view.forward());
        let closest = CLOSEST * self.radius;
        if self.lens.orthographic {
            // Only the size changes; the eye keeps its distance and moves across.
            let factor = factor.max(closest / self.view.distance);
            let across = to_point - self.view.forward() * depth;
            let target = self.view.target() + across * (1.0 - factor);
            self.view.distance *= factor;
            self.view.eye = target - self.view.forward() * self.view.distance;
            return;
        }
        if depth <= closest && factor < 1.0 {
            // At the point already: go on through it, so that the artist is never stuck.
            self.view.eye += self.view.forward() * (closest * (1.0 - factor));
            return;
        }
        let factor = if depth > 0.0 {
            factor.max(closest / depth)
        } else {
            factor
        };
        self.view.eye = point - to_point * factor;
        self.view.distance = (self.view.distance * factor).max(closest);
    }

    /// Moves the eye along right, up (world) and forward by metres.
    pub fn fly(&mut self, right: f32, up: f32, forward: f32) {
        self.take_over();
        let view = &self.view;
        self.view.eye += view.right() * right + Vec3::Y * up + view.forward() * forward;
    }

    /// Tells how large the scene is; speeds and limits follow.
    pub fn set_scene_radius(&mut self, radius: f32) {
        if radius.is_finite() && radius > 0.0 {
            self.radius = radius;
        }
    }

    /// Shows a sphere as large as fits, seen from the present side.
    pub fn frame(&mut self, center: Vec3, radius: f32, size: [u32; 2], motion: Motion) {
        let aspect = size[0].max(1) as f32 / size[1].max(1) as f32;
        let half_y = 0.5 * self.fov_y;
        let half = half_y.min((half_y.tan() * aspect).atan());
        let distance = (MARGIN * radius / half.sin()).max(1e-6);
        let mut to = self.destination();
        to.distance = distance;
        to.eye = center - to.forward() * distance;
        self.go(to, motion);
    }

    /// Brings a point to the middle of the picture at its present distance.
    pub fn center_on(&mut self, point: Vec3, motion: Motion) {
        let mut to = self.destination();
        to.distance = (point - to.eye)
            .dot(to.forward())
            .max(CLOSEST * self.radius);
        to.eye = point - to.forward() * to.distance;
        self.go(to, motion);
        self.touched = true;
    }

    /// Looks along an axis at what is in the middle now.
    pub fn axis_view(&mut self, axis: AxisView, motion: Motion) {
        let mut to = self.destination();
        let target = to.target();
        let pi = std::f32::consts::PI;
        (to.yaw, to.pitch) = match axis {
            AxisView::Front => (0.0, 0.0),
            AxisView::Back => (pi, 0.0),
            AxisView::Right => (FRAC_PI_2, 0.0),
            AxisView::Left => (-FRAC_PI_2, 0.0),
            AxisView::Top => (0.0, FRAC_PI_2),
            AxisView::Bottom => (0.0, -FRAC_PI_2),
        };
        to.eye = target - to.forward() * to.distance;
        self.go(to, motion);
        self.touched = true;
    }

    /// Lets a change of view go on; tells whether anything moved.
    pub fn tick(&mut self, dt_secs: f32) -> bool {
        let Some(mut easing) = self.easing else {
            return false;
        };
        easing.elapsed_secs += dt_secs.max(0.0);
        let t = (easing.elapsed_secs / EASE_SECS).clamp(0.0, 1.0);
        if t < 1.0 {
            self.view = easing.at(t * t * (3.0 - 2.0 * t));
            self.easing = Some(easing);
        } else {
            self.view = easing.to;
            self.easing = None;
        }
        true
    }

    /// Whether a change of view is under way.
    pub fn is_moving(&self) -> bool {
        self.easing.is_some()
    }

    /// Where the eye will be when no easing is under way.
    fn destination(&self) -> View {
        self.easing.map_or(self.view, |easing| easing.to)
    }

    fn go(&mut self, to: View, motion: Motion) {
        if motion == Motion::Instant {
            self.view = to;
            self.easing = None;
        } else {
            self.easing = Some(Easing {
                from: self.view,
                to,
                elapsed_secs: 0.0,
            });
        }
        self.touched = false;
    }

    /// The artist's hand ends a change of view where it is.
    fn take_over(&mut self) {
        self.easing = None;
        self.touched = true;
    }
}

/// How a view changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Over a quarter of a second.
    Eased,
    /// At once.
    Instant,
}

impl Easing {
    fn at(&self, t: f32) -> View {
        let (from, to) = (&self.from, &self.to);
        let mix = |a: f32, b: f32| a + (b - a) * t;
        let target = from.target().lerp(to.target(), t);
        // The shorter way round; distances by ratio, so that near and far feel alike.
        let mut view = View {
            eye: Vec3::ZERO,
            yaw: wrap_angle(from.yaw + wrap_angle(to.yaw - from.yaw) * t),
            pitch: mix(from.pitch, to.pitch),
            distance: mix(from.distance.ln(), to.distance.ln()).exp(),
        };
        view.eye = target - view.forward() * view.distance;
        view
    }
}

/// The same angle within ±π.
fn wrap_angle(angle: f32) -> f32 {
    let turn = std::f32::consts::TAU;
    angle - turn * (angle / turn).round()
}
