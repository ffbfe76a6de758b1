//! How alike two states of a scene look: PSNR over pictures from around it.

use glam::Vec3;
use renderer::{
    Background, Frame, Gpu, Render, RenderError, RenderedImage, Renderer, SoftwareRenderer,
};
use scene::Scene;

use crate::export::Orbit;

/// Views around the scene; half of them from a little above.
pub const VIEWS: usize = 6;
/// Pitch of those, radians.
const ABOVE: f32 = 0.35;
/// Sides of a picture, pixels.
const SIZE: [u32; 2] = [480, 480];
/// What stands behind both pictures: dark and light splats must be missed alike.
const BEHIND: Vec3 = Vec3::splat(0.5);

/// Pictures of a scene to compare others with.
#[derive(Debug)]
pub struct Views {
    frames: Vec<Frame>,
    pictures: Vec<RenderedImage>,
}

/// The window's device, shared; the processor where there is none.
pub fn open_renderer(gpu: Option<Gpu>) -> Box<dyn Render> {
    match gpu.map(Renderer::new) {
        Some(Ok(renderer)) => Box::new(renderer),
        Some(Err(error)) => {
            log::warn!("pictures are drawn in software: {error}");
            Box::new(SoftwareRenderer::new())
        }
        None => Box::new(SoftwareRenderer::new()),
    }
}

impl Views {
    /// Draws a scene from around; `render` shows it already.
    pub fn of(scene: &Scene, render: &mut dyn Render) -> Result<Self, RenderError> {
        let framing = Orbit::framing(scene);
        let frames = (0..VIEWS).map(|i| {
            let orbit = Orbit {
                yaw: i as f32 / VIEWS as f32 * std::f32::consts::TAU,
                pitch: if i % 2 == 0 { 0.0 } else { ABOVE },
                ..framing
            };
            Frame {
                background: Background::Transparent,
                ..Frame::new(orbit.camera(SIZE))
            }
        });
        let frames: Vec<Frame> = frames.collect();
        let pictures = frames.iter().map(|frame| render.render_image(frame));
        let pictures = pictures.collect::<Result<_, _>>()?;
        Ok(Self { frames, pictures })
    }

    /// Compares with what `render` shows from one of the views.
    pub fn compare(
        &self,
        view: usize,
        render: &mut dyn Render,
        likeness: &mut Likeness,
    ) -> Result<(), RenderError> {
        if let (Some(frame), Some(picture)) = (self.frames.get(view), self.pictures.get(view)) {
            likeness.add(picture, &render.render_image(frame)?);
        }
        Ok(())
    }
}

/// Squared differences of the pixels that either of two pictures covers, over middle grey.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    squared: f64,
    samples: u64,
}

impl Likeness {
    fn add(&mut self, a: &RenderedImage, b: &RenderedImage) {
        let pixels = a.rgba.chunks_exact(4).zip(b.rgba.chunks_exact(4));
        for (a, b) in pixels.filter(|(a, b)| a[3] > 0 || b[3] > 0) {
            let apart = over(a) - over(b);
            self.squared += f64::from(apart.length_squared());
            self.samples += 3;
        }
    }

    /// Peak signal-to-noise ratio, dB; `None` before anything was compared, infinite where nothing differs.
    pub fn psnr(&self) -> Option<f64> {
        let mean = self.squared / self.samples as f64;
        (self.samples > 0).then(|| -10.0 * mean.log10())
    }
}

fn over(rgba: &[u8]) -> Vec3 {
    let value = |i: usize| f32::from(rgba[i]) / 255.0;
    let alpha = value(3);
    Vec3::new(value(0), value(1), value(2)) * alpha + BEHIND * (1.0 - alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rgba: [u8; 4]) -> RenderedImage {
        RenderedImage {
            width: 2,
            height: 1,
            rgba: [rgba, [9, 9, 9, 0]].concat(),
        }
    }

    #[test]
    fn a_tenth_of_the_range_is_twenty_decibels_and_empty_pixels_do_not_count() {
        let mut likeness = Likeness::default();
        assert_eq!(likeness.psnr(), None, "nothing to compare");
        let tenth = picture([125, 125, 125, 255]);
        likeness.add(&picture([100, 100, 100, 255]), &tenth);
        let psnr = likeness.psnr().unwrap();
        let expected = 20.0 * (255.0_f64 / 25.0).log10();
        assert!(
            (psnr - expected).abs() < 1e-3,
            "{psnr} instead of {expected}"
        );
    }

    #[test]
    fn what_is_missing_counts_whether_it_is_dark_or_light() {
        let gone = picture([0, 0, 0, 0]);
        let psnr_without = |color: u8| {
            let mut likeness = Likeness::default();
            likeness.add(&picture([color, color, color, 255]), &gone);
            likeness.psnr().unwrap()
        };
        assert!((psnr_without(0) - psnr_without(255)).abs() < 1e-3, "alike");
        let mut same = Likeness::default();
        same.add(&gone, &picture([5, 5, 5, 255]));
        same.add(&picture([5, 5, 5, 255]), &picture([5, 5, 5, 255]));
        assert!(
            same.psnr().is_some_and(f64::is_finite),
            "some of it differs"
        );
    }
}
