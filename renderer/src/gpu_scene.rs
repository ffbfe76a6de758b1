//! Packed rows on the device.

use scene::{GaussianCloud, SplatFlags};

use crate::{Gpu, buffer::Storage, consts::PAGE, layers::Chunk, layout::Shape, pack};

/// Up to `CHUNK` packed splats of one layer; each buffer fits WebGPU's smallest binding.
#[derive(Debug)]
pub(crate) struct GpuChunk {
    pub(crate) means: Storage<[u32; 4]>,
    pub(crate) shapes: Storage<Shape>,
    /// `[planes, capacity]`.
    pub(crate) sh: Storage<[u32; 2]>,
    /// Four splats a word.
    pub(crate) flags: Storage<u32>,
    planes: usize,
}

impl Chunk for GpuChunk {
    type Home = Gpu;

    fn new(gpu: &Gpu, capacity: usize, planes: usize) -> Self {
        let device = &gpu.device;
        Self {
            means: Storage::new(device, "means", capacity),
            shapes: Storage::new(device, "shapes", capacity),
            sh: Storage::new(device, "sh", planes * capacity),
            flags: Storage::new(device, "flags", capacity.div_ceil(4)),
            planes,
        }
    }

    fn write_cloud(&mut self, gpu: &Gpu, cloud: &GaussianCloud, rows: &[u32], at: usize) {
        let capacity = self.capacity();
        // A page at a time: what is packed twice in memory stays small.
        for (i, page) in rows.chunks(PAGE).enumerate() {
            let to = at + i * PAGE;
            self.means.write(&gpu.queue, to, &pack::means(cloud, page));
            self.shapes
                .write(&gpu.queue, to, &pack::shapes(cloud, page));
            let packed = pack::plane_rows(cloud, page);
            for plane in 0..self.planes {
                let values = pack::plane(&packed, self.planes, plane);
                self.sh.write(&gpu.queue, plane * capacity + to, &values);
            }
            // What is on its way is kept in memory once more until it is sent.
            gpu.queue.submit([]);
        }
    }

    fn write_flags(&mut self, gpu: &Gpu, flags: &[SplatFlags], rows: &[u32], at: usize) {
        self.flags
            .write(&gpu.queue, at / 4, &pack::flags(flags, rows));
    }

    fn capacity(&self) -> usize {
        self.means.len
    }

    fn bytes(&self) -> u64 {
        self.means.bytes() + self.shapes.bytes() + self.sh.bytes() + self.flags.bytes()
    }
}
