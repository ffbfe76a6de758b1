//! Screens so crowded that the device's buffers do not hold all that is seen at once: drawn part by
//! part, each waited for, slower but whole.

use super::{Renderer, memory::MIN_PART_SIDE, texture};
use crate::{Frame, RenderError, view::Part};

/// How the screen is cut where it must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    /// Largest side of a part, px.
    side: u32,
    /// The frame on the target texture, and the revision of its scene.
    shown: Option<(Frame, u64)>,
}

impl Renderer {
    /// Cuts the screen into smaller parts from the next frame on; false where they would be too small.
    pub(super) fn cut_screen(&mut self, size: [u32; 2]) -> bool {
        let whole = size[0].max(size[1]);
        let side = self.crowd.map_or(whole, |c| c.side).min(whole).div_ceil(2);
        if side < MIN_PART_SIDE {
            return false;
        }
        self.crowd = Some(Crowd { side, shown: None });
        true
    }

    /// Draws the frame in parts if it must be; false where it can be drawn whole.
    pub(super) fn draw_crowd(&mut self, frame: &Frame) -> Result<bool, RenderError> {
        let size = [frame.camera.width, frame.camera.height];
        let pixels = size[0] as usize * size[1] as usize;
        if self.crowd.is_none() && pixels > self.buffers.pixel_limit(&self.gpu) {
            self.cut_screen(size);
        }
        let Some(crowd) = self.crowd else {
            return Ok(false);
        };
        self.make_target(Part::whole(&frame.camera));
        let revision = self.layers.revision;
        self.stats.cached = crowd.shown == Some((*frame, revision));
        self.stats.ran.clear();
        if self.stats.cached {
            return Ok(true);
        }
        let mut visible = 0u64;
        for part in Part::split(&frame.camera, crowd.side) {
            match self.draw_screen_part(frame, part) {
                Err(RenderError::Capacity { .. }) if self.cut_screen(part.size) => {
                    return self.draw_crowd(frame);
                }
                done => done?,
            }
            visible += u64::from(self.stats.visible);
        }
        self.stats.visible = u32::try_from(visible).unwrap_or(u32::MAX);
        self.settled = true;
        // Where few are left in sight, the next frame may try the whole again.
        let fits = visible <= self.buffers.visible_limit(&self.gpu) as u64;
        self.crowd = (!fits).then_some(Crowd {
            shown: Some((*frame, revision)),
            ..crowd
        });
        Ok(true)
    }

    fn draw_screen_part(&mut self, frame: &Frame, part: Part) -> Result<(), RenderError> {
        let tile = texture(&self.gpu, "part", part.size);
        self.draw_complete(frame, part, (Some(&tile), false))?;
        let Some(target) = &self.target else {
            return Ok(());
        };
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let [x, y] = part.origin;
        let to = wgpu::TexelCopyTextureInfo {
            origin: wgpu::Origin3d { x, y, z: 0 },
            ..target.as_image_copy()
        };
        encoder.copy_texture_to_texture(tile.as_image_copy(), to, tile.size());
        self.gpu.queue.submit([encoder.finish()]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Render as _,
        pass_tests::{ball, camera, device, scene},
    };

    #[test]
    fn a_screen_too_crowded_for_the_device_is_drawn_in_parts() {
        let Some(gpu) = device() else { return };
        let scene = scene(vec![ball(9000, 1, 3)]);
        let frame = Frame::new(camera([700, 500]));
        let mut roomy = Renderer::new(gpu.clone()).expect("a renderer");
        roomy.sync(&scene, &[]);
        roomy.render_to_texture(&frame).expect("a texture");
        let expected = roomy.read_target().expect("bytes");

        let mut tight = Renderer::new(gpu.clone()).expect("a renderer");
        tight.buffers.visible_at_most = 6000;
        tight.sync(&scene, &[]);
        tight.render_to_texture(&frame).expect("a texture");
        for _ in 0..20 {
            crate::readback::wait(&gpu).expect("a device");
            tight.render_to_texture(&frame).expect("a texture");
        }
        assert!(
            tight.is_settled() && tight.crowd.is_some(),
            "cut into parts"
        );
        assert!(
            tight.stats().cached,
            "and not drawn again while nothing changes"
        );
        let actual = tight.read_target().expect("bytes");
        let worst = actual
            .iter()
            .zip(&expected)
            .map(|(a, e)| a.abs_diff(*e))
            .max();
        assert!(worst <= Some(1), "parts show: {worst:?} / 255");

        // Close to a corner of the scene few splats are left, and the whole fits again.
        let mut close = frame;
        close.camera.fx *= 12.0;
        close.camera.fy *= 12.0;
        for _ in 0..3 {
            tight.render_to_texture(&close).expect("a texture");
            crate::readback::wait(&gpu).expect("a device");
        }
        assert!(tight.crowd.is_none(), "drawn whole again");
    }
}
