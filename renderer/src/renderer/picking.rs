//! What lies under a pixel or in a region; waited for.

use scene::{RegionMask, RegionQuery};

use super::{Drawn, Renderer};
use crate::{
    Frame, Pick, RenderError, UnderPixel,
    buffer::{Storage, Uniform},
    consts::WORKGROUP_WORDS,
    frame::Kept,
    gpu_scene::GpuChunk,
    layers::Patience,
    layout::Region,
    passes::{Context, RegionBuffers},
    readback,
    view::{self, Part},
};

/// Most splats that are listed under a pixel.
const MOST_UNDER: usize = 1 << 14;

impl Renderer {
    /// The splat under a pixel, from the frame on the screen where it is the same one.
    pub(super) fn pick_at(
        &mut self,
        frame: &Frame,
        pixel: [u32; 2],
    ) -> Result<Option<Pick>, RenderError> {
        let frame = &frame.exact();
        let camera = &frame.camera;
        let [x, y] = pixel;
        if x >= camera.width || y >= camera.height {
            return Ok(None);
        }
        let drawn = self.drawn_about(frame, pixel)?;
        let [source, depth_bits] = self.source_at(&drawn, pixel)?;
        let depth = f32::from_bits(depth_bits);
        Ok(self.layers.source(source).map(|(node, row)| Pick {
            node,
            row,
            point: camera.unproject(x as f32 + 0.5, y as f32 + 0.5, depth),
            depth,
        }))
    }

    /// The frame on the screen where it is the same one, else the part around a pixel, drawn now.
    fn drawn_about(&mut self, frame: &Frame, pixel: [u32; 2]) -> Result<Drawn, RenderError> {
        self.gpu.check()?;
        self.collect_reports();
        let camera = &frame.camera;
        let kept = self.kept(frame, Part::whole(camera)) == Kept::Pixels;
        // Merged splats on the screen have no row to name.
        let kept = kept && self.layers.draws_rows();
        if let Some(drawn) = self.drawn.filter(|_| kept) {
            return Ok(drawn);
        }
        let (part, _) = Part::about(camera, pixel);
        let (waiting, missing) = (self.stats.waiting, self.stats.missing_parts);
        let drawn = self.draw_complete(frame, part, (None, true));
        // They are of the screen, which may still wait for what this part has.
        (self.stats.waiting, self.stats.missing_parts) = (waiting, missing);
        drawn
    }

    fn source_at(&mut self, drawn: &Drawn, pixel: [u32; 2]) -> Result<[u32; 2], RenderError> {
        let [x, y] = [
            pixel[0] - drawn.part.origin[0],
            pixel[1] - drawn.part.origin[1],
        ];
        let at = u64::from(y * drawn.part.size[0] + x) * 8;
        let bytes = readback::read_buffer(&self.gpu, &self.buffers.picks.raw, at..at + 8)?;
        Ok(bytemuck::pod_read_unaligned(&bytes))
    }

    /// All splats that show at a pixel, front to back.
    pub(super) fn list_under(
        &mut self,
        frame: &Frame,
        pixel: [u32; 2],
    ) -> Result<Vec<UnderPixel>, RenderError> {
        if pixel[0] >= frame.camera.width || pixel[1] >= frame.camera.height {
            return Ok(Vec::new());
        }
        let drawn = self.drawn_about(&frame.exact(), pixel)?;
        let device = &self.gpu.device;
        let query = Uniform::<[u32; 4]>::new(device, "under_query");
        let list = Storage::<[u32; 4]>::new(device, "under", 1 + MOST_UNDER);
        let [x, y] = [0, 1].map(|i| pixel[i] - drawn.part.origin[i]);
        query.write(&self.gpu.queue, &[x, y, MOST_UNDER as u32, 0]);
        let context = Context {
            device,
            view: &drawn.view,
            buffers: &self.buffers,
            chunks: &[],
            chunk_views: &[],
        };
        let mut encoder = device.create_command_encoder(&Default::default());
        self.passes.inspect.record_under(
            &context,
            &mut encoder.begin_compute_pass(&Default::default()),
            [&query.raw, &list.raw],
        );
        self.gpu.queue.submit([encoder.finish()]);
        let head = readback::read_buffer(&self.gpu, &list.raw, 0..16)?;
        let [count, ..] = bytemuck::pod_read_unaligned::<[u32; 4]>(&head);
        if count == 0 {
            return Ok(Vec::new());
        }
        let end = 16 * (1 + u64::from(count));
        let bytes = readback::read_buffer(&self.gpu, &list.raw, 16..end)?;
        let named = bytes.chunks_exact(16).filter_map(|item| {
            let [source, depth, alpha, weight] = bytemuck::pod_read_unaligned::<[u32; 4]>(item);
            let (node, row) = self.layers.source(source)?;
            Some(UnderPixel {
                node,
                row,
                depth: f32::from_bits(depth),
                alpha: f32::from_bits(alpha),
                weight: f32::from_bits(weight),
            })
        });
        Ok(named.collect())
    }

    /// The splats in a region of the whole frame.
    pub(super) fn mask_of(
        &mut self,
        frame: &Frame,
        query: &RegionQuery,
    ) -> Result<RegionMask, RenderError> {
        let frame = &frame.exact();
        self.check_screen(frame)?;
        self.collect_reports();
        let whole = Part::whole(&frame.camera);
        self.stream(frame, whole, Patience::Endless);
        if !self.layers.draws_rows() {
            return Err(RenderError::Streamed);
        }
        let kept = self.kept(frame, whole) == Kept::Pixels;
        let drawn = match self.drawn.filter(|_| kept) {
            Some(drawn) => drawn,
            None => self.draw_complete(frame, whole, (None, true))?,
        };
        let words = drawn.view.block_count as usize * WORKGROUP_WORDS as usize;
        if words == 0 {
            return Ok(self.layers.mask(&[], &[]));
        }
        let device = &self.gpu.device;
        let (region, mut corners) = view::region(query);
        if corners.is_empty() {
            corners.push([0.0; 2]);
        }
        let uniform = Uniform::<Region>::new(device, "region");
        uniform.write(&self.gpu.queue, &region);
        let outline = Storage::<[f32; 2]>::new(device, "outline", corners.len());
        outline.write(&self.gpu.queue, 0, &corners);
        let bits = Storage::<u32>::new(device, "bits", words);
        let (chunk_views, _) = self.layers.chunk_views(frame, whole);
        let chunks: Vec<&GpuChunk> = self.layers.drawn_chunks().collect();
        let context = Context {
            device,
            view: &drawn.view,
            buffers: &self.buffers,
            chunks: &chunks,
            chunk_views: &chunk_views,
        };
        let own = RegionBuffers {
            region: &uniform.raw,
            outline: &outline.raw,
            bits: &bits.raw,
        };
        let mut encoder = device.create_command_encoder(&Default::default());
        self.passes.region.record(
            &context,
            &mut encoder.begin_compute_pass(&Default::default()),
            &own,
        );
        self.gpu.queue.submit([encoder.finish()]);
        let bytes = readback::read_buffer(&self.gpu, &bits.raw, 0..bits.bytes())?;
        let words: Vec<u32> = bytes
            .chunks_exact(4)
            .map(bytemuck::pod_read_unaligned)
            .collect();
        Ok(self.layers.mask(&words, &chunk_views))
    }
}
