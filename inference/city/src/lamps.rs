//! Pools of light under street lamps.

use glam::{Vec2, Vec3};

use crate::layout::Layout;

/// How far a lamp is felt, metres.
const REACH: f32 = 15.0;
/// Height of the light above the ground, metres.
const HEIGHT: f32 = 7.2;
/// How far the arm reaches over the street, metres.
const ARM: f32 = 1.7;

/// The lamps of a layout in cells as large as their reach.
#[derive(Debug, Clone, Default)]
pub struct Lamps {
    corner: Vec2,
    width: usize,
    height: usize,
    cells: Vec<Vec<Vec3>>,
}

impl Lamps {
    /// Where the lamps of a layout shine from.
    pub fn new(layout: &Layout) -> Self {
        let lights: Vec<Vec3> = layout
            .lamps
            .iter()
            .map(|lamp| (lamp.at + Vec2::from_angle(lamp.heading) * ARM).extend(HEIGHT))
            .collect();
        let Some(corner) = lights.iter().map(|l| l.truncate()).reduce(Vec2::min) else {
            return Self::default();
        };
        let far = lights.iter().map(|l| l.truncate()).fold(corner, Vec2::max);
        let count = ((far - corner) / REACH).floor().as_uvec2() + 1;
        let (width, height) = (count.x as usize, count.y as usize);
        let mut cells = vec![Vec::new(); width * height];
        for light in lights {
            let at = ((light.truncate() - corner) / REACH).as_uvec2();
            cells[at.y as usize * width + at.x as usize].push(light);
        }
        Self {
            corner,
            width,
            height,
            cells,
        }
    }

    /// How much lamps light a surface: 1 straight below one.
    pub fn light(&self, at: Vec3, normal: Vec3) -> f32 {
        if at.z > HEIGHT + 6.0 || self.cells.is_empty() {
            return 0.0;
        }
        let middle = ((at.truncate() - self.corner) / REACH).floor();
        let mut sum = 0.0;
        for dy in -1..=1 {
            for dx in -1..=1 {
                let (x, y) = (middle.x as i32 + dx, middle.y as i32 + dy);
                if x < 0 || y < 0 || x >= self.width as i32 || y >= self.height as i32 {
                    continue;
                }
                for light in &self.cells[y as usize * self.width + x as usize] {
                    let to = *light - at;
                    let distance = to.length().max(0.5);
                    let towards = to / distance;
                    // Shades keep the light below the lamp, and its reach ends softly.
                    let below = (towards.z * 1.4).clamp(0.0, 1.0);
                    let left = (1.0 - distance / REACH).max(0.0);
                    let facing = (0.15 + 0.85 * normal.dot(towards)).max(0.0);
                    sum += below
                        * facing
                        * left.sqrt()
                        * (HEIGHT * HEIGHT / (distance * distance)).min(2.0);
                }
            }
        }
        sum
    }
}
