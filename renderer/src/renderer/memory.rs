//! Pictures that are waited for: nothing may be missing from them.

use super::{Drawn, Renderer, texture};
use crate::{
    Frame, RenderError, RenderedImage,
    frame::Kept,
    readback,
    view::{self, Part},
};

/// Largest side of the parts that an image in memory is drawn in, px.
const PART_SIDE: u32 = 4096;
/// Smallest side of the parts that an image is cut into when a scene is too much for larger ones, px.
pub(super) const MIN_PART_SIDE: u32 = 256;
/// Largest side of an image in memory, px.
const IMAGE_SIDE: u32 = 8 * PART_SIDE;
/// Times that lists grow before a scene is called too large.
const MAX_ATTEMPTS: u32 = 8;

impl Renderer {
    /// The whole image, in parts so small that the lists of each fit the device.
    pub(super) fn draw_image(&mut self, frame: &Frame) -> Result<RenderedImage, RenderError> {
        self.gpu.check()?;
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
            self.draw_complete(frame, part, (Some(&target), true))?;
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

    /// Draws a part, again with more room until nothing is missing, and puts it on a texture if one is
    /// given, with alpha straight or not.
    pub(super) fn draw_complete(
        &mut self,
        frame: &Frame,
        part: Part,
        (target, straight_alpha): (Option<&wgpu::Texture>, bool),
    ) -> Result<Drawn, RenderError> {
        for _ in 0..MAX_ATTEMPTS {
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            let drawn = self.record(&mut encoder, (frame, part), Kept::Nothing)?;
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
