//! The ground: flat surfels on a lattice of the world, so that tiles meet without seams.

use glam::{DVec2, Vec2, Vec3};

use super::{
    Surfels,
    builder::{Builder, SHEET, Spot},
    extrude::{Scope, Site},
};
use crate::{
    appearance::{GroundPoint, ground},
    layout::RoadClass,
    maps::{Class, Ground, RoadMaps},
};

/// Side of a block with one stride, metres.
const BLOCK: f32 = 8.0;
/// Height of pavements above carriageways, metres.
pub(super) const KERB: f32 = 0.12;
/// Standard deviation in strides.
const SIGMA: f32 = 0.62;

/// Corners of the blocks of a part of a layout.
pub(super) fn blocks(scope: &Scope) -> impl Iterator<Item = Vec2> + use<> {
    let low = scope.low;
    let n = ((scope.high - low) / BLOCK).ceil().as_uvec2();
    (0..n.y).flat_map(move |y| (0..n.x).map(move |x| low + Vec2::new(x as f32, y as f32) * BLOCK))
}

/// One block of ground.
pub(super) fn block(site: &Site<'_>, corner: Vec2) -> Surfels {
    let mut builder = Builder::new(Class::Zone, 0);
    let middle = (corner + 0.5 * BLOCK).extend(0.0);
    let stride = site.detail.stride(middle, 0.71 * BLOCK, None);
    let n = (BLOCK / stride).round() as u32;
    for row in 0..n {
        for column in 0..n {
            let at = corner + (Vec2::new(column as f32, row as f32) + 0.5) * stride;
            if at.cmpge(site.scope.high).any() {
                continue;
            }
            cell(
                site,
                &mut builder,
                at,
                stride,
                (row % 2 == 0) && (column % 2 == 0),
            );
        }
    }
    builder.surfels
}

fn cell(site: &Site<'_>, builder: &mut Builder, at: Vec2, stride: f32, backed: bool) {
    let Some(k) = site.cell(at) else { return };
    if site.maps.instances[k] != 0 && site.maps.bottom[k] < 1.5 {
        return;
    }
    let point = look(site, at, k);
    let surface = ground(&point, stride);
    let z = height(&point);
    builder.class = site.maps.classes[k];
    if matches!(builder.class, Class::Facade | Class::Roof) {
        builder.class = Class::Zone;
    }
    let normal = if point.ground == Ground::Water {
        ripple(at + plan(site.layout.origin))
    } else {
        Vec3::Z
    };
    let spot = Spot {
        mean: at.extend(z),
        normal,
        tangent: Vec3::X,
        sigma: Vec2::splat(stride * SIGMA),
        opacity: SHEET,
        lift: 0.0,
    };
    builder.put(&spot, &surface);
    if backed {
        let spot = Spot {
            mean: at.extend(z - 0.06),
            sigma: Vec2::splat(stride * 1.6),
            opacity: 0.99,
            lift: 0.06,
            ..spot
        };
        builder.put(&spot, &surface);
    }
    if stride <= 0.25 && point.kerb.abs() <= 0.5 * stride && is_street(point.ground) {
        let spot = Spot {
            mean: (at - point.from_kerb * point.kerb).extend(0.5 * KERB),
            normal: (-point.from_kerb).extend(0.0),
            tangent: point.from_kerb.perp().extend(0.0),
            sigma: Vec2::new(stride * 0.7, 0.5 * KERB),
            opacity: SHEET,
            lift: 0.0,
        };
        let stone = crate::appearance::Surface::matte(Vec3::splat(0.36));
        builder.put(&spot, &stone);
    }
}

fn is_street(ground: Ground) -> bool {
    matches!(ground, Ground::Carriageway | Ground::Pavement)
}

fn height(point: &GroundPoint) -> f32 {
    match point.ground {
        Ground::Water => -0.7,
        Ground::Asphalt | Ground::Bare => 0.0,
        Ground::Carriageway | Ground::Pavement if point.kerb < 0.0 => 0.0,
        _ => KERB,
    }
}

/// Small waves.
fn ripple(at: Vec2) -> Vec3 {
    let x = (1.7 * at.x + 0.6 * at.y).sin() + 0.6 * (2.9 * at.y - 1.1 * at.x).sin();
    let y = (1.3 * at.y - 0.5 * at.x).sin() + 0.6 * (3.3 * at.x + 0.7 * at.y).sin();
    Vec3::new(0.014 * x, 0.014 * y, 1.0).normalize()
}

fn plan(origin: DVec2) -> Vec2 {
    origin.as_vec2()
}

/// What the maps say about a place, between their cells.
fn look(site: &Site<'_>, at: Vec2, k: usize) -> GroundPoint {
    let maps = site.maps;
    let ground = smooth_ground(site, at, k).unwrap_or(match maps.classes[k] {
        Class::Road => Ground::Carriageway,
        Class::Green => Ground::Grass,
        Class::Construction => Ground::Bare,
        Class::Water => Ground::Water,
        _ => Ground::Pavement,
    });
    let mut point = GroundPoint {
        at: at + plan(site.layout.origin),
        ground,
        across: 0.0,
        along: 0.0,
        direction: Vec2::X,
        half_width: 0.0,
        road: None,
        junction: RoadMaps::NO_JUNCTION,
        kerb: if ground == Ground::Carriageway {
            -RoadMaps::REACH
        } else {
            RoadMaps::REACH
        },
        from_kerb: Vec2::X,
    };
    let Some(roads) = &maps.roads else {
        return point;
    };
    let sample = Bilinear::new(site, at);
    let (kerb, slope) = sample.value(&roads.kerb, RoadMaps::REACH);
    point.kerb = kerb;
    point.from_kerb = slope.normalize_or(Vec2::X);
    point.road = road_class(roads.class[k]);
    if point.road.is_some() {
        let (across, slope) = sample.value(&roads.across, 2.0);
        point.across = across;
        // Left of the street's direction is where `across` grows.
        point.direction = -slope.normalize_or(Vec2::Y).perp();
        point.along = sample.value(&roads.along, 2.0).0;
        point.half_width = roads.half_width[k];
        point.junction = sample.value(&roads.junction, 4.0).0;
    }
    point
}

/// What lies at a place when each cell near it has a vote: borders between cells become smooth lines.
fn smooth_ground(site: &Site<'_>, at: Vec2, k: usize) -> Option<Ground> {
    let maps = site.maps;
    let own = *maps.ground.get(k)?;
    let (x, y) = (k % maps.width, k / maps.width);
    if x == 0 || y == 0 || x + 1 >= maps.width || y + 1 >= maps.height {
        return Some(own);
    }
    let near = |dx: usize, dy: usize| maps.ground[(y + dy - 1) * maps.width + x + dx - 1];
    let other = (0..9)
        .map(|n| near(n % 3, n / 3))
        .find(|ground| *ground != own);
    let Some(other) = other else { return Some(own) };
    // Quadratic B-splines around the place.
    let part = (at - maps.corner) / maps.cell - Vec2::new(x as f32, y as f32);
    let weights = |t: f32| {
        [
            0.5 * (1.0 - t) * (1.0 - t),
            0.75 - (t - 0.5) * (t - 0.5),
            0.5 * t * t,
        ]
    };
    let (wx, wy) = (weights(part.x), weights(part.y));
    let votes: f32 = (0..9)
        .filter(|n| near(n % 3, n / 3) == other)
        .map(|n| wx[n % 3] * wy[n / 3])
        .sum();
    Some(if votes > 0.5 { other } else { own })
}

fn road_class(number: u8) -> Option<RoadClass> {
    use RoadClass::{Avenue, Pedestrian, Residential, Service, Street};
    [Pedestrian, Service, Residential, Street, Avenue]
        .get(usize::from(number))
        .copied()
}

/// The four cells around a place.
struct Bilinear {
    cells: [usize; 4],
    part: Vec2,
    cell: f32,
    nearest: usize,
}

impl Bilinear {
    fn new(site: &Site<'_>, at: Vec2) -> Self {
        let maps = site.maps;
        let p = (at - maps.corner) / maps.cell - 0.5;
        let last = Vec2::new(maps.width as f32 - 2.0, maps.height as f32 - 2.0).max(Vec2::ZERO);
        let low = p.floor().clamp(Vec2::ZERO, last);
        let part = (p - low).clamp(Vec2::ZERO, Vec2::ONE);
        let k = low.y as usize * maps.width + low.x as usize;
        let (right, up) = (
            usize::from(maps.width > 1),
            if maps.height > 1 { maps.width } else { 0 },
        );
        let cells = [k, k + right, k + up, k + up + right];
        let nearest = usize::from(part.x > 0.5) + 2 * usize::from(part.y > 0.5);
        Self {
            cells,
            part,
            cell: maps.cell,
            nearest,
        }
    }

    /// Value and gradient; the nearest cell's value where the four are farther apart than `spread` metres.
    fn value(&self, of: &[f32], spread: f32) -> (f32, Vec2) {
        let [a, b, c, d] = self.cells.map(|k| of[k]);
        let (low, high) = (a.min(b).min(c.min(d)), a.max(b).max(c.max(d)));
        let (s, t) = (self.part.x, self.part.y);
        let slope = Vec2::new(
            (b - a) * (1.0 - t) + (d - c) * t,
            (c - a) * (1.0 - s) + (d - b) * s,
        ) / self.cell;
        if high - low > spread {
            return ([a, b, c, d][self.nearest], slope);
        }
        let value = (a * (1.0 - s) + b * s) * (1.0 - t) + (c * (1.0 - s) + d * s) * t;
        (value, slope)
    }
}
