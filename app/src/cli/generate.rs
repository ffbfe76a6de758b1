//! `splatwright generate`: a photograph becomes a splat file.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use inference::{GenerateOptions, Generated, ImageSource, Package, Part, Runtime};
use renderer::CpuRasterizer;
use scene::io::SaveOptions;
use scene::{Cancelled, Progress, Sink, SplatLayer, Transform};

use super::args::{GenerateArgs, ModelArgs};
use super::commands;
use super::progress::Terminal;
use super::stage::{Stage, file_name};
use crate::assets;
use crate::export::Quality;

pub(crate) fn run(args: &GenerateArgs) -> Result<()> {
    let Some(photo) = &args.photo else {
        return super::city::run(args);
    };
    let start = Instant::now();
    let mut terminal = Terminal::new();
    let generated = generate(photo, &args.model, &mut terminal)?;
    let secs = start.elapsed().as_secs_f32();
    let report = generated.report.clone();
    let layer = SplatLayer::new(generated.cloud, file_name(photo));
    let splats = layer.cloud.len();
    let made = (file_name(photo), layer, generated.world_from_cloud);
    keep(args, made, secs, &mut terminal)?;
    if args.json {
        let stages: serde_json::Map<String, serde_json::Value> = report
            .stages
            .iter()
            .map(|stage| (stage.stage.clone(), stage.secs.into()))
            .collect();
        let json = serde_json::json!({
            "splats": splats,
            "seconds": report.total_secs,
            "first_splats_seconds": report.first_splats_secs,
            "stages": stages,
            "faces": report.face_count,
            "residual_ipd": report.residual_ipd,
            "psnr_db": report.psnr_db,
            "iou": report.iou,
            "notes": report.notes,
        });
        println!("{json}");
    }
    Ok(())
}

/// Writes what was made, and pictures of it where they were asked for.
pub(crate) fn keep(
    args: &GenerateArgs,
    (name, layer, place): (String, SplatLayer, Transform),
    secs: f32,
    terminal: &mut Terminal,
) -> Result<()> {
    scene::io::save(
        &args.output,
        &[(&layer, &scene::io::file_from_layer(&place))],
        &SaveOptions::default(),
    )?;
    terminal.say(&format!(
        "{}: {} splats in {secs:.1} s",
        args.output.display(),
        layer.cloud.len()
    ));
    let mut stage = Stage {
        scene: scene::Scene::new(),
    };
    stage.add(&name, layer, place)?;
    if args.screenshot.is_some() || args.turntable.is_some() || args.sheet.is_some() {
        let mut render = stage.renderer(&args.view)?;
        let render = render.as_mut();
        if let Some(out) = &args.screenshot {
            let view = (&args.view, Quality::default());
            commands::draw_screenshot(render, &stage, view, out, terminal)?;
        }
        if let Some(out) = &args.sheet {
            commands::draw_sheet(render, &stage, &args.view, out, terminal)?;
        }
        if let Some(out) = &args.turntable {
            let options = commands::turntable_options(&stage, &args.view, out)?;
            commands::draw_turntable(render, &stage, &options, out, terminal)?;
        }
    }
    Ok(())
}

/// Runs the model package on a picture.
pub(crate) fn generate(
    photo: &Path,
    model: &ModelArgs,
    terminal: &mut Terminal,
) -> Result<Generated> {
    let image = ImageSource::open(photo)?;
    let runtime = Runtime::load(None)?;
    let dir = match &model.package {
        Some(name) => package_dir(name)?,
        None => assets::find(assets::PORTRAIT_PACKAGE)?,
    };
    let package = Package::open(&dir)
        .with_context(|| format!("the model package cannot be used: {}", dir.display()))?;
    let options = GenerateOptions {
        focal_px: model.focal,
        refine_rounds: model.refine,
    };
    let mut sink = Notes(terminal);
    let generated = inference::generate(
        &runtime,
        &package,
        &image,
        &options,
        &CpuRasterizer,
        &mut sink,
    )
    .with_context(|| format!("no splats could be made of {}", photo.display()))?;
    terminal.clear();
    Ok(generated)
}

/// The folder of a package by its name among those that ship, or by its path.
pub(crate) fn package_dir(name: &Path) -> Result<PathBuf> {
    if name.is_dir() {
        return Ok(name.to_path_buf());
    }
    let shipped = assets::find(Path::new("models").join(name));
    shipped.with_context(|| {
        format!(
            "there is no model package {}; give its folder, or one of those that ship",
            name.display()
        )
    })
}

/// Shows progress, and what the model has to say.
struct Notes<'a>(&'a mut Terminal);

impl Sink<Part> for Notes<'_> {
    fn push(&mut self, part: Part) -> Result<(), Cancelled> {
        if let Part::Note(note) = part {
            self.0.say(&note);
        }
        Ok(())
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
        self.0.show(&progress);
        Ok(())
    }
}
