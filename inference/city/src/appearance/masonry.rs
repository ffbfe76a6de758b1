//! What walls are made of, between the windows.

use glam::{Vec2, Vec3};

use super::{
    FacadeStyle, Surface, Wall,
    filter::{bonded, coverage, fade, fbm, pulse},
};
use crate::{layout::Family, random::cell};

/// The bare wall of a style.
pub(super) fn masonry(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let bare = match style.family {
        Family::Brick => brick(style, at, w),
        Family::Stone => ashlar(style.base, style.seed, at, w, 0.35),
        Family::Concrete => concrete(style, wall, at, w),
        Family::Plaster | Family::Glass => Surface::matte(style.base),
    };
    bare.shaded(weathering(style, wall, at, w))
}

/// Stains, streaks from the cornice, splashes from the street.
pub(super) fn weathering(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> f32 {
    let dirt = style.weather;
    let spots = fbm(0.4 * at.x, 0.4 * at.y, style.seed, 0.4 * w.max_element());
    let streaks = fbm(1.3 * at.x, 0.07 * at.y, style.seed ^ 0x51, 1.3 * w.x);
    let under_eaves = (-(wall.height - at.y).max(0.0) / 2.5).exp();
    let splash = (-at.y.max(0.0) / 0.7).exp();
    let factor = 1.0 + dirt * (0.13 * spots + (0.10 + 0.14 * under_eaves) * streaks);
    factor * (1.0 - 0.28 * splash) * (1.0 - 0.10 * dirt * under_eaves)
}

/// Bricks of half a metre's double length in courses of 15 cm, two real courses in one.
fn brick(style: &FacadeStyle, at: Vec2, w: Vec2) -> Surface {
    const COURSE: f32 = 0.15;
    const LENGTH: f32 = 0.5;
    let row = (at.y / COURSE).floor();
    let x = bonded(at.x, row, LENGTH);
    let clay = pulse(at.y, COURSE, (0.011, COURSE - 0.008), w.y)
        * pulse(x, LENGTH, (0.008, LENGTH - 0.008), w.x);
    let tone = cell(style.seed, (x / LENGTH).floor() as i32, row as i32) - 0.5;
    let left = fade(w.x, LENGTH) * fade(w.y, COURSE);
    let color = style.base * (1.0 + 0.34 * tone * left);
    let mortar = Vec3::new(0.38, 0.36, 0.33).lerp(style.base, 0.35);
    Surface::matte(mortar).under(&Surface::matte(color), clay)
}

/// Cut blocks of 1.2 × 0.6 m with dark joints.
pub(super) fn ashlar(base: Vec3, seed: u32, at: Vec2, w: Vec2, depth: f32) -> Surface {
    const LENGTH: f32 = 1.2;
    const COURSE: f32 = 0.6;
    const JOINT: f32 = 0.035;
    let row = (at.y / COURSE).floor();
    let x = bonded(at.x, row, LENGTH);
    let block = pulse(at.y, COURSE, (JOINT, COURSE), w.y) * pulse(x, LENGTH, (JOINT, LENGTH), w.x);
    let tone = cell(seed ^ 0xa5, (x / LENGTH).floor() as i32, row as i32) - 0.5;
    let left = fade(w.x, LENGTH) * fade(w.y, COURSE);
    let color = base * (1.0 + 0.16 * tone * left);
    Surface::matte(color * (1.0 - depth)).under(&Surface::matte(color), block)
}

/// Panels as large as bay and floor, with joints and a tone of their own.
fn concrete(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let (x, y) = (at.x - wall.corner, at.y - wall.ground_floor);
    let panel = pulse(x, wall.bay, (0.02, wall.bay - 0.02), w.x)
        * pulse(y, wall.floor, (0.02, wall.floor - 0.02), w.y);
    let tone = cell(
        style.seed ^ 0x77,
        (x / wall.bay).floor() as i32,
        (y / wall.floor).floor() as i32,
    ) - 0.5;
    let color = style.base * (1.0 + 0.08 * tone);
    Surface::matte(color * 0.55).under(&Surface::matte(color), panel)
}

/// Alternating long and short blocks up both ends of a wall.
pub(super) fn quoins(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> f32 {
    if !style.quoins || wall.length < 6.0 {
        return 0.0;
    }
    const COURSE: f32 = 0.45;
    let row = (at.y / COURSE).floor() as i32;
    let reach = if row.rem_euclid(2) == 0 { 0.62 } else { 0.4 };
    let joint = pulse(at.y, COURSE, (0.025, COURSE), w.y);
    let ends =
        coverage(at.x, 0.0, reach, w.x) + coverage(at.x, wall.length - reach, wall.length, w.x);
    ends.min(1.0) * joint * coverage(at.y, wall.ground_floor, wall.top(), w.y)
}
