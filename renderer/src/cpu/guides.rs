//! What stands behind and between the splats: backgrounds, the grid on the ground, the axes; twin of
//! `shaders/common/guides.wgsl`.

use glam::{Vec2, Vec3, Vec4};
use scene::sh;

use super::shade::srgb_from_linear;
use crate::{
    consts::{
        BACKGROUND_CHECKER, BACKGROUND_COLORS, BACKGROUND_ENVIRONMENT, CHECKER_SIDE,
        GRID_SPACING_PX, GUIDE_AXES, GUIDE_GRID,
    },
    layout::{Backdrop, Shading, View},
};

/// A ray whose parameter is the depth along the view axis, world frame.
#[derive(Debug, Clone, Copy)]
struct Ray {
    origin: Vec3,
    direction: Vec3,
}

/// Premultiplied, display-referred.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layers {
    /// Behind the splats' median depth.
    pub(crate) behind: Vec4,
    /// In front of it.
    pub(crate) before: Vec4,
}

/// Color of each axis: x, y, z.
const AXES: [(Vec3, Vec3); 3] = [
    (Vec3::X, Vec3::new(0.90, 0.28, 0.30)),
    (Vec3::Y, Vec3::new(0.46, 0.76, 0.26)),
    (Vec3::Z, Vec3::new(0.28, 0.52, 0.96)),
];

/// a over b, both premultiplied.
pub(crate) fn over(a: Vec4, b: Vec4) -> Vec4 {
    a + (1.0 - a.w) * b
}

/// What lies behind and before the splats at a pixel whose median depth is given.
pub(crate) fn guides_at(
    (view, backdrop, shading): (&View, &Backdrop, &Shading),
    pixel: [u32; 2],
    median: f32,
) -> Layers {
    let guides = Guides { view, backdrop };
    let position = Vec2::new(pixel[0] as f32, pixel[1] as f32) + 0.5;
    let ray = guides.ray_at(position);
    let mut layers = Layers {
        behind: background_at(backdrop, shading, pixel, ray),
        before: Vec4::ZERO,
    };
    if backdrop.guides & GUIDE_GRID != 0 {
        layers.add(
            guides.grid_at(position, ray),
            guides.ground_depth(ray),
            median,
        );
    }
    if backdrop.guides & GUIDE_AXES != 0 {
        for (axis, color) in AXES {
            let depth = axis_depth(ray, axis);
            let cover = guides.axis_cover(ray, axis, depth);
            layers.add(color.extend(1.0) * cover, depth, median);
        }
    }
    layers
}

impl Layers {
    /// Adds a guide to the side of the median depth on which it lies.
    fn add(&mut self, color: Vec4, depth: f32, median: f32) {
        if depth < median {
            self.before = over(color, self.before);
        } else {
            self.behind = over(color, self.behind);
        }
    }
}

fn background_at(backdrop: &Backdrop, shading: &Shading, pixel: [u32; 2], ray: Ray) -> Vec4 {
    let [x, y] = [0, 1].map(|i| pixel[i] + backdrop.origin[i]);
    match backdrop.background {
        BACKGROUND_COLORS => {
            let t = (y as f32 + 0.5) / backdrop.whole[1] as f32;
            let [top, bottom] = [backdrop.top, backdrop.bottom].map(|c| Vec4::from(c).truncate());
            top.lerp(bottom, t).extend(1.0)
        }
        BACKGROUND_ENVIRONMENT => environment_towards(shading, ray.direction.normalize())
            .min(Vec3::ONE)
            .map(srgb_from_linear)
            .extend(1.0),
        BACKGROUND_CHECKER => {
            let light = (x / CHECKER_SIDE + y / CHECKER_SIDE).is_multiple_of(2);
            Vec3::splat(if light { 0.27 } else { 0.20 }).extend(1.0)
        }
        _ => Vec4::ZERO,
    }
}

/// Light of the environment that comes from a world direction, linear.
fn environment_towards(shading: &Shading, direction: Vec3) -> Vec3 {
    let [x, y, z] = shading
        .environment_from_world
        .map(|row| Vec4::from(row).truncate().dot(direction));
    let basis = sh::basis(Vec3::new(x, y, z));
    let mut sum = Vec3::ZERO;
    for (i, (coefficient, b)) in shading.irradiance.iter().zip(basis).enumerate() {
        // The irradiance's band factors, undone.
        let band = [1.0, 1.5, 4.0][usize::from(i > 0) + usize::from(i > 3)];
        sum += Vec4::from(*coefficient).truncate() * (band * b);
    }
    sum.max(Vec3::ZERO)
}

fn power_of_ten(exponent: i32) -> f32 {
    let power = (0..exponent.abs()).fold(1.0, |power, _| power * 10.0);
    if exponent < 0 { 1.0 / power } else { power }
}

fn axis_depth(ray: Ray, axis: Vec3) -> f32 {
    let a = ray.direction.length_squared();
    let b = ray.direction.dot(axis);
    (b * axis.dot(ray.origin) - ray.direction.dot(ray.origin)) / (a - b * b)
}

struct Guides<'a> {
    view: &'a View,
    backdrop: &'a Backdrop,
}

impl Guides<'_> {
    fn world_direction(&self, v: Vec3) -> Vec3 {
        let [x, y, z] = self
            .backdrop
            .world_from_view
            .map(|row| Vec4::from(row).truncate().dot(v));
        Vec3::new(x, y, z)
    }

    fn ray_at(&self, position: Vec2) -> Ray {
        let view = self.view;
        let offset = (position - Vec2::from(view.center)) / Vec2::from(view.focal);
        let eye = Vec3::from(self.backdrop.world_from_view.map(|row| row[3]));
        if view.orthographic != 0 {
            Ray {
                origin: eye + self.world_direction(offset.extend(0.0)),
                direction: self.world_direction(Vec3::Z),
            }
        } else {
            Ray {
                origin: eye,
                direction: self.world_direction(offset.extend(1.0)),
            }
        }
    }

    /// Depth at which a ray meets the ground.
    fn ground_depth(&self, ray: Ray) -> f32 {
        (self.backdrop.ground - ray.origin.y) / ray.direction.y
    }

    fn on_ground(&self, ray: Ray) -> Vec2 {
        let t = self.ground_depth(ray);
        Vec2::new(
            ray.origin.x + t * ray.direction.x,
            ray.origin.z + t * ray.direction.z,
        )
    }

    /// How much of a pixel lines every `cell` metres cover.
    fn lines_at(&self, p: Vec2, cell: f32, footprint: Vec2) -> f32 {
        let nearest = (p / cell).map(f32::round_ties_even) * cell;
        let off = (p - nearest).abs() / footprint;
        let cover = Vec2::splat(0.5 * self.backdrop.line_px + 0.5) - off;
        cover.clamp(Vec2::ZERO, Vec2::ONE).max_element()
    }

    /// The grid's color at a pixel, premultiplied; transparent where the ground is not seen.
    fn grid_at(&self, position: Vec2, ray: Ray) -> Vec4 {
        let depth = self.ground_depth(ray);
        let p = self.on_ground(ray);
        let beside = [Vec2::X, Vec2::Y].map(|d| self.on_ground(self.ray_at(position + d)));
        let footprint = (beside[0] - p).abs() + (beside[1] - p).abs();
        let size = footprint.max_element();
        let fade = (1.0 - p.length() / self.backdrop.reach).clamp(0.0, 1.0);
        let (near, far) = (self.view.near, self.view.far);
        if !(depth > near && depth < far && size > 1e-9 && size < 1e9 && fade > 0.0) {
            return Vec4::ZERO;
        }
        // Lines of three powers of ten; the finest fades before it becomes too dense.
        let level = (size * GRID_SPACING_PX).log2() * std::f32::consts::LOG10_2;
        let finest = level.ceil();
        let dense = 1.0 - (finest - level);
        let cell = power_of_ten(finest as i32);
        let lines = |cell| self.lines_at(p, cell, footprint);
        let minor = lines(cell) * 0.22 * (1.0 - dense);
        let middle = lines(10.0 * cell) * (0.5 + (0.22 - 0.5) * dense);
        let major = lines(100.0 * cell) * 0.5;
        let grazing = 6.0 * ray.direction.y.abs() / ray.direction.length();
        let alpha = minor.max(middle).max(major) * fade * grazing.clamp(0.0, 1.0);
        Vec3::splat(0.55).extend(1.0) * alpha
    }

    /// How much of a pixel a line through the origin along `axis` covers.
    fn axis_cover(&self, ray: Ray, axis: Vec3, depth: f32) -> f32 {
        let point = ray.origin + depth * ray.direction;
        let along = point.dot(axis);
        let across = (point - along * axis).length();
        let spread = super::cull::perspective_shrink(self.view, depth);
        let px = across * self.view.focal[1] / spread;
        let fade = (1.0 - along.abs() / self.backdrop.reach).clamp(0.0, 1.0);
        if depth > self.view.near && depth < self.view.far && px < 1e9 {
            (0.5 * self.backdrop.line_px + 1.0 - px).clamp(0.0, 1.0) * fade
        } else {
            0.0
        }
    }
}
