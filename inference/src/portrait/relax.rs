//! Takes back single made-up surfels that stand out from everything around them in space.
//!
//! Where mesh, shell and labels disagree by a few pixels, single samples carry the color of something else:
//! specks on a cheek, a thread along a jaw. In the photograph's view they hide behind its pixels; from the
//! side they do not. Statistics over cells in space find them: a label that hardly anything around has, or a
//! color far outside its label's spread there.

use std::collections::HashMap;

use glam::Vec3;
use rayon::prelude::*;

use super::surfel::Surfel;
use super::types::{Confidence, Label};

/// Side of a cell, in the largest extent of an average surfel; a block of 27 cells is looked at.
const CELL: f32 = 4.0;
/// Fewer surfels around than this say nothing.
const ENOUGH: f32 = 12.0;
/// A label with less than this share of its surroundings is a stray.
const STRAY_SHARE: f32 = 0.06;
/// Colors farther from the mean than this many standard deviations are strays.
const STRAY_SIGMAS: f32 = 2.6;
/// And farther than this, display-referred: even surfaces have hardly any spread.
const STRAY_COLOR: f32 = 0.12;
/// Labels of the model.
const LABELS: usize = 5;

/// Sums over surfels of one label.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f32,
    color: Vec3,
    square: f32,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.count += other.count;
        self.color += other.color;
        self.square += other.square;
    }

    fn mean(&self) -> Vec3 {
        self.color / self.count.max(1.0)
    }

    /// Standard deviation over all channels together.
    fn spread(&self) -> f32 {
        let mean = self.mean();
        (self.square / self.count.max(1.0) - mean.length_squared())
            .max(0.0)
            .sqrt()
    }
}

type Cell = [i32; 3];
type Block = [Sums; LABELS];

/// Recolors strays among the surfels that no pixel of the photograph vouches for; returns how many.
pub fn relax(surfels: &mut [Surfel]) -> usize {
    if surfels.is_empty() {
        return 0;
    }
    let extent = |s: &Surfel| f64::from(s.sigma.x.max(s.sigma.y));
    let mean = surfels.iter().map(extent).sum::<f64>() / surfels.len() as f64;
    let side = (CELL * mean as f32).max(1e-3);
    let cell_of = |p: Vec3| -> Cell { (p / side).floor().as_ivec3().to_array() };

    let mut cells: HashMap<Cell, Block> = HashMap::new();
    for s in surfels.iter() {
        let block = cells.entry(cell_of(s.position)).or_default();
        block[s.label as usize].add(&Sums {
            count: 1.0,
            color: s.color,
            square: s.color.length_squared(),
        });
    }
    let keys: Vec<Cell> = cells.keys().copied().collect();
    let blocks: HashMap<Cell, Block> = keys
        .par_iter()
        .map(|cell| (*cell, around(&cells, *cell)))
        .collect();
    surfels
        .par_iter_mut()
        .filter(|s| s.confidence == Confidence::Invented)
        .map(|s| usize::from(settle(s, &blocks[&cell_of(s.position)])))
        .sum()
}

/// Sums over a cell and those that touch it.
fn around(cells: &HashMap<Cell, Block>, [x, y, z]: Cell) -> Block {
    let mut block = Block::default();
    for k in 0..27 {
        let beside = [x + k % 3 - 1, y + k / 3 % 3 - 1, z + k / 9 - 1];
        if let Some(other) = cells.get(&beside) {
            for (sum, part) in block.iter_mut().zip(other) {
                sum.add(part);
            }
        }
    }
    block
}

/// Gives a stray the label and color of its surroundings.
fn settle(s: &mut Surfel, block: &Block) -> bool {
    let all: f32 = block.iter().map(|b| b.count).sum();
    if all < ENOUGH {
        return false;
    }
    let own = &block[s.label as usize];
    if own.count < STRAY_SHARE * all {
        let common = (0..LABELS).max_by(|a, b| block[*a].count.total_cmp(&block[*b].count));
        let common = common.unwrap_or(s.label as usize);
        s.label = [
            Label::Skin,
            Label::Hair,
            Label::Eye,
            Label::Mouth,
            Label::Cloth,
        ][common];
        s.color = block[common].mean();
        return true;
    }
    let off = s.color.distance(own.mean());
    let stray = own.count >= ENOUGH && off > STRAY_COLOR && off > STRAY_SIGMAS * own.spread();
    if stray {
        s.color = own.mean();
    }
    stray
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKIN: Vec3 = Vec3::new(0.8, 0.6, 0.5);

    /// A sheet of 20 by 20 surfels, 0.02 dm apart; the left half is hair if `halves`.
    fn sheet(halves: bool) -> Vec<Surfel> {
        (0..400)
            .map(|k| {
                let (x, y) = (k % 20, k / 20);
                let hair = halves && x < 10;
                Surfel {
                    position: Vec3::new(0.02 * x as f32, 0.02 * y as f32, 0.0),
                    normal: Vec3::Z,
                    axis: Vec3::Z,
                    along: Vec3::X,
                    sigma: Vec3::new(0.02, 0.02, 0.004),
                    color: if hair { SKIN * 0.2 } else { SKIN },
                    opacity: 0.95,
                    label: if hair { Label::Hair } else { Label::Skin },
                    confidence: Confidence::Invented,
                }
            })
            .collect()
    }

    #[test]
    fn a_speck_and_a_stray_label_go_what_is_seen_stays() {
        let mut surfels = sheet(false);
        surfels[105].color = SKIN * 0.1;
        surfels[210].label = Label::Hair;
        surfels[210].color = SKIN * 0.2;
        surfels[350].color = SKIN * 0.1;
        surfels[350].confidence = Confidence::Seen;
        assert_eq!(relax(&mut surfels), 2);
        assert!(surfels[105].color.distance(SKIN) < 0.05, "the speck");
        assert_eq!(surfels[210].label, Label::Skin);
        assert!(surfels[210].color.distance(SKIN) < 0.05, "the stray label");
        assert_eq!(surfels[350].color, SKIN * 0.1, "a mole");
    }

    #[test]
    fn a_border_between_materials_stays() {
        let before = sheet(true);
        let mut surfels = before.clone();
        assert_eq!(relax(&mut surfels), 0);
        assert_eq!(surfels, before);
    }
}
