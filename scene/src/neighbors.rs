//! Who is near whom among scattered points: after one sort, in time linear in their number.
//!
//! Points are sorted into cells whose diagonal is the distance asked about, so that all points of one
//! cell are near each other, and near ones of others lie at most two cells away. Cells are visited in
//! their order, so the neighbors of the next cell lie right behind those of the last: no search, no
//! hashing, no matter how unevenly the points lie. Nothing here knows of colors or layers.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use glam::Vec3;
use rayon::prelude::*;

/// Cells that one task visits.
const BLOCK: usize = 4096;
/// Cells from the origin that are told apart.
const FARTHEST: f64 = (1 << 30) as f64;

/// Points in cells.
#[derive(Debug)]
pub struct Neighborhood<'a> {
    points: &'a [Vec3],
    reach: f32,
    /// Indices of the points, by cell.
    order: Vec<u32>,
    /// In the order of their places.
    cells: Vec<Cell>,
}

/// z and y in one number (y counted from `MIDDLE`), then x: quick to compare, and offsets still add up.
type Place = (i64, i32);

/// Where y is zero.
const MIDDLE: i64 = 1 << 31;

fn zy(z: i64, y: i64) -> i64 {
    (z << 32) + y
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    at: Place,
    /// Of `order`.
    start: u32,
    end: u32,
    bounds: Bounds,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    low: Vec3,
    high: Vec3,
}

impl Bounds {
    const EMPTY: Self = Self {
        low: Vec3::INFINITY,
        high: Vec3::NEG_INFINITY,
    };

    fn with(self, p: Vec3) -> Self {
        Self {
            low: self.low.min(p),
            high: self.high.max(p),
        }
    }

    fn is_empty(&self) -> bool {
        self.low.x > self.high.x
    }

    /// Squared distance of its nearest point.
    fn nearest(&self, p: Vec3) -> f32 {
        p.distance_squared(p.clamp(self.low, self.high))
    }

    /// Squared distance of its farthest corner.
    fn farthest(&self, p: Vec3) -> f32 {
        (p - self.low)
            .abs()
            .max((p - self.high).abs())
            .length_squared()
    }

    fn gap(&self, other: &Self) -> f32 {
        let apart = (self.low - other.high).max(other.low - self.high);
        apart.max(Vec3::ZERO).length_squared()
    }
}

impl<'a> Neighborhood<'a> {
    /// Sorts points for questions about one distance. Nothing is near a point that lies a billion times
    /// the distance away, and nothing near anything where the distance is no positive number.
    /// O(N log N) with a small factor, parallel.
    pub fn new(points: &'a [Vec3], reach: f32) -> Self {
        let asked = reach.is_finite() && reach > 0.0;
        // A hair under the diagonal, so that rounding cannot part what shares a cell.
        let per_side = f64::from(3.0_f32).sqrt() * 1.000_01 / f64::from(reach);
        let place = |p: &Vec3| -> Option<Place> {
            let cell = (p.as_dvec3() * per_side).floor();
            let known = asked && cell.abs().max_element() < FARTHEST;
            known.then(|| (zy(cell.z as i64, cell.y as i64 + MIDDLE), cell.x as i32))
        };
        let mut sorted: Vec<(Place, u32)> = points
            .par_iter()
            .enumerate()
            .filter_map(|(i, p)| Some((place(p)?, i as u32)))
            .collect();
        sorted.par_sort_unstable();
        let mut cells: Vec<Cell> = Vec::new();
        for (i, (at, row)) in (0..).zip(&sorted) {
            if cells.last().is_none_or(|cell| cell.at != *at) {
                cells.push(Cell {
                    at: *at,
                    start: i,
                    end: i,
                    bounds: Bounds::EMPTY,
                });
            }
            if let Some(cell) = cells.last_mut() {
                cell.end = i + 1;
                cell.bounds = cell.bounds.with(points[*row as usize]);
            }
        }
        Self {
            points,
            reach,
            order: sorted.into_iter().map(|(_, row)| row).collect(),
            cells,
        }
    }

    /// `[N]` a number for each point: two have the same where steps no longer than the distance lead
    /// from one to the other. It is the first such point in the order of the cells.
    pub fn components(&self) -> Vec<u32> {
        let groups = Groups::alone(self.cells.len());
        self.each_block(&Walk::ahead(), |cell, other| {
            if !groups.together(cell, other) && self.touch(cell, other) {
                groups.join(cell, other);
            }
        });
        let mut names: Vec<u32> = (0..self.points.len() as u32).collect();
        for (i, cell) in (0..).zip(&self.cells) {
            let name = self.order[self.cells[groups.first_of(i) as usize].start as usize];
            for row in self.rows(cell) {
                names[*row as usize] = name;
            }
        }
        names
    }

    /// `[N]` whether a point is no farther than the distance from one of the sources (`[N]`), sources
    /// included.
    pub fn near(&self, sources: &[bool]) -> Vec<bool> {
        let source_bounds: Vec<Bounds> = self
            .cells
            .par_iter()
            .map(|cell| {
                let rows = self.rows(cell).iter().map(|row| *row as usize);
                let rows = rows.filter(|row| sources.get(*row).copied().unwrap_or(false));
                rows.fold(Bounds::EMPTY, |bounds, row| bounds.with(self.points[row]))
            })
            .collect();
        let near: Vec<AtomicU32> = (0..self.points.len().div_ceil(32))
            .map(|_| AtomicU32::new(0))
            .collect();
        let mark = |row: u32| near[row as usize / 32].fetch_or(1 << (row % 32), Relaxed);
        let is_marked = |row: u32| near[row as usize / 32].load(Relaxed) >> (row % 32) & 1 != 0;
        (0..)
            .zip(sources)
            .take(self.points.len())
            .for_each(|(row, is_source)| {
                if *is_source {
                    mark(row);
                }
            });
        self.cells
            .par_iter()
            .zip(&source_bounds)
            .filter(|(_, b)| !b.is_empty())
            .for_each(|(cell, _)| {
                for row in self.rows(cell) {
                    mark(*row);
                }
            });
        self.each_block(&Walk::around(), |cell, other| {
            let from = &source_bounds[other as usize];
            if from.is_empty() || !source_bounds[cell as usize].is_empty() {
                return;
            }
            for row in self.rows(&self.cells[cell as usize]) {
                let p = self.points[*row as usize];
                if !is_marked(*row) && self.reaches(p, other, from, sources) {
                    mark(*row);
                }
            }
        });
        (0..self.points.len() as u32).map(is_marked).collect()
    }

    fn rows(&self, cell: &Cell) -> &[u32] {
        &self.order[cell.start as usize..cell.end as usize]
    }

    /// Whether a point is near one of a cell's sources, which lie within `from`.
    fn reaches(&self, p: Vec3, cell: u32, from: &Bounds, sources: &[bool]) -> bool {
        let squared = self.reach * self.reach;
        if from.nearest(p) > squared {
            return false;
        }
        from.farthest(p) <= squared || {
            let mut rows = self.rows(&self.cells[cell as usize]).iter();
            rows.any(|row| {
                let row = *row as usize;
                sources[row] && self.points[row].distance_squared(p) <= squared
            })
        }
    }

    /// Whether two cells hold points that are near each other.
    fn touch(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.cells[a as usize], &self.cells[b as usize]);
        let squared = self.reach * self.reach;
        if a.bounds.gap(&b.bounds) > squared {
            return false;
        }
        self.rows(a).iter().any(|row| {
            let p = self.points[*row as usize];
            b.bounds.nearest(p) <= squared
                && (b.bounds.farthest(p) <= squared
                    || self
                        .rows(b)
                        .iter()
                        .any(|other| self.points[*other as usize].distance_squared(p) <= squared))
        })
    }

    /// Calls with every cell and each of its neighbors on the walk; parallel.
    fn each_block(&self, walk: &Walk, visit: impl Fn(u32, u32) + Sync) {
        let blocks = self.cells.len().div_ceil(BLOCK);
        (0..blocks).into_par_iter().for_each(|block| {
            let cells = block * BLOCK..((block + 1) * BLOCK).min(self.cells.len());
            let mut first = [usize::MAX; ROWS];
            for cell in cells {
                let (row, x) = self.cells[cell].at;
                for (first, (offset, from, to)) in first.iter_mut().zip(&walk.rows) {
                    let (start, end) = ((row + offset, x + from), (row + offset, x + to));
                    if *first == usize::MAX {
                        *first = self.cells.partition_point(|cell| cell.at < start);
                    }
                    // The cells come in order, so what lay before one row's start does for the next.
                    while self.cells.get(*first).is_some_and(|cell| cell.at < start) {
                        *first += 1;
                    }
                    let others = self.cells[*first..].iter();
                    for (other, _) in (*first..).zip(others.take_while(|c| c.at <= end)) {
                        if other != cell {
                            visit(cell as u32, other as u32);
                        }
                    }
                }
            }
        });
    }
}

/// Rows of cells with the same z and y that may hold neighbors.
const ROWS: usize = 25;

/// Which cells beside one to visit: offset in z and y, first and last offset in x.
struct Walk {
    rows: Vec<(i64, i32, i32)>,
}

impl Walk {
    /// All neighbors.
    fn around() -> Self {
        let rows = (-2..=2).flat_map(|dz| (-2..=2).map(move |dy| (zy(dz, dy), -2, 2)));
        Self {
            rows: rows.collect(),
        }
    }

    /// Those that come later in the order, so that every pair is visited once.
    fn ahead() -> Self {
        let rows = Self::around().rows.into_iter();
        let later = rows.filter(|(offset, ..)| *offset >= 0);
        let later =
            later.map(|(offset, from, to)| (offset, if offset == 0 { 1 } else { from }, to));
        Self {
            rows: later.collect(),
        }
    }
}

/// Sets of cells that grow together; threads may join them at the same time (Anderson & Woll 1991).
struct Groups {
    /// Towards the first cell of the set; the first one's own number.
    towards: Vec<AtomicU32>,
}

impl Groups {
    fn alone(count: usize) -> Self {
        Self {
            towards: (0..count as u32).map(AtomicU32::new).collect(),
        }
    }

    fn first_of(&self, mut cell: u32) -> u32 {
        loop {
            let next = self.towards[cell as usize].load(Relaxed);
            if next == cell {
                return cell;
            }
            let after = self.towards[next as usize].load(Relaxed);
            // Shortens the way for those who come later; losing a race costs nothing.
            let way = &self.towards[cell as usize];
            let _ = way.compare_exchange_weak(next, after, Relaxed, Relaxed);
            cell = next;
        }
    }

    fn together(&self, a: u32, b: u32) -> bool {
        self.first_of(a) == self.first_of(b)
    }

    fn join(&self, a: u32, b: u32) {
        loop {
            let (a, b) = (self.first_of(a), self.first_of(b));
            if a == b {
                return;
            }
            let (first, later) = (a.min(b), a.max(b));
            let way = &self.towards[later as usize];
            if way.compare_exchange(later, first, Relaxed, Relaxed).is_ok() {
                return;
            }
        }
    }
}

#[cfg(test)]
#[path = "neighbors_tests.rs"]
mod tests;
