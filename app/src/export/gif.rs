//! Animated GIF: one palette for the whole turn, exact timing on average, repeats for ever.

use std::borrow::Cow;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use scene::Sink;

use super::palette::Palette;
use super::part::{PartFile, explain};
use super::turntable::{Frames, report};

/// Most programs play anything faster at a tenth of the speed.
const LARGEST_FPS: f32 = 50.0;

/// Views from which the palette is made.
const PALETTE_VIEWS: u32 = 8;

/// Draws and writes all frames.
pub(crate) fn write(
    frames: &mut Frames<'_>,
    fps: f32,
    dither: bool,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    ensure!(
        fps <= LARGEST_FPS,
        "a GIF can have at most {LARGEST_FPS} frames a second, not {fps}; lower the frame rate or choose MP4"
    );
    let [width, height] = frames.size;
    let size = [u16::try_from(width)?, u16::try_from(height)?];
    let count = frames.count();
    report(sink, 0, count)?;
    let mut palette = sample_palette(frames)?;

    let (part, file) = PartFile::create(out)?;
    let writer = BufWriter::with_capacity(1 << 20, file);
    let fail = |error: EncodingError| match error {
        EncodingError::Io(error) => explain(error, out),
        other => anyhow::Error::new(other).context(format!("could not write {}", out.display())),
    };
    let mut encoder = Encoder::new(writer, size[0], size[1], &palette.to_rgb()).map_err(fail)?;
    encoder.set_repeat(Repeat::Infinite).map_err(fail)?;
    for i in 0..count {
        report(sink, i, count)?;
        let picture = frames.draw(i, frames.size)?;
        let frame = Frame {
            width: size[0],
            height: size[1],
            delay: delay(i, fps),
            transparent: palette.transparent(),
            dispose: if palette.transparent().is_some() {
                DisposalMethod::Background
            } else {
                DisposalMethod::Any
            },
            buffer: Cow::Owned(palette.map(&picture, dither)),
            ..Frame::default()
        };
        encoder.write_frame(&frame).map_err(fail)?;
    }

    let mut writer = encoder.into_inner().map_err(fail)?;
    writer.flush().map_err(|e| explain(e, out))?;
    let file = writer
        .into_inner()
        .map_err(|e| explain(e.into_error(), out))?;
    part.finish(file)
}

/// Colors of a few small views around the turn.
fn sample_palette(frames: &mut Frames<'_>) -> Result<Palette> {
    let largest = frames.size[0].max(frames.size[1]).max(1);
    let scale = (256.0 / largest as f32).min(1.0);
    let size = frames
        .size
        .map(|side| ((side as f32 * scale).round() as u32).max(16));
    let count = frames.count();
    let views = PALETTE_VIEWS.min(count);
    let pictures: Result<Vec<_>> = (0..views)
        .map(|view| frames.draw(view * count / views, size))
        .collect();
    Ok(Palette::of(
        &pictures.context("could not look for the best colors")?,
    ))
}

/// Hundredths of a second that a frame stays. Rounded so that the frames never drift from the rate.
fn delay(frame: u32, fps: f32) -> u16 {
    let at = |i: u32| (f64::from(i) * 100.0 / f64::from(fps)).round();
    (at(frame + 1) - at(frame)).clamp(2.0, f64::from(u16::MAX)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_add_up_to_the_seconds() {
        let total: u32 = (0..90).map(|i| u32::from(delay(i, 30.0))).sum();
        assert_eq!(total, 300, "three seconds");
    }
}
