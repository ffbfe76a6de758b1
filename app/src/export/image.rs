//! One picture of any size, as PNG or TIFF.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use image::codecs::{png::PngEncoder, tiff::TiffEncoder};
use image::{ExtendedColorType, ImageEncoder as _, RgbaImage};
use renderer::{FloatImage, Frame, Part, Render};
use scene::{Progress, Sink};

use super::part::{PartFile, explain};

/// Largest side drawn in one go; larger pictures are drawn in pieces.
const PIECE_PX: u32 = 4096;

/// Largest side of a picture: what a PNG of 1 GiB of pixels still allows.
const LARGEST_PX: u32 = 16_384;

/// How precise a picture is, and from how many pixels it is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// Each pixel is the average of so many along each side.
    pub supersample: u32,
    /// 16 bits a channel instead of 8.
    pub deep: bool,
}

impl Default for Quality {
    fn default() -> Self {
        Self {
            supersample: 1,
            deep: false,
        }
    }
}

/// Draws one picture of any size; straight alpha, display-referred.
pub fn draw(render: &mut dyn Render, frame: &Frame, sink: &mut dyn Sink<()>) -> Result<RgbaImage> {
    let (width, height) = check_size(frame)?;
    let mut whole = RgbaImage::new(width, height);
    for_pieces(frame, PIECE_PX, sink, |piece| {
        let drawn = render.render_part(frame, piece)?;
        let drawn = RgbaImage::from_raw(drawn.width, drawn.height, drawn.rgba)
            .context("the renderer returned a picture of the wrong size")?;
        let [x, y] = piece.origin.map(i64::from);
        image::imageops::replace(&mut whole, &drawn, x, y);
        Ok(())
    })?;
    Ok(whole)
}

/// Draws one picture of any size in floats, each pixel the average of finer ones.
fn draw_floats(
    render: &mut dyn Render,
    frame: &Frame,
    supersample: u32,
    sink: &mut dyn Sink<()>,
) -> Result<FloatImage> {
    let (width, height) = check_size(frame)?;
    let mut whole = FloatImage {
        width,
        height,
        pixels: vec![[0.0; 4]; width as usize * height as usize],
    };
    for_pieces(frame, PIECE_PX / supersample.max(1), sink, |piece| {
        let drawn = render.render_floats(frame, piece, supersample)?;
        let rows = drawn.pixels.chunks_exact(piece.size[0] as usize);
        for (y, row) in rows.enumerate() {
            let start = (piece.origin[1] as usize + y) * width as usize + piece.origin[0] as usize;
            whole.pixels[start..start + row.len()].copy_from_slice(row);
        }
        Ok(())
    })?;
    Ok(whole)
}

fn check_size(frame: &Frame) -> Result<(u32, u32)> {
    let (width, height) = (frame.camera.width, frame.camera.height);
    ensure!(
        (1..=LARGEST_PX).contains(&width) && (1..=LARGEST_PX).contains(&height),
        "a picture of {width}×{height} pixels cannot be made; each side may have 1 to {LARGEST_PX}"
    );
    Ok((width, height))
}

fn for_pieces(
    frame: &Frame,
    side: u32,
    sink: &mut dyn Sink<()>,
    mut draw: impl FnMut(Part) -> Result<()>,
) -> Result<()> {
    let pieces: Vec<Part> = Part::split(&frame.camera, side).collect();
    for (i, &piece) in pieces.iter().enumerate() {
        sink.progress(Progress::new("Drawing", i as u64, pieces.len() as u64))?;
        draw(piece).context("the picture could not be drawn")?;
    }
    Ok(())
}

/// Draws a frame and writes it, transparent where the frame's background is: PNG, or TIFF in floats
/// where the name says so.
pub fn screenshot(
    render: &mut dyn Render,
    frame: &Frame,
    quality: Quality,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    let floats = is_tiff(out);
    if quality == Quality::default() && !floats {
        write_png(&draw(render, frame, sink)?, out)?;
    } else {
        let picture = draw_floats(render, frame, quality.supersample, sink)?;
        if floats {
            write_tiff(&picture, out)?;
        } else if quality.deep {
            let numbers = picture.to_u16();
            let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_ne_bytes()).collect();
            let size = [picture.width, picture.height];
            write(out, |writer| {
                let format = ExtendedColorType::Rgba16;
                PngEncoder::new(writer).write_image(&bytes, size[0], size[1], format)
            })?;
        } else {
            let drawn = picture.to_bytes();
            let drawn = RgbaImage::from_raw(drawn.width, drawn.height, drawn.rgba)
                .context("the renderer returned a picture of the wrong size")?;
            write_png(&drawn, out)?;
        }
    }
    sink.progress(Progress::new("Done", 1, 1))?;
    Ok(())
}

/// Whether a name asks for floats.
pub fn is_tiff(out: &Path) -> bool {
    out.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("tif") || e.eq_ignore_ascii_case("tiff"))
}

fn write_tiff(picture: &FloatImage, out: &Path) -> Result<()> {
    let numbers = picture.pixels.as_flattened();
    let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_ne_bytes()).collect();
    write(out, |writer| {
        let format = ExtendedColorType::Rgba32F;
        TiffEncoder::new(writer).write_image(&bytes, picture.width, picture.height, format)
    })
}

/// Writes a picture as PNG; the file appears when it is whole.
pub(crate) fn write_png(picture: &RgbaImage, out: &Path) -> Result<()> {
    write(out, |writer| {
        let (width, height) = picture.dimensions();
        let format = ExtendedColorType::Rgba8;
        PngEncoder::new(writer).write_image(picture.as_raw(), width, height, format)
    })
}

/// Writes a file that appears when it is whole.
fn write(
    out: &Path,
    encode: impl FnOnce(&mut BufWriter<File>) -> image::ImageResult<()>,
) -> Result<()> {
    let (part, file) = PartFile::create(out)?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    encode(&mut writer).map_err(|error| match error {
        image::ImageError::IoError(error) => explain(error, out),
        other => anyhow::Error::new(other).context(format!("could not write {}", out.display())),
    })?;
    writer.flush().map_err(|e| explain(e, out))?;
    let file = writer
        .into_inner()
        .map_err(|e| explain(e.into_error(), out))?;
    part.finish(file)
}
