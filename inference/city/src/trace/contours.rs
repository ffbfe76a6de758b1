//! Regions of equal cells and their outlines: crack following between cells, with what belongs inside on the left.

use glam::DVec2;

/// Cells with one label that touch at their sides.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) label: u32,
    /// The first of its cells.
    pub(super) first: usize,
    pub(super) cells: Vec<u32>,
    /// Counter-clockwise, through the middles of the cells' sides; units of cells.
    pub(super) outer: Vec<DVec2>,
    /// Clockwise.
    pub(super) holes: Vec<Vec<DVec2>>,
}

/// No region.
const NONE: u32 = u32::MAX;

/// All regions of the cells that have a label, from the south-west by rows.
pub(super) fn regions(
    width: usize,
    height: usize,
    label: impl Fn(usize) -> Option<u32>,
) -> Vec<Region> {
    let mut own = vec![NONE; width * height];
    let mut regions: Vec<Region> = Vec::new();
    let mut open = Vec::new();
    for first in 0..own.len() {
        let Some(wanted) = label(first).filter(|_| own[first] == NONE) else {
            continue;
        };
        let number = regions.len() as u32;
        let mut cells = Vec::new();
        own[first] = number;
        open.push(first);
        while let Some(cell) = open.pop() {
            cells.push(cell as u32);
            let (x, y) = (cell % width, cell / width);
            let around = [
                (x > 0).then(|| cell - 1),
                (x + 1 < width).then(|| cell + 1),
                (y > 0).then(|| cell - width),
                (y + 1 < height).then(|| cell + width),
            ];
            for next in around.into_iter().flatten() {
                if own[next] == NONE && label(next) == Some(wanted) {
                    own[next] = number;
                    open.push(next);
                }
            }
        }
        regions.push(Region {
            label: wanted,
            first,
            cells,
            outer: Vec::new(),
            holes: Vec::new(),
        });
    }
    outline(width, height, &own, &mut regions);
    regions
}

/// Directions of a crack: east, north, west, south.
const STEPS: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

fn outline(width: usize, height: usize, own: &[u32], regions: &mut [Region]) {
    let at = |x: i64, y: i64| {
        let inside = x >= 0 && y >= 0 && x < width as i64 && y < height as i64;
        if inside {
            own[y as usize * width + x as usize]
        } else {
            NONE
        }
    };
    let mut seen = vec![false; own.len()];
    for cell in 0..own.len() {
        let (x, y) = ((cell % width) as i64, (cell / width) as i64);
        let number = own[cell];
        if number == NONE || seen[cell] || at(x, y - 1) == number {
            continue;
        }
        let ring = follow(
            (x, y),
            |x, y| at(x, y) == number,
            |x, y| seen[y as usize * width + x as usize] = true,
        );
        let region = &mut regions[number as usize];
        if crate::geometry::area(&ring) > 0.0 {
            region.outer = ring;
        } else {
            region.holes.push(ring);
        }
    }
}

/// Follows the crack that begins along the south side of a cell. Calls `seen` for every cell whose south side it passes.
fn follow(
    start: (i64, i64),
    inside: impl Fn(i64, i64) -> bool,
    mut seen: impl FnMut(i64, i64),
) -> Vec<DVec2> {
    // The cells ahead on the left and right of a corner, by direction.
    let left = |(x, y): (i64, i64), d: usize| [(x, y), (x - 1, y), (x - 1, y - 1), (x, y - 1)][d];
    let right = |(x, y): (i64, i64), d: usize| [(x, y - 1), (x, y), (x - 1, y), (x - 1, y - 1)][d];
    let (mut corner, mut d) = (start, 0);
    let mut ring = Vec::new();
    loop {
        if d == 0 {
            seen(corner.0, corner.1);
        }
        let (dx, dy) = STEPS[d];
        ring.push(DVec2::new(
            corner.0 as f64 + 0.5 * dx as f64,
            corner.1 as f64 + 0.5 * dy as f64,
        ));
        corner = (corner.0 + dx, corner.1 + dy);
        let (l, r) = (left(corner, d), right(corner, d));
        if !inside(l.0, l.1) {
            d = (d + 1) % 4;
        } else if inside(r.0, r.1) {
            d = (d + 3) % 4;
        }
        if corner == start && d == 0 {
            return ring;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::area;

    #[test]
    fn a_ring_of_cells_has_an_outline_and_a_hole() {
        let picture = ["#####", "#...#", "#.#.#", "#...#", "#####"];
        let label = |i: usize| (picture[i / 5].as_bytes()[i % 5] == b'#').then_some(7);
        let found = regions(5, 5, label);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].cells.len(), found[0].holes.len()), (16, 1));
        // Corners are cut by half a cell: an eighth of a cell's area each.
        assert!(
            (area(&found[0].outer) - 24.5).abs() < 1e-9,
            "{}",
            area(&found[0].outer)
        );
        assert!(area(&found[0].holes[0]) < -8.0);
        assert!((area(&found[1].outer) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn cells_that_touch_at_corners_are_two() {
        let found = regions(2, 2, |i| (i == 0 || i == 3).then_some(1));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|r| r.outer.len() == 4));
    }
}
