//! `simplify`: fewer splats, and how alike the picture stays.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::{ArgGroup, Args, ValueEnum};
use scene::io::is_splat_path;
use scene::simplify::{Method, layer};
use scene::{Edit, Scene, Sink, SplatFlags};
use serde_json::json;

use super::args::ModelArgs;
use super::commands::write_scene;
use super::progress::Terminal;
use super::stage::{Stage, is_picture, open_renderer};
use crate::likeness::{Likeness, VIEWS, Views};

#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("target").required(true),
    after_help = "\
Examples:
  splatwright simplify garden.ply small.ply --percent 50
  splatwright simplify garden.ply small.ply --count 200000 --psnr
  splatwright simplify garden.ply small.ply --percent 25 --psnr --method drop    to compare"
)]
pub(crate) struct SimplifyArgs {
    /// The splat file or project to read
    pub(crate) input: PathBuf,
    /// The splat file or project to write
    pub(crate) output: PathBuf,
    /// Leave this many splats
    #[arg(long, value_name = "N", group = "target", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Leave this share of the splats
    #[arg(long, value_name = "PERCENT", group = "target")]
    pub(crate) percent: Option<f64>,
    /// How splats become fewer
    #[arg(long, value_enum, default_value_t = MethodArg::Merge)]
    pub(crate) method: MethodArg,
    /// Draw both from around and print counts and likeness (PSNR, dB) as one JSON line
    #[arg(long)]
    pub(crate) psnr: bool,
    /// Draw on the processor even where there is a graphics device
    #[arg(long)]
    pub(crate) software: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodArg {
    /// Neighbors that look alike become one
    Merge,
    /// The least important go (for comparison)
    Drop,
    /// Evenly, by chance (for comparison)
    Random,
}

impl From<MethodArg> for Method {
    fn from(method: MethodArg) -> Self {
        match method {
            MethodArg::Merge => Self::Merge,
            MethodArg::Drop => Self::DropLeast,
            MethodArg::Random => Self::Random,
        }
    }
}

pub(crate) fn run(args: &SimplifyArgs) -> Result<()> {
    ensure!(
        args.percent.is_none_or(|p| p > 0.0 && p <= 100.0),
        "--percent is more than 0 and at most 100, not {}",
        args.percent.unwrap_or_default()
    );
    ensure!(
        !is_picture(&args.input)?,
        "this is a picture; `splatwright generate` makes splats of it: {}",
        args.input.display()
    );
    ensure!(
        scene::io::is_project_path(&args.output) || is_splat_path(&args.output),
        "splats are written as PLY or as a project; give a name that ends in .ply or .{}: {}",
        scene::io::PROJECT_EXTENSION,
        args.output.display()
    );
    let mut terminal = Terminal::new();
    let files = std::slice::from_ref(&args.input);
    let mut stage = Stage::open(files, &ModelArgs::default(), &mut terminal)?;
    let mut render = args.psnr.then(|| open_renderer(args.software));
    let views = match &mut render {
        Some(render) => {
            render.sync(&stage.scene, &[]);
            Some(Views::of(&stage.scene, render.as_mut())?)
        }
        None => None,
    };
    let before = alive(&stage.scene);
    let share = match (args.count, args.percent) {
        (Some(count), _) => count as f64 / before.max(1) as f64,
        (None, percent) => percent.unwrap_or(100.0) / 100.0,
    };
    simplify(&mut stage.scene, share, args.method.into(), &mut terminal)?;
    let after = alive(&stage.scene);
    write_scene(&stage.scene, &args.output, &mut terminal)?;
    if let (Some(render), Some(views)) = (&mut render, &views) {
        render.sync(&stage.scene, &crate::view::everything(&stage.scene));
        let mut likeness = Likeness::default();
        for view in 0..VIEWS {
            views.compare(view, render.as_mut(), &mut likeness)?;
        }
        let psnr = likeness.psnr().filter(|psnr| psnr.is_finite());
        let psnr = psnr.map(|psnr| (psnr * 100.0).round() / 100.0);
        println!(
            "{}",
            json!({ "before": before, "after": after, "psnr_db": psnr })
        );
    }
    Ok(())
}

/// Splats of what is shown that are not deleted.
fn alive(scene: &Scene) -> usize {
    let shown = scene.layers().filter(|(id, ..)| scene.is_visible(*id));
    shown.map(|(.., layer)| layer.alive()).sum()
}

/// Leaves a share of the splats in each layer that is shown.
fn simplify(scene: &mut Scene, share: f64, method: Method, terminal: &mut Terminal) -> Result<()> {
    let shown = scene.layers().filter(|(id, ..)| scene.is_visible(*id));
    let layers: Vec<_> = shown.map(|(id, _, layer)| (id, layer.clone())).collect();
    for (id, source) in layers {
        let target = (source.alive() as f64 * share).round() as usize;
        if target >= source.alive() {
            continue;
        }
        let touchable = |flags: SplatFlags| {
            !flags.intersects(SplatFlags::HIDDEN.with(SplatFlags::LOCKED.with(SplatFlags::DELETED)))
        };
        let mut listen = |progress| Sink::<()>::progress(terminal, progress);
        let simpler = layer(&source, touchable, (target, method), &mut listen)?;
        Edit::replace_layer(id, simpler)
            .apply(scene)
            .context("the layer could not be replaced")?;
    }
    Ok(())
}
