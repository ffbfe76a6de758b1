//! What the decoder is told about one box on a façade: numbers of about one in a fixed order.
//!
//! Three kinds: the style of the building, where the box lies between the lines that the style draws (shares of the
//! box in bands of the wall, along and up), and chances that differ from window to window, which no network can
//! invent. How the bands are combined into colors is what the network learns.

use glam::{Vec2, Vec3};

use super::{
    FacadeStyle, STYLE_NUMBERS, Surface, Wall, WallKind,
    facade::Opening,
    filter::{coverage, fade, pulse},
    ground_floor::{BAYS_OF_A_SHOP, shop_of, sign_color},
    masonry::{ashlar, masonry, weathering},
};
use crate::{layout::Family, random::cell};

/// Length of what [`facade_features`] writes.
pub const FACADE_FEATURES: usize = 96;
/// Length of what a network says about a surface, see [`Surface::from_decoded`].
pub const DECODED: usize = 10;
/// Emission is told as a share of this.
const BRIGHTEST: f32 = 2.0;
/// Numbers of a style that tell its family: a network must not know materials by name.
const FAMILIES: usize = 5;

/// Writes the description of a box; the arguments are those of [`super::facade`].
pub fn facade_features(
    style: &FacadeStyle,
    wall: &Wall,
    at: Vec2,
    stride: Vec2,
    out: &mut [f32; FACADE_FEATURES],
) {
    let mut row = Row { out, next: 0 };
    row.flag(style.family == Family::Glass);
    row.all(&style.numbers()[FAMILIES..]);
    row.of_wall(wall);
    row.all(&[stride.x.log2() * 0.25, stride.y.log2() * 0.25]);
    row.along(style, wall, at, stride);
    row.up(style, wall, at, stride);
    row.chances(style, wall, at, stride);
    row.shop(style, wall, at, stride);
    row.material(style, wall, at, stride);
    debug_assert!(row.next <= FACADE_FEATURES, "{} features", row.next);
}

struct Row<'a> {
    out: &'a mut [f32; FACADE_FEATURES],
    next: usize,
}

impl Row<'_> {
    fn put(&mut self, value: f32) {
        if let Some(slot) = self.out.get_mut(self.next) {
            *slot = value;
        }
        self.next += 1;
    }

    fn all(&mut self, values: &[f32]) {
        values.iter().for_each(|v| self.put(*v));
    }

    fn flag(&mut self, on: bool) {
        self.put(f32::from(u8::from(on)));
    }

    fn of_wall(&mut self, wall: &Wall) {
        self.flag(wall.kind == WallKind::Street);
        self.flag(wall.kind == WallKind::Court);
        self.flag(wall.kind == WallKind::Party);
        self.flag(wall.bays > 0);
        self.flag(wall.floors > 0);
        self.put((0.05 * wall.height).min(2.0));
        self.put(wall.bay / 3.0);
        self.put(wall.floor / 3.0);
        self.put(wall.ground_floor / 4.0);
    }

    /// Shares of the box in the upright bands of a bay.
    fn along(&mut self, style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) {
        let x = at.x - wall.corner;
        let window = Opening::of(style, wall);
        let (left, right) = (window.left, window.right);
        let bay = wall.bay.max(0.1);
        let band = |a: f32, b: f32| pulse(x, bay, (a.max(0.0), b.min(bay)), w.x);
        self.put(coverage(x, 0.0, wall.bays as f32 * wall.bay, w.x));
        self.put(band(left, right));
        self.put(band(left - style.surround, right + style.surround));
        self.put(window.glazed_across(x, w.x));
        self.put(pulse(
            x,
            0.5 * bay,
            (0.035, (0.5 * bay - 0.035).max(0.035)),
            w.x,
        ));
        self.put(band(0.02, bay - 0.02));
        let ends =
            coverage(at.x, 0.0, 0.5, w.x) + coverage(at.x, wall.length - 0.5, wall.length, w.x);
        self.put(ends.min(1.0));
        // Across the opening, where a box is small enough to tell.
        let inside = x - (x / bay).floor() * bay;
        let across = ((inside - left) / (right - left).max(0.1) * 2.0 - 1.0).clamp(-1.5, 1.5);
        self.put(across * fade(w.x, bay));
        self.put(across.abs() * fade(w.x, bay));
    }

    /// Shares of the box in the level bands of a floor and of the wall.
    fn up(&mut self, style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) {
        let y = at.y - wall.ground_floor;
        let window = Opening::of(style, wall);
        let (low, high, s) = (window.low, window.high, style.surround);
        let floor = wall.floor.max(0.1);
        let band = |a: f32, b: f32| {
            let b = b.clamp(0.0, floor);
            pulse(y, floor, (a.clamp(0.0, b), b), w.y)
        };
        let part = |a: f32, b: f32| coverage(at.y, a, b, w.y);
        self.put(band(low, high));
        self.put(window.glazed_up(y, w.y));
        self.put(band(low - 0.6 * s, high + 1.3 * s));
        self.put(band(low - 0.42, low));
        self.put(band(0.0, 0.22));
        self.put(band(0.09, 0.95));
        self.put(band(0.02, floor - 0.02));
        let inside = y - (y / floor).floor() * floor;
        let up = ((inside - low) / (high - low).max(0.1)).clamp(-0.5, 1.5);
        self.put(up * fade(w.y, floor));
        let clear = ((inside - 0.95) / (floor - 0.95).max(0.1)).clamp(0.0, 1.0);
        self.put(clear * fade(w.y, floor));
        let gf = wall.ground_floor;
        self.put(part(f32::MIN, gf));
        self.put(part(wall.top(), f32::MAX));
        self.put(part(
            wall.top() + 0.4 * (wall.height - wall.top()),
            f32::MAX,
        ));
        self.put(part(f32::MIN, 0.55));
        self.put(part(0.36, gf - 1.08));
        self.put(part(gf - 1.08, gf - 0.98));
        self.put(part(gf - 0.98, gf - 0.42));
        self.put(part(0.34 * gf, 0.84 * gf));
        self.put(part(0.05, (0.72 * gf).min(3.0)));
        self.put((at.y / gf.max(0.5)).clamp(0.0, 1.5));
    }

    /// What differs from window to window; its mean where the box sees several.
    fn chances(&mut self, style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) {
        let glass = style.family == Family::Glass;
        let width = if glass { 0.5 * wall.bay } else { wall.bay }.max(0.1);
        let (x, y) = (at.x - wall.corner, at.y - wall.ground_floor);
        let column = (x / width).floor() as i32;
        let row = if y < 0.0 {
            -1
        } else {
            (y / wall.floor.max(0.1)).floor() as i32
        };
        let left = fade(w.x, 1.5 * width) * fade(w.y, 1.5 * wall.floor.max(0.1));
        let seed = style.seed ^ wall.seed.rotate_left(9);
        let pair = column.div_euclid(2);
        for k in 1..=7_u32 {
            let chance = if glass && row >= 0 {
                let place = match k {
                    3 => column.div_euclid(3),
                    5 => column,
                    _ => pair,
                };
                cell(style.seed ^ (k * 0x51ed), place, row)
            } else {
                cell(seed ^ (k * 0x9e37), column, row)
            };
            self.put(0.5 + (chance - 0.5) * left);
            // Yes or no is hard to learn from a number; the thresholds are the style's.
            if k == 1 {
                let blind = if chance < style.blinds { 1.0 } else { 0.0 };
                self.put(style.blinds + (blind - style.blinds) * left);
            } else if k == 3 {
                let share = if glass { 0.8 * style.lit } else { style.lit };
                let lit = if chance < share { 1.0 } else { 0.0 };
                self.put(share + (lit - share) * left);
            }
        }
    }

    /// The shop behind this part of the ground floor.
    fn shop(&mut self, style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) {
        let is_shop = style.shops
            && wall.kind == WallKind::Street
            && wall.ground_floor > 3.2
            && wall.bays > 0;
        if !is_shop || at.y - 0.5 * w.y > wall.ground_floor {
            self.next += 7;
            return;
        }
        let shop = shop_of(wall, at.x);
        let sign = sign_color(style, shop);
        let column = ((at.x - wall.corner) / wall.bay).floor() as i32;
        let r = |k: i32| cell(style.seed ^ 0x0009, shop, k);
        let door = column.rem_euclid(BAYS_OF_A_SHOP) == (r(4) * 3.0) as i32;
        self.flag(true);
        self.all(&sign.to_array());
        self.flag(door);
        self.flag(r(5) < 0.5);
        self.put(cell(style.seed ^ 0x0b, shop, 3));
    }

    /// The bare material of the wall and of its ground floor, and how dirty it is here.
    fn material(&mut self, style: &FacadeStyle, wall: &Wall, at: Vec2, w: Vec2) {
        let bare = masonry(style, wall, at, w).albedo;
        self.all(&root(bare));
        let below = if style.rustic && wall.kind != WallKind::Party {
            let base = style.base.lerp(style.trim, 0.35) * 0.92;
            let dirt = weathering(style, wall, at, w);
            ashlar(base, style.seed, at, w, 0.4).albedo * dirt
        } else {
            bare
        };
        self.all(&root(below));
        self.put(weathering(style, wall, at, w));
    }
}

fn root(color: Vec3) -> [f32; 3] {
    color.max(Vec3::ZERO).map(f32::sqrt).to_array()
}

impl Surface {
    /// The numbers that a network is to say, all 0..1: square roots of albedo and of half the emission, and the
    /// shares as they are.
    pub fn to_decoded(&self) -> [f32; DECODED] {
        let [r, g, b] = root(self.albedo);
        let [er, eg, eb] = root(self.emissive / BRIGHTEST);
        [
            r,
            g,
            b,
            self.roughness,
            self.metallic,
            self.glass,
            er,
            eg,
            eb,
            self.recess,
        ]
        .map(|v| v.clamp(0.0, 1.0))
    }

    /// The surface of what a network said.
    pub fn from_decoded(values: &[f32; DECODED]) -> Self {
        let [r, g, b, roughness, metallic, glass, er, eg, eb, recess] = *values;
        Self {
            albedo: Vec3::new(r * r, g * g, b * b),
            roughness,
            metallic,
            glass,
            emissive: Vec3::new(er * er, eg * eg, eb * eb) * BRIGHTEST,
            recess,
        }
    }
}

const _: () = assert!(STYLE_NUMBERS == 32, "the order of features depends on it");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Building, BuildingUse, Polygon};

    #[test]
    fn walls_of_any_size_have_features_of_about_one() {
        for k in 0..400_u32 {
            let building = Building {
                id: u64::from(k),
                footprint: Polygon::default(),
                base: 0.0,
                height: 0.4 + 0.31 * (k % 90) as f32,
                usage: [
                    BuildingUse::Apartments,
                    BuildingUse::Landmark,
                    BuildingUse::Shed,
                    BuildingUse::Office,
                ][k as usize % 4],
                levels: None,
                roof: None,
                family: None,
                style: u64::from(k * 77),
                context: false,
            };
            let style = FacadeStyle::of(&building);
            let length = 0.06 + 0.043 * (k % 50) as f32;
            let wall = Wall::new(&style, length, building.height, WallKind::Street);
            let mut row = [0.0; FACADE_FEATURES];
            let at = Vec2::new(0.5 * length, 0.4 * building.height);
            facade_features(&style, &wall, at, Vec2::new(length, 0.3), &mut row);
            let largest = row.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
            assert!(largest < 8.0, "{largest} on a wall of {length} m");
        }
    }
}
