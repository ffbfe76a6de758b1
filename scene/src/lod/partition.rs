//! Splitting splats at medians, so that neighbors in the list are neighbors in space.

use std::cmp::Ordering;

use glam::Vec3;

/// Below this a task is not worth handing to another core.
const TASK: usize = 1 << 14;

/// Orders `rows` so that each half, quarter … of the list is compact, down to parts of `smallest`.
///
/// Halves are cut at an even place, so that pairs stay together.
pub(super) fn partition(rows: &mut [u32], means: &[Vec3], smallest: usize) {
    if rows.len() <= smallest.max(2) {
        return;
    }
    let middle = split_at(rows.len());
    split(rows, means, middle);
    let (left, right) = rows.split_at_mut(middle);
    both(left, right, |part| partition(part, means, smallest));
}

/// The same for exactly `levels` halvings; where each of the `2^levels` parts starts, and the end.
pub(super) fn partition_evenly(rows: &mut [u32], means: &[Vec3], levels: u32) -> Vec<u32> {
    halve(rows, means, levels);
    let mut starts = Vec::with_capacity((1 << levels) + 1);
    even_starts(0, rows.len() as u32, levels, &mut starts);
    starts.push(rows.len() as u32);
    starts
}

fn halve(rows: &mut [u32], means: &[Vec3], levels: u32) {
    if levels == 0 || rows.len() < 2 {
        return;
    }
    let middle = rows.len() / 2;
    split(rows, means, middle);
    let (left, right) = rows.split_at_mut(middle);
    both(left, right, |part| halve(part, means, levels - 1));
}

/// The starts that [`halve`] leaves.
fn even_starts(first: u32, end: u32, levels: u32, starts: &mut Vec<u32>) {
    if levels == 0 {
        starts.push(first);
        return;
    }
    let middle = first + (end - first) / 2;
    even_starts(first, middle, levels - 1, starts);
    even_starts(middle, end, levels - 1, starts);
}

fn both(left: &mut [u32], right: &mut [u32], work: impl Fn(&mut [u32]) + Sync) {
    if left.len() + right.len() > TASK {
        rayon::join(|| work(left), || work(right));
    } else {
        work(left);
        work(right);
    }
}

fn split_at(n: usize) -> usize {
    (n / 2).next_multiple_of(2).min(n)
}

/// Puts the `middle` lowest along the longest side of the box first. Equal coordinates are ordered by
/// row, so that the order is the same on every machine.
fn split(rows: &mut [u32], means: &[Vec3], middle: usize) {
    let Some(first) = rows.first().map(|r| means[*r as usize]) else {
        return;
    };
    let (low, high) = rows.iter().fold((first, first), |(low, high), row| {
        let mean = means[*row as usize];
        (low.min(mean), high.max(mean))
    });
    let size = high - low;
    let axis = if size.x >= size.y && size.x >= size.z {
        0
    } else if size.y >= size.z {
        1
    } else {
        2
    };
    let order = |a: &u32, b: &u32| -> Ordering {
        let (x, y) = (means[*a as usize][axis], means[*b as usize][axis]);
        x.total_cmp(&y).then(a.cmp(b))
    };
    if middle < rows.len() {
        rows.select_nth_unstable_by(middle, order);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u32) -> Vec<Vec3> {
        // A permutation of 0..n for n prime to 7919.
        (0..n).map(|i| Vec3::X * (i * 7919 % n) as f32).collect()
    }

    #[test]
    fn parts_of_a_line_are_intervals() {
        let means = line(1000);
        let mut rows: Vec<u32> = (0..1000).collect();
        let starts = partition_evenly(&mut rows, &means, 3);
        assert_eq!(starts, [0, 125, 250, 375, 500, 625, 750, 875, 1000]);
        for (part, ends) in starts.windows(2).enumerate() {
            for row in &rows[ends[0] as usize..ends[1] as usize] {
                let x = means[*row as usize].x as usize;
                assert_eq!(x / 125, part, "row {row} at {x}");
            }
        }
    }

    #[test]
    fn pairs_of_a_line_are_neighbors() {
        let means = line(1000);
        let mut rows: Vec<u32> = (0..1000).collect();
        partition(&mut rows, &means, 2);
        for pair in rows.chunks(2) {
            let gap = (means[pair[0] as usize].x - means[pair[1] as usize].x).abs();
            assert!(gap <= 1.0, "{pair:?} are {gap} apart");
        }
    }
}
