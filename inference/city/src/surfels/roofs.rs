//! Roofs: heights from the distance to the eaves, so no skeleton is needed.

use glam::{Vec2, Vec3};

use super::{
    builder::{Builder, Quad, SHEET, SIGMA_ALONE, Spot},
    outline::{Run, signed_area_doubled},
};
use crate::{
    appearance::{FacadeStyle, RoofMaterial, RoofStyle, Surface, WallKind, roof},
    layout::{Building, BuildingUse, Family, RoofShape},
    maps::Class,
    random::Random,
};

/// Larger footprints are flat where nobody says otherwise, square metres.
const LARGE: f32 = 1500.0;
/// No roof without a shape of its own rises more than this above its eaves, metres.
const HIGHEST: f32 = 5.2;

/// The roof of one building: where it is how high.
pub(super) struct RoofPlan {
    pub(super) shape: RoofShape,
    pub(super) style: RoofStyle,
    /// Height of the eaves, metres.
    pub(super) eaves: f32,
    pub(super) area: f32,
    rings: Vec<Vec<Vec2>>,
    /// Walls under eaves: two ends and the normal; party walls are none.
    edges: Vec<(Vec2, Vec2)>,
    /// Direction of the longest wall.
    axis: Vec2,
    /// Middle of the box along the axis and its half size.
    middle: Vec2,
    half: Vec2,
}

/// Height above the eaves, slope, and direction in which the roof falls.
#[derive(Clone, Copy)]
struct Place {
    rise: f32,
    slope: f32,
    fall: Vec2,
    /// Metres up the slope.
    up: f32,
}

impl RoofPlan {
    pub(super) fn new(building: &Building, style: &FacadeStyle, walls: &[(Run, WallKind)]) -> Self {
        let mut rings = vec![building.footprint.outer.clone()];
        rings.extend(building.footprint.holes.iter().cloned());
        let area = 0.5
            * rings
                .iter()
                .enumerate()
                .map(|(k, ring)| {
                    let a = signed_area_doubled(ring).abs();
                    if k == 0 { a } else { -a }
                })
                .sum::<f32>();
        let mut edges = Vec::new();
        let (mut longest, mut axis) = (0.0, Vec2::X);
        for (run, kind) in walls {
            for (place, half) in run.pieces() {
                let along = place.tangent.truncate();
                if half > longest {
                    (longest, axis) = (half, along);
                }
                if *kind != WallKind::Party {
                    edges.push((place.at - along * half, place.at + along * half));
                }
            }
        }
        let turned = |p: Vec2| Vec2::new(p.dot(axis), p.dot(axis.perp()));
        let low = rings[0]
            .iter()
            .map(|p| turned(*p))
            .reduce(Vec2::min)
            .unwrap_or_default();
        let high = rings[0]
            .iter()
            .map(|p| turned(*p))
            .reduce(Vec2::max)
            .unwrap_or_default();
        let middle = 0.5 * (low + high);
        let shape = shape_of(building, style, area, edges.is_empty());
        Self {
            shape,
            style: RoofStyle::of(building.style, shape == RoofShape::Flat),
            eaves: building.height,
            area,
            rings,
            edges,
            axis,
            middle: axis * middle.x + axis.perp() * middle.y,
            half: 0.5 * (high - low),
        }
    }

    /// Height above the eaves at a place, metres.
    pub(super) fn rise(&self, at: Vec2) -> f32 {
        match self.shape {
            RoofShape::Flat | RoofShape::Dome => 0.0,
            _ => self.place(at).rise,
        }
    }

    /// Distance to the nearest eaves.
    fn inside(&self, at: Vec2) -> (f32, Vec2) {
        let mut best = (f32::MAX, Vec2::X);
        for (a, b) in &self.edges {
            let along = *b - *a;
            let t = ((at - *a).dot(along) / along.length_squared().max(1e-9)).clamp(0.0, 1.0);
            let far = at.distance(*a + along * t);
            if far < best.0 {
                let direction = along.normalize_or_zero();
                best = (far, Vec2::new(direction.y, -direction.x));
            }
        }
        best
    }

    fn place(&self, at: Vec2) -> Place {
        let local = at - self.middle;
        let (x, y) = (local.dot(self.axis), local.dot(self.axis.perp()));
        match self.shape {
            RoofShape::Gabled => {
                // The ridge runs along the longer side.
                let (across, half, axis) = if self.half.x >= self.half.y {
                    (y, self.half.y, self.axis.perp())
                } else {
                    (x, self.half.x, self.axis)
                };
                let slope = 0.72_f32.min(7.0 / half.max(0.1));
                let far = (half - across.abs()).max(0.0);
                Place {
                    rise: far * slope,
                    slope,
                    fall: axis * across.signum(),
                    up: far * (1.0 + slope * slope).sqrt(),
                }
            }
            RoofShape::Shed => {
                let slope = 0.2;
                let far = y + self.half.y;
                Place {
                    rise: far * slope,
                    slope,
                    fall: -self.axis.perp(),
                    up: far,
                }
            }
            _ => self.sloped(at),
        }
    }

    fn sloped(&self, at: Vec2) -> Place {
        let (far, fall) = self.inside(at);
        let steep = |slope: f32| (1.0 + slope * slope).sqrt();
        let radius = self.half.min_element();
        let (first, turn, second, cap) = match self.shape {
            RoofShape::Mansard => (1.9, 1.7, 0.22, HIGHEST),
            RoofShape::Pyramid => (
                2.4_f32.min(self.eaves.max(6.0) / radius.max(0.5)),
                f32::MAX,
                0.0,
                60.0,
            ),
            _ => (0.62, f32::MAX, 0.0, HIGHEST),
        };
        let lower = far.min(turn);
        let upper = (far - turn).max(0.0);
        let rise = lower * first + upper * second;
        if rise >= cap {
            return Place {
                rise: cap,
                slope: 0.0,
                fall,
                up: far,
            };
        }
        let slope = if upper > 0.0 { second } else { first };
        Place {
            rise,
            slope,
            fall,
            up: lower * steep(first) + upper * steep(second),
        }
    }

    /// Calls for every cell of a lattice along the building's axis whose middle is inside.
    pub(super) fn lattice(&self, stride: f32, mut cell: impl FnMut(Vec2, f32)) {
        let n = (2.0 * self.half / stride).ceil().max(Vec2::ONE);
        let corner = self.middle
            - self.axis * (0.5 * n.x * stride)
            - self.axis.perp() * (0.5 * n.y * stride);
        let turned = |p: Vec2| {
            Vec2::new(
                (p - corner).dot(self.axis),
                (p - corner).dot(self.axis.perp()),
            )
        };
        let rings: Vec<Vec<Vec2>> = self
            .rings
            .iter()
            .map(|ring| ring.iter().map(|p| turned(*p)).collect())
            .collect();
        let mut crossings = Vec::new();
        for row in 0..n.y as u32 {
            let y = (row as f32 + 0.5) * stride;
            crossings.clear();
            for ring in &rings {
                for k in 0..ring.len() {
                    let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
                    if (a.y <= y) != (b.y <= y) {
                        crossings.push(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
                    }
                }
            }
            crossings.sort_unstable_by(f32::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let first = (pair[0] / stride - 0.5).ceil() as i32;
                let last = (pair[1] / stride - 0.5).floor() as i32;
                for column in first..=last {
                    let x = (column as f32 + 0.5) * stride;
                    cell(corner + self.axis * x + self.axis.perp() * y, stride);
                }
            }
        }
    }

    /// Puts the roof down.
    pub(super) fn emit(&self, builder: &mut Builder, building: &Building, stride: f32) {
        builder.class = Class::Roof;
        let stride = stride.max(0.125);
        let terrace = RoofStyle {
            material: RoofMaterial::Felt,
            ..self.style
        };
        self.lattice(stride, |at, size| {
            let flat = self.shape == RoofShape::Flat || self.shape == RoofShape::Dome;
            let place = if flat {
                Place {
                    rise: 0.0,
                    slope: 0.0,
                    fall: self.axis,
                    up: 0.0,
                }
            } else {
                self.place(at)
            };
            let steep = (1.0 + place.slope * place.slope).sqrt();
            let normal = (place.fall.extend(0.0) * place.slope + Vec3::Z) / steep;
            let tangent = Vec3::new(-place.fall.y, place.fall.x, 0.0);
            let level = place.slope == 0.0;
            let local = at - self.middle;
            let along = if level {
                Vec2::new(local.dot(self.axis), local.dot(self.axis.perp()))
            } else {
                Vec2::new(at.dot(tangent.truncate()), place.up)
            };
            let look = if level && !flat {
                &terrace
            } else {
                &self.style
            };
            let surface = roof(look, along, Vec2::new(size, size * steep));
            let spot = Spot {
                mean: at.extend(self.eaves + place.rise),
                normal,
                tangent,
                sigma: Vec2::new(size, size * steep) * SIGMA_ALONE,
                opacity: SHEET,
                lift: 0.0,
            };
            builder.put(&spot, &surface);
        });
        if stride <= 1.0 {
            self.plant(builder, building, stride);
        }
    }

    /// Boxes, panels and chimneys.
    fn plant(&self, builder: &mut Builder, building: &Building, stride: f32) {
        if matches!(building.usage, BuildingUse::Shed | BuildingUse::House) && self.area < 30.0 {
            return;
        }
        let grand = building.usage == BuildingUse::Landmark;
        if grand || matches!(self.shape, RoofShape::Dome | RoofShape::Pyramid) {
            return;
        }
        let mut random = Random::new(building.style, 5);
        let wanted = if self.shape == RoofShape::Flat {
            self.area / 110.0
        } else {
            self.area / 85.0
        };
        let panels = self.shape == RoofShape::Flat && random.chance(0.3);
        for _ in 0..(wanted.ceil() as u32).min(60) {
            let x = random.range(-1.0, 1.0) * self.half.x;
            let y = random.range(-1.0, 1.0) * self.half.y;
            let at = self.middle + self.axis * x + self.axis.perp() * y;
            let size = Vec3::new(
                random.range(0.5, 1.7),
                random.range(0.4, 1.1),
                random.range(0.4, 1.1),
            );
            let r = random.unit();
            if !self.contains(at) || self.inside(at).0 < 2.6 {
                continue;
            }
            let z = self.eaves + self.rise(at);
            let (a, b) = (self.axis.extend(0.0), self.axis.perp().extend(0.0));
            if self.shape != RoofShape::Flat {
                let brick = Surface::matte(Vec3::new(0.21, 0.115, 0.08) * (0.7 + 0.5 * r));
                let height = 0.9 + 0.6 * r;
                builder.block(
                    Vec3::new(at.x, at.y, z + 0.5 * height - 0.3),
                    [a * 0.42, Vec3::Z * (0.5 * height + 0.3), -b * 0.3],
                    stride.min(0.5),
                    &brick,
                );
                continue;
            }
            if panels && r < 0.6 {
                let dark = Surface {
                    albedo: Vec3::new(0.018, 0.022, 0.04),
                    roughness: 0.15,
                    glass: 0.8,
                    ..Surface::default()
                };
                let tilt = (b + Vec3::Z * 0.35).normalize();
                let quad = Quad {
                    middle: at.extend(z + 0.4),
                    right: a * 1.6,
                    up: tilt * 0.55,
                };
                builder.quad(&quad, stride.min(0.5), |_| dark);
            } else {
                let tone = 0.15 + 0.18 * r;
                let metal = Surface {
                    roughness: 0.5,
                    ..Surface::matte(Vec3::new(tone, tone, 0.98 * tone))
                };
                builder.block(
                    at.extend(z + size.z),
                    [a * size.x, Vec3::Z * size.z, -b * size.y],
                    stride.min(0.5),
                    &metal,
                );
            }
        }
    }

    fn contains(&self, at: Vec2) -> bool {
        let mut inside = false;
        for ring in &self.rings {
            for k in 0..ring.len() {
                let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
                if (a.y <= at.y) != (b.y <= at.y)
                    && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
                {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// Middle and radius of what a dome stands on.
    pub(super) fn dome(&self) -> (Vec2, f32) {
        (self.middle, self.half.min_element())
    }
}

fn shape_of(building: &Building, style: &FacadeStyle, area: f32, free_of_eaves: bool) -> RoofShape {
    let given = building.roof;
    if let Some(shape @ (RoofShape::Dome | RoofShape::Pyramid | RoofShape::Flat)) = given {
        return shape;
    }
    if free_of_eaves || area > 2.0 * LARGE {
        return RoofShape::Flat;
    }
    if let Some(shape) = given {
        return shape;
    }
    let mut random = Random::new(building.style, 4);
    let modern = matches!(style.family, Family::Concrete | Family::Glass);
    match building.usage {
        _ if modern || area > LARGE => RoofShape::Flat,
        BuildingUse::Office | BuildingUse::Podium | BuildingUse::Industrial => RoofShape::Flat,
        BuildingUse::House if building.footprint.outer.len() <= 6 => {
            random.pick(&[RoofShape::Gabled, RoofShape::Gabled, RoofShape::Hipped])
        }
        BuildingUse::Shed => random.pick(&[RoofShape::Shed, RoofShape::Flat]),
        BuildingUse::Landmark => RoofShape::Hipped,
        _ if building.height > 30.0 => RoofShape::Flat,
        _ => random.pick(&[
            RoofShape::Hipped,
            RoofShape::Hipped,
            RoofShape::Mansard,
            RoofShape::Mansard,
            RoofShape::Flat,
        ]),
    }
}
