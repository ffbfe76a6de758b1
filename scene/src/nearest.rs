//! The nearest of many points: a k-d tree in one list (Bentley 1975).
//!
//! Each part of the list is split at the median of its longest side, and the median stays in the middle
//! of the part: there are no nodes beside the points. For questions about one distance for all points
//! at once, [`Neighborhood`](crate::Neighborhood) is quicker.

use glam::Vec3;

/// Below this a task is not worth handing to another core.
const TASK: usize = 1 << 14;

/// Points that can be asked who is nearest.
#[derive(Debug, Clone, Default)]
pub struct PointTree {
    /// In the order of the tree, with its number in the list given.
    points: Vec<(Vec3, u32)>,
    /// `[N]` along which axis the part is split whose middle a point is.
    axes: Vec<u8>,
}

/// A point near another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Index in the list given.
    pub index: u32,
    /// Squared distance.
    pub squared: f32,
}

impl PointTree {
    /// Sorts points. Those that are not finite are near nothing. O(N log N), parallel.
    pub fn new(points: &[Vec3]) -> Self {
        let numbered = points.iter().copied().zip(0..);
        let mut points: Vec<(Vec3, u32)> = numbered.filter(|(p, _)| p.is_finite()).collect();
        let mut axes = vec![0; points.len()];
        build(&mut points, &mut axes);
        Self { points, axes }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Puts the up to `most` points nearest to `p`, of those no farther than `reach`, into `found`, nearest
    /// first; of equally near ones those that come first in the list.
    pub fn nearest(&self, p: Vec3, most: usize, reach: f32, found: &mut Vec<Near>) {
        found.clear();
        if most > 0 && p.is_finite() && reach >= 0.0 {
            let mut search = Search {
                tree: self,
                p,
                most,
                squared: reach * reach,
                found,
            };
            search.visit(0, self.points.len());
        }
    }
}

struct Search<'a> {
    tree: &'a PointTree,
    p: Vec3,
    most: usize,
    /// Farther points do not count.
    squared: f32,
    found: &'a mut Vec<Near>,
}

impl Search<'_> {
    fn visit(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let middle = start + (end - start) / 2;
        let (point, index) = self.tree.points[middle];
        let squared = point.distance_squared(self.p);
        if squared <= self.squared {
            self.take(Near { index, squared });
        }
        let axis = usize::from(self.tree.axes[middle]);
        let beyond = self.p[axis] - point[axis];
        let (near, far) = if beyond < 0.0 {
            ((start, middle), (middle + 1, end))
        } else {
            ((middle + 1, end), (start, middle))
        };
        self.visit(near.0, near.1);
        if beyond * beyond <= self.squared {
            self.visit(far.0, far.1);
        }
    }

    fn take(&mut self, near: Near) {
        let before = |n: &Near| (n.squared, n.index) < (near.squared, near.index);
        let at = self.found.partition_point(before);
        if at >= self.most {
            return;
        }
        self.found.insert(at, near);
        self.found.truncate(self.most);
        if self.found.len() == self.most
            && let Some(last) = self.found.last()
        {
            self.squared = last.squared;
        }
    }
}

fn build(points: &mut [(Vec3, u32)], axes: &mut [u8]) {
    if points.len() < 2 {
        return;
    }
    let first = points[0].0;
    let around = |(low, high): (Vec3, Vec3), p: &(Vec3, u32)| (low.min(p.0), high.max(p.0));
    let (low, high) = points.iter().fold((first, first), around);
    let axis = (high - low).max_position();
    let middle = points.len() / 2;
    // Equal coordinates are ordered by number, so that the tree is the same on every machine.
    points.select_nth_unstable_by(middle, |a, b| {
        a.0[axis].total_cmp(&b.0[axis]).then(a.1.cmp(&b.1))
    });
    axes[middle] = axis as u8;
    let (left, rest) = points.split_at_mut(middle);
    let (left_axes, rest_axes) = axes.split_at_mut(middle);
    let (right, right_axes) = (&mut rest[1..], &mut rest_axes[1..]);
    if left.len() > TASK {
        rayon::join(|| build(left, left_axes), || build(right, right_axes));
    } else {
        build(left, left_axes);
        build(right, right_axes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scattered(n: u32) -> Vec<Vec3> {
        let part = |i: u32, k: u32| (i.wrapping_mul(k) >> 8 & 0xff) as f32 / 64.0;
        let at = |i| Vec3::new(part(i, 2_654_435_761), part(i, 40_503), part(i, 69_069_001));
        (0..n).map(at).collect()
    }

    #[test]
    fn the_tree_finds_what_looking_at_all_finds() {
        let points = scattered(3000);
        let tree = PointTree::new(&points);
        let mut found = Vec::new();
        for (p, reach) in scattered(200)
            .into_iter()
            .zip([0.0, 0.1, 0.4, 9.0].into_iter().cycle())
        {
            let p = p + 0.01;
            let mut all: Vec<(f32, u32)> = points
                .iter()
                .zip(0..)
                .map(|(q, i)| (q.distance_squared(p), i))
                .filter(|(squared, _)| *squared <= reach * reach)
                .collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            all.truncate(5);
            tree.nearest(p, 5, reach, &mut found);
            let found: Vec<_> = found.iter().map(|n| (n.squared, n.index)).collect();
            assert_eq!(found, all, "around {p} within {reach}");
        }
    }

    #[test]
    fn nothing_is_near_where_there_is_nothing() {
        let mut found = vec![Near {
            index: 7,
            squared: 0.0,
        }];
        PointTree::new(&[]).nearest(Vec3::ZERO, 3, 1.0, &mut found);
        assert!(found.is_empty(), "no point");
        let lost = PointTree::new(&[Vec3::NAN, Vec3::ZERO]);
        assert_eq!(lost.len(), 1, "what is nowhere does not count");
        lost.nearest(Vec3::NAN, 3, 1.0, &mut found);
        assert!(found.is_empty(), "nowhere is near nothing");
    }
}
