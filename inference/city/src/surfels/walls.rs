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
pub(super) struct WallJob<'a> {
    pub(super) run: &'a Run,
    pub(super) wall: Wall,
    pub(super) style: &'a FacadeStyle,
    pub(super) building: &'a Building,
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

/// Borders of the cells along one direction, on the period of `count` parts between two ends.
fn cuts(ends: f32, part: f32, count: u32, total: f32, stride: f32) -> Vec<f32> {
    let mut cuts = vec![0.0];
    let mut add = |from: f32, to: f32, n: f32| {
        let n = n.max(1.0);
        for k in 1..=n as u32 {
            cuts.push(from + (to - from) * k as f32 / n);
        }
    };
    if stride > 1.0 || count == 0 {
        add(0.0, total, (total / stride).round());
        return cuts;
    }
    if ends > 0.0 {
        add(0.0, ends, (ends / stride).round());
    }
    let raw = part / stride;
    // Twelfths of a bay or floor are the edges of windows.
    let n = if raw >= 9.0 {
        12.0 * (raw / 12.0).round()
    } else {
        raw.round()
    };
    for k in 0..count {
        let from = ends + k as f32 * part;
        add(from, from + part, n);
    }
    let rest = total - ends - count as f32 * part;
    if rest > 1e-3 {
        add(total - rest, total, (rest / stride).round());
    }
    cuts
}

impl WallJob<'_> {
    /// Puts the cells of the wall down.
    pub(super) fn emit(&self, site: &Site<'_>, builder: &mut Builder, roof: &RoofPlan) {
        builder.class = Class::Facade;
        let wall = &self.wall;
        if self.stride >= site.scope.asked_from {
            builder.surfels.asks.walls.push((*self.style, *wall));
        }
        let columns = cuts(wall.corner, wall.bay, wall.bays, wall.length, self.stride);
        let rows = cuts(
            wall.ground_floor,
            wall.floor,
            wall.floors,
            wall.height,
            self.stride,
        );
        for (column, pair) in columns.windows(2).enumerate() {
            let (u, du) = (0.5 * (pair[0] + pair[1]), pair[1] - pair[0]);
            let place = self.run.at(u);
            let (other, top) = site.standing(place.outside(0.45));
            let hidden = if other != 0 && other != builder.instance {
                top
            } else {
                0.0
            };
            let low = self.building.base.max(hidden - 0.25);
            for (row, pair) in rows.windows(2).enumerate() {
                let (v, dv) = (0.5 * (pair[0] + pair[1]), pair[1] - pair[0]);
                if v < low {
                    continue;
                }
                let at_edge = column == 0 || column + 2 == columns.len() || row + 2 == rows.len();
                let backed = !at_edge && row % 2 == 0 && column % 2 == 0;
                self.cell(site, builder, Vec2::new(u, v), Vec2::new(du, dv), backed);
            }
            let rise = roof.rise(place.outside(-0.06));
            if rise > 0.1 {
                self.gable(builder, u, du, rise.max(0.0), hidden);
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
