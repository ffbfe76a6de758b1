//! What is seen in a window: dark glass, blinds, curtains, light after dusk; and walls that are all glass.

use glam::{Vec2, Vec3};

use super::{
    FacadeStyle, Surface, Wall,
    filter::{coverage, pulse, ramp},
};
use crate::random::cell;

/// Where in one window a box looks.
pub(super) struct Pane {
    /// Across the opening, −1 left to 1 right.
    pub across: f32,
    /// Up the opening, 0 to 1.
    pub up: f32,
    /// Height of the opening, metres.
    pub height: f32,
    /// Height of the box as a share of the opening.
    pub box_height: f32,
    /// Column of the window on its wall.
    pub column: i32,
    /// Floor of the window.
    pub row: i32,
}

/// The warm to cool color of light behind windows.
fn lamp_color(cool: f32) -> Vec3 {
    Vec3::new(1.0, 0.60, 0.28).lerp(Vec3::new(0.92, 0.88, 0.74), cool)
}

/// The glass of a window in a wall of masonry.
pub(super) fn window_glass(style: &FacadeStyle, wall: &Wall, pane: &Pane) -> Surface {
    let chance = |k: u32| {
        cell(
            style.seed ^ wall.seed.rotate_left(9) ^ (k * 0x9e37),
            pane.column,
            pane.row,
        )
    };
    let (kind, dark, lit) = (chance(1), chance(2), chance(3));
    let cover = 0.25 + 0.6 * chance(4);
    let from_top = 1.0 - pane.up;
    let blind = if kind < style.blinds {
        coverage(from_top, 0.0, cover, pane.box_height.max(0.02))
    } else {
        0.0
    };
    let drawn = kind > 0.62;
    let curtain = if drawn {
        ramp(pane.across.abs(), 0.42, 0.62) * 0.8
    } else {
        0.0
    };
    let cloth = blind.max(curtain);
    // Never black, never blue: a room stands behind it, darker below the lintel.
    let lintel = 1.0
        - 0.55
            * coverage(
                from_top * pane.height,
                0.0,
                0.24,
                (pane.box_height * pane.height).max(0.02),
            );
    let room = (0.024 + 0.022 * dark) * (0.65 + 0.45 * pane.up) * lintel;
    let fabric = Vec3::new(0.40, 0.375, 0.33) * (0.65 + 0.5 * chance(5)) * lintel;
    let glow = if lit < style.lit {
        (0.45 + 0.55 * chance(6)) * (0.42 + 0.45 * cloth + 0.3 * pane.up * (1.0 - cloth)) * lintel
    } else {
        0.0
    };
    let light = lamp_color((style.cool + 0.4 * (chance(7) - 0.5)).clamp(0.0, 1.0));
    Surface {
        albedo: Vec3::new(1.0, 1.02, 1.0) * room * (1.0 - cloth) + fabric * cloth * 0.8,
        roughness: 0.08,
        glass: 1.0 - 0.6 * cloth,
        emissive: light * glow,
        recess: 1.0,
        ..Surface::default()
    }
}

/// A wall of glass panels half a bay wide, with mullions, spandrels and blinds.
pub(super) fn curtain_wall(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let panel = 0.5 * wall.bay;
    let (x, y) = (at.x - wall.corner, at.y - wall.ground_floor);
    let (column, row) = ((x / panel).floor(), (y / wall.floor).floor());
    let (fx, fy) = (x / panel - column, y - row * wall.floor);
    let chance = |k: u32, i: i32| cell(style.seed ^ (k * 0x51ed), i, row as i32);
    let pair = (column as i32).div_euclid(2);
    let clear = 1.0 - (0.09 + 0.86) / wall.floor;
    let up = ((fy - 0.95) / (clear * wall.floor)).clamp(0.0, 1.0);
    let cover = if chance(1, pair) < style.blinds {
        0.2 + 0.7 * chance(2, pair)
    } else {
        0.0
    };
    let blind = coverage(1.0 - up, 0.0, cover, (w.y / wall.floor).max(0.02));
    let lit = chance(3, (column as i32).div_euclid(3)) < 0.8 * style.lit;
    let glow = if lit {
        (0.4 + 0.4 * chance(4, pair)) * (0.35 + 0.65 * up * up)
    } else {
        0.0
    };
    let dark = 0.75 + 0.5 * chance(5, column as i32);
    let glass = Surface {
        albedo: style.tint * (0.16 * dark) + Vec3::splat(0.15 * blind),
        roughness: 0.06,
        glass: 1.0 - 0.5 * blind,
        emissive: lamp_color(0.5 + 0.5 * style.cool) * glow,
        ..Surface::default()
    };
    let spandrel = Surface {
        albedo: style.tint * 0.42,
        roughness: 0.2,
        glass: 0.45,
        ..Surface::default()
    };
    let mullion = Surface {
        roughness: 0.4,
        metallic: 0.3,
        ..Surface::matte(style.trim * (0.9 + 0.1 * fx))
    };
    let frame = 1.0
        - pulse(x, panel, (0.035, panel - 0.035), w.x)
            * pulse(y, wall.floor, (0.09, wall.floor), w.y);
    let band = pulse(y, wall.floor, (0.09, 0.95), w.y);
    glass.under(&spandrel, band).under(&mullion, frame)
}
