//! Packed rows in memory.

use scene::{GaussianCloud, SplatFlags};

use crate::{layers::Chunk, layout::Shape, pack};

/// Up to `CHUNK` packed splats of one layer, laid out as on the device.
#[derive(Debug)]
pub(crate) struct PackedChunk {
    /// See `pack::means`.
    pub(crate) means: Vec<[u32; 4]>,
    pub(crate) shapes: Vec<Shape>,
    /// `[planes, capacity]`.
    pub(crate) sh: Vec<[u32; 2]>,
    /// Four splats a word.
    pub(crate) flags: Vec<u32>,
    planes: usize,
}

impl PackedChunk {
    /// A whole cloud in one chunk, however large; nothing hidden.
    pub(crate) fn of_cloud(cloud: &GaussianCloud) -> Self {
        let n = cloud.len();
        let rows: Vec<u32> = (0..n as u32).collect();
        let planes = pack::planes(cloud);
        let packed = pack::plane_rows(cloud, &rows);
        Self {
            means: pack::means(cloud, &rows),
            shapes: pack::shapes(cloud, &rows),
            sh: (0..planes)
                .flat_map(|p| pack::plane(&packed, planes, p))
                .collect(),
            flags: vec![0; n.div_ceil(4)],
            planes,
        }
    }
}

impl Chunk for PackedChunk {
    type Home = ();

    fn new((): &(), capacity: usize, planes: usize) -> Self {
        Self {
            means: vec![[0; 4]; capacity],
            shapes: vec![Shape::default(); capacity],
            sh: vec![[0; 2]; planes * capacity],
            flags: vec![0; capacity.div_ceil(4)],
            planes,
        }
    }

    fn write_cloud(&mut self, (): &(), cloud: &GaussianCloud, rows: &[u32], at: usize) {
        let n = rows.len();
        self.means[at..at + n].copy_from_slice(&pack::means(cloud, rows));
        self.shapes[at..at + n].copy_from_slice(&pack::shapes(cloud, rows));
        let capacity = self.capacity();
        let packed = pack::plane_rows(cloud, rows);
        for plane in 0..self.planes {
            let start = plane * capacity + at;
            let values = pack::plane(&packed, self.planes, plane);
            self.sh[start..start + n].copy_from_slice(&values);
        }
    }

    fn write_flags(&mut self, (): &(), flags: &[SplatFlags], rows: &[u32], at: usize) {
        let words = pack::flags(flags, rows);
        self.flags[at / 4..at / 4 + words.len()].copy_from_slice(&words);
    }

    fn capacity(&self) -> usize {
        self.means.len()
    }

    fn bytes(&self) -> u64 {
        (self.means.len() * (16 + 16) + self.sh.len() * 8 + self.flags.len() * 4) as u64
    }
}
