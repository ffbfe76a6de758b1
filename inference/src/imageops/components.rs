//! Connected regions of equal value.

use super::Grid;

/// Regions of a picture: every pixel belongs to exactly one.
#[derive(Debug, Clone, PartialEq)]
pub struct Components {
    /// `[height, width]` region of each pixel.
    pub region: Vec<u32>,
    /// `[regions]` number of pixels.
    pub sizes: Vec<usize>,
}

/// Splits a picture into 4-connected regions of equal value (a mask or a label map).
pub fn components<T: PartialEq + Copy>(values: &[T], grid: Grid) -> Components {
    const NONE: u32 = u32::MAX;
    let mut region = vec![NONE; values.len()];
    let mut sizes = Vec::new();
    let mut stack = Vec::new();
    for start in 0..values.len() {
        if region[start] != NONE {
            continue;
        }
        let id = sizes.len() as u32;
        let mut size = 0;
        region[start] = id;
        stack.push(start);
        while let Some(i) = stack.pop() {
            size += 1;
            for j in grid.neighbors(i).into_iter().flatten() {
                if region[j] == NONE && values[j] == values[i] {
                    region[j] = id;
                    stack.push(j);
                }
            }
        }
        sizes.push(size);
    }
    Components { region, sizes }
}

/// The part of a mask that is connected to the seeds.
pub fn connected_to(mask: &[bool], seeds: &[bool], grid: Grid) -> Vec<bool> {
    let parts = components(mask, grid);
    let mut kept = vec![false; parts.sizes.len()];
    for i in (0..mask.len()).filter(|i| mask[*i] && seeds[*i]) {
        kept[parts.region[i] as usize] = true;
    }
    (0..mask.len())
        .map(|i| mask[i] && kept[parts.region[i] as usize])
        .collect()
}

/// The mask without its connected parts of fewer than `min_size` pixels.
pub fn without_islands(mask: &[bool], grid: Grid, min_size: usize) -> Vec<bool> {
    let parts = components(mask, grid);
    (0..mask.len())
        .map(|i| mask[i] && parts.sizes[parts.region[i] as usize] >= min_size)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_touch_by_edges_not_corners() {
        let values = [1, 1, 0, 0, 0, 1, 1, 0, 1];
        let parts = components(&values, Grid::new(3, 3));
        assert_eq!(parts.sizes.iter().sum::<usize>(), 9);
        assert_eq!(parts.region[0], parts.region[1]);
        assert_ne!(parts.region[1], parts.region[5], "only corners touch");
        assert_ne!(parts.region[6], parts.region[8]);
    }

    #[test]
    fn seeds_keep_their_part_and_small_islands_go() {
        let mask = [true, true, false, true, false, false];
        let grid = Grid::new(6, 1);
        let seeds = [false, true, true, false, false, false];
        let kept = [true, true, false, false, false, false];
        assert_eq!(connected_to(&mask, &seeds, grid), kept);
        assert_eq!(without_islands(&mask, grid, 2), kept);
    }
}
