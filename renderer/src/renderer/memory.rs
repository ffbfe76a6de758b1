//! Pictures that are waited for: nothing may be missing from them.

use super::{Drawn, Renderer, texture};
use crate::{
    Frame, RenderError, RenderedImage, readback,
    view::{self, Part},
};

/// Largest side of the parts that an image in memory is drawn in, px.
const PART_SIDE: u32 = 4096;
/// Smallest side of the parts that an image is cut into when a scene is too much for larger ones, px.
const MIN_PART_SIDE: u32 = 256;
/// Largest side of an image in memory, px.
const IMAGE_SIDE: u32 = 8 * PART_SIDE;
/// Times that lists grow before a scene is called too large.
const MAX_ATTEMPTS: u32 = 8;

impl Renderer {
    /// The whole image, in parts so small that the lists of each fit the device.
    pub(super) fn draw_image(&mut self, frame: &Frame) -> Result<RenderedImage, RenderError> {
        view::check_size(&frame.camera, IMAGE_SIDE)?;
        let mut side = PART_SIDE;
        loop {
            match self.draw_parts(frame, side) {
                Err(RenderError::Capacity { .. }) if side > MIN_PART_SIDE => side /= 2,
                done => return done,
            }
        }
    }

    fn draw_parts(&mut self, frame: &Frame, side: u32) -> Result<RenderedImage, RenderError> {
        let (width, height) = (frame.camera.width, frame.camera.height);
        let mut rgba = vec![0; width as usize * height as usize * 4];
        let stride = width as usize * 4;
        for part in Part::split(&frame.camera, side) {
            let target = texture(&self.gpu, "image", part.size);
            self.draw_complete(frame, part, Some(&target))?;
            let bytes = readback::read_texture(&self.gpu, &target)?;
            let row = part.size[0] as usize * 4;
            let left = part.origin[0] as usize * 4;
            for (y, line) in bytes.chunks_exact(row).enumerate() {
                let start = (part.origin[1] as usize + y) * stride + left;
                rgba[start..start + row].copy_from_slice(line);
            }
        }
        Ok(RenderedImage {
            width,
            height,
            rgba,
        })
    }

    /// Draws a part to memory, again with more room until nothing is missing.
    pub(super) fn draw_complete(
        &mut self,
        frame: &Frame,
        part: Part,
        target: Option<&wgpu::Texture>,
    ) -> Result<Drawn, RenderError> {
        for _ in 0..MAX_ATTEMPTS {
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            let drawn = self.record(&mut encoder, frame, part)?;
            self.drawn = Some(drawn);
            if let Some(target) = target {
                self.write_backdrop(frame, part, true);
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
}
