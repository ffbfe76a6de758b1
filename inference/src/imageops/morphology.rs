//! Growing and shrinking masks by a disc of any radius.

use super::Grid;
use super::distance::distances;

/// All pixels within `radius_px` of the mask.
pub fn dilate(mask: &[bool], grid: Grid, radius_px: f32) -> Vec<bool> {
    distances(mask, grid)
        .iter()
        .map(|d| *d <= radius_px)
        .collect()
}

/// The pixels of the mask farther than `radius_px` from everything outside it; the picture's border
/// is not an outside.
pub fn erode(mask: &[bool], grid: Grid, radius_px: f32) -> Vec<bool> {
    distances(&inverse(mask), grid)
        .iter()
        .map(|d| *d > radius_px)
        .collect()
}

/// Erosion, then dilation: drops what is thinner than the disc.
pub fn open(mask: &[bool], grid: Grid, radius_px: f32) -> Vec<bool> {
    dilate(&erode(mask, grid, radius_px), grid, radius_px)
}

/// Dilation, then erosion: fills gaps thinner than the disc.
pub fn close(mask: &[bool], grid: Grid, radius_px: f32) -> Vec<bool> {
    erode(&dilate(mask, grid, radius_px), grid, radius_px)
}

/// Everything but the mask.
pub fn inverse(mask: &[bool]) -> Vec<bool> {
    mask.iter().map(|m| !m).collect()
}

/// Pixels of both masks.
pub fn both(a: &[bool], b: &[bool]) -> Vec<bool> {
    a.iter().zip(b).map(|(a, b)| *a && *b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_grows_to_a_disc_and_shrinks_back() {
        let grid = Grid::new(15, 15);
        let mut mask = vec![false; grid.len()];
        mask[grid.index(7, 7)] = true;
        let disc = dilate(&mask, grid, 3.0);
        assert_eq!(disc.iter().filter(|m| **m).count(), 29, "lattice points");
        assert_eq!(close(&mask, grid, 3.0), mask);
        assert!(open(&mask, grid, 1.0).iter().all(|m| !m), "a dot is thin");
    }

    #[test]
    fn erosion_does_not_eat_from_the_border() {
        let grid = Grid::new(5, 5);
        assert!(erode(&[true; 25], grid, 2.0).iter().all(|m| *m));
    }
}
