//! Whole exports with a renderer that paints what it was asked for.

use std::path::Path;
use std::sync::Arc;

use openh264::decoder::Decoder;
use openh264::formats::YUVSource as _;
use renderer::{
    FloatImage, Frame, FrameStats, Part, Pick, Render, RenderError, RenderedImage, UnderPixel,
};
use scene::{Cancelled, Dirty, LodTree, NodeId, Progress, RegionMask, RegionQuery, Scene, Sink};

use super::*;

/// Paints the picture in one color that turns with the camera; the left half is see-through.
struct Painter;

impl Render for Painter {
    fn set_residency(&mut self, _: renderer::Residency) {}

    fn is_complete(&self) -> bool {
        true
    }

    fn set_tree(&mut self, _: &Scene, _: NodeId, _: Arc<LodTree>) {}

    fn sync(&mut self, _scene: &Scene, _dirty: &[Dirty]) {}

    fn render_part(&mut self, frame: &Frame, part: Part) -> Result<RenderedImage, RenderError> {
        let eye = frame.camera.eye().normalize();
        let color = [eye.x, eye.z, 0.0].map(|v| (127.5 + 127.5 * v) as u8);
        let [width, height] = part.size;
        let transparent = frame.background == renderer::Background::Transparent;
        let rgba = (0..width * height)
            .flat_map(|i| {
                let is_hole = transparent && i % width < width / 2;
                [color[0], color[1], color[2], if is_hole { 0 } else { 255 }]
            })
            .collect();
        Ok(RenderedImage {
            width,
            height,
            rgba,
        })
    }

    fn render_floats(
        &mut self,
        frame: &Frame,
        part: Part,
        _supersample: u32,
    ) -> Result<FloatImage, RenderError> {
        let bytes = self.render_part(frame, part)?;
        let pixels = bytes.rgba.chunks_exact(4);
        Ok(FloatImage {
            width: bytes.width,
            height: bytes.height,
            pixels: pixels
                .map(|p| [0, 1, 2, 3].map(|c| f32::from(p[c]) / 255.0))
                .collect(),
        })
    }

    fn under(&mut self, _frame: &Frame, _pixel: [u32; 2]) -> Result<Vec<UnderPixel>, RenderError> {
        Ok(Vec::new())
    }

    fn region(&mut self, _frame: &Frame, _query: &RegionQuery) -> Result<RegionMask, RenderError> {
        Ok(RegionMask::default())
    }

    fn pick(&mut self, _frame: &Frame, _pixel: [u32; 2]) -> Result<Option<Pick>, RenderError> {
        Ok(None)
    }

    fn stats(&self) -> FrameStats {
        FrameStats::default()
    }
}

/// Stops after so many reports.
struct Stop(u32);

impl Sink<()> for Stop {
    fn push(&mut self, _part: ()) -> Result<(), Cancelled> {
        Ok(())
    }

    fn progress(&mut self, _progress: Progress) -> Result<(), Cancelled> {
        self.0 = self.0.checked_sub(1).ok_or(Cancelled)?;
        Ok(())
    }
}

fn options(format: TurntableFormat) -> TurntableOptions {
    TurntableOptions {
        size: [48, 33],
        seconds: 1.0,
        fps: 12.0,
        format,
        ..TurntableOptions::default()
    }
}

fn write(options: &TurntableOptions, out: &Path) -> anyhow::Result<()> {
    turntable(&mut Painter, &Scene::new(), options, out, &mut Stop(1000))
}

/// The H.264 samples of a small MP4, as the decoder wants them: with start codes.
fn samples(mp4: &[u8]) -> Vec<u8> {
    let at = mp4.windows(4).position(|w| w == b"mdat").unwrap();
    let size = u32::from_be_bytes(mp4[at - 4..at].try_into().unwrap()) as usize;
    let mut rest = &mp4[at + 4..at - 4 + size];
    let mut stream = Vec::new();
    while rest.len() > 4 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        stream.extend([0, 0, 0, 1]);
        stream.extend(&rest[4..4 + length]);
        rest = &rest[4 + length..];
    }
    stream
}

#[test]
fn an_mp4_decodes_to_the_colors_that_were_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("turn.mp4");
    write(&options(TurntableFormat::Mp4), &out).unwrap();
    let stream = samples(&std::fs::read(&out).unwrap());

    let mut decoder = Decoder::new().unwrap();
    let mut lumas = Vec::new();
    for unit in openh264::nal_units(&stream) {
        if let Some(picture) = decoder.decode(unit).unwrap() {
            assert_eq!(picture.dimensions(), (48, 34), "odd sides grow by one");
            lumas.push(picture.y()[17 * picture.strides().0 + 24]);
        }
    }
    for picture in decoder.flush_remaining().unwrap() {
        lumas.push(picture.y()[17 * picture.strides().0 + 24]);
    }
    assert_eq!(lumas.len(), 12, "every frame: {lumas:?}");
    for (i, luma) in lumas.iter().enumerate() {
        let (sin, cos) = (i as f32 / 12.0 * std::f32::consts::TAU).sin_cos();
        let [r, g] = [sin, cos].map(|v| 127.5 + 127.5 * v);
        let wanted = 16.0 + (0.2126 * r + 0.7152 * g + 0.0722 * 127.5) * 219.0 / 255.0;
        assert!(
            (f32::from(*luma) - wanted).abs() < 3.0,
            "frame {i}: {luma} for {wanted}"
        );
    }
}

#[test]
fn a_gif_has_all_frames_and_keeps_holes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("turn.gif");
    let mut options = options(TurntableFormat::Gif { dither: true });
    options.look.background = renderer::Background::Transparent;
    write(&options, &out).unwrap();

    let mut decode = ::gif::DecodeOptions::new();
    decode.set_color_output(::gif::ColorOutput::RGBA);
    let mut decoder = decode
        .read_info(std::fs::File::open(&out).unwrap())
        .unwrap();
    let (mut frames, mut hundredths) = (0, 0);
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert_eq!(frame.buffer[3], 0, "a hole on the left");
        assert_eq!(frame.buffer[4 * 40 + 3], 255, "paint on the right");
        frames += 1;
        hundredths += u32::from(frame.delay);
    }
    assert_eq!((frames, hundredths), (12, 100), "twelve in a second");
}

#[test]
fn cancelled_exports_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (format, name) in [
        (TurntableFormat::Mp4, "turn.mp4"),
        (TurntableFormat::Gif { dither: false }, "turn.gif"),
        (TurntableFormat::PngSequence, "frames"),
    ] {
        let out = folder.path().join(name);
        let error = turntable(
            &mut Painter,
            &Scene::new(),
            &options(format),
            &out,
            &mut Stop(5),
        )
        .unwrap_err();
        assert!(is_cancelled(&error), "{name}: {error:#}");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 0, "no half file");
}

#[test]
fn a_screenshot_in_pieces_is_seamless() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("wide.png");
    let orbit = Orbit::framing(&Scene::new());
    let frame = Look::default().frame(orbit.camera([5000, 20]));
    screenshot(
        &mut Painter,
        &frame,
        Quality::default(),
        &out,
        &mut Stop(100),
    )
    .unwrap();
    let picture = ::image::open(&out).unwrap().to_rgba8();
    assert_eq!(picture.dimensions(), (5000, 20), "the size asked for");
    let first = *picture.get_pixel(0, 0);
    assert!(
        picture.pixels().all(|p| *p == first),
        "one color everywhere"
    );
}

#[test]
fn hopeless_sizes_and_rates_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let base = options(TurntableFormat::Mp4);
    for (options, name) in [
        (
            TurntableOptions {
                size: [4096, 4096],
                ..base.clone()
            },
            "large.mp4",
        ),
        (
            TurntableOptions {
                fps: f32::NAN,
                ..base.clone()
            },
            "nan.mp4",
        ),
        (
            TurntableOptions {
                seconds: 0.0,
                ..base
            },
            "none.mp4",
        ),
    ] {
        assert!(
            write(&options, &folder.path().join(name)).is_err(),
            "{name}"
        );
    }
}
