//! Color of the body's back: what is seen at both sides goes on behind, row by row.
//!
//! Garments have seams and collars at one height all around, so that a row of the back takes its slow
//! color from the rims of that row. The weave and the folds come from the cloth beside the rim, unrolled
//! inwards and folded back where another material begins; collars and ties stay in front.

use glam::{Vec2, Vec3};

use super::hair_tone::detail_of;
use super::skin::median_color;
use super::types::{Crop, Label, LabelMap};
use crate::imageops::blur::{gaussian, gaussian_masked, weights_of};
use crate::imageops::distance::distances;
use crate::imageops::morphology::inverse;
use crate::imageops::{Grid, bilinear};

/// A rim's color is read this far inside the outline, in face heights.
const RIM: [f32; 2] = [0.01, 0.05];
/// Rows on each side among which the rim's color is the median, in face heights: pins and folds vanish.
const RIM_MEDIAN: f32 = 0.03;
/// The inside of a collar shows where the upper end of a rim is flatter than this, columns per row.
const CAP_SLOPE: f32 = 1.5;
/// Such a cap is not higher than this, in face heights.
const CAP: f32 = 0.15;
/// Color difference that pairing rows one face height apart costs.
const UNWILLING: f32 = 0.15;
/// Blur of the rim's color over the rows of one material, in face heights.
const RIM_BLUR: f32 = 0.08;
/// Blur between slow color and detail, in face heights.
const SLOW: f32 = 0.045;
/// Detail is taken from cloth this near to the outline, in face heights.
const DETAIL_REACH: f32 = 0.45;
/// The least run of cloth that is unrolled, in face heights.
pub(super) const DETAIL_LEAST: f32 = 0.05;
/// Slow color departing more than this from the rim's is another material.
const OTHER_MATERIAL: f32 = 0.14;
/// Rows whose colors differ by less than this are one material in different light.
const SAME_MATERIAL: f32 = 0.2;
/// Largest logarithm of detail; more is a shadow between two things.
const DETAIL_MAX: f32 = 0.3;
/// Contrast of the back's detail, of that of the front.
const CONTRAST: f32 = 0.8;

/// What the body's back looks like.
#[derive(Debug, Clone)]
pub(super) struct BackLook {
    grid: Grid,
    /// Left, right in the picture.
    sides: [Side; 2],
    /// `[height, width]` length along the surface from the two rims, pixels.
    arcs: [Vec<f32>; 2],
    /// Rows of the left and the right rim that show the same, from top to bottom.
    pairs: Vec<[f32; 2]>,
}

/// The rims of one side, from top to bottom.
#[derive(Debug, Clone)]
struct Side {
    /// Pixel column of the rim, `None` where the row has no body.
    start: Vec<Option<f32>>,
    /// 1 towards the right, −1 towards the left.
    step: f32,
    color: Vec<Vec3>,
    /// Share of bare skin at the rim.
    skin: Vec<f32>,
    /// Pixels from the rim inwards that show the rim's material.
    reach: Vec<f32>,
    /// `[height, most]` detail from the rim inwards.
    detail: Vec<Vec3>,
    most: usize,
}

impl Side {
    /// Detail at a length from the rim: the unrolled cloth, folded back and forth.
    fn detail(&self, y: usize, length: f32, least: f32) -> Vec3 {
        let reach = self.reach[y];
        if reach < least {
            return Vec3::ZERO;
        }
        let folded = reach - (length.rem_euclid(2.0 * reach) - reach).abs();
        let row = Grid::new(self.most, 1);
        bilinear(
            &self.detail[y * self.most..(y + 1) * self.most],
            row,
            folded + 0.5,
            0.5,
        )
    }
}

impl BackLook {
    /// Slow color in a pixel, and whether it is cloth or skin.
    pub(super) fn tone(&self, pixel: usize) -> (Vec3, Label) {
        let (share, rows) = self.ruling(pixel);
        let [left, right] = &self.sides;
        let skin = left.skin[rows[0]] * share[0] + right.skin[rows[1]] * share[1];
        let label = if skin > 0.5 {
            Label::Skin
        } else {
            Label::Cloth
        };
        let tone = left.color[rows[0]] * share[0] + right.color[rows[1]] * share[1];
        (tone, label)
    }

    /// Detail at an image point in a pixel; `least` run of cloth in pixels.
    pub(super) fn detail(&self, pixel: usize, at: Vec2, least: f32) -> Vec3 {
        let (share, rows) = self.ruling(pixel);
        let y = self.grid.position(pixel).1;
        // Two textures keep their contrast when the squares of their shares add up to one.
        let norm = (share[0] * share[0] + share[1] * share[1]).sqrt();
        let sum = |k: usize| {
            let length = bilinear(&self.arcs[k], self.grid, at.x, y as f32 + 0.5);
            self.sides[k].detail(rows[k], length, least) * (share[k] / norm)
        };
        (sum(0) + sum(1)) * CONTRAST
    }

    /// How much the two sides have to say in a pixel, and with which of their rows: a hem that is higher on
    /// one side falls to the other.
    fn ruling(&self, pixel: usize) -> ([f32; 2], [usize; 2]) {
        let y = self.grid.position(pixel).1;
        let [left, right] = [0, 1].map(|k| self.arcs[k][pixel]);
        let t = left / (left + right).max(1.0);
        let line = |pair: &[f32; 2]| pair[0] * (1.0 - t) + pair[1] * t;
        let k = self.pairs.partition_point(|pair| line(pair) < y as f32);
        let pair = self.pairs.get(k).or(self.pairs.last());
        let rows = pair.map_or([y, y], |pair| pair.map(|row| row as usize));
        let t = t * t * (3.0 - 2.0 * t);
        ([1.0 - t, t], rows)
    }
}

/// Pairs of rows of the two sides with the least difference in color, each side in its order (dynamic time
/// warping); rows far apart are paired unwillingly.
fn paired(sides: &[Side; 2], unwilling: f32) -> Vec<[f32; 2]> {
    let rows = |side: &Side| -> Vec<usize> {
        (0..side.start.len())
            .filter(|y| side.start[*y].is_some())
            .collect()
    };
    let (left, right) = (rows(&sides[0]), rows(&sides[1]));
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let grid = Grid::new(right.len(), left.len());
    let cost = |i: usize| {
        let (b, a) = grid.position(i);
        let (a, b) = (left[a], right[b]);
        let differs = sides[0].color[a].distance(sides[1].color[b]);
        differs + unwilling * (a as f32 - b as f32).abs()
    };
    /// Going down on one side only costs this much more, so that equal colors pair straight.
    const SIDESTEP: f32 = 0.01;
    let mut total = vec![f32::INFINITY; grid.len()];
    let before = |i: usize| {
        let (b, a) = grid.position(i);
        [
            (a > 0 && b > 0).then(|| (i - grid.width - 1, 0.0)),
            (a > 0).then(|| (i - grid.width, SIDESTEP)),
            (b > 0).then(|| (i - 1, SIDESTEP)),
        ]
    };
    for i in 0..grid.len() {
        let best = before(i).into_iter().flatten();
        let best = best.map(|(j, more)| total[j] + more).reduce(f32::min);
        total[i] = best.unwrap_or(0.0) + cost(i);
    }
    let mut pairs = Vec::new();
    let mut at = Some(grid.len() - 1);
    while let Some(i) = at {
        let (b, a) = grid.position(i);
        pairs.push([left[a] as f32, right[b] as f32]);
        at = before(i)
            .into_iter()
            .flatten()
            .min_by(|p, q| (total[p.0] + p.1).total_cmp(&(total[q.0] + q.1)))
            .map(|(j, _)| j);
    }
    pairs.reverse();
    pairs
}

/// The look of the back behind `mask`; `body` are the pixels that show cloth or bare shoulders, `z` is
/// the back's height in pixel widths.
pub(super) fn back_look(
    mask: &[bool],
    (body, z): (&[bool], &[f32]),
    crop: &Crop,
    labels: &LabelMap,
) -> BackLook {
    let grid = crop.alpha.grid();
    let solid: Vec<bool> = (0..grid.len())
        .map(|i| body[i] && crop.alpha.values[i] > 0.9)
        .collect();
    let weights = weights_of(&solid);
    let slow = gaussian_masked(&crop.color.values, &weights, grid, SLOW * crop.face_height);
    let source = Source {
        grid,
        crop,
        labels,
        solid: &solid,
        slow: &slow,
        from_outline: distances(&inverse(&crop.alpha.above(0.5)), grid),
    };
    let sides = [1.0, -1.0].map(|step| source.side(mask, step));
    let arcs = [false, true].map(|backwards| arcs(mask, z, grid, backwards));
    BackLook {
        grid,
        pairs: paired(&sides, UNWILLING / crop.face_height),
        sides,
        arcs,
    }
}

/// Length along the rows of the surface, from the first pixel of the mask on.
fn arcs(mask: &[bool], z: &[f32], grid: Grid, backwards: bool) -> Vec<f32> {
    let mut arcs = vec![0.0; grid.len()];
    for y in 0..grid.height {
        let mut length = 0.0;
        let mut before: Option<usize> = None;
        for k in 0..grid.width {
            let x = if backwards { grid.width - 1 - k } else { k };
            let i = grid.index(x, y);
            if mask[i] {
                if let Some(before) = before {
                    length += (z[i] - z[before]).hypot(1.0);
                }
                before = Some(i);
            }
            arcs[i] = length;
        }
    }
    arcs
}

struct Source<'a> {
    grid: Grid,
    crop: &'a Crop,
    labels: &'a LabelMap,
    solid: &'a [bool],
    slow: &'a [Vec3],
    from_outline: Vec<f32>,
}

impl Source<'_> {
    fn side(&self, mask: &[bool], step: f32) -> Side {
        let (width, height) = (self.grid.width, self.grid.height);
        let start: Vec<Option<f32>> = (0..height)
            .map(|y| {
                let mut row = (0..width).filter(|x| mask[self.grid.index(*x, y)]);
                let x = if step > 0.0 {
                    row.next()
                } else {
                    row.next_back()
                };
                x.map(|x| x as f32)
            })
            .collect();
        let cap = self.cap(&start);
        let rims: Vec<Option<(Vec3, f32)>> = (0..height)
            .map(|y| self.rim((start[y].filter(|_| y >= cap)?, y), step))
            .collect();
        let (color, skin) = self.settled(&rims);
        let mut side = Side {
            start,
            step,
            color,
            skin,
            reach: Vec::new(),
            detail: Vec::new(),
            most: (DETAIL_REACH * self.crop.face_height) as usize + 1,
        };
        let reach: Vec<f32> = (0..height).map(|y| self.reach(&side, y)).collect();
        side.reach = self.narrowed(&reach);
        side.detail = (0..height * side.most)
            .map(|i| self.detail(&side, (i % side.most, i / side.most)))
            .collect();
        side
    }

    /// The row at which the flat upper end of a rim is over.
    fn cap(&self, start: &[Option<f32>]) -> usize {
        let Some(top) = start.iter().position(Option::is_some) else {
            return 0;
        };
        let reach = (0.02 * self.crop.face_height).ceil() as usize;
        let last = top + (CAP * self.crop.face_height) as usize;
        (top..last)
            .find(
                |y| match (start[*y], start.get(y + reach).copied().flatten()) {
                    (Some(a), Some(b)) => (a - b).abs() < CAP_SLOPE * reach as f32,
                    _ => true,
                },
            )
            .unwrap_or(top)
    }

    /// Median color of the body just inside the rim, and the share of skin there.
    fn rim(&self, (start, y): (f32, usize), step: f32) -> Option<(Vec3, f32)> {
        /// Fewer pixels than this say nothing.
        const FEWEST: usize = 2;
        let [near, far] = RIM.map(|r| r * self.crop.face_height);
        // The mask is inset by a pixel; where the outline runs flat, its distance rules.
        let pixels: Vec<usize> = (0..=(4.0 * far) as usize)
            .filter_map(|s| {
                let x = start + step * s as f32;
                self.grid.pixel_at(x + 0.5, y as f32 + 0.5)
            })
            .filter(|i| {
                let edge = self.from_outline[*i];
                self.solid[*i] && (edge > near || !edge.is_finite())
            })
            .take((far - near).ceil() as usize + 1)
            .collect();
        let skin = pixels
            .iter()
            .filter(|i| self.labels.labels[**i] == Label::Skin);
        let share = skin.count() as f32 / pixels.len().max(1) as f32;
        let color = median_color(pixels.iter().map(|i| self.crop.color.values[*i]));
        (pixels.len() >= FEWEST).then_some((color, share))
    }

    /// Colors of all rows: the median of the rows around, blurred; rows that show nothing take the
    /// nearest ones.
    fn settled(&self, rims: &[Option<(Vec3, f32)>]) -> (Vec<Vec3>, Vec<f32>) {
        let reach = (RIM_MEDIAN * self.crop.face_height) as usize;
        let calm: Vec<Option<(Vec3, f32)>> = (0..rims.len())
            .map(|y| {
                rims[y]?;
                let rows = y.saturating_sub(reach)..(y + reach + 1).min(rims.len());
                let around: Vec<(Vec3, f32)> = rims[rows].iter().flatten().copied().collect();
                let color = median_color(around.iter().map(|r| r.0));
                let skin = around.iter().map(|r| r.1).sum::<f32>() / around.len() as f32;
                Some((color, skin))
            })
            .collect();
        let fallback = median_color(
            (0..self.grid.len())
                .filter(|i| self.solid[*i])
                .map(|i| self.crop.color.values[i]),
        );
        let filled = |y: usize| {
            let near = (0..rims.len()).find_map(|d| {
                let above = y.checked_sub(d).and_then(|y| calm[y]);
                above.or_else(|| calm.get(y + d).copied().flatten())
            });
            near.unwrap_or((fallback, 0.0))
        };
        let rows: Vec<(Vec3, f32)> = (0..rims.len()).map(filled).collect();
        (0..rows.len()).map(|y| self.calmed(&rows, y)).unzip()
    }

    /// The mean of the rows around that show the same material.
    fn calmed(&self, rows: &[(Vec3, f32)], y: usize) -> (Vec3, f32) {
        let sigma = RIM_BLUR * self.crop.face_height;
        let reach = (2.0 * sigma).ceil() as usize;
        let (color, skin) = rows[y];
        let mut sum = (Vec3::ZERO, 0.0, 0.0);
        let around = y.saturating_sub(reach)..(y + reach + 1).min(rows.len());
        for (other, row) in rows
            .iter()
            .enumerate()
            .skip(around.start)
            .take(around.len())
        {
            let apart = (other as f32 - y as f32) / sigma;
            let differs = (row.0 - color).length() / SAME_MATERIAL;
            let weight = (-0.5 * apart * apart - differs * differs).exp();
            sum.0 += row.0 * weight;
            sum.1 += row.1 * weight;
            sum.2 += weight;
        }
        if sum.2 > 0.0 {
            (sum.0 / sum.2, sum.1 / sum.2)
        } else {
            (color, skin)
        }
    }

    /// How far the rim's material goes inwards in a row, pixels.
    fn reach(&self, side: &Side, y: usize) -> f32 {
        let Some(start) = side.start[y] else {
            return 0.0;
        };
        let near = RIM[0] * self.crop.face_height;
        let same = |s: &usize| {
            let x = start + side.step * (near + *s as f32);
            self.grid
                .pixel_at(x + 0.5, y as f32 + 0.5)
                .is_some_and(|i| {
                    let departs = (self.slow[i] - side.color[y]).abs().max_element();
                    self.solid[i] && departs < OTHER_MATERIAL
                })
        };
        (0..side.most - 1).take_while(same).count() as f32
    }

    /// Reaches that change slowly over the rows and never exceed what a row has.
    fn narrowed(&self, reach: &[f32]) -> Vec<f32> {
        let window = (0.03 * self.crop.face_height).ceil() as usize;
        let least: Vec<f32> = (0..reach.len())
            .map(|y| {
                let rows = y.saturating_sub(window)..(y + window + 1).min(reach.len());
                reach[rows].iter().copied().fold(f32::INFINITY, f32::min)
            })
            .collect();
        gaussian(&least, Grid::new(1, reach.len()), 0.5 * window as f32)
    }

    /// Detail of the cloth at a number of pixels from the rim.
    fn detail(&self, side: &Side, (inwards, y): (usize, usize)) -> Vec3 {
        let Some(start) = side.start[y] else {
            return Vec3::ZERO;
        };
        let near = RIM[0] * self.crop.face_height;
        let at = start + 0.5 + side.step * (near + inwards as f32);
        let read = |values: &[Vec3]| bilinear(values, self.grid, at, y as f32 + 0.5);
        let detail = detail_of(read(&self.crop.color.values), read(self.slow));
        detail.clamp(Vec3::splat(-DETAIL_MAX), Vec3::splat(DETAIL_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(colors: &[f32]) -> Side {
        Side {
            start: vec![Some(0.0); colors.len()],
            step: 1.0,
            color: colors.iter().map(|c| Vec3::splat(*c)).collect(),
            skin: vec![0.0; colors.len()],
            reach: vec![0.0; colors.len()],
            detail: Vec::new(),
            most: 0,
        }
    }

    #[test]
    fn a_hem_that_is_lower_on_one_side_meets_the_other() {
        let at = |hem: usize| -> Vec<f32> { (0..40).map(|y| f32::from(y >= hem)).collect() };
        let pairs = paired(&[side(&at(10)), side(&at(25))], 0.001);
        for [left, right] in &pairs {
            assert_eq!(*left >= 10.0, *right >= 25.0, "{left} with {right}");
        }
        assert_eq!(pairs.first(), Some(&[0.0, 0.0]));
        assert_eq!(pairs.last(), Some(&[39.0, 39.0]));
        assert!(
            pairs
                .windows(2)
                .all(|p| p[0][0] <= p[1][0] && p[0][1] <= p[1][1]),
            "both sides go down"
        );
    }

    #[test]
    fn lengths_along_the_rows_follow_the_slope() {
        let grid = Grid::new(4, 1);
        let mask = [false, true, true, true];
        let z = [0.0, 0.0, 0.0, -3.0];
        let forwards = arcs(&mask, &z, grid, false);
        assert_eq!(forwards[1], 0.0);
        assert_eq!(forwards[2], 1.0);
        assert!((forwards[3] - 1.0 - 10f32.sqrt()).abs() < 1e-5);
        assert_eq!(arcs(&mask, &z, grid, true)[3], 0.0, "from the other rim");
    }
}
