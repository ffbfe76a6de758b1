//! The camera walks once around the scene: PNG frames, GIF or MP4.

use std::path::Path;

use anyhow::{Result, ensure};
use image::RgbaImage;
use renderer::{Background, Render};
use scene::{Progress, Scene, Sink};

use super::framing::{Look, Orbit};
use super::image::{draw, write_png};
use super::part::PartFolder;
use super::{gif, mp4};

/// Which way the camera walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Seen from above, against the clock: the subject seems to turn to its right.
    #[default]
    CounterClockwise,
    /// Seen from above, with the clock.
    Clockwise,
}

/// What a turntable is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurntableFormat {
    /// A folder of numbered PNGs, transparent where the background is.
    PngSequence,
    /// An animated GIF that repeats for ever: 256 colors.
    Gif {
        /// Trades flat bands of color for fine noise.
        dither: bool,
    },
    /// H.264 in MP4. It knows no transparency.
    Mp4,
}

impl TurntableFormat {
    /// By the extension: `.gif`, `.mp4`; a name without one is a folder of PNGs.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            None => Ok(Self::PngSequence),
            Some("gif") => Ok(Self::Gif { dither: true }),
            Some("mp4") => Ok(Self::Mp4),
            Some(other) => anyhow::bail!(
                "a turntable cannot be written as .{other}; use .mp4, .gif, or a folder's name for PNG frames: {}",
                path.display()
            ),
        }
    }
}

/// A turntable.
#[derive(Debug, Clone, PartialEq)]
pub struct TurntableOptions {
    /// Pixels. MP4 makes odd sizes one pixel larger.
    pub size: [u32; 2],
    /// Of one whole turn.
    pub seconds: f32,
    /// Frames a second.
    pub fps: f32,
    /// The first view; its pitch is the camera's elevation throughout. `None` frames the scene from
    /// its front.
    pub orbit: Option<Orbit>,
    /// Which way the camera walks.
    pub direction: Direction,
    /// Background and filter.
    pub look: Look,
    /// What is written.
    pub format: TurntableFormat,
}

impl Default for TurntableOptions {
    fn default() -> Self {
        Self {
            size: [720, 720],
            seconds: 6.0,
            fps: 30.0,
            orbit: None,
            direction: Direction::default(),
            look: Look::default(),
            format: TurntableFormat::Mp4,
        }
    }
}

impl TurntableOptions {
    /// Frames of one turn. The last one is a step short of the first, so that the turn repeats
    /// without a halt.
    pub fn frame_count(&self) -> u32 {
        (self.seconds * self.fps).round().max(1.0) as u32
    }

    /// The camera of a frame.
    fn view(&self, first: &Orbit, frame: u32) -> Orbit {
        let sign = match self.direction {
            Direction::CounterClockwise => 1.0,
            Direction::Clockwise => -1.0,
        };
        let share = frame as f32 / self.frame_count() as f32;
        Orbit {
            yaw: first.yaw + sign * share * std::f32::consts::TAU,
            ..*first
        }
    }

    fn check(&self) -> Result<()> {
        ensure!(
            self.seconds > 0.0 && self.seconds <= 600.0,
            "a turn can take up to 600 seconds, not {}",
            self.seconds
        );
        ensure!(
            self.fps >= 1.0 && self.fps <= 120.0,
            "a turntable can have 1 to 120 frames a second, not {}",
            self.fps
        );
        ensure!(
            self.size.iter().all(|side| (16..=8192).contains(side)),
            "a turntable can be 16 to 8192 pixels wide and high, not {}×{}",
            self.size[0],
            self.size[1]
        );
        Ok(())
    }
}

/// Draws the frames of a turntable one after the other.
pub(crate) struct Frames<'a> {
    render: &'a mut dyn Render,
    options: &'a TurntableOptions,
    first: Orbit,
    look: Look,
    pub(crate) size: [u32; 2],
}

impl Frames<'_> {
    /// The picture of one frame at the given size.
    pub(crate) fn draw(&mut self, frame: u32, size: [u32; 2]) -> Result<RgbaImage> {
        let camera = self.options.view(&self.first, frame).camera(size);
        let frame = self.look.frame(camera);
        draw(self.render, &frame, &mut scene::sink::Collect::default())
    }

    /// Frames of the whole turn.
    pub(crate) fn count(&self) -> u32 {
        self.options.frame_count()
    }
}

/// Draws a whole turn and writes it to `out`. `render` shows `scene` already.
pub fn turntable(
    render: &mut dyn Render,
    scene: &Scene,
    options: &TurntableOptions,
    out: &Path,
    sink: &mut dyn Sink<()>,
) -> Result<()> {
    options.check()?;
    let mut frames = Frames {
        render,
        first: options.orbit.unwrap_or_else(|| Orbit::framing(scene)),
        look: options.look,
        size: options.size,
        options,
    };
    match options.format {
        TurntableFormat::PngSequence => write_sequence(&mut frames, out, sink)?,
        TurntableFormat::Gif { dither } => gif::write(&mut frames, options.fps, dither, out, sink)?,
        TurntableFormat::Mp4 => {
            frames.size = options.size.map(|side| side.next_multiple_of(2));
            if frames.look.background == Background::Transparent {
                frames.look.background = Background::Color([0.0; 3]);
            }
            mp4::write(&mut frames, options.fps, out, sink)?;
        }
    }
    let count = u64::from(options.frame_count());
    // The file is there: a wish to stop comes too late.
    let _ = sink.progress(Progress::new("Done", count, count));
    Ok(())
}

fn write_sequence(frames: &mut Frames<'_>, out: &Path, sink: &mut dyn Sink<()>) -> Result<()> {
    let folder = PartFolder::create(out)?;
    let (count, size) = (frames.count(), frames.size);
    for i in 0..count {
        report(sink, i, count)?;
        let picture = frames.draw(i, size)?;
        write_png(&picture, &folder.path().join(format!("{:04}.png", i + 1)))?;
    }
    folder.finish()
}

/// Says which frame is being drawn; the place where an export is cancelled.
pub(crate) fn report(sink: &mut dyn Sink<()>, frame: u32, count: u32) -> Result<()> {
    sink.progress(Progress::new(
        "Drawing the turntable",
        u64::from(frame),
        u64::from(count),
    ))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_closes_one_step_after_its_last_frame() {
        let options = TurntableOptions {
            seconds: 2.0,
            fps: 10.0,
            ..TurntableOptions::default()
        };
        let first = Orbit {
            target: glam::Vec3::ZERO,
            distance: 1.0,
            yaw: 0.0,
            pitch: 0.1,
            fov_y: 0.5,
        };
        let step = options.view(&first, 1).yaw;
        let last = options.view(&first, options.frame_count() - 1).yaw;
        assert!((last + step - std::f32::consts::TAU).abs() < 1e-4, "{last}");
        assert!(step > 0.0, "counter-clockwise by default");
    }

    #[test]
    fn formats_by_extension() {
        let of = |name: &str| TurntableFormat::from_path(Path::new(name));
        assert_eq!(of("a.MP4").unwrap(), TurntableFormat::Mp4, "mp4");
        assert_eq!(
            of("frames").unwrap(),
            TurntableFormat::PngSequence,
            "folder"
        );
        assert!(of("a.avi").is_err(), "unknown");
    }
}
