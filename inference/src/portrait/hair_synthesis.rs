//! Hair detail where the photograph shows none: patches of the photographed hair, turned along the
//! strand direction and laid over the shell from the outline to the back.
//!
//! A patch is chosen among random ones by how well it continues what lies there already. Overlaps are
//! blended so that the contrast stays (Heitz & Neyret 2018, eq. 5: weights divided by the root of the
//! sum of their squares).

use glam::{Vec2, Vec3};

use super::hair_tone::HairTone;
use super::types::Crop;
use crate::imageops::bilinear;
use crate::imageops::distance::distances;
use crate::imageops::morphology::inverse;

/// Largest patch radius, in face heights: a lock with its highlight.
const RADIUS_MAX: f32 = 0.2;
/// Smallest patch radius, in face heights.
const RADIUS_MIN: f32 = 0.03;
/// Patch centres need this share of the radius free of other things around them.
const FREE_SHARE: f32 = 0.6;
/// Patches tried for each place.
const CANDIDATES: usize = 60;
/// A point needs a new patch while the weight of the patches on it is below this.
const COVERED: f32 = 0.12;
/// Detail beyond these magnitudes is a highlight on a wisp or the background; it would repeat visibly.
const DETAIL_MAX: f32 = 0.7;

/// A point of the hair that wants detail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HairPoint {
    /// dm, head frame.
    pub position: Vec3,
    /// Unit, outwards.
    pub normal: Vec3,
    /// Unit strand direction, away from the whorl.
    pub strand: Vec3,
    /// Detail that the photograph shows here.
    pub seen: Option<Vec3>,
    /// Points of lower rank get their patches first.
    pub rank: f32,
}

/// A deterministic stream of pseudo-random numbers (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in 0..n.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Detail (logarithm of color over slow color) of every point.
pub fn synthesize(points: &[HairPoint], tone: &HairTone, crop: &Crop, px_per_dm: f32) -> Vec<Vec3> {
    let Some(source) = Source::new(tone, crop) else {
        return vec![Vec3::ZERO; points.len()];
    };
    let radius = source.radius_px / px_per_dm;
    let cells = CellGrid::new(points, radius);
    let mut order: Vec<u32> = (0..points.len() as u32).collect();
    order.sort_by(|a, b| {
        points[*a as usize]
            .rank
            .total_cmp(&points[*b as usize].rank)
    });

    let mut canvas = Canvas::new(points);
    let mut random = Random::new(1);
    let mut near = Vec::new();
    for center in order {
        let center = center as usize;
        if points[center].seen.is_some() || canvas.weight[center] >= COVERED {
            continue;
        }
        cells.gather(points, center, radius, &mut near);
        let patch = source.best(&mut random, &near, &canvas, px_per_dm);
        for n in &near {
            let detail = source.read(&patch, n.offset, px_per_dm);
            canvas.add(n.point as usize, detail, n.weight);
        }
    }
    canvas.finish(points)
}

/// A neighbor of a patch centre.
#[derive(Debug, Clone, Copy)]
struct Near {
    point: u32,
    /// Along the strand and across it, dm.
    offset: Vec2,
    /// Weight of the patch here, 1 in its middle, 0 at its rim.
    weight: f32,
}

/// What has been laid so far.
struct Canvas {
    sum: Vec<Vec3>,
    weight: Vec<f32>,
    weight_squared: Vec<f32>,
}

impl Canvas {
    fn new(points: &[HairPoint]) -> Self {
        let seen = |p: &HairPoint| f32::from(p.seen.is_some());
        Self {
            sum: points.iter().map(|p| p.seen.unwrap_or_default()).collect(),
            weight: points.iter().map(seen).collect(),
            weight_squared: points.iter().map(seen).collect(),
        }
    }

    fn add(&mut self, point: usize, detail: Vec3, weight: f32) {
        self.sum[point] += detail * weight;
        self.weight[point] += weight;
        self.weight_squared[point] += weight * weight;
    }

    fn value(&self, point: usize) -> Vec3 {
        self.sum[point] / self.weight_squared[point].sqrt().max(1e-4)
    }

    fn finish(&self, points: &[HairPoint]) -> Vec<Vec3> {
        (0..points.len())
            .map(|i| points[i].seen.unwrap_or_else(|| self.value(i)))
            .collect()
    }
}

/// A place of the photograph that is copied.
#[derive(Debug, Clone, Copy)]
struct Patch {
    center: Vec2,
    /// Image direction of the strand.
    along: Vec2,
    /// Image direction across the strand, to its left seen from outside; flipped in mirrored patches.
    across: Vec2,
}

/// The photographed hair as a source of patches.
struct Source<'a> {
    tone: &'a HairTone,
    crop: &'a Crop,
    centers: Vec<u32>,
    radius_px: f32,
}

impl<'a> Source<'a> {
    /// Finds the patch centres; `None` where no patch of the least size fits.
    fn new(tone: &'a HairTone, crop: &'a Crop) -> Option<Self> {
        let grid = crop.alpha.grid();
        let free = distances(&inverse(&tone.trusted), grid);
        let widest = free
            .iter()
            .copied()
            .filter(|d| d.is_finite())
            .fold(0.0, f32::max);
        let limits = [RADIUS_MIN, RADIUS_MAX].map(|r| r * crop.face_height);
        let radius_px = (widest / (FREE_SHARE + 0.1)).min(limits[1]);
        let centers: Vec<u32> = (0..grid.len())
            .filter(|i| free[*i] >= FREE_SHARE * radius_px && tone.trusted[*i])
            .map(|i| i as u32)
            .collect();
        (radius_px >= limits[0] && !centers.is_empty()).then_some(Self {
            tone,
            crop,
            centers,
            radius_px,
        })
    }

    fn read(&self, patch: &Patch, offset: Vec2, px_per_dm: f32) -> Vec3 {
        let grid = self.crop.alpha.grid();
        let at = patch.center + (patch.along * offset.x + patch.across * offset.y) * px_per_dm;
        let detail = bilinear(&self.tone.detail, grid, at.x, at.y);
        let trusted = grid
            .pixel_at(at.x, at.y)
            .is_some_and(|i| self.tone.trusted[i]);
        // Beyond the hair only its slow color is known.
        let share = if trusted { 1.0 } else { 0.0 };
        detail.clamp(Vec3::splat(-DETAIL_MAX), Vec3::splat(DETAIL_MAX)) * share
    }

    fn random(&self, random: &mut Random) -> Patch {
        let grid = self.crop.alpha.grid();
        let pixel = self.centers[random.below(self.centers.len())] as usize;
        let along = self.tone.image_strands[pixel];
        let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
        Patch {
            center: super::skin::pixel_center(grid, pixel),
            along,
            across: Vec2::new(along.y, -along.x) * sign,
        }
    }

    /// The candidate that fits best to what lies there.
    fn best(&self, random: &mut Random, near: &[Near], canvas: &Canvas, px_per_dm: f32) -> Patch {
        /// Points compared per candidate; more do not change the choice.
        const COMPARED: usize = 160;
        let laid: Vec<&Near> = near
            .iter()
            .filter(|n| canvas.weight[n.point as usize] > 0.0)
            .collect();
        let step = laid.len().div_ceil(COMPARED).max(1);
        let mut best = (f32::INFINITY, self.random(random));
        for _ in 0..CANDIDATES {
            let patch = self.random(random);
            let cost = laid
                .iter()
                .step_by(step)
                .map(|n| {
                    let there = canvas.value(n.point as usize);
                    (self.read(&patch, n.offset, px_per_dm) - there).length_squared()
                })
                .sum();
            if cost < best.0 {
                best = (cost, patch);
            }
        }
        best.1
    }
}

/// Points sorted into cubes, to find neighbors.
struct CellGrid {
    size: f32,
    low: Vec3,
    count: [usize; 3],
    starts: Vec<u32>,
    points: Vec<u32>,
}

impl CellGrid {
    fn new(points: &[HairPoint], size: f32) -> Self {
        let low = points.iter().fold(Vec3::MAX, |m, p| m.min(p.position));
        let high = points.iter().fold(Vec3::MIN, |m, p| m.max(p.position));
        let extent = (high - low).max(Vec3::ZERO) / size;
        let count = [extent.x, extent.y, extent.z].map(|e| e as usize + 1);
        let mut grid = Self {
            size,
            low,
            count,
            starts: vec![0; count[0] * count[1] * count[2] + 1],
            points: vec![0; points.len()],
        };
        let cell: Vec<usize> = points
            .iter()
            .map(|p| grid.cell(grid.of(p.position)))
            .collect();
        for c in &cell {
            grid.starts[c + 1] += 1;
        }
        for c in 1..grid.starts.len() {
            grid.starts[c] += grid.starts[c - 1];
        }
        let mut next = grid.starts.clone();
        for (i, c) in cell.iter().enumerate() {
            grid.points[next[*c] as usize] = i as u32;
            next[*c] += 1;
        }
        grid
    }

    fn of(&self, p: Vec3) -> [usize; 3] {
        let at = (p - self.low) / self.size;
        [at.x as usize, at.y as usize, at.z as usize]
    }

    fn cell(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.count[1] + y) * self.count[0] + x
    }

    /// All points within `radius` of the point `center` that lie on the same side of the hair.
    fn gather(&self, points: &[HairPoint], center: usize, radius: f32, near: &mut Vec<Near>) {
        near.clear();
        let c = &points[center];
        let across = c.normal.cross(c.strand).normalize_or(Vec3::X);
        let middle = self.of(c.position);
        let range = |k: usize| middle[k].saturating_sub(1)..=(middle[k] + 1).min(self.count[k] - 1);
        for z in range(2) {
            for y in range(1) {
                for x in range(0) {
                    let cell = self.cell([x, y, z]);
                    let bounds = self.starts[cell] as usize..self.starts[cell + 1] as usize;
                    for i in &self.points[bounds] {
                        let p = &points[*i as usize];
                        let offset = p.position - c.position;
                        let share = offset.length_squared() / (radius * radius);
                        if share < 1.0 && p.normal.dot(c.normal) > 0.2 {
                            near.push(Near {
                                point: *i,
                                offset: Vec2::new(offset.dot(c.strand), offset.dot(across)),
                                weight: (1.0 - share) * (1.0 - share),
                            });
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform in 0..1.
    fn unit(random: &mut Random) -> f32 {
        const STEPS: usize = 1 << 20;
        random.below(STEPS) as f32 / STEPS as f32
    }

    #[test]
    fn cells_find_exactly_the_points_in_reach() {
        let mut random = Random::new(7);
        let points: Vec<HairPoint> = (0..500)
            .map(|_| HairPoint {
                position: Vec3::new(
                    unit(&mut random),
                    unit(&mut random),
                    0.2 * unit(&mut random),
                ),
                normal: Vec3::Z,
                strand: Vec3::Y,
                seen: None,
                rank: 0.0,
            })
            .collect();
        let cells = CellGrid::new(&points, 0.15);
        let mut near = Vec::new();
        for center in [0, 17, 499] {
            cells.gather(&points, center, 0.15, &mut near);
            let to = |p: &HairPoint| p.position.distance(points[center].position);
            let expected = points.iter().filter(|p| to(p) < 0.15).count();
            assert_eq!(near.len(), expected, "around {center}");
        }
    }

    #[test]
    fn random_numbers_repeat_and_fill_their_range() {
        let mut random = Random::new(3);
        let values: Vec<f32> = (0..1000).map(|_| unit(&mut random)).collect();
        let mean = values.iter().sum::<f32>() / 1000.0;
        assert!((mean - 0.5).abs() < 0.05, "{mean}");
        assert!(values.iter().all(|v| (0.0..1.0).contains(v)));
        assert_eq!(
            unit(&mut Random::new(3)),
            values[0],
            "same seed, same stream"
        );
    }
}
