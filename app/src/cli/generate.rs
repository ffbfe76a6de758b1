//! `splatwright generate`: a photograph becomes a splat file.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use inference::{GenerateOptions, Generated, ImageSource, Package, Part, Runtime};
use renderer::CpuRasterizer;
use scene::io::SaveOptions;
use scene::{Cancelled, Progress, Sink, SplatLayer};

use super::args::{GenerateArgs, ModelArgs};
use super::commands;
use super::progress::Terminal;
use super::stage::{Stage, file_name};
use crate::assets;
use crate::export::Quality;

pub(crate) fn run(args: &GenerateArgs) -> Result<()> {
    let start = Instant::now();
    let mut terminal = Terminal::new();
    let generated = generate(&args.photo, &args.model, &mut terminal)?;
    let generate_secs = start.elapsed().as_secs_f32();
    let report = generated.report.clone();
    let layer = SplatLayer::new(generated.cloud, file_name(&args.photo));
    let splats = layer.cloud.len();
    scene::io::save(
        &args.output,
        &[(
            &layer,
            &scene::io::file_from_layer(&generated.world_from_cloud),
        )],
        &SaveOptions::default(),
    )?;
    terminal.say(&format!(
        "{}: {splats} splats in {generate_secs:.1} s",
        args.output.display()
    ));

    let mut stage = Stage {
        scene: scene::Scene::new(),
    };
    stage.add(&file_name(&args.photo), layer, generated.world_from_cloud)?;
    if args.screenshot.is_some() || args.turntable.is_some() || args.sheet.is_some() {
        let mut render = stage.renderer(&args.view)?;
        let render = render.as_mut();
        if let Some(out) = &args.screenshot {
            let view = (&args.view, Quality::default());
            commands::draw_screenshot(render, &stage, view, out, &mut terminal)?;
        }
        if let Some(out) = &args.sheet {
            commands::draw_sheet(render, &stage, &args.view, out, &mut terminal)?;
        }
        if let Some(out) = &args.turntable {
            let options = commands::turntable_options(&stage, &args.view, out)?;
            commands::draw_turntable(render, &stage, &options, out, &mut terminal)?;
        }
    }

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

/// Runs the model package on a picture.
pub(crate) fn generate(
    photo: &Path,
    model: &ModelArgs,
    terminal: &mut Terminal,
) -> Result<Generated> {
    let image = ImageSource::open(photo)?;
    let runtime = Runtime::load(None)?;
    let dir = match &model.package {
        Some(dir) => dir.clone(),
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
