//! `render`, `turntable`, `sheet` and `convert`.

use std::path::Path;

use anyhow::{Result, ensure};
use renderer::Render;
use scene::io::{Project, SaveOptions};
use scene::{History, Scene, Sink};

use super::args::{ConvertArgs, ModelArgs, RenderArgs, SheetArgs, TurntableArgs, ViewArgs};
use super::progress::Terminal;
use super::stage::{Stage, is_picture};
use crate::export::{self, Direction, Quality, TurntableFormat, TurntableOptions};

pub(crate) fn render(args: &RenderArgs) -> Result<()> {
    if !export::is_tiff(&args.output) {
        check_is_png(&args.output)?;
    }
    let mut terminal = Terminal::new();
    let mut stage = Stage::open(&args.files, &args.model, &mut terminal)?;
    let mut render = stage.renderer(&args.view)?;
    let quality = Quality {
        supersample: args.supersample,
        deep: args.depth16,
    };
    draw_screenshot(
        render.as_mut(),
        &stage,
        (&args.view, quality),
        &args.output,
        &mut terminal,
    )
}

pub(crate) fn turntable(args: &TurntableArgs) -> Result<()> {
    // Before anything slow: a name that cannot be written.
    TurntableFormat::from_path(&args.output)?;
    let mut terminal = Terminal::new();
    let mut stage = Stage::open(&args.files, &args.model, &mut terminal)?;
    let mut render = stage.renderer(&args.view)?;
    let mut options = turntable_options(&stage, &args.view, &args.output)?;
    options.seconds = args.seconds;
    options.fps = args.fps;
    if args.clockwise {
        options.direction = Direction::Clockwise;
    }
    if let TurntableFormat::Gif { dither } = &mut options.format {
        *dither = !args.no_dither;
    }
    draw_turntable(
        render.as_mut(),
        &stage,
        &options,
        &args.output,
        &mut terminal,
    )
}

pub(crate) fn sheet(args: &SheetArgs) -> Result<()> {
    check_is_png(&args.output)?;
    let mut terminal = Terminal::new();
    let files = [args.file.clone()];
    let mut stage = Stage::open(&files, &args.model, &mut terminal)?;
    let mut render = stage.renderer(&args.view)?;
    if args.modes {
        let camera = args.view.camera(&args.view.orbit(&stage.scene)?);
        let look = args.view.look();
        let (render, scene) = (render.as_mut(), &stage.scene);
        export::mode_sheet(render, scene, (camera, &look), &args.output, &mut terminal)?;
        terminal.say(&format!("{}", args.output.display()));
        return Ok(());
    }
    draw_sheet(
        render.as_mut(),
        &stage,
        &args.view,
        &args.output,
        &mut terminal,
    )
}

pub(crate) fn convert(args: &ConvertArgs) -> Result<()> {
    ensure!(
        !is_picture(&args.input)?,
        "this is a picture; `splatwright generate` makes splats of it: {}",
        args.input.display()
    );
    let to_project = scene::io::is_project_path(&args.output);
    ensure!(
        to_project || scene::io::is_splat_path(&args.output),
        "splats are written as PLY or as a project; give a name that ends in .ply or .{}: {}",
        scene::io::PROJECT_EXTENSION,
        args.output.display()
    );
    let mut terminal = Terminal::new();
    let stage = Stage::open(
        std::slice::from_ref(&args.input),
        &ModelArgs::default(),
        &mut terminal,
    )?;
    write_scene(&stage.scene, &args.output, &mut terminal)
}

/// Writes what is shown as splats, or everything as a project; what was lost goes to standard error.
pub(crate) fn write_scene(scene: &Scene, out: &Path, terminal: &mut Terminal) -> Result<()> {
    let report = if scene::io::is_project_path(out) {
        let history = History::new(0);
        let project = Project::snapshot(scene, &history);
        let mut listen = |progress| Sink::<()>::progress(terminal, progress);
        scene::io::save_project(out, &project, &mut listen)?
    } else {
        let shown = scene.layers().filter(|(id, ..)| scene.is_visible(*id));
        let layers: Vec<_> = shown
            .map(|(id, _, layer)| {
                let place = scene::io::file_from_layer(&scene.world_from_node(id));
                (layer, place)
            })
            .collect();
        let borrowed: Vec<_> = layers.iter().map(|(layer, at)| (*layer, at)).collect();
        scene::io::save(out, &borrowed, &SaveOptions::default())?
    };
    for note in &report.notes {
        terminal.say(note);
    }
    terminal.say(&format!("{}: {} splats", out.display(), report.splats));
    Ok(())
}

pub(crate) fn draw_screenshot(
    render: &mut dyn Render,
    stage: &Stage,
    (view, quality): (&ViewArgs, Quality),
    out: &Path,
    terminal: &mut Terminal,
) -> Result<()> {
    let camera = view.camera(&view.orbit(&stage.scene)?);
    export::screenshot(render, &view.look().frame(camera), quality, out, terminal)?;
    terminal.say(&format!("{}", out.display()));
    Ok(())
}

pub(crate) fn draw_sheet(
    render: &mut dyn Render,
    stage: &Stage,
    view: &ViewArgs,
    out: &Path,
    terminal: &mut Terminal,
) -> Result<()> {
    let orbit = view.orbit(&stage.scene)?;
    let cell_px = view.size[0].min(view.size[1]);
    export::contact_sheet(render, &orbit, &view.look(), cell_px, out, terminal)?;
    terminal.say(&format!("{}", out.display()));
    Ok(())
}

pub(crate) fn turntable_options(
    stage: &Stage,
    view: &ViewArgs,
    out: &Path,
) -> Result<TurntableOptions> {
    Ok(TurntableOptions {
        size: view.size,
        orbit: Some(view.orbit(&stage.scene)?),
        look: view.look(),
        format: TurntableFormat::from_path(out)?,
        ..TurntableOptions::default()
    })
}

pub(crate) fn draw_turntable(
    render: &mut dyn Render,
    stage: &Stage,
    options: &TurntableOptions,
    out: &Path,
    terminal: &mut Terminal,
) -> Result<()> {
    export::turntable(render, &stage.scene, options, out, terminal)?;
    terminal.say(&format!(
        "{}: {} frames",
        out.display(),
        options.frame_count()
    ));
    Ok(())
}

fn check_is_png(out: &Path) -> Result<()> {
    let is_png = out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("png"));
    ensure!(
        is_png,
        "pictures are written as PNG; give a name that ends in .png: {}",
        out.display()
    );
    Ok(())
}
