//! How far down hair hangs beside the face, on each side.
//!
//! Short hair leaves the background free beside the jaw. Where the rows from the ears downwards show
//! something hair-colored next to the face without a break, hair goes down to there; if it reaches the
//! chin it may go on below.

use super::regions::Regions;
use crate::portrait::types::Crop;

/// The rows that are looked at, as heights below the chin.
const TOP: f32 = -0.6;
const BOTTOM: f32 = -0.06;
/// Number of rows.
const ROWS: usize = 18;
/// Rows without hair that do not end it.
const GAP: usize = 1;
/// A lock of hair is at least this wide, in face heights.
const LOCK: f32 = 0.035;
/// Further from the face's outline than this it is something else, in face heights.
const REACH: f32 = 0.4;
/// Hair may always reach down to here: the nape behind bare ears.
const SHORT: f32 = -0.36;
/// Hair that reaches down to here may go on below the chin.
const LONG: f32 = -0.13;

/// Where hair ends on each side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hanging {
    /// Height below the chin for negative and positive `side`.
    lowest: [f32; 2],
}

impl Hanging {
    /// Looks for hair beside the face.
    pub(super) fn find(
        regions: &Regions,
        crop: &Crop,
        looks_like_hair: impl Fn(usize) -> bool,
    ) -> Self {
        let mut counts = [[0usize; ROWS]; 2];
        let height = crop.face_height;
        for i in 0..regions.grid.len() {
            let row = (regions.below[i] - TOP) / (BOTTOM - TOP);
            let beside =
                regions.oval_distance[i] > 0.0 && regions.oval_distance[i] < REACH * height;
            if (0.0..1.0).contains(&row)
                && beside
                && crop.alpha.values[i] > 0.6
                && looks_like_hair(i)
            {
                let side = usize::from(regions.side[i] > 0.0);
                counts[side][(row * ROWS as f32) as usize] += 1;
            }
        }
        let lock_area = LOCK * height * ((BOTTOM - TOP) / ROWS as f32) * height;
        let mut lowest = counts.map(|rows| lowest_row(&rows, lock_area).max(SHORT));
        // A face that is turned hides the far side, but hair that is long there falls over the shoulder.
        let longest = lowest[0].max(lowest[1]);
        if longest > LONG {
            lowest = [longest; 2];
        }
        Self { lowest }
    }

    /// Height below the chin to which hair certainly reaches on the side of a pixel.
    pub(super) fn lowest(&self, side: f32) -> f32 {
        self.lowest[usize::from(side > 0.0)]
    }

    /// Whether hair hangs down to the chin on the side of a pixel, and perhaps further.
    pub(super) fn is_long(&self, side: f32) -> bool {
        self.lowest(side) > LONG
    }
}

/// Lower end of the last row from the top with more than `lock_area` pixels, without a break.
fn lowest_row(rows: &[usize; ROWS], lock_area: f32) -> f32 {
    let mut lowest = TOP;
    let mut missing = 0;
    for (row, count) in rows.iter().enumerate() {
        if *count as f32 > lock_area {
            lowest = TOP + (BOTTOM - TOP) * (row + 1) as f32 / ROWS as f32;
            missing = 0;
        } else {
            missing += 1;
        }
        if missing > GAP {
            break;
        }
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hair_ends_at_the_first_break() {
        let mut rows = [20; ROWS];
        assert!((lowest_row(&rows, 5.0) - BOTTOM).abs() < 1e-6, "no break");
        rows[4] = 0;
        assert!(
            (lowest_row(&rows, 5.0) - BOTTOM).abs() < 1e-6,
            "one thin row"
        );
        rows[5] = 2;
        let expected = TOP + (BOTTOM - TOP) * 4.0 / ROWS as f32;
        assert!((lowest_row(&rows, 5.0) - expected).abs() < 1e-6, "two rows");
        assert!((lowest_row(&[0; ROWS], 5.0) - TOP).abs() < 1e-6, "bare");
    }
}
