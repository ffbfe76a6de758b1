//! All parts of a layout, built on all cores and joined in their order.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::{
    Detail, Surfels,
    builder::Builder,
    cars, furniture, grand, ground,
    outline::runs,
    roofs::RoofPlan,
    trees, trim,
    walls::{WallJob, kind_of, soffit},
};
use crate::{
    appearance::{FacadeStyle, Wall},
    field::HeightField,
    geometry::middle,
    layout::{Building, Layout, RoofShape},
    maps::{Class, Ground, Maps},
};

/// What builders look up about the surroundings.
pub(super) struct Site<'a> {
    pub(super) layout: &'a Layout,
    pub(super) maps: &'a Maps,
    pub(super) detail: &'a Detail,
    pub(super) scope: &'a Scope,
}

/// Which part of a layout is made, and whom it asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scope {
    /// South-western corner of what is made, metres in the frame of the layout: whole blocks of 8 m.
    pub low: Vec2,
    /// North-eastern corner.
    pub high: Vec2,
    /// From this stride on, walls are left to a decoder; see [`Surfels::decode`].
    pub asked_from: f32,
}

impl Scope {
    /// Everything, and nothing left to a decoder.
    pub fn whole(layout: &Layout) -> Self {
        Self {
            low: Vec2::ZERO,
            high: layout.size,
            asked_from: f32::INFINITY,
        }
    }

    /// Whether what stands there is made.
    pub(super) fn holds(&self, at: Vec2) -> bool {
        at.cmpge(self.low).all() && at.cmplt(self.high).all()
    }
}

impl Site<'_> {
    /// Index of the cell of a place.
    pub(super) fn cell(&self, at: Vec2) -> Option<usize> {
        self.maps.cell_at(at)
    }

    /// Instance and height of what stands at a place; zeros for nothing.
    pub(super) fn standing(&self, at: Vec2) -> (u32, f32) {
        self.cell(at)
            .map_or((0, 0.0), |k| (self.maps.instances[k], self.maps.top[k]))
    }

    /// Whether people walk or drive there.
    pub(super) fn is_public(&self, at: Vec2) -> bool {
        let Some(k) = self.cell(at) else { return false };
        let free = self.maps.instances[k] == 0;
        free && self
            .maps
            .ground
            .get(k)
            .map_or(self.maps.classes[k] == Class::Road, |ground| {
                matches!(
                    ground,
                    Ground::Carriageway | Ground::Promenade | Ground::Square
                )
            })
    }
}

/// Makes a layout solid at a level of detail, with the light of the sky that reaches each surfel. The same input
/// is the same output, in the same order, on any number of cores.
pub fn extrude(layout: &Layout, maps: &Maps, detail: &Detail) -> Surfels {
    extrude_with(layout, maps, &HeightField::new(layout, maps), detail)
}

/// [`extrude`] with a height field that is there already.
pub fn extrude_with(layout: &Layout, maps: &Maps, field: &HeightField, detail: &Detail) -> Surfels {
    extrude_part(layout, maps, field, detail, &Scope::whole(layout))
}

/// [`extrude_with`] for a part of the layout.
pub fn extrude_part(
    layout: &Layout,
    maps: &Maps,
    field: &HeightField,
    detail: &Detail,
    scope: &Scope,
) -> Surfels {
    let site = Site {
        layout,
        maps,
        detail,
        scope,
    };
    let all = *scope == Scope::whole(layout);
    // Whoever makes the middle of a building makes it; a plan may see a middle on the border just beyond it.
    let last = layout.size - 1e-3;
    let home = |b: &Building| middle(&b.footprint.outer).min(last).max(Vec2::ZERO);
    let is_own = |b: &Building| !b.context && (all || scope.holds(home(b)));
    let trees: Vec<_> = layout.trees.iter().filter(|t| scope.holds(t.at)).collect();
    let cars: Vec<_> = layout.cars.iter().filter(|c| scope.holds(c.at)).collect();
    let mut jobs: Vec<Job<'_>> = Vec::new();
    jobs.extend(ground::blocks(scope).map(Job::Ground));
    let own = layout.buildings.iter().zip(1..).filter(|(b, _)| is_own(b));
    jobs.extend(own.map(|(building, instance)| Job::Building(building, instance)));
    jobs.extend(trees.chunks(8).map(Job::Trees));
    jobs.extend(cars.chunks(8).map(Job::Cars));
    jobs.push(Job::Furniture);
    let parts: Vec<Surfels> = jobs
        .par_iter()
        .with_max_len(1)
        .map(|job| {
            let mut part = job.run(&site);
            shade(&mut part, field);
            part
        })
        .collect();
    Surfels::joined(&parts)
}

enum Job<'a> {
    Ground(Vec2),
    Building(&'a Building, u32),
    Trees(&'a [&'a crate::layout::Tree]),
    Cars(&'a [&'a crate::layout::Car]),
    Furniture,
}

impl Job<'_> {
    fn run(&self, site: &Site<'_>) -> Surfels {
        match self {
            Self::Ground(corner) => ground::block(site, *corner),
            Self::Building(one, instance) => building(site, one, *instance),
            Self::Trees(all) => trees::trees(site, all),
            Self::Cars(all) => cars::cars(site, all),
            Self::Furniture => furniture::furniture(site),
        }
    }
}

/// Fills in the light of the sky. Fine neighbors share one probe: it changes slowly.
fn shade(part: &mut Surfels, field: &HeightField) {
    const SHARED: f32 = 0.22;
    let mut last: Option<(Vec3, Vec3, f32)> = None;
    for k in 0..part.len() {
        let normal = part.normals[k];
        let at = part.means[k] + normal * (part.lifts[k] + 0.25);
        let known = last
            .filter(|(p, n, _)| p.distance_squared(at) < SHARED * SHARED && n.dot(normal) > 0.98);
        let sky = match known {
            Some((.., sky)) => sky,
            None => {
                let sky = field.sky(at, normal);
                last = Some((at, normal, sky));
                sky
            }
        };
        part.occlusion[k] *= sky;
    }
}

fn building(site: &Site<'_>, building: &Building, instance: u32) -> Surfels {
    let mut builder = Builder::new(Class::Facade, instance);
    if building.footprint.outer.len() < 3 || !(building.height - building.base > 0.3) {
        return builder.surfels;
    }
    let style = FacadeStyle::of(building);
    let walls: Vec<_> = runs(&building.footprint)
        .into_iter()
        .filter(|run| run.length() > 0.05)
        .map(|run| {
            let kind = kind_of(site, &run, building, instance);
            (run, kind)
        })
        .collect();
    let roof = RoofPlan::new(building, &style, &walls);
    let mut finest = 8.0_f32;
    for (number, (run, kind)) in walls.iter().enumerate() {
        let (middle, radius) = run.ball();
        let half = 0.5 * building.height;
        let reach = radius.hypot(half);
        let straight = run.pieces().nth(1).is_none();
        let normal = straight.then(|| run.at(0.0).normal);
        let stride = site.detail.stride(middle.extend(half), reach, normal);
        finest = finest.min(stride);
        let mut wall = Wall::new(&style, run.length(), building.height, *kind);
        wall.seed = style.seed.wrapping_add(0x9e37 * number as u32);
        let job = WallJob {
            run,
            wall,
            style: &style,
            building,
            stride,
        };
        job.emit(site, &mut builder, &roof);
        trim::trim(site, &job, &roof, &mut builder);
    }
    let (middle, radius) = roof.dome();
    let reach = radius.hypot(3.0);
    let mut stride = site
        .detail
        .stride(middle.extend(building.height), reach, None);
    if let Detail::View(view) = site.detail
        && view.eye.z < building.height
    {
        // From below, roofs are seen at a flat angle or not at all.
        stride = stride.max(if roof.shape == RoofShape::Flat {
            1.0
        } else {
            0.25
        });
    }
    roof.emit(&mut builder, building, stride);
    if building.base > 0.5 {
        soffit(&mut builder, &roof, building, stride);
    }
    if roof.shape == RoofShape::Dome {
        grand::dome(&mut builder, &roof, stride.min(finest.max(0.25)));
    }
    builder.surfels
}
