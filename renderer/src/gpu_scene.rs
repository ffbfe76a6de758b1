//! Packed rows on the device.

use scene::{GaussianCloud, SplatFlags};

use crate::{
    Gpu,
    buffer::Storage,
    consts::PAGE,
    layers::Chunk,
    pack,
    pack::{PackedRows, Stored},
};

/// Up to `CHUNK` packed splats of one layer; each buffer fits WebGPU's smallest binding.
#[derive(Debug)]
pub(crate) struct GpuChunk {
    pub(crate) means: Storage<[u32; 4]>,
    /// Three or four words each.
    pub(crate) shapes: Storage<u32>,
    /// `[planes, capacity]`.
    pub(crate) sh: Storage<[u32; 2]>,
    /// Four splats a word.
    pub(crate) flags: Storage<u32>,
    stored: Stored,
}

impl Chunk for GpuChunk {
    type Home = Gpu;

    fn new(gpu: &Gpu, capacity: usize, stored: Stored) -> Self {
        let device = &gpu.device;
        Self {
            means: Storage::new(device, "means", capacity),
            shapes: Storage::new(device, "shapes", stored.shape_words() * capacity),
            sh: Storage::new(device, "sh", stored.planes() * capacity),
            flags: Storage::new(device, "flags", capacity.div_ceil(4)),
            stored,
        }
    }

    fn write_cloud(&mut self, gpu: &Gpu, cloud: &GaussianCloud, rows: &[u32], at: usize) {
        // A page at a time: what is packed twice in memory stays small.
        for (i, page) in rows.chunks(PAGE).enumerate() {
            self.write_packed(
                gpu,
                &PackedRows::of(cloud, page, self.stored),
                at + i * PAGE,
            );
            // What is on its way is kept in memory once more until it is sent.
            gpu.queue.submit([]);
        }
    }

    fn write_packed(&mut self, gpu: &Gpu, packed: &PackedRows, at: usize) {
        let (capacity, rows) = (self.capacity(), packed.means.len());
        self.means.write(&gpu.queue, at, &packed.means);
        let words = self.stored.shape_words();
        let shapes = packed.shape_words(words);
        self.shapes.write(&gpu.queue, words * at, &shapes);
        if rows > 0 {
            for (plane, values) in packed.sh.chunks(rows).enumerate() {
                self.sh.write(&gpu.queue, plane * capacity + at, values);
            }
        }
    }

    fn write_flags(&mut self, gpu: &Gpu, flags: &[SplatFlags], rows: &[u32], at: usize) {
        self.write_flag_words(gpu, &pack::flags(flags, rows), at);
    }

    fn write_flag_words(&mut self, gpu: &Gpu, words: &[u32], at: usize) {
        self.flags.write(&gpu.queue, at / 4, words);
    }

    fn capacity(&self) -> usize {
        self.means.len
    }

    fn bytes(&self) -> u64 {
        self.means.bytes() + self.shapes.bytes() + self.sh.bytes() + self.flags.bytes()
    }
}
