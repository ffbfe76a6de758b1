//! H.264 in MP4: Cisco's OpenH264, built from source, and a small muxer.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use image::RgbaImage;
use muxide::api::{MuxerBuilder, MuxerError, VideoCodec};
use openh264::OpenH264API;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, Profile,
    QpRange, RateControlMode, VuiConfig,
};
use openh264::formats::YUVBuffer;
use scene::Sink;

use super::part::{PartFile, explain};
use super::turntable::{Frames, report};

/// What a film may spend at most; a turning head needs a tenth of it.
const BITS_PER_PIXEL: f32 = 0.5;

/// Quantizers between which the encoder chooses. Above the finest, flat backgrounds keep faint ghosts.
const FINEST_QP: u8 = 18;
/// See [`FINEST_QP`].
const COARSEST_QP: u8 = 36;

/// OpenH264 stops at level 5.2.
const LARGEST_PX: [u32; 2] = [3840, 2160];

/// Draws, encodes and writes all frames. Both sides of the picture are even.
pub(crate) fn write(
    frames: &mut Frames<'_>,
    fps: f32,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    let [width, height] = frames.size;
    ensure!(
        width.max(height) <= LARGEST_PX[0] && width.min(height) <= LARGEST_PX[1],
        "an MP4 can be at most {}×{} pixels, not {width}×{height}; choose a smaller size or PNG frames",
        LARGEST_PX[0],
        LARGEST_PX[1]
    );
    let mut encoder = encoder(frames.size, fps)?;
    let (part, file) = PartFile::create(out)?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    let fail = |error: MuxerError| match error {
        MuxerError::Io(error) => explain(error, out),
        other => anyhow!("could not write {}: {other}", out.display()),
    };
    let mut muxer = MuxerBuilder::new(&mut writer)
        .video(VideoCodec::H264, width, height, f64::from(fps))
        .with_fast_start(true)
        .build()
        .map_err(fail)?;

    let count = frames.count();
    for i in 0..count {
        report(sink, i, count)?;
        let picture = frames.draw(i, frames.size)?;
        let encoded = encoder
            .encode(&to_yuv(&picture))
            .context("the video encoder failed")?;
        let is_key = matches!(encoded.frame_type(), FrameType::IDR | FrameType::I);
        let sample = encoded.to_vec();
        // Over its budget the encoder leaves a frame out: the one before stays a little longer.
        if !sample.is_empty() {
            muxer
                .write_video(f64::from(i) / f64::from(fps), &sample, is_key)
                .map_err(fail)?;
        }
    }
    muxer.finish().map_err(fail)?;
    writer.flush().map_err(|e| explain(e, out))?;
    let file = writer
        .into_inner()
        .map_err(|e| explain(e.into_error(), out))?;
    part.finish(file)
}

/// An encoder that spends what the finest allowed quantizer needs (about 45 dB on a photograph).
fn encoder([width, height]: [u32; 2], fps: f32) -> Result<Encoder> {
    let bits_per_second = BITS_PER_PIXEL * width as f32 * height as f32 * fps;
    let config = EncoderConfig::new()
        .complexity(Complexity::High)
        .profile(Profile::High)
        .rate_control_mode(RateControlMode::Bitrate)
        .bitrate(BitRate::from_bps(bits_per_second.max(1e6) as u32))
        .qp(QpRange::new(FINEST_QP, COARSEST_QP))
        .max_frame_rate(FrameRate::from_hz(fps))
        .scene_change_detect(false)
        .background_detection(false)
        .intra_frame_period(IntraFramePeriod::from_num_frames((2.0 * fps).ceil() as u32))
        .vui(VuiConfig::bt709());
    Encoder::with_api_config(OpenH264API::from_source(), config)
        .context("the video encoder could not be started")
}

/// BT.709 in limited range, chroma averaged over 2 × 2 pixels. Both sides are even.
fn to_yuv(picture: &RgbaImage) -> YUVBuffer {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let rgb = |x: usize, y: usize| -> [f32; 3] {
        let at = 4 * (y * width + x);
        std::array::from_fn(|c| f32::from(pixels[at + c]))
    };
    let luma = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;

    let mut yuv = vec![0u8; width * height * 3 / 2];
    let (y_plane, chroma) = yuv.split_at_mut(width * height);
    let (u_plane, v_plane) = chroma.split_at_mut(width * height / 4);
    for y in 0..height {
        for x in 0..width {
            y_plane[y * width + x] = (16.5 + luma(rgb(x, y)) * (219.0 / 255.0)) as u8;
        }
    }
    for y in 0..height / 2 {
        for x in 0..width / 2 {
            let corners =
                [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| rgb(2 * x + dx, 2 * y + dy));
            let mean: [f32; 3] =
                std::array::from_fn(|c| 0.25 * corners.iter().map(|p| p[c]).sum::<f32>());
            let l = luma(mean);
            let at = y * (width / 2) + x;
            // Cb and Cr: differences to the luma, scaled to ±112 (ITU-R BT.709-6, 3.3).
            u_plane[at] = (128.5 + (mean[2] - l) / 1.8556 * (224.0 / 255.0)) as u8;
            v_plane[at] = (128.5 + (mean[0] - l) / 1.5748 * (224.0 / 255.0)) as u8;
        }
    }
    YUVBuffer::from_vec(yuv, width, height)
}

#[cfg(test)]
mod tests {
    use image::Rgba;
    use openh264::formats::YUVSource as _;

    use super::*;

    #[test]
    fn white_black_and_red_have_their_bt709_values() {
        for (color, y, u, v) in [
            ([255, 255, 255, 255], 235, 128, 128),
            ([0, 0, 0, 255], 16, 128, 128),
            ([255, 0, 0, 255], 63, 102, 240),
        ] {
            let yuv = to_yuv(&RgbaImage::from_pixel(2, 2, Rgba(color)));
            assert_eq!((yuv.y()[0], yuv.u()[0], yuv.v()[0]), (y, u, v), "{color:?}");
        }
    }
}
