//! One picture of any size, as PNG.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use image::{ExtendedColorType, ImageEncoder as _, RgbaImage, codecs::png::PngEncoder};
use renderer::{Frame, Render};
use scene::{PinholeCamera, Progress, Sink};

use super::part::{PartFile, explain};

/// Largest side drawn in one go; larger pictures are drawn in pieces.
const PIECE_PX: u32 = 4096;

/// Largest side of a picture: what a PNG of 1 GiB of pixels still allows.
const LARGEST_PX: u32 = 16_384;

/// Draws one picture of any size; straight alpha, display-referred.
pub fn draw(render: &mut dyn Render, frame: &Frame, sink: &mut dyn Sink<()>) -> Result<RgbaImage> {
    let (width, height) = (frame.camera.width, frame.camera.height);
    ensure!(
        (1..=LARGEST_PX).contains(&width) && (1..=LARGEST_PX).contains(&height),
        "a picture of {width}×{height} pixels cannot be made; each side may have 1 to {LARGEST_PX}"
    );
    let pieces: Vec<[u32; 4]> = pieces(width, height).collect();
    let mut whole = RgbaImage::new(width, height);
    for (i, &[x, y, w, h]) in pieces.iter().enumerate() {
        sink.progress(Progress::new("Drawing", i as u64, pieces.len() as u64))?;
        let piece = Frame {
            camera: crop(&frame.camera, [x, y, w, h]),
            ..*frame
        };
        let drawn = render
            .render_image(&piece)
            .context("the picture could not be drawn")?;
        let drawn = RgbaImage::from_raw(drawn.width, drawn.height, drawn.rgba)
            .context("the renderer returned a picture of the wrong size")?;
        if pieces.len() == 1 {
            return Ok(drawn);
        }
        image::imageops::replace(&mut whole, &drawn, i64::from(x), i64::from(y));
    }
    Ok(whole)
}

/// Draws a frame and writes it as PNG, transparent where the frame's background is.
pub fn screenshot(
    render: &mut dyn Render,
    frame: &Frame,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    let picture = draw(render, frame, sink)?;
    write_png(&picture, out)?;
    sink.progress(Progress::new("Done", 1, 1))?;
    Ok(())
}

/// Writes a picture as PNG; the file appears when it is whole.
pub(crate) fn write_png(picture: &RgbaImage, out: &Path) -> Result<()> {
    let (part, file) = PartFile::create(out)?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    PngEncoder::new(&mut writer)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgba8,
        )
        .map_err(|error| match error {
            image::ImageError::IoError(error) => explain(error, out),
            other => {
                anyhow::Error::new(other).context(format!("could not write {}", out.display()))
            }
        })?;
    writer.flush().map_err(|e| explain(e, out))?;
    let file = writer
        .into_inner()
        .map_err(|e| explain(e.into_error(), out))?;
    part.finish(file)
}

/// `[x, y, width, height]` of the pieces of a picture, in reading order.
fn pieces(width: u32, height: u32) -> impl Iterator<Item = [u32; 4]> {
    let step = PIECE_PX as usize;
    (0..height).step_by(step).flat_map(move |y| {
        (0..width)
            .step_by(step)
            .map(move |x| [x, y, PIECE_PX.min(width - x), PIECE_PX.min(height - y)])
    })
}

/// The camera of a rectangle of a camera's picture.
fn crop(camera: &PinholeCamera, [x, y, width, height]: [u32; 4]) -> PinholeCamera {
    PinholeCamera {
        cx: camera.cx - x as f32,
        cy: camera.cy - y as f32,
        width,
        height,
        ..*camera
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_picture_once() {
        let all: Vec<_> = pieces(5000, 4097).collect();
        let area: u64 = all.iter().map(|p| u64::from(p[2]) * u64::from(p[3])).sum();
        assert_eq!(area, 5000 * 4097, "{all:?}");
        assert_eq!(all.len(), 4, "two by two");
    }
}
