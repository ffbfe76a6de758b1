//! The middle of a painted band: distance to its edge, and thinning to lines.

use crate::maps::{Class, Maps};

/// Cells that belong to streets.
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) inside: Vec<bool>,
}

impl Mask {
    /// Cells of `coarse` by `coarse` cells of the maps, inside where most of them are; a border of one cell is added
    /// on no side: streets go on to the edge of the picture.
    pub(super) fn new(maps: &Maps, coarse: usize, street: impl Fn(Class) -> bool) -> Self {
        let (width, height) = (maps.width.div_ceil(coarse), maps.height.div_ceil(coarse));
        let mut count = vec![(0u32, 0u32); width * height];
        for y in 0..maps.height {
            for x in 0..maps.width {
                let cell = &mut count[(y / coarse) * width + x / coarse];
                cell.0 += u32::from(street(maps.classes[y * maps.width + x]));
                cell.1 += 1;
            }
        }
        Self {
            width,
            height,
            inside: count.into_iter().map(|(own, all)| 2 * own > all).collect(),
        }
    }

    /// Distance to the nearest cell outside, cells: chamfer distances of 3 and 4 (Borgefors 1986), good to 6 %.
    pub(super) fn distances(&self) -> Vec<f32> {
        const FAR: i32 = i32::MAX / 2;
        let (w, h) = (self.width as i64, self.height as i64);
        let mut distance: Vec<i32> = self
            .inside
            .iter()
            .map(|&i| if i { FAR } else { 0 })
            .collect();
        let ahead = [(-1, 0, 3), (-1, -1, 4), (0, -1, 3), (1, -1, 4)];
        let mut pass = |cells: &mut dyn Iterator<Item = i64>, sign: i64| {
            for cell in cells {
                let (x, y) = (cell % w, cell / w);
                for (dx, dy, step) in ahead {
                    let (u, v) = (x + sign * dx, y + sign * dy);
                    if u >= 0 && v >= 0 && u < w && v < h {
                        let other = distance[(v * w + u) as usize] + step;
                        let own = &mut distance[cell as usize];
                        *own = (*own).min(other);
                    }
                }
            }
        };
        pass(&mut (0..w * h), 1);
        pass(&mut (0..w * h).rev(), -1);
        distance
            .into_iter()
            .map(|d| {
                if d >= FAR / 2 {
                    0.0
                } else {
                    (d as f32 / 3.0 - 0.5).max(0.0)
                }
            })
            .collect()
    }

    /// Thins the cells to lines of one cell (Zhang and Suen 1984), looking only at cells that can still go.
    pub(super) fn thinned(&self) -> Vec<bool> {
        let mut inside = self.inside.clone();
        let mut edge: Vec<u32> = (0..inside.len() as u32)
            .filter(|&cell| {
                inside[cell as usize] && self.around(&inside, cell as usize).contains(&false)
            })
            .collect();
        loop {
            let mut changed = false;
            for pass in 0..2 {
                let gone: Vec<u32> = edge
                    .iter()
                    .copied()
                    .filter(|&cell| {
                        inside[cell as usize]
                            && removable(self.around(&inside, cell as usize), pass)
                    })
                    .collect();
                changed |= !gone.is_empty();
                for &cell in &gone {
                    inside[cell as usize] = false;
                }
                for cell in gone {
                    edge.extend(
                        self.neighbors(cell as usize)
                            .filter(|&n| inside[n])
                            .map(|n| n as u32),
                    );
                }
                edge.retain(|&cell| inside[cell as usize]);
                edge.sort_unstable();
                edge.dedup();
            }
            if !changed {
                return inside;
            }
        }
    }

    /// The eight cells around one, from the north clockwise. Beyond the picture it goes on as at its edge.
    fn around(&self, inside: &[bool], cell: usize) -> [bool; 8] {
        let (x, y) = ((cell % self.width) as i64, (cell / self.width) as i64);
        [
            (0, 1),
            (1, 1),
            (1, 0),
            (1, -1),
            (0, -1),
            (-1, -1),
            (-1, 0),
            (-1, 1),
        ]
        .map(|(dx, dy)| {
            let (u, v) = (x + dx, y + dy);
            let inner = u >= 0 && v >= 0 && u < self.width as i64 && v < self.height as i64;
            inner && inside[v as usize * self.width + u as usize]
        })
    }

    /// The cells around one that exist.
    pub(super) fn neighbors(&self, cell: usize) -> impl Iterator<Item = usize> {
        let (x, y) = ((cell % self.width) as i64, (cell / self.width) as i64);
        let (w, h) = (self.width as i64, self.height as i64);
        [
            (0, 1),
            (1, 0),
            (0, -1),
            (-1, 0),
            (1, 1),
            (1, -1),
            (-1, -1),
            (-1, 1),
        ]
        .into_iter()
        .map(move |(dx, dy)| (x + dx, y + dy))
        .filter(move |(u, v)| *u >= 0 && *v >= 0 && *u < w && *v < h)
        .map(move |(u, v)| (v * w + u) as usize)
    }
}

/// Zhang's and Suen's conditions for one of their two passes.
fn removable(p: [bool; 8], pass: usize) -> bool {
    let count = p.iter().filter(|&&n| n).count();
    let changes = (0..8).filter(|&i| !p[i] && p[(i + 1) % 8]).count();
    let [n, _, e, _, s, _, w, _] = p;
    let open = if pass == 0 {
        !(e && s && (n || w))
    } else {
        !(n && w && (e || s))
    };
    (2..=6).contains(&count) && changes == 1 && open
}
