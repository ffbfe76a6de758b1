//! Who will be made 3D: the person's outline on the drop card, before anything is created.
//!
//! The worker runs the package on the picture up to the matte and is stopped there; its networks stay
//! loaded, so *Create* starts sooner. Closing the card stops it as well.

use std::path::Path;

use egui::Ui;
use image::RgbaImage;
use inference::{
    GenerateEvent, GenerateJob, GenerateOptions, GenerateRequest, InferenceError, Part, Worker,
};

use crate::background::{Background, Wake};
use crate::theme::{self, tokens};
use crate::{assets, icons, text, widgets};

/// How much of the background's light stays beside the person.
const DIMMED: f32 = 0.38;
/// Half the width of the outline, in steps of the preview's pixels.
const REACH: i64 = 2;

/// How far the look at the picture is.
#[derive(Default)]
pub(super) struct Outlining {
    stage: Stage,
    /// What the package has to say ("2 faces were found…").
    notes: Vec<String>,
}

#[derive(Default)]
enum Stage {
    #[default]
    Waiting,
    Looking(GenerateJob),
    Drawing(Background<(), RgbaImage>),
    Found,
    /// There is no person to make a head of.
    Hopeless(String),
    /// It could not be looked at; *Create* may still work.
    Unknown,
}

impl Outlining {
    /// Whether it must be asked again soon.
    pub(super) fn goes_on(&self) -> bool {
        matches!(self.stage, Stage::Looking(_) | Stage::Drawing(_))
    }

    /// Whether a head can be made, as far as is known.
    pub(super) fn usable(&self) -> Result<(), &str> {
        match &self.stage {
            Stage::Hopeless(why) => Err(why),
            _ => Ok(()),
        }
    }

    /// Goes on; the picture with the outline, once.
    pub(super) fn poll(
        &mut self,
        worker: &Worker,
        path: &Path,
        preview: &RgbaImage,
        wake: &Wake,
    ) -> Option<RgbaImage> {
        match &self.stage {
            Stage::Waiting => self.stage = look(worker, path),
            Stage::Looking(job) => {
                let mut next = None;
                for event in job.poll() {
                    match event {
                        GenerateEvent::Part(Part::Note(note)) => self.notes.push(note),
                        GenerateEvent::Part(Part::Matte(matte)) => {
                            next = Some(draw(preview.clone(), matte, wake));
                            break;
                        }
                        GenerateEvent::Failed(error) => next = Some(failed(&error)),
                        GenerateEvent::Finished(_) => next = Some(Stage::Unknown),
                        GenerateEvent::Progress(_) | GenerateEvent::Part(_) => {}
                    }
                }
                // The job that is replaced here is dropped, which stops the worker.
                if let Some(next) = next {
                    self.stage = next;
                }
            }
            Stage::Drawing(work) => {
                let result = work.result()?;
                self.stage = Stage::Found;
                return result.ok();
            }
            Stage::Found | Stage::Hopeless(_) | Stage::Unknown => {}
        }
        None
    }

    /// What was found, in lines below the package.
    pub(super) fn show(&self, ui: &mut Ui) {
        let t = tokens(ui);
        let (icon, line, ink) = match &self.stage {
            Stage::Waiting | Stage::Unknown => return,
            Stage::Looking(_) | Stage::Drawing(_) => {
                (icons::SEARCH, text::LOOKING_FOR_PERSON, t.text_secondary)
            }
            Stage::Found => (icons::CHECK_CIRCLE, text::PERSON_FOUND, t.success),
            Stage::Hopeless(why) => (icons::WARNING, why.as_str(), t.danger_text),
        };
        let color = if matches!(self.stage, Stage::Hopeless(_)) {
            ink
        } else {
            t.text_secondary
        };
        line_ui(ui, icon, ink, line, color);
        for note in &self.notes {
            line_ui(ui, icons::INFO, t.sky, note, t.text_secondary);
        }
    }
}

fn line_ui(ui: &mut Ui, icon: &str, ink: egui::Color32, line: &str, color: egui::Color32) {
    ui.horizontal_top(|ui| {
        widgets::icon_label(ui, icon, 16.0, ink);
        ui.add(egui::Label::new(theme::small(line).color(color)).wrap());
    });
}

fn look(worker: &Worker, path: &Path) -> Stage {
    let Ok(package_dir) = assets::find(assets::PORTRAIT_PACKAGE) else {
        return Stage::Unknown;
    };
    let request = GenerateRequest {
        package_dir,
        image: path.to_owned(),
        options: GenerateOptions::default(),
    };
    worker
        .submit(request)
        .map_or(Stage::Unknown, Stage::Looking)
}

fn failed(error: &InferenceError) -> Stage {
    match error {
        InferenceError::Cancelled | InferenceError::Worker { .. } => Stage::Unknown,
        error => Stage::Hopeless(crate::notify::sentence(&error.to_string())),
    }
}

fn draw(preview: RgbaImage, matte: RgbaImage, wake: &Wake) -> Stage {
    let work = move |_: &mut dyn scene::Sink<()>| Ok(outlined(&preview, &matte));
    Stage::Drawing(Background::start("outline", wake.clone(), work))
}

/// The picture, dimmed beside the person, with a line in the accent color around them.
fn outlined(preview: &RgbaImage, matte: &RgbaImage) -> RgbaImage {
    let (width, height) = preview.dimensions();
    let cover = image::imageops::thumbnail(matte, width, height);
    let inside = |x: i64, y: i64| {
        let (x, y) = (
            x.clamp(0, i64::from(width) - 1),
            y.clamp(0, i64::from(height) - 1),
        );
        cover.get_pixel(x as u32, y as u32).0[3] >= 128
    };
    let line = theme::overlay::ACCENT;
    let mut picture = preview.clone();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let alpha = f32::from(cover.get_pixel(x, y).0[3]) / 255.0;
        let light = DIMMED + (1.0 - DIMMED) * alpha;
        for channel in &mut pixel.0[..3] {
            *channel = (f32::from(*channel) * light).round() as u8;
        }
        let (x, y) = (i64::from(x), i64::from(y));
        let here = inside(x, y);
        let near = [
            (-REACH, 0),
            (REACH, 0),
            (0, -REACH),
            (0, REACH),
            (-1, -1),
            (1, -1),
            (-1, 1),
            (1, 1),
        ];
        if !here && near.iter().any(|(dx, dy)| inside(x + dx, y + dy)) {
            pixel.0 = [line.r(), line.g(), line.b(), 255];
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    #[test]
    fn the_person_stays_and_the_rest_is_dimmed_behind_a_line() {
        let preview = RgbaImage::from_pixel(64, 64, Rgba([200, 100, 50, 255]));
        let matte = RgbaImage::from_fn(128, 128, |x, _| {
            Rgba([0, 0, 0, if x < 64 { 255 } else { 0 }])
        });
        let picture = outlined(&preview, &matte);
        assert_eq!(
            picture.get_pixel(10, 30).0,
            [200, 100, 50, 255],
            "the person"
        );
        assert_eq!(picture.get_pixel(60, 30).0, [76, 38, 19, 255], "the wall");
        assert_eq!(picture.get_pixel(32, 30).0, [255, 176, 64, 255], "the line");
    }
}
