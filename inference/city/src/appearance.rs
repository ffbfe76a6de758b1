//! What surfaces look like: pure functions of a style, a place on the surface and the width of the box that
//! looks. They draw the city near the camera, and they are what the decoder is trained to say.

mod car;
mod facade;
mod features;
pub mod filter;
mod glass;
mod ground;
pub(crate) mod ground_floor;
mod masonry;
mod roof;
mod style;
mod wall;

use glam::{Vec2, Vec3};

pub use car::{CarPart, CarStyle, car};
pub(crate) use facade::Opening;
pub use facade::facade;
pub use features::{DECODED, FACADE_FEATURES, facade_features};
pub use ground::{GroundPoint, ground};
pub use roof::{RoofMaterial, RoofStyle, roof};
pub use style::{FacadeStyle, STYLE_NUMBERS};
pub use wall::{Wall, WallKind};

/// Widest box that the closed forms are asked for; a wider one is the mean of several.
pub const DIRECT_STRIDE: f32 = 0.28;
/// The same within boxes wider than [`FAR_STRIDE`], where no single window is left to see.
const FAR_DIRECT_STRIDE: f32 = 0.36;
/// Strides of levels that are only seen from afar, metres.
const FAR_STRIDE: f32 = 1.6;

/// One place of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Surface {
    /// Diffuse color, linear.
    pub albedo: Vec3,
    /// 0 mirror, 1 matte.
    pub roughness: f32,
    /// 1 bare metal.
    pub metallic: f32,
    /// Share of window glass or clear coat: what mirrors the sky over a dark body.
    pub glass: f32,
    /// Light given off after dusk, linear, 1 as bright as white paper in a lit room.
    pub emissive: Vec3,
    /// Share that lies behind the plane of the wall, for windows that are set back.
    pub recess: f32,
}

impl Surface {
    /// A matte, dark-at-night surface.
    pub fn matte(albedo: Vec3) -> Self {
        Self {
            albedo,
            roughness: 0.85,
            ..Self::default()
        }
    }

    /// This surface, `share` of it covered by another.
    pub fn under(self, other: &Self, share: f32) -> Self {
        if share <= 0.0 {
            return self;
        }
        let mix = |a: f32, b: f32| a + (b - a) * share;
        Self {
            albedo: self.albedo.lerp(other.albedo, share),
            roughness: mix(self.roughness, other.roughness),
            metallic: mix(self.metallic, other.metallic),
            glass: mix(self.glass, other.glass),
            emissive: self.emissive.lerp(other.emissive, share),
            recess: mix(self.recess, other.recess),
        }
    }

    /// The same with another brightness of its color.
    pub fn shaded(mut self, factor: f32) -> Self {
        self.albedo *= factor;
        self
    }
}

/// The mean of a function over a box: one call where the box is small, a lattice of small boxes where it is
/// not, so that every level of detail has the same mean.
pub fn averaged(at: Vec2, stride: Vec2, direct: impl Fn(Vec2, Vec2) -> Surface) -> Surface {
    let far = stride.max_element() > FAR_STRIDE;
    let direct_stride = if far {
        FAR_DIRECT_STRIDE
    } else {
        DIRECT_STRIDE
    };
    let n = (stride / direct_stride).ceil().max(Vec2::ONE);
    if n == Vec2::ONE {
        return direct(at, stride);
    }
    let (columns, rows) = (n.x as u32, n.y as u32);
    let small = stride / n;
    let mut sum = Surface::default();
    for row in 0..rows {
        for column in 0..columns {
            let step = Vec2::new(column as f32 + 0.5, row as f32 + 0.5);
            let one = direct(at - 0.5 * stride + step * small, small);
            sum.albedo += one.albedo;
            sum.emissive += one.emissive;
            sum.roughness += one.roughness;
            sum.metallic += one.metallic;
            sum.glass += one.glass;
            sum.recess += one.recess;
        }
    }
    let share = 1.0 / (columns * rows) as f32;
    Surface {
        albedo: sum.albedo * share,
        emissive: sum.emissive * share,
        roughness: sum.roughness * share,
        metallic: sum.metallic * share,
        glass: sum.glass * share,
        recess: sum.recess * share,
    }
}
