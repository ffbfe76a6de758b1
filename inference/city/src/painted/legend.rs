//! What colors mean.

use serde::{Deserialize, Serialize};

use super::Picture;
use crate::maps::Class;

/// One color and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// sRGB.
    pub color: [u8; 3],
    /// Its meaning.
    pub class: Class,
}

/// Colors and their meanings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Legend {
    /// The nearest color counts.
    pub entries: Vec<LegendEntry>,
    /// How far a color may be from the nearest one, 0..=441 (the diagonal of the cube of colors).
    pub tolerance: f32,
}

/// Colors of a picture that are so near are one.
const NEAR: i32 = 26 * 26;
/// Share of a picture that a color must have to be in a legend made for it.
const SMALLEST: f64 = 0.002;
/// Longest legend made for a picture.
const LONGEST: usize = 16;

impl Default for Legend {
    /// Colors that a painter can start with.
    fn default() -> Self {
        Self::new(&[
            ([64, 64, 64], Class::Road),
            ([200, 90, 60], Class::Roof),
            ([80, 160, 70], Class::Green),
            ([70, 120, 200], Class::Water),
            ([225, 205, 170], Class::Zone),
            ([235, 235, 235], Class::Zone),
            ([170, 130, 80], Class::Construction),
        ])
    }
}

impl Legend {
    fn new(entries: &[([u8; 3], Class)]) -> Self {
        Self {
            entries: entries
                .iter()
                .map(|&(color, class)| LegendEntry { color, class })
                .collect(),
            tolerance: 60.0,
        }
    }

    /// The colors in which GaussianCity draws its semantic maps.
    pub fn gaussian_city() -> Self {
        Self::new(&[
            ([96, 0, 0], Class::Road),
            ([96, 96, 0], Class::Facade),
            ([0, 96, 0], Class::Green),
            ([0, 96, 96], Class::Construction),
            ([0, 0, 96], Class::Water),
            ([96, 96, 96], Class::Zone),
            ([96, 0, 96], Class::Roof),
        ])
    }

    /// A legend of the colors that a picture has most of, each with the meaning that it usually has: to be looked at and
    /// changed by who painted it.
    pub fn of(picture: &Picture<'_>) -> Self {
        let all = picture.colors.len() as f64;
        Self {
            entries: frequent(picture.colors)
                .into_iter()
                .filter(|(_, count)| *count as f64 > SMALLEST * all)
                .take(LONGEST)
                .map(|(color, count)| LegendEntry {
                    color,
                    // Paper, dark or light, has no color, and most of the picture.
                    class: match usual(color) {
                        Class::Road if count as f64 > 0.4 * all => Class::Zone,
                        class => class,
                    },
                })
                .collect(),
            tolerance: 90.0,
        }
    }

    /// What a color means; nothing for one that is too far from all.
    pub fn class(&self, color: [u8; 3]) -> Option<Class> {
        let far = (self.tolerance.clamp(0.0, 442.0) * self.tolerance.clamp(0.0, 442.0)) as i32;
        self.entries
            .iter()
            .map(|entry| (distance(entry.color, color), entry.class))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= far)
            .map(|(_, class)| class)
    }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> i32 {
    (0..3)
        .map(|i| i32::from(a[i]) - i32::from(b[i]))
        .map(|d| d * d)
        .sum()
}

/// The most frequent colors with their counts; near ones are counted together.
pub(super) fn frequent(colors: &[[u8; 3]]) -> Vec<([u8; 3], usize)> {
    // Counted in boxes of 8 steps, each with the mean of its colors.
    let mut boxes = vec![(0usize, [0usize; 3]); 1 << 15];
    for color in colors {
        let index = color
            .iter()
            .fold(0, |index, &c| index << 5 | usize::from(c >> 3));
        boxes[index].0 += 1;
        for (sum, &c) in boxes[index].1.iter_mut().zip(color) {
            *sum += usize::from(c);
        }
    }
    let mut sorted: Vec<([u8; 3], usize)> = boxes
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, sum)| (sum.map(|s| (s / count) as u8), count))
        .collect();
    sorted.sort_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
    let mut found: Vec<([u8; 3], usize)> = Vec::new();
    for (color, count) in sorted {
        let room = found.len() < 4 * LONGEST;
        let near = found
            .iter_mut()
            .find(|(other, _)| distance(*other, color) < NEAR);
        match near {
            Some(near) => near.1 += count,
            None if room => found.push((color, count)),
            None => {}
        }
    }
    found.sort_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
    found
}

/// What a color usually means on a map.
fn usual([r, g, b]: [u8; 3]) -> Class {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    if most - least < 28 {
        // Gray: streets are dark or white on most maps, the ground is light.
        return if !(150..=248).contains(&most) {
            Class::Road
        } else {
            Class::Zone
        };
    }
    if b == most && b - r > 20 {
        Class::Water
    } else if g == most && g - r > 12 {
        Class::Green
    } else if r > 215 && g > 170 && b < g {
        // Yellow is a main road, what is nearly gray a square.
        if g - b > 30 { Class::Road } else { Class::Zone }
    } else {
        Class::Roof
    }
}
