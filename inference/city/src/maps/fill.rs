//! Which cells a polygon covers: even-odd scanlines through the centres of the cells.

use glam::Vec2;

use crate::layout::Polygon;

/// A grid of square cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// South-western corner of cell (0, 0), metres.
    pub(super) corner: Vec2,
    /// Side of a cell, metres.
    pub(super) cell: f32,
    /// Cells from west to east.
    pub(super) width: usize,
    /// Cells from south to north.
    pub(super) height: usize,
}

impl Grid {
    /// Centre of a column, metres.
    pub(super) fn x(&self, column: usize) -> f32 {
        self.corner.x + (column as f32 + 0.5) * self.cell
    }

    /// Centre of a row, metres.
    pub(super) fn y(&self, row: usize) -> f32 {
        self.corner.y + (row as f32 + 0.5) * self.cell
    }

    /// Columns whose centres lie in `low..high`.
    pub(super) fn columns(&self, low: f32, high: f32) -> std::ops::Range<usize> {
        first(low, self.corner.x, self.cell, self.width)
            ..first(high, self.corner.x, self.cell, self.width)
    }

    /// Rows whose centres lie in `low..high`.
    pub(super) fn rows(&self, low: f32, high: f32) -> std::ops::Range<usize> {
        first(low, self.corner.y, self.cell, self.height)
            ..first(high, self.corner.y, self.cell, self.height)
    }
}

/// First of `count` cells whose centre is not before `at`. A cast of what is no number is zero.
fn first(at: f32, corner: f32, cell: f32, count: usize) -> usize {
    (((at - corner) / cell - 0.5).ceil().max(0.0) as usize).min(count)
}

/// A polygon with the rows that it can touch.
pub(super) struct Shape<'a> {
    polygon: &'a Polygon,
    low: f32,
    high: f32,
}

impl<'a> Shape<'a> {
    pub(super) fn new(polygon: &'a Polygon) -> Self {
        let (low, high) = polygon
            .outer
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), p| {
                (low.min(p.y), high.max(p.y))
            });
        Self { polygon, low, high }
    }

    /// Calls `span(row, columns)` for everything that it covers in the given rows.
    pub(super) fn fill(
        &self,
        grid: &Grid,
        rows: &std::ops::Range<usize>,
        mut span: impl FnMut(usize, std::ops::Range<usize>),
    ) {
        let own = grid.rows(self.low, self.high);
        let mut crossings = Vec::new();
        for row in own.start.max(rows.start)..own.end.min(rows.end) {
            let y = grid.y(row);
            crossings.clear();
            for ring in std::iter::once(&self.polygon.outer).chain(&self.polygon.holes) {
                cross(ring, y, &mut crossings);
            }
            crossings.sort_unstable_by(f32::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let columns = grid.columns(pair[0], pair[1]);
                if !columns.is_empty() {
                    span(row, columns);
                }
            }
        }
    }
}

/// Where a ring crosses a row. The upper end of an edge is not its own, so that every ring gives an even number.
fn cross(ring: &[Vec2], y: f32, crossings: &mut Vec<f32>) {
    let Some(&last) = ring.last() else {
        return;
    };
    let mut a = last;
    for &b in ring {
        if (a.y <= y) != (b.y <= y) {
            crossings.push(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
        }
        a = b;
    }
}
