//! Ground floors: shops with signs and goods on streets; doors and windows elsewhere.

use glam::{Vec2, Vec3};

use super::{
    FacadeStyle, Surface, Wall, WallKind,
    facade::Opening,
    filter::{coverage, pulse},
    glass::{Pane, window_glass},
    masonry::{ashlar, masonry, weathering},
};
use crate::{layout::Family, random::cell};

/// Bays that share one shop.
pub(crate) const BAYS_OF_A_SHOP: i32 = 4;
/// Height of the plinth under shop windows, metres.
pub(crate) const PLINTH: f32 = 0.42;

pub(super) fn ground_floor(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let bare = bare(style, wall, at, w);
    if wall.kind == WallKind::Party || wall.bays == 0 || wall.ground_floor < 2.4 {
        return bare;
    }
    if style.shops && wall.kind == WallKind::Street && wall.ground_floor > 3.2 {
        shop(style, wall, bare, at, w)
    } else if wall.kind == WallKind::Street || wall.ground_floor > 2.6 {
        doors_and_windows(style, wall, bare, at, w)
    } else {
        bare
    }
}

/// The wall itself, with a plinth of darker stone.
fn bare(style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) -> Surface {
    let wall_surface = if style.rustic && wall.kind != WallKind::Party {
        let base = style.base.lerp(style.trim, 0.35) * 0.92;
        ashlar(base, style.seed, at, w, 0.4).shaded(weathering(style, wall, at, w))
    } else {
        masonry(style, wall, at, w)
    };
    if style.family == Family::Glass || wall.height < 5.0 {
        return wall_surface;
    }
    let plinth = Surface::matte(Vec3::new(0.20, 0.19, 0.18)).shaded(weathering(style, wall, at, w));
    wall_surface.under(&plinth, coverage(at.y, f32::MIN, 0.55, w.y))
}

fn doors_and_windows(
    style: &FacadeStyle,
    wall: &Wall,
    bare: Surface,
    at: Vec2,
    w: Vec2,
) -> Surface {
    let x = at.x - wall.corner;
    let column = (x / wall.bay).floor() as i32;
    if column < 0 || column >= wall.bays as i32 {
        return bare;
    }
    let opening = Opening::of(style, wall);
    let (left, right) = (opening.left, opening.right);
    let across = |a: f32, b: f32| pulse(x, wall.bay, (a.max(0.0), b.min(wall.bay)), w.x);
    let is_door =
        wall.kind == WallKind::Street && cell(style.seed ^ 0xd0, column, 0) < door_chance(wall);
    let trim = Surface::matte(style.trim);
    if is_door {
        let high = (0.72 * wall.ground_floor).min(3.0);
        let middle = 0.5 * (left + right);
        let around = across(middle - 0.82, middle + 0.82) * coverage(at.y, 0.0, high + 0.2, w.y);
        let door = across(middle - 0.62, middle + 0.62) * coverage(at.y, 0.05, high, w.y);
        let panels = pulse(x - middle - 0.62, 0.62, (0.09, 0.53), w.x)
            * (coverage(at.y, 0.25, 0.95, w.y) + coverage(at.y, 1.1, high - 0.65, w.y));
        let fan =
            across(middle - 0.55, middle + 0.55) * coverage(at.y, high - 0.5, high - 0.07, w.y);
        let wood = door_color(style, column);
        let leaf = Surface {
            roughness: 0.45,
            recess: 1.0,
            ..Surface::matte(wood)
        }
        .shaded(1.0 - 0.3 * panels)
        .under(&dark_glass(1.0), fan);
        return bare
            .under(&trim, around * f32::from(u8::from(style.surround > 0.0)))
            .under(&leaf, door);
    }
    let (low, high) = (0.34 * wall.ground_floor, 0.84 * wall.ground_floor);
    let s = style.surround;
    let around = across(left - s, right + s) * coverage(at.y, low - 0.12, high + s, w.y);
    let hole = across(left, right) * coverage(at.y, low, high, w.y);
    let mut surface = if s > 0.0 {
        bare.under(&trim, around)
    } else {
        bare
    };
    if hole > 0.0 {
        let pane = Pane {
            across: ((x - column as f32 * wall.bay - left) / (right - left) * 2.0 - 1.0)
                .clamp(-1.0, 1.0),
            up: ((at.y - low) / (high - low)).clamp(0.0, 1.0),
            height: high - low,
            box_height: w.y / (high - low),
            column,
            row: -1,
        };
        let frame = Surface {
            recess: 1.0,
            roughness: 0.5,
            ..Surface::matte(style.frame)
        };
        let half = 0.5 * (right - left);
        let glazed = (across(left + 0.075, left + half - 0.03)
            + across(left + half + 0.03, right - 0.075))
            * coverage(at.y, low + 0.075, high - 0.075, w.y);
        let filled = frame.under(&window_glass(style, wall, &pane), (glazed / hole).min(1.0));
        surface = surface.under(&filled, hole);
    }
    surface
}

fn door_chance(wall: &Wall) -> f32 {
    if wall.bays < 4 { 0.34 } else { 0.16 }
}

fn door_color(style: &FacadeStyle, column: i32) -> Vec3 {
    const WOODS: [Vec3; 4] = [
        Vec3::new(0.13, 0.065, 0.035),
        Vec3::new(0.035, 0.075, 0.055),
        Vec3::new(0.05, 0.055, 0.07),
        Vec3::new(0.16, 0.03, 0.025),
    ];
    let k = (cell(style.seed ^ 0xd1, column, 1) * 4.0) as usize;
    WOODS[k.min(3)]
}

fn dark_glass(recess: f32) -> Surface {
    Surface {
        albedo: Vec3::new(0.03, 0.032, 0.032),
        roughness: 0.08,
        glass: 1.0,
        recess,
        ..Surface::default()
    }
}

/// Which shop a place belongs to.
pub(crate) fn shop_of(wall: &Wall, u: f32) -> i32 {
    let column = ((u - wall.corner) / wall.bay).floor() as i32;
    column
        .clamp(0, wall.bays as i32 - 1)
        .div_euclid(BAYS_OF_A_SHOP)
}

/// Color of a shop's sign.
pub(crate) fn sign_color(style: &FacadeStyle, shop: i32) -> Vec3 {
    let r = |k: i32| cell(style.seed ^ 0x5109, shop, k);
    let own = Vec3::new(r(0), r(1), r(2)) * Vec3::new(0.30, 0.24, 0.26);
    style
        .tint
        .lerp(own, if r(3) < 0.5 { 0.75 } else { 0.1 })
        .max(Vec3::splat(0.02))
}

fn shop(style: &FacadeStyle, wall: &Wall, bare: Surface, at: Vec2, w: Vec2) -> Surface {
    let x = at.x - wall.corner;
    let shop = shop_of(wall, at.x);
    let unit = BAYS_OF_A_SHOP as f32 * wall.bay;
    let first = shop as f32 * unit;
    let last = ((shop + 1) as f32 * unit).min(wall.bays as f32 * wall.bay);
    let pier = 0.22;
    let inside = coverage(x, first + pier, last - pier, w.x);
    let gf = wall.ground_floor;
    let (sign_low, sign_high) = (gf - 0.98, gf - 0.42);
    let glass_top = gf - 1.08;
    let r = |k: i32| cell(style.seed ^ 0x0009, shop, k);

    let sign_base = sign_color(style, shop);
    let letters = lettering(style.seed, shop, x - first, at.y - sign_low, w);
    let ink = if sign_base.element_sum() > 0.6 {
        Vec3::splat(0.03)
    } else {
        Vec3::new(0.62, 0.58, 0.5)
    };
    let width = coverage(
        x,
        first + 0.25 * (last - first),
        first + 0.72 * (last - first),
        w.x,
    );
    let mut sign = Surface {
        roughness: 0.4,
        ..Surface::matte(sign_base)
    };
    sign.emissive = sign_base * 0.2;
    let lit_ink = Surface {
        emissive: Vec3::new(1.0, 0.92, 0.74) * 0.9,
        ..Surface::matte(ink)
    };
    let sign = sign.under(&lit_ink, letters * width);

    // Every window of a shop is a bay; one of them is the door.
    let column = ((x / wall.bay).floor() as i32).clamp(0, wall.bays as i32 - 1);
    let door = column.rem_euclid(BAYS_OF_A_SHOP) == (r(4) * 3.0) as i32;
    let bottom = if door { 0.04 } else { PLINTH };
    let frame = if door { 0.11 } else { 0.05 };
    let post = pulse(x, wall.bay, (frame, wall.bay - frame), w.x);
    let split = if door {
        pulse(x, 0.5 * wall.bay, (0.05, 0.5 * wall.bay - 0.05), w.x)
    } else {
        1.0
    };
    let transom = 1.0 - coverage(at.y, glass_top - 0.62, glass_top - 0.55, w.y);
    let pane = post * split * transom * coverage(at.y, bottom, glass_top, w.y);
    let display = goods(style, shop, x, (at.y - bottom) / (glass_top - bottom), w);
    let metal = front_metal(style, shop);
    let front = metal.under(&display, pane);
    let plinth = Surface::matte(Vec3::new(0.15, 0.145, 0.14));
    let front = front.under(&plinth, coverage(at.y, f32::MIN, bottom - 0.06, w.y));
    bare.under(
        &front,
        inside * coverage(at.y, f32::MIN, glass_top + 0.04, w.y),
    )
    .under(&sign, inside * coverage(at.y, sign_low, sign_high, w.y))
}

/// Frames of a shop's windows.
pub(crate) fn front_metal(style: &FacadeStyle, shop: i32) -> Surface {
    let dark = cell(style.seed ^ 0x0009, shop, 5) < 0.5;
    Surface {
        roughness: 0.45,
        metallic: 0.2,
        recess: 0.8,
        ..Surface::matte(if dark {
            style.frame * 0.6 + Vec3::splat(0.015)
        } else {
            sign_color(style, shop) * 0.8
        })
    }
}

/// Letter-like strokes: words of upright and lying bars.
fn lettering(seed: u32, shop: i32, x: f32, y: f32, w: Vec2) -> f32 {
    const PITCH: f32 = 0.26;
    const STROKE: f32 = 0.065;
    let letter = (x / PITCH).floor() as i32;
    let r = |k: i32| cell(seed ^ 0x1e77, shop * 64 + letter, k);
    if r(0) < 0.14 {
        return 0.0;
    }
    let fx = x - letter as f32 * PITCH;
    let tall = if r(1) < 0.3 { 0.42 } else { 0.34 };
    let rows = coverage(y, 0.12, tall + 0.04, w.y);
    let stem = coverage(fx, 0.03, 0.03 + STROKE, w.x) * rows;
    let second = if r(2) < 0.55 {
        coverage(fx, 0.15, 0.15 + STROKE, w.x) * rows
    } else {
        0.0
    };
    let bar = |low: f32, on: bool| {
        if on {
            coverage(y, low, low + 0.06, w.y) * coverage(fx, 0.03, 0.21, w.x)
        } else {
            0.0
        }
    };
    let bars = bar(0.12, r(3) < 0.5) + bar(0.21, r(4) < 0.5) + bar(tall - 0.02, r(5) < 0.6);
    (stem + second + bars).min(1.0)
}

/// Shelves and goods behind the glass, muted, and the light of the shop.
fn goods(style: &FacadeStyle, shop: i32, x: f32, up: f32, w: Vec2) -> Surface {
    let shelf = (up * 3.2).floor();
    let slot = (x / 0.34).floor() as i32;
    let r = |k: i32| {
        cell(
            style.seed ^ 0x600d,
            slot.wrapping_mul(31) + shop,
            k + 8 * shelf as i32,
        )
    };
    let fill = 0.25 + 0.6 * r(1);
    let there =
        pulse(x, 0.34, (0.04, 0.30), w.x) * coverage(up * 3.2 - shelf, 0.06, fill, 3.2 * w.y / 2.5);
    let there = if up < 0.75 && r(0) < 0.72 { there } else { 0.0 };
    let tone = 0.05 + 0.15 * r(2);
    let color = Vec3::new(tone * (0.9 + 0.3 * r(3)), tone, tone * (0.75 + 0.35 * r(4)));
    let back = Vec3::new(0.05, 0.047, 0.042) * (0.8 + 0.5 * up);
    let albedo = back.lerp(color, 0.85 * there);
    let open = cell(style.seed ^ 0x0b, shop, 3);
    let glow = (0.07 + 0.42 * up * up * up + 0.22 * there * r(5)) * (0.3 + 0.7 * open);
    Surface {
        albedo,
        roughness: 0.08,
        glass: 0.9,
        emissive: Vec3::new(1.0, 0.80, 0.52) * glow * (0.55 + albedo * 2.5),
        recess: 0.8,
        ..Surface::default()
    }
}
