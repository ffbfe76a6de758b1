//! Times what an artist does to many splats: `bench_edits [SPLATS…]`, by default one and five million.
//!
//! Everything goes through the editor as in the window, drawing aside: the middle of several runs, and
//! what the history holds of the step afterwards. `cargo xtask bench --edits` runs it in release.

use std::time::Instant;

use editor::{
    AxisView, Button, Command, EditCommand, Editor, Input, Modifiers, NoPicker, Search, Settings,
    ToolKind,
};
use glam::{Quat, Vec2, Vec3};
use scene::{GaussianCloud, Grade, NodeId, cloud::CloudParts, io::Project};

const SIZE: [u32; 2] = [1920, 1080];
const RUNS: usize = 5;

/// One line of the table.
struct Line {
    name: &'static str,
    ms: f64,
    /// Held by the history for the step; none where there is no step.
    bytes: Option<usize>,
}

fn main() {
    let counts = std::env::args().skip(1).filter_map(|a| a.parse().ok());
    let mut counts: Vec<usize> = counts.collect();
    if counts.is_empty() {
        counts = vec![1_000_000, 5_000_000];
    }
    let tables: Vec<Vec<Line>> = counts.iter().map(|n| table(*n)).collect();
    print!("| one layer, harmonics of degree 3, half of it selected |");
    for count in &counts {
        print!(" {:.1} M splats |", *count as f64 / 1e6);
    }
    println!("\n| --- |{}", " --- |".repeat(counts.len()));
    for (row, line) in tables[0].iter().enumerate() {
        print!("| {} |", line.name);
        for line in tables.iter().map(|table| &table[row]) {
            let held = line
                .bytes
                .map_or(String::new(), |b| format!(", {}", bytes_text(b)));
            print!(" {:.1} ms{held} |", line.ms);
        }
        println!();
    }
}

fn bytes_text(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// An editor with a layer of splats in a block, in no order of place.
fn editor(splats: usize) -> (Editor, NodeId) {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    let mut point = || Vec3::new(random(), random(), random());
    let means: Vec<Vec3> = (0..splats).map(|_| point()).collect();
    let parts = CloudParts {
        rotations: means.iter().map(|m| Quat::from_scaled_axis(*m)).collect(),
        log_scales: means.iter().map(|m| *m - 5.5).collect(),
        opacity_logits: means.iter().map(|m| 8.0 * m.x + 2.0).collect(),
        sh: means.iter().flat_map(|m| [m.x; 48]).collect(),
        sh_degree: 3,
        columns: Vec::new(),
        means,
    };
    let Ok(cloud) = GaussianCloud::new(parts) else {
        unreachable!("all numbers are finite");
    };
    let settings = Settings {
        reduced_motion: true,
        history_bytes: usize::MAX,
        ..Settings::default()
    };
    let mut editor = Editor::with_settings(settings);
    editor.set_viewport(SIZE, 1.0);
    let (id, _) = editor.begin_incoming("block", "bench", Default::default());
    if let Err(error) = editor.extend_incoming(id, cloud) {
        println!("{error}");
    }
    editor.finish_incoming(id, Default::default());
    editor.run(Command::AxisView(AxisView::Front));
    editor.run(Command::FrameAll);
    (editor, id)
}

fn table(splats: usize) -> Vec<Line> {
    let (mut editor, id) = editor(splats);
    let ed = &mut editor;
    if ed.settings().select_surface {
        ed.run(Command::ToggleSelectSurface);
    }
    let run = |command: Command| move |ed: &mut Editor| drop(ed.run(command.clone()));
    let mut lines = vec![
        step(ed, "select all", run(Command::SelectAll)),
        step(ed, "lasso, through everything", lasso),
    ];
    lasso(ed);
    lines.push(step(ed, "invert", run(Command::InvertSelection)));
    lines.push(step(ed, "delete", run(Command::DeleteSelection)));
    lines.push(undo_of_delete(ed));
    lines.push(step(ed, "hide", run(Command::HideSelection)));
    let moves = ["move: take hold", "move: each event", "move: put down"];
    lines.extend(transform(ed, ToolKind::Move, moves));
    let turns = [
        "rotate: take hold",
        "rotate: each event",
        "rotate: put down",
    ];
    lines.extend(transform(ed, ToolKind::Rotate, turns));
    let grade = Grade {
        exposure: 0.5,
        ..Grade::NEUTRAL
    };
    let set = Command::Edit(EditCommand::SetGrade(id, grade));
    lines.push(step(ed, "grade", run(set.clone())));
    ed.run(set);
    let bake = Command::Edit(EditCommand::BakeGrade(id));
    lines.push(step(ed, "bake the grade", run(bake)));
    ed.run(Command::Undo);
    let duplicate = Command::Edit(EditCommand::Duplicate);
    lines.push(step(ed, "duplicate", run(duplicate)));
    let floaters = Search::Floaters(None);
    lines.push(searched(ed, "look for floaters (on a thread)", floaters));
    let ailments = Search::Ailments;
    lines.push(searched(ed, "look for ailments (on a thread)", ailments));
    lines.push(timed("snapshot for a save", RUNS, || {
        drop(Project::snapshot(ed.scene(), ed.history()));
    }));
    lines
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn ms(act: impl FnOnce()) -> f64 {
    let start = Instant::now();
    act();
    start.elapsed().as_secs_f64() * 1e3
}

fn timed(name: &'static str, runs: usize, mut act: impl FnMut()) -> Line {
    let times = (0..runs).map(|_| ms(&mut act)).collect();
    Line {
        name,
        ms: middle(times),
        bytes: None,
    }
}

/// Times a step again and again; each is undone in between.
fn step(editor: &mut Editor, name: &'static str, act: impl Fn(&mut Editor)) -> Line {
    let steps = editor.history().applied();
    let mut bytes = 0;
    let once = |_| {
        let taken = ms(|| act(editor));
        assert_eq!(editor.history().applied(), steps + 1, "{name} is one step");
        bytes = editor.history().newest_bytes();
        editor.run(Command::Undo);
        taken
    };
    let times = (0..RUNS).map(once).collect();
    Line {
        name,
        ms: middle(times),
        bytes: Some(bytes),
    }
}

fn undo_of_delete(editor: &mut Editor) -> Line {
    let once = |_| {
        editor.run(Command::DeleteSelection);
        ms(|| drop(editor.run(Command::Undo)))
    };
    let times = (0..RUNS).map(once).collect();
    Line {
        name: "undo of it",
        ms: middle(times),
        bytes: None,
    }
}

/// Around the left half of the block.
fn lasso(editor: &mut Editor) {
    editor.run(Command::SetTool(ToolKind::Lasso));
    let [width, height] = SIZE.map(|side| side as f32);
    let corners = [(0.5, 0.02), (0.5, 0.98), (0.02, 0.98), (0.02, 0.02)];
    let corner = |(x, y): (f32, f32)| Vec2::new(x * width, y * height);
    press(editor, corner(corners[0]));
    for corner in corners.map(corner) {
        moved(editor, corner);
    }
    release(editor, corner(corners[3]));
}

fn transform(editor: &mut Editor, tool: ToolKind, names: [&'static str; 3]) -> Vec<Line> {
    editor.run(Command::SetTool(tool));
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut bytes = 0;
    for _ in 0..RUNS {
        let from = handle(editor);
        times[0].push(ms(|| press(editor, from)));
        assert!(editor.is_transforming(), "a handle is there");
        for i in 1..=5 {
            let to = from + Vec2::new(10.0, 3.0) * i as f32;
            times[1].push(ms(|| moved(editor, to)));
        }
        let to = from + Vec2::new(50.0, 15.0);
        times[2].push(ms(|| release(editor, to)));
        bytes = editor.history().newest_bytes();
        editor.run(Command::Undo);
    }
    let line = |(name, times)| Line {
        name,
        ms: middle(times),
        bytes: None,
    };
    let mut lines: Vec<Line> = names.into_iter().zip(times).map(line).collect();
    lines[2].bytes = Some(bytes);
    lines
}

/// A place where the tool in hand takes hold, found by trying.
fn handle(editor: &mut Editor) -> Vec2 {
    let [width, height] = SIZE.map(|side| side as f32);
    let center = Vec2::new(0.5 * width, 0.5 * height);
    // The middle of the selected half lies left of the middle of the picture.
    for i in 0..500 {
        let at = center - Vec2::new(i as f32, 0.0);
        moved(editor, at);
        let shapes = editor.overlay().shapes;
        if shapes.iter().any(|shape| shape.tone == editor::Tone::Hot) {
            return at;
        }
    }
    center
}

fn searched(editor: &Editor, name: &'static str, search: Search) -> Line {
    timed(name, 3, || {
        let scene = editor.scene().clone();
        let _ = search.run(&scene, &mut |_| Ok(()));
    })
}

fn press(editor: &mut Editor, pos: Vec2) {
    let input = Input::PointerPressed {
        pos,
        button: Button::Primary,
        modifiers: Modifiers::NONE,
    };
    editor.input(&input, &mut NoPicker);
}

fn moved(editor: &mut Editor, pos: Vec2) {
    let modifiers = Modifiers::NONE;
    editor.input(&Input::PointerMoved { pos, modifiers }, &mut NoPicker);
}

fn release(editor: &mut Editor, pos: Vec2) {
    let input = Input::PointerReleased {
        pos,
        button: Button::Primary,
        modifiers: Modifiers::NONE,
    };
    editor.input(&input, &mut NoPicker);
}
