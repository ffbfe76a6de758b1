//! The city as a height field: what hides the sky, what throws shadows, what windows mirror.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use crate::{lamps::Lamps, layout::Layout, maps::Maps, random::cell};

/// Number of coarser copies.
const LEVELS: usize = 5;

/// Heights of a layout in several resolutions.
#[derive(Debug, Clone)]
pub struct HeightField {
    corner: Vec2,
    cell: f32,
    levels: Vec<Level>,
    canopy: Level,
    highest: f32,
    lamps: Lamps,
}

#[derive(Debug, Clone)]
struct Level {
    width: usize,
    height: usize,
    cell: f32,
    values: Vec<f32>,
}

impl Level {
    fn at(&self, p: Vec2) -> f32 {
        let (x, y) = ((p.x / self.cell) as i64, (p.y / self.cell) as i64);
        if p.x < 0.0 || p.y < 0.0 || x >= self.width as i64 || y >= self.height as i64 {
            return 0.0;
        }
        self.values[y as usize * self.width + x as usize]
    }

    /// Half the resolution: means, so that thin things count by their share.
    fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut values = vec![0.0; width * height];
        values
            .par_chunks_mut(width.max(1))
            .enumerate()
            .for_each(|(y, row)| {
                let y1 = (2 * y + 1).min(self.height - 1);
                for (x, value) in row.iter_mut().enumerate() {
                    let x1 = (2 * x + 1).min(self.width - 1);
                    let of = |x: usize, y: usize| self.values[y * self.width + x];
                    *value = 0.25 * (of(2 * x, 2 * y) + of(x1, 2 * y) + of(2 * x, y1) + of(x1, y1));
                }
            });
        Self {
            width,
            height,
            cell: 2.0 * self.cell,
            values,
        }
    }
}

impl HeightField {
    /// The heights of a layout, with the crowns of its trees.
    pub fn new(layout: &Layout, maps: &Maps) -> Self {
        let fine = Level {
            width: maps.width,
            height: maps.height,
            cell: maps.cell,
            values: maps.top.clone(),
        };
        let highest = fine.values.iter().copied().fold(12.0, f32::max);
        let mut levels = vec![fine];
        for k in 1..LEVELS {
            if levels[k - 1].width < 2 || levels[k - 1].height < 2 {
                break;
            }
            levels.push(levels[k - 1].halved());
        }
        let canopy = canopy(layout, maps);
        Self {
            corner: maps.corner,
            cell: maps.cell,
            levels,
            canopy,
            highest,
            lamps: Lamps::new(layout),
        }
    }

    /// The street lamps.
    pub fn lamps(&self) -> &Lamps {
        &self.lamps
    }

    /// Height of the highest surface at a place, metres.
    pub fn height(&self, at: Vec2) -> f32 {
        self.levels[0].at(at - self.corner)
    }

    /// The level whose cells are about so large.
    fn level(&self, size: f32) -> &Level {
        let (mut level, mut cell) = (0, 2.0 * self.cell);
        while size >= cell && level + 1 < self.levels.len() {
            level += 1;
            cell *= 2.0;
        }
        &self.levels[level]
    }

    fn blurred(&self, at: Vec2, size: f32) -> f32 {
        self.level(size).at(at - self.corner)
    }

    fn crown(&self, at: Vec2) -> f32 {
        self.canopy.at(at - self.corner)
    }

    /// Share of the sky's light that reaches a surface, 0..1: eight directions, nine steps each, four heights of
    /// the sky with the weight of the cosine.
    pub fn sky(&self, at: Vec3, normal: Vec3) -> f32 {
        // Tangents and cosines of the four heights.
        const TANS: [(f32, f32); 4] =
            [(0.176, 0.985), (0.577, 0.866), (1.19, 0.643), (2.75, 0.342)];
        let (mut open, mut all) = (0.0, 1e-6);
        let mut r = 0.8;
        let steps: [(f32, &Level); 9] = std::array::from_fn(|_| {
            let step = (r, self.level(0.25 * r));
            r *= 1.62;
            step
        });
        let from = at.truncate() - self.corner;
        let mut direction = Vec2::from_angle(0.35 * std::f32::consts::FRAC_PI_4);
        for _ in 0..8 {
            direction = Vec2::from_angle(std::f32::consts::FRAC_PI_4).rotate(direction);
            if direction.dot(normal.truncate()) < -0.75 {
                continue;
            }
            let mut horizon = 0.0_f32;
            for (r, level) in steps {
                let p = from + direction * r;
                let rise = level.at(p) - at.z;
                let leaves = 0.5 * (self.canopy.at(p) - at.z);
                horizon = horizon.max(rise.max(leaves) / r);
            }
            for (tan, cos) in TANS {
                let up = (direction * cos).extend(tan * cos);
                let weight = normal.dot(up).max(0.0) * cos;
                let free = ((tan - horizon) / (0.35 * (0.5 + tan)) + 0.5).clamp(0.0, 1.0);
                open += weight * free;
                all += weight;
            }
        }
        if all < 1e-3 { 0.6 } else { open / all }
    }

    /// Share of a light at infinity that reaches a place, 0..1, with half shadows that widen with distance.
    pub fn lit(&self, at: Vec3, towards: Vec3) -> f32 {
        if towards.z <= 0.01 {
            return 0.0;
        }
        let reach = ((self.highest - at.z) / towards.z).min(220.0);
        // Neighbors begin at other distances, so that what the steps miss is grain and no stairs.
        let grain = cell(
            (at.z * 61.0) as u32,
            (at.x * 83.0) as i32,
            (at.y * 71.0) as i32,
        );
        let (mut light, mut t) = (1.0_f32, 0.2 + 0.25 * grain);
        while t < reach && light > 0.01 {
            let p = at + towards * t;
            let over = p.z - self.blurred(p.truncate(), 0.006 * t);
            light = light.min((over / (0.06 + 0.012 * t) + 0.5).clamp(0.0, 1.0));
            let crown = self.crown(p.truncate());
            let step = 0.25 + 0.018 * t;
            if crown > p.z && p.z > 0.38 * crown {
                light *= 1.0 - (0.34 * step).min(0.5);
            }
            t += step;
        }
        light
    }

    /// Distance along a direction at which something stands, up to about 150 m.
    pub fn hit(&self, at: Vec3, direction: Vec3) -> Option<f32> {
        let mut t = 1.2;
        for _ in 0..16 {
            let p = at + direction * t;
            if p.z > self.highest {
                return None;
            }
            if p.z < self.blurred(p.truncate(), 0.03 * t).max(0.0) {
                return Some(t);
            }
            t *= 1.36;
        }
        None
    }
}

/// Tops of the crowns, in cells twice as large; zero where there is none.
fn canopy(layout: &Layout, maps: &Maps) -> Level {
    let cell = 2.0 * maps.cell;
    let (width, height) = (maps.width.div_ceil(2), maps.height.div_ceil(2));
    let mut values = vec![0.0_f32; width * height];
    for tree in &layout.trees {
        let radius = 0.33 * tree.height;
        let middle = (tree.at - maps.corner) / cell;
        let r = radius / cell;
        let (low, high) = ((middle - r).floor().max(Vec2::ZERO), (middle + r).ceil());
        for y in low.y as usize..(high.y.max(0.0) as usize).min(height) {
            for x in low.x as usize..(high.x.max(0.0) as usize).min(width) {
                let far = (Vec2::new(x as f32, y as f32) + 0.5 - middle).length() / r;
                if far < 1.0 {
                    let top = tree.height * (0.64 + 0.34 * (1.0 - far * far).sqrt());
                    let value = &mut values[y * width + x];
                    *value = value.max(top);
                }
            }
        }
    }
    Level {
        width,
        height,
        cell,
        values,
    }
}
