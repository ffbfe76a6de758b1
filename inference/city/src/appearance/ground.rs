//! Streets with their markings, pavements, squares, grass, bare ground and water.

use glam::{Vec2, Vec3};

use super::{
    Surface, averaged,
    filter::{bonded, coverage, fade, fbm, pulse, ramp},
};
use crate::{layout::RoadClass, maps::Ground, random::cell};

/// One place on the ground and what its surroundings are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroundPoint {
    /// Metres in the frame of the plan.
    pub at: Vec2,
    /// What the map says; between carriageway and pavement the kerb decides.
    pub ground: Ground,
    /// Signed distance to the nearest centre line, metres; left of its direction is positive.
    pub across: f32,
    /// Metres along that street.
    pub along: f32,
    /// Direction of that street, of length 1.
    pub direction: Vec2,
    /// Half its width, metres.
    pub half_width: f32,
    /// Its kind; nothing far from any street.
    pub road: Option<RoadClass>,
    /// Distance to the nearest junction, metres; zero inside.
    pub junction: f32,
    /// Signed distance to the nearest kerb, metres, negative on the carriageway.
    pub kerb: f32,
    /// Where that distance grows, of length 1.
    pub from_kerb: Vec2,
}

impl GroundPoint {
    /// The same street at a place `offset` metres away.
    fn moved(&self, offset: Vec2) -> Self {
        let left = Vec2::new(-self.direction.y, self.direction.x);
        Self {
            at: self.at + offset,
            across: self.across + offset.dot(left),
            along: self.along + offset.dot(self.direction),
            kerb: self.kerb + offset.dot(self.from_kerb),
            ..*self
        }
    }
}

/// The mean surface in the box of size `stride` around a place on the ground.
pub fn ground(point: &GroundPoint, stride: f32) -> Surface {
    averaged(Vec2::ZERO, Vec2::splat(stride), |offset, w| {
        let here = point.moved(offset);
        match here.ground {
            Ground::Carriageway | Ground::Pavement => street(&here, w.x),
            Ground::Asphalt => carriageway(&here, w.x),
            Ground::Promenade => setts(&here, w.x),
            Ground::Grass => grass(&here, w.x),
            Ground::Water => water(&here, w.x),
            Ground::Square => square(&here, w.x),
            Ground::Court => court(&here, w.x),
            Ground::Bare => bare_ground(&here, w.x),
        }
    })
}

/// Carriageway on one side of the kerb, pavement on the other.
fn street(p: &GroundPoint, w: f32) -> Surface {
    let road = coverage(p.kerb, f32::MIN, 0.0, w);
    if road <= 0.0 {
        paved(p, w)
    } else if road >= 1.0 {
        carriageway(p, w)
    } else {
        paved(p, w).under(&carriageway(p, w), road)
    }
}

fn carriageway(p: &GroundPoint, w: f32) -> Surface {
    let seed = 0x0a5f;
    let mut shade = 1.0
        + 0.10 * fbm(0.12 * p.at.x, 0.12 * p.at.y, seed, 0.12 * w)
        + 0.16 * fbm(2.3 * p.at.x, 2.3 * p.at.y, seed ^ 1, 2.3 * w);
    let side = p.across.abs();
    let edge = -p.kerb;
    let in_junction = p.junction <= 0.0;
    if p.road.is_some() && !in_junction {
        // Wheels polish two tracks a lane, and rain leaves the dirt in the gutter.
        let lane =
            pulse(side, 3.1, (0.5, 1.0), w.max(0.5)) + pulse(side, 3.1, (2.1, 2.6), w.max(0.5));
        shade *= 1.0 - 0.10 * lane.min(1.0);
        shade *= 1.0 - 0.35 * coverage(edge, -0.2, 0.32, w.max(0.15));
    }
    // Trenches that were filled again.
    let (pu, pv) = (p.along / 7.0, p.across / 2.2);
    let patch = cell(0x77, pu.floor() as i32, pv.floor() as i32);
    if patch < 0.10 && !in_junction && p.road.is_some() {
        let inside = coverage(pu - pu.floor(), 0.1, 0.35 + 5.0 * patch, w / 7.0)
            * coverage(pv - pv.floor(), 0.1, 0.8, w / 2.2);
        shade *= 1.0 - 0.26 * inside;
    }
    let asphalt = Surface {
        roughness: 0.8,
        ..Surface::matte(Vec3::new(0.108, 0.108, 0.112) * shade)
    };
    let paint =
        markings(p, w) * (0.86 + 0.25 * fbm(3.0 * p.at.x, 3.0 * p.at.y, 0x9a, 3.0 * w)).min(1.0);
    let white = Surface {
        roughness: 0.6,
        ..Surface::matte(Vec3::splat(0.58))
    };
    let surface = asphalt.under(&white, paint.clamp(0.0, 1.0));
    iron(p, surface, w)
}

/// Covers of drains in the carriageway.
fn iron(p: &GroundPoint, surface: Surface, w: f32) -> Surface {
    const EVERY: f32 = 23.0;
    if p.road.is_none_or(|c| c < RoadClass::Residential) {
        return surface;
    }
    let k = (p.along / EVERY).floor();
    let r = cell(0xdd, k as i32, p.half_width as i32);
    let middle = Vec2::new((k + 0.2 + 0.6 * r) * EVERY, (r - 0.5) * p.half_width);
    let far = Vec2::new(p.along, p.across).distance(middle);
    let lid = coverage(far, -0.33, 0.33, w.max(0.05));
    let cast = Surface {
        roughness: 0.5,
        metallic: 0.4,
        ..Surface::matte(Vec3::splat(0.055))
    };
    surface.under(&cast, lid)
}

/// Share of white paint.
fn markings(p: &GroundPoint, w: f32) -> f32 {
    let Some(class) = p.road else { return 0.0 };
    if class < RoadClass::Residential || p.junction <= 0.0 || p.half_width < 2.4 {
        return 0.0;
    }
    let (d, s, hw) = (p.across, p.along, p.half_width);
    let line = |x: f32| coverage(d, x - 0.065, x + 0.065, w);
    if p.junction < 6.2 {
        if class < RoadClass::Street && hw < 4.2 {
            return 0.0;
        }
        let zebra = pulse(d + 0.25, 1.0, (0.0, 0.5), w)
            * coverage(p.junction, 1.2, 4.2, w)
            * coverage(d.abs(), -1.0, hw - 0.45, w);
        let stop = coverage(p.junction, 5.2, 5.6, w) * coverage(d, -hw + 0.4, -0.15, w);
        return zebra + stop;
    }
    let parking = if hw > 4.2 {
        coverage(d.abs(), hw - 2.36, hw - 2.24, w) * pulse(s, 1.0, (0.0, 0.5), w)
    } else {
        0.0
    };
    let dash = pulse(s, 6.0, (0.0, 3.0), w);
    let middle = if hw > 6.5 {
        line(-0.14) + line(0.14)
    } else {
        line(0.0) * dash
    };
    let lanes = if class == RoadClass::Avenue && hw > 7.0 {
        (line(0.42 * hw) + line(-0.42 * hw)) * dash
    } else {
        0.0
    };
    let middle = if class == RoadClass::Residential && hw < 4.6 {
        0.0
    } else {
        middle
    };
    (middle + lanes + parking).min(1.0)
}

/// Pavements of slabs with a stone kerb, and other paved ground.
fn paved(p: &GroundPoint, w: f32) -> Surface {
    let beyond = p.kerb;
    // Slabs follow the street where it is known which.
    let (u, v) = if p.junction > 3.0 {
        (p.along, p.across.abs() - p.half_width)
    } else {
        (p.at.x, p.at.y)
    };
    let row = (v / 0.6).floor();
    let x = bonded(u, row, 0.6);
    let slab = pulse(x, 0.6, (0.018, 0.6), w) * pulse(v, 0.6, (0.018, 0.6), w);
    let tone = (cell(0x51ab, (x / 0.6).floor() as i32, row as i32) - 0.5) * fade(w, 0.6);
    let worn = fbm(0.35 * p.at.x, 0.35 * p.at.y, 0x0e, 0.35 * w);
    let gum = ramp(fbm(4.1 * p.at.x, 4.1 * p.at.y, 0x33, 4.1 * w), 0.45, 0.8);
    let base = Vec3::new(0.225, 0.216, 0.204) * (1.0 + 0.2 * tone + 0.16 * worn - 0.18 * gum);
    let stone = Surface::matte(base * 0.66).under(&Surface::matte(base), slab);
    let joint = pulse(p.along, 1.0, (0.02, 1.0), w);
    let kerb = Surface::matte(Vec3::splat(0.36)).shaded((0.72 + 0.28 * joint) * (1.0 + 0.1 * worn));
    stone.under(&kerb, coverage(beyond, -0.3, 0.28, w))
}

fn court(p: &GroundPoint, w: f32) -> Surface {
    let worn = fbm(0.2 * p.at.x, 0.2 * p.at.y, 0xc0, 0.2 * w);
    let fine = fbm(2.0 * p.at.x, 2.0 * p.at.y, 0xc1, 2.0 * w);
    let row = (p.at.y / 0.4).floor();
    let x = bonded(p.at.x, row, 0.4);
    let stone = pulse(x, 0.4, (0.02, 0.4), w) * pulse(p.at.y, 0.4, (0.02, 0.4), w);
    let tone = (cell(0xc0, (x / 0.4).floor() as i32, row as i32) - 0.5) * fade(w, 0.4);
    let base = Vec3::new(0.185, 0.172, 0.155) * (1.0 + 0.28 * worn + 0.12 * fine + 0.22 * tone);
    Surface::matte(base * (0.72 + 0.28 * stone))
}

/// Large slabs of two tones, for squares.
fn square(p: &GroundPoint, w: f32) -> Surface {
    const SIZE: f32 = 0.8;
    let slab = pulse(p.at.x, SIZE, (0.02, SIZE), w) * pulse(p.at.y, SIZE, (0.02, SIZE), w);
    let (i, j) = (
        (p.at.x / SIZE).floor() as i32,
        (p.at.y / SIZE).floor() as i32,
    );
    let tone = (cell(0x59, i, j) - 0.5) * fade(w, SIZE);
    let worn = fbm(0.12 * p.at.x, 0.12 * p.at.y, 0x59, 0.12 * w);
    let band = 1.0
        - pulse(p.at.x, 8.0 * SIZE, (SIZE, 8.0 * SIZE), w)
            * pulse(p.at.y, 8.0 * SIZE, (SIZE, 8.0 * SIZE), w);
    let base =
        Vec3::new(0.235, 0.218, 0.198) * (1.0 + 0.24 * tone + 0.2 * worn) * (1.0 - 0.3 * band);
    Surface::matte(base * (0.66 + 0.34 * slab))
}

/// Small cobbles in rows across a street for people on foot.
fn setts(p: &GroundPoint, w: f32) -> Surface {
    const SIZE: f32 = 0.22;
    let row = (p.along / SIZE).floor();
    let x = bonded(p.across, row, SIZE);
    let stone = pulse(x, SIZE, (0.03, SIZE), w) * pulse(p.along, SIZE, (0.03, SIZE), w);
    let tone = (cell(0x5e77, (x / SIZE).floor() as i32, row as i32) - 0.5) * fade(w, SIZE);
    let worn = fbm(0.3 * p.at.x, 0.3 * p.at.y, 0x5e, 0.3 * w);
    let base = Vec3::new(0.215, 0.203, 0.19) * (1.0 + 0.4 * tone + 0.18 * worn);
    let channel = coverage(p.across.abs(), p.half_width - 0.55, p.half_width - 0.15, w);
    Surface::matte(base * (0.62 + 0.38 * stone)).shaded(1.0 - 0.25 * channel)
}

fn grass(p: &GroundPoint, w: f32) -> Surface {
    let slow = fbm(0.045 * p.at.x, 0.045 * p.at.y, 0x66, 0.045 * w);
    let tufts = fbm(1.1 * p.at.x, 1.1 * p.at.y, 0x67, 1.1 * w);
    let blades = fbm(6.0 * p.at.x, 6.0 * p.at.y, 0x68, 6.0 * w);
    let dry = ramp(slow + 0.25 * tufts, 0.12, 0.5);
    let green = Vec3::new(0.062, 0.096, 0.032).lerp(Vec3::new(0.15, 0.14, 0.055), 0.7 * dry);
    let mown = pulse(p.at.x + 0.35 * p.at.y, 3.2, (0.0, 1.6), w.max(0.4)) - 0.5;
    let shade = 1.0 + 0.22 * tufts + 0.25 * blades + 0.07 * mown;
    Surface {
        roughness: 0.95,
        ..Surface::matte(green * shade)
    }
}

fn bare_ground(p: &GroundPoint, w: f32) -> Surface {
    let slow = fbm(0.15 * p.at.x, 0.15 * p.at.y, 0x8a, 0.15 * w);
    let gravel = fbm(3.0 * p.at.x, 3.0 * p.at.y, 0x8b, 3.0 * w);
    Surface::matte(Vec3::new(0.24, 0.205, 0.16) * (1.0 + 0.3 * slow + 0.22 * gravel))
}

fn water(p: &GroundPoint, w: f32) -> Surface {
    let deep = fbm(0.02 * p.at.x, 0.02 * p.at.y, 0x3a, 0.02 * w);
    let wind = fbm(0.5 * p.at.x, 0.17 * p.at.y, 0x3b, 0.5 * w);
    Surface {
        albedo: Vec3::new(0.022, 0.040, 0.046) * (1.0 + 0.35 * deep + 0.2 * wind),
        roughness: 0.05,
        glass: 0.75 + 0.2 * wind.clamp(-1.0, 1.0),
        ..Surface::default()
    }
}
