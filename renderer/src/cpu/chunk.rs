//! Packed rows in memory.

use scene::{GaussianCloud, SplatFlags};

use crate::{
    HarmonicsFormat,
    layers::Chunk,
    layout::Shape,
    pack,
    pack::{PackedRows, Stored},
};

/// Up to `CHUNK` packed splats of one layer, laid out as on the device.
#[derive(Debug)]
pub(crate) struct PackedChunk {
    /// See `pack::means`.
    pub(crate) means: Vec<[u32; 4]>,
    /// Three or four words a splat, see [`Stored::shape_words`].
    shapes: Vec<u32>,
    /// `[planes, capacity]`.
    pub(crate) sh: Vec<[u32; 2]>,
    /// Four splats a word.
    pub(crate) flags: Vec<u32>,
    stored: Stored,
}

impl PackedChunk {
    /// A whole cloud in one chunk, however large; nothing hidden.
    pub(crate) fn of_cloud(cloud: &GaussianCloud) -> Self {
        let rows: Vec<u32> = (0..cloud.len() as u32).collect();
        let stored = Stored::of(cloud, HarmonicsFormat::Halves);
        let mut chunk = Self::new(&(), rows.len(), stored);
        chunk.write_cloud(&(), cloud, &rows, 0);
        chunk
    }

    /// Shape and attributes of a row.
    pub(crate) fn shape(&self, row: usize) -> Shape {
        let words = self.stored.shape_words();
        let at = words * row;
        Shape {
            scale_xy: self.shapes[at],
            scale_z_rotation: self.shapes[at + 1],
            rotation: self.shapes[at + 2],
            attributes: if words > 3 { self.shapes[at + 3] } else { 0 },
        }
    }
}

impl Chunk for PackedChunk {
    type Home = ();

    fn new((): &(), capacity: usize, stored: Stored) -> Self {
        Self {
            means: vec![[0; 4]; capacity],
            shapes: vec![0; stored.shape_words() * capacity],
            sh: vec![[0; 2]; stored.planes() * capacity],
            flags: vec![0; capacity.div_ceil(4)],
            stored,
        }
    }

    fn write_cloud(&mut self, (): &(), cloud: &GaussianCloud, rows: &[u32], at: usize) {
        self.write_packed(&(), &PackedRows::of(cloud, rows, self.stored), at);
    }

    fn write_packed(&mut self, (): &(), packed: &PackedRows, at: usize) {
        let (capacity, n) = (self.capacity(), packed.means.len());
        self.means[at..at + n].copy_from_slice(&packed.means);
        let words = self.stored.shape_words();
        let shapes = packed.shape_words(words);
        self.shapes[words * at..words * (at + n)].copy_from_slice(&shapes);
        if n > 0 {
            for (plane, values) in packed.sh.chunks(n).enumerate() {
                let start = plane * capacity + at;
                self.sh[start..start + n].copy_from_slice(values);
            }
        }
    }

    fn write_flags(&mut self, (): &(), flags: &[SplatFlags], rows: &[u32], at: usize) {
        self.write_flag_words(&(), &pack::flags(flags, rows), at);
    }

    fn write_flag_words(&mut self, (): &(), words: &[u32], at: usize) {
        self.flags[at / 4..at / 4 + words.len()].copy_from_slice(words);
    }

    fn capacity(&self) -> usize {
        self.means.len()
    }

    fn bytes(&self) -> u64 {
        let words = self.shapes.len() + self.flags.len();
        (self.means.len() * 16 + self.sh.len() * 8 + words * 4) as u64
    }
}
