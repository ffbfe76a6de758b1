//! Cars: paint, windows, lamps and wheels by the place on the body.

use glam::Vec3;

use super::{Surface, filter::coverage};
use crate::random::Random;

/// Size and color of one car. Metres; `x` forward from its middle, `y` to its left, `z` up from the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarStyle {
    /// From bumper to bumper.
    pub length: f32,
    /// Over the doors.
    pub width: f32,
    /// Of the roof.
    pub height: f32,
    /// Of the lower edge of the windows.
    pub waist: f32,
    /// Where the bonnet ends, the windscreen's foot.
    pub cowl: f32,
    /// Front end of the roof.
    pub roof_front: f32,
    /// Rear end of the roof.
    pub roof_rear: f32,
    /// Foot of the rear window.
    pub deck: f32,
    /// Height of the body's rear end: low for a saloon, the waist for a hatchback.
    pub tail: f32,
    /// Of the wheels.
    pub wheel: f32,
    /// Distance of the axles from the middle.
    pub axle: f32,
    /// Linear.
    pub paint: Vec3,
}

impl CarStyle {
    /// A car from its seed.
    pub fn of(style: u64) -> Self {
        const PAINTS: [[f32; 3]; 12] = [
            [0.55, 0.55, 0.54],
            [0.60, 0.59, 0.56],
            [0.30, 0.31, 0.32],
            [0.22, 0.23, 0.24],
            [0.10, 0.105, 0.11],
            [0.022, 0.022, 0.024],
            [0.035, 0.035, 0.04],
            [0.03, 0.055, 0.13],
            [0.045, 0.09, 0.16],
            [0.24, 0.02, 0.018],
            [0.05, 0.075, 0.055],
            [0.28, 0.23, 0.17],
        ];
        let mut random = Random::new(style, 3);
        let paint = Vec3::from(random.pick(&PAINTS)) * random.range(0.85, 1.1);
        let kind = random.unit();
        let (length, height, roof_rear, deck, tail) = if kind < 0.36 {
            (4.55, 1.44, -0.75, -1.35, 0.98) // saloon
        } else if kind < 0.66 {
            (4.0, 1.49, -1.35, -1.82, 0.98) // hatchback
        } else if kind < 0.88 {
            (4.6, 1.50, -1.75, -2.12, 1.0) // estate
        } else {
            (4.75, 1.9, -2.1, -2.26, 1.08) // van
        };
        let van = height > 1.8;
        Self {
            length: length * random.range(0.96, 1.04),
            width: if van { 1.88 } else { 1.76 },
            height: height * random.range(0.98, 1.03),
            waist: if van { 1.08 } else { 0.94 },
            cowl: if van { 1.45 } else { 0.95 },
            roof_front: if van { 0.95 } else { 0.22 },
            roof_rear,
            deck,
            tail,
            wheel: if van { 0.34 } else { 0.315 },
            axle: 0.29 * length,
            paint,
        }
    }
}

/// Where on a car a place lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarPart {
    /// Doors, wings, bonnet, roof, by position and normal.
    Body,
    /// The outside of a wheel.
    Wheel,
}

/// The surface of a car's body at `p` with normal `n`, seen by a box of width `w`.
pub fn car(style: &CarStyle, part: CarPart, p: Vec3, n: Vec3, w: f32) -> Surface {
    match part {
        CarPart::Wheel => wheel(style, p, w),
        CarPart::Body => body(style, p, n, w),
    }
}

fn paint(style: &CarStyle) -> Surface {
    Surface {
        albedo: style.paint,
        roughness: 0.22,
        glass: 0.55,
        ..Surface::default()
    }
}

fn glass() -> Surface {
    Surface {
        albedo: Vec3::new(0.016, 0.018, 0.019),
        roughness: 0.06,
        glass: 1.0,
        ..Surface::default()
    }
}

fn plastic() -> Surface {
    Surface::matte(Vec3::splat(0.022))
}

fn wheel(style: &CarStyle, p: Vec3, w: f32) -> Surface {
    let axle = if p.x > 0.0 { style.axle } else { -style.axle };
    let (x, z) = (p.x - axle, p.z - style.wheel);
    let r = (x * x + z * z).sqrt() / style.wheel;
    let w = w / style.wheel;
    let angle = z.atan2(x) * 5.0 / std::f32::consts::TAU;
    let spoke = coverage(
        (angle - angle.round()).abs(),
        -0.25,
        0.25,
        (w / r.max(0.2)).max(0.05),
    );
    let rim = Surface {
        albedo: Vec3::splat(0.33),
        roughness: 0.3,
        metallic: 0.6,
        ..Surface::default()
    };
    let hub = coverage(r, -0.2, 0.2, w);
    let ring = coverage(r, 0.58, 0.66, w);
    let metal = (spoke * coverage(r, -1.0, 0.66, w)).max(hub).max(ring);
    plastic().under(&rim, metal * coverage(r, -1.0, 0.68, w))
}

fn body(style: &CarStyle, p: Vec3, n: Vec3, w: f32) -> Surface {
    let mut surface = paint(style);
    let half = 0.5 * style.length;
    // Sills and the lower bumpers are of plastic, and dirt gathers there.
    surface = surface.under(&plastic(), coverage(p.z, 0.0, 0.30, w));
    if n.y.abs() > 0.55 {
        surface = side(style, surface, p, w);
    } else if p.x.abs() > half - 0.28 && n.z < 0.75 {
        surface = ends(style, surface, p, w);
    }
    let slope = n.x.abs() > 0.28 && p.z > style.waist - 0.03 && p.x.abs() < half - 0.06;
    if slope && n.y.abs() < 0.55 {
        let reach = 0.5 * style.width - 0.24 - 0.2 * (p.z - style.waist);
        let pane = coverage(p.y.abs(), -1.0, reach, w)
            * coverage(p.z, style.waist + 0.02, style.height - 0.07, w);
        surface = surface.under(&glass(), pane);
    }
    surface
}

fn side(style: &CarStyle, surface: Surface, p: Vec3, w: f32) -> Surface {
    let mut surface = surface;
    // Wheel arches.
    for axle in [style.axle, -style.axle] {
        let far = ((p.x - axle).powi(2) + (p.z - style.wheel).powi(2)).sqrt();
        surface = surface.under(&plastic(), coverage(far, -1.0, style.wheel + 0.055, w));
    }
    // Side windows between slanted pillars.
    let lean = p.z - style.waist;
    let front =
        style.cowl - 0.13 - lean * (style.cowl - style.roof_front) / (style.height - style.waist);
    let back =
        style.deck + 0.2 + lean * (style.roof_rear - style.deck) / (style.height - style.waist);
    let pillar = |x: f32| 1.0 - coverage(p.x, x - 0.045, x + 0.045, w);
    let band = coverage(p.z, style.waist + 0.02, style.height - 0.12, w);
    let panes = coverage(p.x, back, front, w) * band * pillar(-0.12) * pillar(-1.05);
    surface = surface.under(&glass(), panes);
    // Gaps between the doors, and their handles.
    let below = coverage(p.z, 0.32, style.waist, w);
    for x in [0.86, -0.12, -1.02] {
        surface = surface.under(&plastic(), coverage(p.x, x - 0.009, x + 0.009, w) * below);
    }
    let handle = coverage(p.z, 0.80, 0.835, w)
        * (coverage(p.x, 0.0, 0.17, w) + coverage(p.x, -0.94, -0.77, w));
    surface.under(&plastic(), 0.8 * handle)
}

fn ends(style: &CarStyle, surface: Surface, p: Vec3, w: f32) -> Surface {
    let across = p.y.abs();
    let wing = 0.5 * style.width;
    let front = p.x > 0.0;
    let mut surface = surface;
    if front {
        let grille = coverage(across, -1.0, 0.5, w) * coverage(p.z, 0.40, 0.60, w);
        let slats = 0.75 + 0.25 * coverage((p.z * 18.0).fract(), 0.0, 0.5, (18.0 * w).min(1.0));
        surface = surface.under(&plastic().shaded(slats), grille);
    }
    let (low, high, inner) = if front {
        (0.60, 0.74, 0.46)
    } else {
        (0.66, 0.90, 0.52)
    };
    let lamp = coverage(across, wing - (wing - inner), wing, w) * coverage(p.z, low, high, w);
    let lens = if front {
        Surface {
            roughness: 0.1,
            glass: 0.6,
            ..Surface::matte(Vec3::new(0.42, 0.43, 0.44))
        }
    } else {
        Surface {
            roughness: 0.15,
            glass: 0.5,
            ..Surface::matte(Vec3::new(0.20, 0.012, 0.010))
        }
    };
    surface = surface.under(&lens, lamp);
    let plate = coverage(across, -1.0, 0.26, w) * coverage(p.z, 0.44, 0.55, w);
    surface = surface.under(&Surface::matte(Vec3::splat(0.5)), plate);
    let lip = coverage(p.z, 0.0, 0.36, w);
    surface.under(&plastic(), lip)
}
