//! The painting tools, driven by events without a window.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/capture.rs"]
mod capture;
#[path = "support/stage.rs"]
mod stage;

use capture::{Capture, capture};
use editor::{Command, EditCommand, Key, Modifiers, PaintOptions, ToolKind};
use glam::Vec3;
use scene::{Dirty, PaintMode, RegionMask, Scene};
use stage::key;

const BLUE: Vec3 = Vec3::new(0.1, 0.2, 0.9);

fn with_paint(tool: ToolKind, change: impl Fn(&mut PaintOptions)) -> Capture {
    let mut capture = capture();
    capture.editor.run(Command::SetTool(tool));
    let mut options = PaintOptions {
        color: BLUE.to_array(),
        hardness: 1.0,
        ..PaintOptions::default()
    };
    change(&mut options);
    capture
        .editor
        .run(Command::Edit(EditCommand::SetPaintOptions(options)));
    capture
}

fn colors(capture: &Capture) -> Vec<Vec3> {
    let layer = capture.editor.scene().node(capture.id);
    let cloud = &layer.and_then(|n| n.splats()).expect("a layer").cloud;
    (0..cloud.len()).map(|row| cloud.base_color(row)).collect()
}

fn blue_rows(capture: &Capture) -> Vec<usize> {
    let colors = colors(capture);
    (0..colors.len())
        .filter(|row| colors[*row].distance(BLUE) < 1e-3)
        .collect()
}

fn scene(capture: &Capture) -> Scene {
    capture.editor.scene().clone()
}

#[test]
fn a_stroke_is_live_one_step_and_undone_exactly() {
    let mut c = with_paint(ToolKind::Paint, |_| {});
    let (steps, before) = (c.steps(), scene(&c));
    let (from, to) = (c.pixel(Vec3::new(-0.5, 0.0, 0.0)), c.pixel(Vec3::ZERO));
    let first = c.press(from, Modifiers::NONE);
    assert!(
        first
            .dirty
            .iter()
            .all(|d| matches!(d, Dirty::Colors { .. })),
        "only colors are drawn anew: {:?}",
        first.dirty
    );
    let dab = blue_rows(&c).len();
    assert!(dab > 3, "live from the first dab on: {dab}");
    c.move_to(from.lerp(to, 0.5), Modifiers::NONE);
    c.move_to(to, Modifiers::NONE);
    assert!(blue_rows(&c).len() > 2 * dab, "and while it goes on");
    assert_eq!(c.steps(), steps, "not a step yet");
    c.release(to, Modifiers::NONE);
    assert_eq!(c.steps(), steps + 1, "one step");
    let after = scene(&c);
    c.editor.run(Command::Undo);
    assert_eq!(c.editor.scene(), &before, "undone to the last bit");
    c.editor.run(Command::Redo);
    assert_eq!(c.editor.scene(), &after, "and redone");
}

#[test]
fn escape_takes_a_stroke_back_exactly() {
    let mut c = with_paint(ToolKind::Paint, |o| o.strength = 0.4);
    let (steps, before) = (c.steps(), scene(&c));
    let at = c.pixel(Vec3::ZERO);
    c.press(at, Modifiers::NONE);
    for i in 0..20 {
        c.move_to(at + (i % 5) as f32 * 9.0, Modifiers::NONE);
    }
    assert_ne!(c.editor.scene(), &before, "painted");
    key(&mut c.editor, Key::Escape, Modifiers::NONE);
    assert_eq!(c.editor.scene(), &before, "as before");
    assert_eq!(c.steps(), steps, "no step");
    c.release(at, Modifiers::NONE);
    assert_eq!(c.editor.scene(), &before, "the button came up too late");
}

#[test]
fn passing_over_a_place_again_changes_nothing_and_costs_no_memory() {
    let paint = |passes: usize| {
        let mut c = with_paint(ToolKind::Paint, |o| {
            o.strength = 0.5;
            o.hardness = 0.0;
        });
        let ends = [Vec3::new(-0.5, 0.0, 0.0), Vec3::new(0.5, 0.0, 0.0)].map(|p| c.pixel(p));
        c.press(ends[0], Modifiers::NONE);
        for pass in 0..passes {
            for i in 0..=20 {
                let t = i as f32 / 20.0;
                let t = if pass % 2 == 0 { t } else { 1.0 - t };
                c.move_to(ends[0].lerp(ends[1], t), Modifiers::NONE);
            }
        }
        let end = if passes.is_multiple_of(2) {
            ends[0]
        } else {
            ends[1]
        };
        c.release(end, Modifiers::NONE);
        (colors(&c), c.editor.history().bytes())
    };
    let ((once, bytes), (often, bytes_often)) = (paint(1), paint(9));
    let off = once.iter().zip(&often).map(|(a, b)| a.distance(*b));
    let off = off.fold(0.0, f32::max);
    assert!(off < 5e-3, "{off}");
    assert_eq!(bytes, bytes_often, "one color a splat is kept");
}

#[test]
fn only_selected_splats_are_painted_where_some_are() {
    let mut c = with_paint(ToolKind::Paint, |o| o.through = true);
    let half = c.editor.settings().select;
    c.editor.run(Command::SetTool(ToolKind::Rect));
    let corners = [Vec3::new(-1.05, -1.05, 0.0), Vec3::new(-0.05, 1.05, 0.0)];
    let [a, b] = corners.map(|p| c.pixel(p));
    c.drag(a, b, Modifiers::NONE);
    assert_eq!(c.selected(), c.red, "{half:?}");
    c.editor.run(Command::SetTool(ToolKind::Paint));
    let (from, to) = (
        c.pixel(Vec3::new(-0.4, 0.0, 0.0)),
        c.pixel(Vec3::new(0.4, 0.0, 0.0)),
    );
    c.drag(from, to, Modifiers::NONE);
    let painted = blue_rows(&c);
    assert!(painted.len() > 5, "{painted:?}");
    assert!(painted.iter().all(|row| c.red.contains(row)), "{painted:?}");
}

#[test]
fn locked_and_hidden_splats_and_layers_are_left_alone() {
    let mut c = with_paint(ToolKind::Paint, |o| o.through = true);
    let before = colors(&c);
    c.editor.run(Command::ToggleLock(c.id));
    let at = c.pixel(Vec3::ZERO);
    let said = c.press(at, Modifiers::NONE).message;
    assert!(said.is_some_and(|m| m.contains("unlocked")), "it says why");
    c.release(at, Modifiers::NONE);
    assert_eq!(colors(&c), before, "a locked layer");
    c.editor.run(Command::ToggleLock(c.id));
    for (hide, name) in [
        (Command::HideSelection, "hidden"),
        (Command::LockSelection, "locked"),
    ] {
        c.editor.run(Command::SelectAll);
        c.editor.run(hide);
        c.click(at, Modifiers::NONE);
        assert_eq!(colors(&c), before, "{name} splats");
        c.editor.run(Command::Undo);
        c.editor.run(Command::SelectNone);
    }
}

#[test]
fn alt_and_a_click_takes_up_the_color_and_paints_nothing() {
    let mut c = with_paint(ToolKind::Paint, |_| {});
    let before = scene(&c);
    let at = c.mean(c.red[0]);
    let said = c.click(c.pixel(at), Modifiers::ALT).message;
    assert_eq!(
        said.as_deref(),
        Some("Painting with #ff0000"),
        "red is told"
    );
    assert_eq!(c.editor.settings().paint.color, [1.0, 0.0, 0.0]);
    assert_eq!(c.editor.scene(), &before, "nothing is painted");
    let said = c.click(glam::Vec2::splat(2.0), Modifiers::ALT).message;
    assert!(said.is_some_and(|m| m.contains("no splat")), "beside");
}

#[test]
fn hue_paint_keeps_what_is_light_light() {
    let mut c = with_paint(ToolKind::Paint, |o| {
        o.mode = PaintMode::Hue;
        o.through = true;
    });
    let before = colors(&c);
    c.click(c.pixel(Vec3::new(0.5, -0.5, 0.0)), Modifiers::NONE);
    let lightness = |color: Vec3| scene::oklab::from_display(color).x;
    let changed: Vec<(Vec3, Vec3)> = before
        .into_iter()
        .zip(colors(&c))
        .filter(|(old, new)| old != new)
        .collect();
    assert!(!changed.is_empty(), "something is painted");
    for (old, new) in changed {
        let off = lightness(old) - lightness(new);
        assert!(off.abs() < 0.01, "{old} became {new}");
        assert!(new.z > new.y, "green became bluish: {new}");
    }
}

/// Sees only the ball where something is asked about the surface.
struct BallOnly<'a>(capture::Eye, &'a Capture);

impl editor::Picker for BallOnly<'_> {
    fn pick(&mut self, x_px: f32, y_px: f32) -> Option<editor::Pick> {
        self.0.pick(x_px, y_px)
    }

    fn region(&mut self, query: &scene::RegionQuery) -> Option<RegionMask> {
        assert!(query.surface_only, "only the surface is asked for");
        let mut words = vec![0_u32; 468_usize.div_ceil(32)];
        for row in &self.1.ball {
            words[row / 32] |= 1 << (row % 32);
        }
        let layers = vec![(self.1.id, words)];
        Some(RegionMask { layers })
    }
}

#[test]
fn what_lies_behind_the_surface_is_painted_only_where_it_is_wanted() {
    for through in [false, true] {
        let mut c = with_paint(ToolKind::Paint, |o| o.through = through);
        let pos = c.pixel(Vec3::new(0.6, 0.6, 0.5));
        let press = editor::Input::PointerPressed {
            pos,
            button: editor::Button::Primary,
            modifiers: Modifiers::NONE,
        };
        let other = capture();
        let mut eye = BallOnly(c.eye(), &other);
        c.editor.input(&press, &mut eye);
        c.release(pos, Modifiers::NONE);
        let painted = blue_rows(&c);
        let floor = painted.iter().filter(|row| !c.ball.contains(row)).count();
        assert!(painted.len() > floor, "the ball");
        assert_eq!(
            floor > 0,
            through,
            "{floor} of the floor, through {through}"
        );
    }
}

#[test]
fn the_clone_brush_copies_what_lies_at_the_same_offset() {
    let mut c = with_paint(ToolKind::Clone, |o| o.through = true);
    let (steps, before) = (c.steps(), scene(&c));
    let target = c.pixel(Vec3::new(-0.5, -0.5, 0.0));
    let said = c.click(target, Modifiers::NONE).message;
    assert!(said.is_some_and(|m| m.contains("Alt")), "no source yet");
    c.click(c.pixel(Vec3::new(0.5, -0.5, 0.0)), Modifiers::ALT);
    assert_eq!(c.editor.scene(), &before, "picking paints nothing");
    let marks = c.editor.overlay().lines.len();
    assert_eq!(marks, 2, "the source is marked");

    // A meter to the left all is red; what is copied from a meter to the right is green.
    c.press(target, Modifiers::NONE);
    c.move_to(c.pixel(Vec3::new(-0.5, -0.2, 0.0)), Modifiers::NONE);
    c.release(c.pixel(Vec3::new(-0.5, -0.2, 0.0)), Modifiers::NONE);
    assert_eq!(c.steps(), steps + 1, "one step");
    let now = colors(&c);
    let green: Vec<usize> = c
        .red
        .iter()
        .copied()
        .filter(|row| now[*row].distance(Vec3::Y) < 0.05)
        .collect();
    assert!(green.len() > 5, "green on the red side: {green:?}");
    c.editor.run(Command::Undo);
    assert_eq!(c.editor.scene(), &before, "undone to the last bit");

    // Further strokes keep the shift.
    let beside = c.pixel(Vec3::new(-0.2, 0.3, 0.0));
    c.click(beside, Modifiers::NONE);
    let now = colors(&c);
    let green = c
        .red
        .iter()
        .filter(|row| now[**row].distance(Vec3::Y) < 0.05);
    assert!(green.count() > 2, "from a meter to the right again");
}

#[test]
fn a_stroke_of_the_clone_brush_copies_what_was_there_before_it() {
    let mut c = with_paint(ToolKind::Clone, |o| o.through = true);
    // From just beside: what the stroke has painted must not be copied on and on.
    c.click(c.pixel(Vec3::new(0.1, 0.0, 0.0)), Modifiers::ALT);
    let from = c.pixel(Vec3::new(-0.1, 0.0, 0.0));
    let to = c.pixel(Vec3::new(-0.9, 0.0, 0.0));
    c.drag(from, to, Modifiers::NONE);
    let now = colors(&c);
    let far = c.red.iter().filter(|row| c.mean(**row).x < -0.45);
    for row in far {
        assert!(now[*row].distance(Vec3::X) < 0.05, "{row}: {}", now[*row]);
    }
    let near = c.red.iter().filter(|row| now[**row].y > 0.5).count();
    assert!(near > 0, "the first of it is green");
}

#[test]
fn unusable_paint_is_refused() {
    let mut c = with_paint(ToolKind::Paint, |_| {});
    let good = c.editor.settings().paint;
    for bad in [
        PaintOptions {
            strength: f32::NAN,
            ..good
        },
        PaintOptions {
            hardness: 2.0,
            ..good
        },
        PaintOptions {
            color: [0.0, -1.0, 0.0],
            ..good
        },
    ] {
        let said = c
            .editor
            .run(Command::Edit(EditCommand::SetPaintOptions(bad)));
        assert!(said.message.is_some(), "{bad:?}");
        assert_eq!(c.editor.settings().paint, good, "nothing was changed");
    }
}

#[test]
fn cloned_harmonics_stand_in_the_world_as_they_did() {
    use editor::{Button, Editor, Input, Pick, Settings};
    use glam::{Quat, Vec2};
    use scene::{GaussianCloud, NodeId, Transform, cloud::CloudParts, sh};

    /// One splat at the origin that is lighter from one side.
    fn splat(lobe: [f32; 9]) -> GaussianCloud {
        GaussianCloud::new(CloudParts {
            means: vec![Vec3::ZERO],
            rotations: vec![Quat::IDENTITY],
            // So small that the two are no neighbors.
            log_scales: vec![Vec3::splat(-5.0)],
            opacity_logits: vec![2.0],
            sh_degree: 1,
            sh: [&[0.3, 0.2, 0.1][..], &lobe].concat(),
            columns: Vec::new(),
        })
        .expect("a valid cloud")
    }
    let mut editor = Editor::with_settings(Settings {
        reduced_motion: true,
        ..Settings::default()
    });
    editor.set_viewport(stage::SIZE, 1.0);
    let lobe = [0.3, -0.2, 0.1, 0.5, 0.4, 0.2, -0.4, 0.1, 0.3];
    let source = stage::add_layer(&mut editor, "source", splat(lobe), false);
    let target = stage::add_layer(&mut editor, "target", splat([0.0; 9]), false);
    let places = [(source, -0.2, 0.4), (target, 0.2, -1.1)];
    for (id, x, angle) in places {
        let place = Transform {
            translation: Vec3::X * x,
            rotation: Quat::from_axis_angle(Vec3::new(0.6, 0.0, 0.8), angle),
            scale: 1.0,
        };
        editor.run(Command::SetTransform(id, place));
    }
    editor.run(Command::FrameAll);
    editor.run(Command::SetTool(ToolKind::Clone));
    let options = PaintOptions {
        through: true,
        ..PaintOptions::default()
    };
    editor.run(Command::Edit(EditCommand::SetPaintOptions(options)));
    let click = |editor: &mut Editor, (node, x): (NodeId, f32), modifiers| {
        let point = Vec3::X * x;
        let mut sees = stage::Sees(Some(Pick {
            node,
            row: 0,
            point,
            depth: 2.0,
        }));
        let (pos, button): (Vec2, _) = (stage::pixel(editor, point), Button::Primary);
        for input in [
            Input::PointerPressed {
                pos,
                button,
                modifiers,
            },
            Input::PointerReleased {
                pos,
                button,
                modifiers,
            },
        ] {
            editor.input(&input, &mut sees);
        }
    };
    click(&mut editor, (source, -0.2), Modifiers::ALT);
    click(&mut editor, (target, 0.2), Modifiers::NONE);
    let seen = |id: NodeId, from: Vec3| {
        let layer = editor.scene().node(id).and_then(|n| n.splats());
        let own = editor.scene().world_from_node(id).rotation.inverse() * from;
        sh::color_seen(layer.expect("a layer").cloud.sh_of(0), 1, own)
    };
    for from in [Vec3::X, Vec3::Y, Vec3::NEG_Z, Vec3::new(0.6, 0.0, -0.8)] {
        let (there, here) = (seen(source, from), seen(target, from));
        assert!(there.distance(here) < 1e-4, "from {from}: {there}, {here}");
    }
}
