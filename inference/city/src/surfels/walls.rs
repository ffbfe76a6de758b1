//! Walls: surfels on the planes of façades, in lattices that fit bays and floors.

use glam::{Vec2, Vec3};

use super::{
    builder::{Builder, SHEET, SIGMA, SIGMA_ALONE, Spot},
    extrude::Site,
    outline::Run,
    roofs::RoofPlan,
};
use crate::{
    appearance::{FacadeStyle, Surface, Wall, WallKind, facade},
    layout::Building,
    maps::Class,
};

/// How far windows are set back, metres.
pub(super) const RECESS: f32 = 0.15;
/// Windows are set back where the stride is at most this.
pub(super) const RECESS_STRIDE: f32 = 0.25;

/// One wall of a building with all that is known about it.
#[derive(Clone, Copy)]
pub(super) struct WallJob<'a> {
    pub(super) run: &'a Run,
    pub(super) wall: Wall,
    pub(super) style: &'a FacadeStyle,
    pub(super) building: &'a Building,
    /// The finest of its parts.
    pub(super) stride: f32,
}

/// What a wall looks at, from the heights and streets before it.
pub(super) fn kind_of(site: &Site<'_>, run: &Run, building: &Building, instance: u32) -> WallKind {
    const PROBES: u32 = 7;
    let (mut higher, mut street) = (0, 0);
    for k in 0..PROBES {
        let place = run.at(run.length() * (k as f32 + 0.5) / PROBES as f32);
        let (other, top) = site.standing(place.outside(0.9));
        if other != 0 && other != instance && top > 0.55 * building.height {
            higher += 1;
        }
        let seen = [2.0, 4.5, 7.5, 12.0]
            .iter()
            .any(|d| site.is_public(place.outside(*d)));
        street += u32::from(seen);
    }
    if higher * 10 > PROBES * 4 {
        WallKind::Party
    } else if street * 2 > PROBES {
        WallKind::Street
    } else {
        WallKind::Court
    }
}

/// The parts between two ends along one direction, each from where to where.
fn spans(ends: f32, part: f32, count: u32, total: f32) -> Vec<(f32, f32)> {
    let mut cuts = vec![0.0];
    cuts.extend((0..=count).map(|k| ends + k as f32 * part));
    cuts.push(total);
    cuts.dedup_by(|b, a| *b - *a < 1e-3);
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Number of cells along a part. Twelfths of a bay or floor are the edges of windows.
fn cells(length: f32, stride: f32) -> u32 {
    let raw = length / stride;
    let count = if raw < 9.0 {
        raw.round()
    } else if raw < 15.0 {
        12.0
    } else if raw < 30.0 {
        6.0 * (raw / 6.0).round()
    } else {
        12.0 * (raw / 12.0).round()
    };
    count.max(1.0) as u32
}

impl WallJob<'_> {
    /// The same wall as fine as a part of it deserves: what lies within `radius` of a place.
    pub(super) fn near(&self, site: &Site<'_>, at: Vec2, radius: f32) -> Self {
        let place = self.run.at(at.x);
        let stride = site
            .detail
            .stride(place.point(at.y, 0.0), radius, Some(place.normal));
        // The parts of one wall agree on which lattice they are in.
        let coarsest = if self.stride <= 1.0 { 1.0 } else { f32::MAX };
        Self {
            stride: stride.max(self.stride).min(coarsest),
            ..*self
        }
    }

    /// Puts the cells of the wall down.
    pub(super) fn emit(&self, site: &Site<'_>, builder: &mut Builder, roof: &RoofPlan) {
        builder.class = Class::Facade;
        builder.segment = self.stride;
        let wall = &self.wall;
        if site.scope.asked_from.is_finite() {
            builder.surfels.asks.walls.push((*self.style, *wall));
        }
        let whole = self.stride > 1.0;
        let (across, up) = if whole {
            (vec![(0.0, wall.length)], vec![(0.0, wall.height)])
        } else {
            (
                spans(wall.corner, wall.bay, wall.bays, wall.length),
                spans(wall.ground_floor, wall.floor, wall.floors, wall.height),
            )
        };
        let part = |at: Vec2, radius: f32| {
            if whole {
                *self
            } else {
                self.near(site, at, radius)
            }
        };
        for (left, right) in across {
            for (low, high) in &up {
                let (from, to) = (Vec2::new(left, *low), Vec2::new(right, *high));
                part(0.5 * (from + to), 0.5 * from.distance(to)).panel(site, builder, from, to);
            }
            let eaves = Vec2::new(0.5 * (left + right), wall.height);
            part(eaves, 0.5 * (right - left)).gables(site, builder, roof, (left, right));
        }
    }

    /// What stands before a place of the wall hides it up to this height.
    fn hidden(&self, site: &Site<'_>, builder: &Builder, u: f32) -> f32 {
        let (other, top) = site.standing(self.run.at(u).outside(0.45));
        if other != 0 && other != builder.instance {
            top
        } else {
            0.0
        }
    }

    /// The cells of one rectangle of the wall.
    fn panel(&self, site: &Site<'_>, builder: &mut Builder, from: Vec2, to: Vec2) {
        let (columns, rows) = (
            cells(to.x - from.x, self.stride),
            cells(to.y - from.y, self.stride),
        );
        let size = (to - from) / Vec2::new(columns as f32, rows as f32);
        let end = Vec2::new(self.wall.length, self.wall.height);
        for column in 0..columns {
            let u = from.x + (column as f32 + 0.5) * size.x;
            let low = self.building.base.max(self.hidden(site, builder, u) - 0.25);
            for row in 0..rows {
                let at = Vec2::new(u, from.y + (row as f32 + 0.5) * size.y);
                if at.y < low {
                    continue;
                }
                let inner = at.x > size.x && (at + size).cmplt(end).all();
                let backed = inner && row % 2 == 0 && column % 2 == 0;
                self.cell(site, builder, at, size, backed);
            }
        }
    }

    /// The wall above the eaves where the roof does not come down to them.
    fn gables(
        &self,
        site: &Site<'_>,
        builder: &mut Builder,
        roof: &RoofPlan,
        (left, right): (f32, f32),
    ) {
        let columns = cells(right - left, self.stride);
        let du = (right - left) / columns as f32;
        for column in 0..columns {
            let u = left + (column as f32 + 0.5) * du;
            let rise = roof.rise(self.run.at(u).outside(-0.06));
            if rise > 0.1 {
                let hidden = self.hidden(site, builder, u);
                self.gable(builder, u, du, rise, hidden);
            }
        }
    }

    fn cell(&self, site: &Site<'_>, builder: &mut Builder, at: Vec2, size: Vec2, backed: bool) {
        let asked = self.stride >= site.scope.asked_from;
        let surface = if asked {
            Surface::default()
        } else {
            facade(self.style, &self.wall, at, size)
        };
        let place = self.run.at(at.x);
        let fine = self.stride <= RECESS_STRIDE;
        let recess = if fine && surface.recess > 0.5 {
            RECESS
        } else {
            0.0
        };
        let is_glass = surface.glass > 0.5 && (backed || self.stride < 0.5);
        let sigma = if is_glass { SIGMA_ALONE } else { SIGMA };
        let spot = Spot {
            mean: place.point(at.y, -recess),
            normal: place.normal,
            tangent: place.tangent,
            sigma: size * sigma,
            opacity: SHEET,
            lift: recess,
        };
        if asked {
            builder.ask(at, size, false);
        }
        builder.put(&spot, &surface);
        if backed {
            // The backing lies behind the deepest glass.
            let depth = 0.5 * size.max_element() + 0.02 + if fine { RECESS + 0.02 } else { 0.0 };
            let spot = Spot {
                mean: place.point(at.y, -depth),
                sigma: size * 1.5,
                opacity: 0.99,
                lift: depth,
                ..spot
            };
            if asked {
                builder.ask(at, size, true);
            }
            builder.put(&spot, &surface);
        }
    }

    /// The wall between eaves and roof.
    fn gable(&self, builder: &mut Builder, u: f32, du: f32, rise: f32, hidden: f32) {
        let bare = Wall {
            kind: WallKind::Party,
            height: f32::MAX,
            floors: 0,
            ground_floor: 0.0,
            ..self.wall
        };
        let place = self.run.at(u);
        let n = (rise / self.stride.min(du * 2.0)).ceil().max(1.0);
        for k in 0..n as u32 {
            let v = self.wall.height + rise * (k as f32 + 0.5) / n;
            if v < hidden {
                continue;
            }
            let size = Vec2::new(du, rise / n);
            let style = FacadeStyle {
                weather: 0.6 * self.style.weather,
                ..*self.style
            };
            let surface = facade(
                &style,
                &Wall {
                    height: v + 20.0,
                    ..bare
                },
                Vec2::new(u, v),
                size,
            );
            let spot = Spot {
                mean: place.point(v, 0.0),
                normal: place.normal,
                tangent: place.tangent,
                sigma: size * SIGMA_ALONE,
                opacity: SHEET,
                lift: 0.0,
            };
            builder.put(&spot, &surface);
        }
    }
}

/// The underside of what bridges a passage.
pub(super) fn soffit(builder: &mut Builder, roof: &RoofPlan, building: &Building, stride: f32) {
    let surface = Surface::matte(Vec3::splat(0.32));
    roof.lattice(stride.max(0.5), |at, size| {
        let spot = Spot {
            mean: at.extend(building.base),
            normal: Vec3::NEG_Z,
            tangent: Vec3::X,
            sigma: Vec2::splat(size * SIGMA_ALONE),
            opacity: SHEET,
            lift: 0.0,
        };
        builder.put(&spot, &surface);
    });
}
