//! What a stroke of a brush costs beside the frames that show it.
//!
//! `cargo test --release --package tests --test brush_cost -- --ignored --nocapture` prints the table of
//! docs/benchmarks.md; without `--ignored` a small scene is checked.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use editor::{Arrived, Button, Command, Editor, Input, Modifiers, Pick, Picker, ToolKind};
use glam::Vec2;
use renderer::{Frame, Gpu, Render, Renderer, SoftwareRenderer};
use scene::{RegionMask, RegionQuery, Transform};
use tests::root;

const SIZE: [u32; 2] = [1280, 800];
/// Pointer events of a stroke.
const EVENTS: usize = 40;

/// The renderer as the editor's eye, as the window has it.
struct Eye<'a> {
    renderer: &'a mut dyn Render,
    frame: Frame,
}

impl Picker for Eye<'_> {
    fn pick(&mut self, x_px: f32, y_px: f32) -> Option<Pick> {
        let pixel = [x_px.max(0.0) as u32, y_px.max(0.0) as u32];
        let pick = self.renderer.pick(&self.frame, pixel).ok()??;
        Some(Pick {
            node: pick.node,
            row: pick.row,
            point: pick.point,
            depth: pick.depth,
        })
    }

    fn region(&mut self, query: &RegionQuery) -> Option<RegionMask> {
        self.renderer.region(&self.frame, query).ok()
    }
}

/// Milliseconds of a stroke.
#[derive(Debug)]
struct Cost {
    /// The press, which asks once what is seen.
    press_ms: f64,
    /// The dearest of the moves.
    most_ms: f64,
    /// The middle one.
    median_ms: f64,
    /// The middle one of the frames between them: upload of the changed flags, drawing, waiting.
    frame_ms: f64,
    /// Splats selected, or colors changed.
    touched: usize,
}

fn load(path: &Path) -> Editor {
    let mut editor = Editor::new();
    editor.set_viewport(SIZE, 1.0);
    let (id, _) = editor.begin_incoming("scene", "test", Transform::IDENTITY);
    let (cloud, _) = scene::io::load_all(path).expect("a scene");
    editor.extend_incoming(id, cloud).expect("it is arriving");
    let transform = Some(scene::io::SCENE_FROM_FILE);
    editor.finish_incoming(
        id,
        Arrived {
            transform,
            ..Arrived::default()
        },
    );
    editor.run(Command::FrameAll);
    editor.tick(10.0);
    editor
}

fn stroke(editor: &mut Editor, renderer: &mut dyn Render, tool: ToolKind) -> Cost {
    editor.run(Command::SelectNone);
    editor.run(Command::SetTool(tool));
    let mut frame = Frame::new(editor.camera(SIZE));
    frame.show_selection = true;
    renderer.sync(editor.scene(), &app_everything(editor));
    renderer.render_image(&frame).expect("a frame");
    let middle = Vec2::new(SIZE[0] as f32, SIZE[1] as f32) * 0.5;
    // Around the first place near the middle where there is a splat to begin on.
    let mut eye = Eye { renderer, frame };
    let around = (0..4000).map(|i| {
        let turn = Vec2::from_angle(i as f32 * 0.5);
        middle + turn * (i as f32 * 0.1)
    });
    let start = { around }.find(|pos| eye.pick(pos.x, pos.y).is_some());
    let start = start.unwrap_or(middle);
    if tool == ToolKind::Clone {
        pick_source(editor, &mut eye, start);
    }
    let at = |i: usize| start + Vec2::new((i % 10) as f32 * 6.0, (i % 7) as f32 * 4.0);
    let (modifiers, button) = (Modifiers::NONE, Button::Primary);
    let (mut event_ms, mut frame_ms) = (Vec::new(), Vec::new());
    let mut recolored = 0;
    for i in 0..EVENTS {
        let pos = at(i);
        let input = if i == 0 {
            Input::PointerPressed {
                pos,
                button,
                modifiers,
            }
        } else {
            Input::PointerMoved { pos, modifiers }
        };
        let start = Instant::now();
        let outcome = editor.input(&input, &mut Eye { renderer, frame });
        event_ms.push(millis(start));
        recolored += colors(&outcome.dirty);
        let start = Instant::now();
        renderer.sync(editor.scene(), &outcome.dirty);
        renderer.render_image(&frame).expect("a frame");
        frame_ms.push(millis(start));
    }
    let pos = at(EVENTS);
    let input = Input::PointerReleased {
        pos,
        button,
        modifiers,
    };
    editor.input(&input, &mut Eye { renderer, frame });
    let press_ms = event_ms.remove(0);
    event_ms.sort_by(f64::total_cmp);
    frame_ms.sort_by(f64::total_cmp);
    Cost {
        press_ms,
        most_ms: event_ms[event_ms.len() - 1],
        median_ms: event_ms[event_ms.len() / 2],
        frame_ms: frame_ms[frame_ms.len() / 2],
        touched: editor.selected_splats() + recolored,
    }
}

/// Says where the clone brush copies from.
fn pick_source(editor: &mut Editor, eye: &mut Eye<'_>, pos: Vec2) {
    let (modifiers, button) = (Modifiers::ALT, Button::Primary);
    let press = Input::PointerPressed {
        pos,
        button,
        modifiers,
    };
    editor.input(&press, eye);
}

/// Colors that an event changed.
fn colors(dirty: &[scene::Dirty]) -> usize {
    let rows = dirty.iter().map(|part| match part {
        scene::Dirty::Colors { rows, .. } => rows.len(),
        _ => 0,
    });
    rows.sum()
}

fn app_everything(editor: &Editor) -> Vec<scene::Dirty> {
    let clouds = editor
        .scene()
        .layers()
        .map(|(node, _, layer)| scene::Dirty::Cloud {
            node,
            rows: 0..layer.cloud.len(),
        });
    [scene::Dirty::Graph, scene::Dirty::Light]
        .into_iter()
        .chain(clouds)
        .collect()
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

#[test]
fn a_dab_costs_less_than_the_frame_that_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    tests::ply::write_ball(&ball, 50_000);
    let mut editor = load(&ball);
    let mut renderer = SoftwareRenderer::new();
    for tool in [ToolKind::Brush, ToolKind::SphereBrush, ToolKind::Paint] {
        let cost = stroke(&mut editor, &mut renderer, tool);
        assert!(cost.touched > 100, "{tool:?}: {cost:?}");
        assert!(cost.median_ms <= cost.frame_ms, "{tool:?}: {cost:?}");
    }
}

/// The largest file of splats that can be read.
fn largest() -> Option<PathBuf> {
    let mut best: Option<(u64, PathBuf)> = None;
    let mut folders = vec![root().join("../shared/data/splats")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, bytes) = (entry.path(), entry.metadata().map_or(0, |m| m.len()));
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ply")
                && best.as_ref().is_none_or(|(most, _)| bytes > *most)
                && scene::io::load_all(&path).is_ok()
            {
                best = Some((bytes, path));
            }
        }
    }
    best.map(|(_, path)| path)
}

#[test]
#[ignore = "prints the table of docs/benchmarks.md"]
fn brush_table() {
    let file = std::env::var_os("BRUSH_SCENE").map(PathBuf::from);
    let Some(file) = file.or_else(largest) else {
        eprintln!("there is no file of splats in ../shared/data/splats; name one in BRUSH_SCENE");
        return;
    };
    let mut editor = load(&file);
    let splats: usize = editor.scene().layers().map(|(.., l)| l.cloud.len()).sum();
    println!("{} ({splats} splats), {SIZE:?}", file.display());
    let mut renderers: Vec<(String, Box<dyn Render>)> = Vec::new();
    if let Ok(gpu) = Gpu::headless() {
        let name = gpu.adapter_name.clone();
        if let Ok(renderer) = Renderer::new(gpu) {
            renderers.push((name, Box::new(renderer)));
        }
    }
    renderers.push(("processor".into(), Box::new(SoftwareRenderer::new())));
    println!("| device | tool | press | median move | dearest move | frame | move / frame |");
    for (name, renderer) in &mut renderers {
        for (tool, ellipses) in [
            (ToolKind::Brush, false),
            (ToolKind::Brush, true),
            (ToolKind::SphereBrush, false),
            (ToolKind::Paint, false),
            (ToolKind::Clone, false),
        ] {
            if editor.settings().select_ellipses != ellipses {
                editor.run(Command::ToggleSelectEllipses);
            }
            let c = stroke(&mut editor, renderer.as_mut(), tool);
            let tool = format!("{tool:?}{}", if ellipses { ", ellipses" } else { "" });
            println!(
                "| {name} | {tool} | {:.2} ms | {:.2} ms | {:.2} ms | {:.2} ms | {:.3} | {} touched",
                c.press_ms,
                c.median_ms,
                c.most_ms,
                c.frame_ms,
                c.median_ms / c.frame_ms,
                c.touched
            );
        }
    }
}
