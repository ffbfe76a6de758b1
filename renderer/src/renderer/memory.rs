//! Pictures that are waited for: nothing may be missing from them.

use super::{Drawn, Renderer, texture};
use crate::{
    FloatImage, Frame, RenderError, RenderedImage,
    buffer::Storage,
    frame::Kept,
    layers::Patience,
    passes::Context,
    picture::{self, Average},
    readback,
    view::Part,
};

/// Largest side of the parts that an image in memory is drawn in, px.
const PART_SIDE: u32 = 4096;
/// Smallest side of the parts that an image is cut into when a scene is too much for larger ones, px.
pub(super) const MIN_PART_SIDE: u32 = 64;
/// The same for floats, whose pixels are four times as large.
const FLOAT_PART_SIDE: u32 = 2048;
/// Largest side of an image in memory, px.
const IMAGE_SIDE: u32 = 16 * PART_SIDE;
/// Times that lists grow before a scene is called too large.
const MAX_ATTEMPTS: u32 = 8;

impl Renderer {
    /// A part of the image, in pieces so small that the lists of each fit the device.
    pub(super) fn draw_image(
        &mut self,
        frame: &Frame,
        part: Part,
    ) -> Result<RenderedImage, RenderError> {
        self.gpu.check()?;
        picture::check(frame, part, 1, IMAGE_SIDE)?;
        let [width, height] = part.size;
        let mut rgba = vec![0; width as usize * height as usize * 4];
        let stride = width as usize * 4;
        self.for_pieces(part.pieces(PART_SIDE), |renderer, piece| {
            let target = texture(&renderer.gpu, "image", piece.size);
            renderer.draw_complete(frame, piece, (Some(&target), true))?;
            let bytes = readback::read_texture(&renderer.gpu, &target)?;
            let row = piece.size[0] as usize * 4;
            let left = (piece.origin[0] - part.origin[0]) as usize * 4;
            let top = (piece.origin[1] - part.origin[1]) as usize;
            for (y, line) in bytes.chunks_exact(row).enumerate() {
                let start = (top + y) * stride + left;
                rgba[start..start + row].copy_from_slice(line);
            }
            Ok(())
        })?;
        Ok(RenderedImage {
            width,
            height,
            rgba,
        })
    }

    /// A part of the image in floats.
    pub(super) fn draw_floats(
        &mut self,
        frame: &Frame,
        part: Part,
        supersample: u32,
    ) -> Result<FloatImage, RenderError> {
        self.gpu.check()?;
        picture::check(frame, part, supersample, IMAGE_SIDE)?;
        let finer = picture::finer(frame, supersample);
        let mut average = Average::new(part, supersample);
        let pieces = part.scaled(supersample).pieces(FLOAT_PART_SIDE);
        self.for_pieces(pieces, |renderer, piece| {
            let drawn = renderer.draw_complete(&finer, piece, (None, true))?;
            let pixels = piece.size[0] as usize * piece.size[1] as usize;
            let target = Storage::<[f32; 4]>::new(&renderer.gpu.device, "floats", pixels);
            renderer.write_backdrop(&finer, piece, false);
            renderer.composite_floats(&drawn, &target);
            let bytes = readback::read_buffer(&renderer.gpu, &target.raw, 0..target.bytes())?;
            let pixels: Vec<[f32; 4]> = bytes
                .chunks_exact(16)
                .map(bytemuck::pod_read_unaligned)
                .collect();
            average.add(piece, &pixels);
            Ok(())
        })?;
        Ok(average.finish(frame.blending))
    }

    fn composite_floats(&self, drawn: &Drawn, target: &Storage<[f32; 4]>) {
        let context = Context {
            device: &self.gpu.device,
            view: &drawn.view,
            buffers: &self.buffers,
            chunks: &[],
            chunk_views: &[],
        };
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        self.passes.composite.record_floats(
            &context,
            &target.raw,
            &mut encoder.begin_compute_pass(&Default::default()),
        );
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Draws piece by piece; one whose lists do not fit the device is cut into quarters.
    fn for_pieces(
        &mut self,
        mut pieces: Vec<Part>,
        mut draw: impl FnMut(&mut Self, Part) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        pieces.reverse();
        while let Some(piece) = pieces.pop() {
            match (draw(self, piece), piece.quarters()) {
                (Err(RenderError::Capacity { .. }), Some(quarters)) => {
                    pieces.extend(quarters.into_iter().rev());
                }
                (done, _) => done?,
            }
        }
        Ok(())
    }

    /// Draws a part, again with more room until nothing is missing, and puts it on a texture if one is
    /// given, with alpha straight or not.
    pub(super) fn draw_complete(
        &mut self,
        frame: &Frame,
        part: Part,
        (target, straight_alpha): (Option<&wgpu::Texture>, bool),
    ) -> Result<Drawn, RenderError> {
        self.stream(frame, part, Patience::Endless);
        for _ in 0..MAX_ATTEMPTS {
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            let drawn = self.record(&mut encoder, (frame, part), Kept::Nothing, false)?;
            self.drawn = Some(drawn);
            if let Some(target) = target {
                self.write_backdrop(frame, part, straight_alpha);
                self.composite(&mut encoder, &drawn.view, target.clone());
            }
            let counted = (drawn.number, &self.buffers.counters);
            let report = self
                .reports
                .record(&self.gpu, &mut encoder, counted, &self.timer);
            self.gpu.queue.submit([encoder.finish()]);
            self.reports.submitted(report);
            while self.reports.is_waiting() {
                readback::wait(&self.gpu)?;
                self.collect_reports();
            }
            if !self.stats.overflowed {
                return Ok(drawn);
            }
            if self.drawn.is_some() {
                break;
            }
        }
        Err(RenderError::Capacity {
            what: "so many splats at once",
        })
    }

    /// What the texture of [`Self::render_to_texture`] shows, `[height, width, 4]`, premultiplied; waits for
    /// it.
    pub fn read_target(&self) -> Result<Vec<u8>, RenderError> {
        match &self.target {
            Some(target) => readback::read_texture(&self.gpu, target),
            None => Ok(Vec::new()),
        }
    }
}
