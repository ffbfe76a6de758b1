//! From a layout to oriented surfels: flat Gaussians on the planes of walls, roofs and ground.

mod asks;
mod bays;
mod builder;
mod cars;
mod detail;
mod extrude;
mod furniture;
mod grand;
mod ground;
mod outline;
mod roofs;
mod trees;
mod trim;
mod walls;

use glam::Vec3;

use crate::{appearance::Surface, maps::Class};

pub use asks::{Ask, Asks};
pub use detail::{Detail, Viewpoint};
pub use extrude::{Scope, extrude, extrude_part, extrude_with};

/// Flat Gaussians with materials, in the frame of their layout. One value a surfel in each array.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Surfels {
    /// Centres, metres.
    pub means: Vec<Vec3>,
    /// Unit normals.
    pub normals: Vec<Vec3>,
    /// Unit tangents, along the first of the sigmas.
    pub tangents: Vec<Vec3>,
    /// Standard deviations along tangent, along normal × tangent, and along the normal, metres.
    pub sigmas: Vec<Vec3>,
    /// Opacities, 0..1.
    pub opacities: Vec<f32>,
    /// How far outside along the normal the visible surface lies, metres: what stands behind another
    /// surfel or in a recess is lit there.
    pub lifts: Vec<f32>,
    /// What they look like.
    pub surfaces: Vec<Surface>,
    /// Share of the sky's light that reaches them, 0..1.
    pub occlusion: Vec<f32>,
    /// What they belong to.
    pub classes: Vec<Class>,
    /// One more than the index of the building in its layout; zero for all else.
    pub instances: Vec<u32>,
    /// Those whose looks are not known yet.
    pub asks: Asks,
}

impl Surfels {
    /// Number of surfels.
    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.means.is_empty()
    }

    /// Joins parts in their order.
    pub fn joined(parts: &[Self]) -> Self {
        fn join<T: Copy>(parts: &[Surfels], of: impl Fn(&Surfels) -> &Vec<T>) -> Vec<T> {
            let mut all = Vec::with_capacity(parts.iter().map(|part| of(part).len()).sum());
            for part in parts {
                all.extend_from_slice(of(part));
            }
            all
        }
        Self {
            means: join(parts, |p| &p.means),
            normals: join(parts, |p| &p.normals),
            tangents: join(parts, |p| &p.tangents),
            sigmas: join(parts, |p| &p.sigmas),
            opacities: join(parts, |p| &p.opacities),
            lifts: join(parts, |p| &p.lifts),
            surfaces: join(parts, |p| &p.surfaces),
            occlusion: join(parts, |p| &p.occlusion),
            classes: join(parts, |p| &p.classes),
            instances: join(parts, |p| &p.instances),
            asks: {
                let mut asks = Asks::default();
                let mut row = 0;
                for part in parts {
                    asks.append(&part.asks, row);
                    row += part.len() as u32;
                }
                asks
            },
        }
    }
}
