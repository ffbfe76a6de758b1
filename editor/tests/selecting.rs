//! The tools that select in space and by likeness, driven by events without a window.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/capture.rs"]
mod capture;
#[path = "support/stage.rs"]
mod stage;

use capture::{Capture, STEP, capture};
use editor::{Command, Input, Key, Modifiers, SelectOp, SelectOptions, ToolKind, Volume};
use glam::{Vec2, Vec3};
use stage::key;

const BOTH: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::CTRL
};

fn with_tool(tool: ToolKind) -> Capture {
    let mut capture = capture();
    capture.editor.run(Command::SetTool(tool));
    capture
}

fn options(capture: &mut Capture, change: impl Fn(&mut SelectOptions)) -> editor::Outcome {
    let mut options = capture.editor.settings().select;
    change(&mut options);
    capture.editor.run(Command::SetSelectOptions(options))
}

#[test]
fn a_polygon_selects_inside_its_corners_and_is_one_step() {
    let mut c = with_tool(ToolKind::Polygon);
    let steps = c.steps();
    let corners = [(-1.05, -1.05), (-0.05, -1.05), (-0.05, 1.05), (-1.05, 1.05)];
    let corners = corners.map(|(x, y)| c.pixel(Vec3::new(x, y, 0.0)));
    for corner in corners {
        c.click(corner, Modifiers::NONE);
    }
    c.click(Vec2::new(10.0, 10.0), Modifiers::NONE);
    key(&mut c.editor, Key::Backspace, Modifiers::NONE);
    assert_eq!(c.editor.overlay().handles.len(), 4, "the corners are shown");
    assert_eq!(c.steps(), steps, "nothing is selected yet");
    key(&mut c.editor, Key::Enter, Modifiers::NONE);
    assert_eq!(c.selected(), c.red, "the left half");
    assert_eq!(c.steps(), steps + 1, "one step");

    // A double click sets its corner once and closes; Ctrl removes.
    for corner in [corners[0], corners[1], corners[2], corners[2]] {
        c.click(corner, Modifiers::CTRL);
    }
    let pos = corners[2];
    let mut eye = c.eye();
    c.editor.input(&Input::DoubleClicked { pos }, &mut eye);
    assert!(!c.selected().is_empty(), "a triangle leaves the rest");
    assert!(c.selected().len() < c.red.len(), "and takes its own");

    // The first corner closes; Escape forgets the corners.
    for corner in [corners[0], corners[1], corners[2], corners[3], corners[0]] {
        c.click(corner, Modifiers::SHIFT);
    }
    assert_eq!(c.selected(), c.red, "Shift adds");
    c.click(corners[0], Modifiers::NONE);
    key(&mut c.editor, Key::Escape, Modifiers::NONE);
    assert!(c.editor.overlay().handles.is_empty(), "forgotten");
    assert_eq!(c.editor.tool(), ToolKind::Polygon, "the tool stays in hand");
}

#[test]
fn a_polygon_of_two_corners_says_what_is_missing() {
    let mut c = with_tool(ToolKind::Polygon);
    c.click(Vec2::new(100.0, 100.0), Modifiers::NONE);
    c.click(Vec2::new(200.0, 100.0), Modifiers::NONE);
    let said = key(&mut c.editor, Key::Enter, Modifiers::NONE).message;
    assert!(said.is_some_and(|m| m.contains("three corners")), "said");
    assert_eq!(c.editor.overlay().handles.len(), 2, "the corners stay");
}

#[test]
fn a_sphere_brush_follows_the_surface_and_leaves_what_is_behind() {
    let mut c = with_tool(ToolKind::SphereBrush);
    c.editor.run(Command::SetBrushRadius(40.0));
    let steps = c.steps();
    let over = c.pixel(c.mean(c.ball[22]));
    c.drag(
        over - Vec2::X * 10.0,
        over + Vec2::X * 10.0,
        Modifiers::NONE,
    );
    let selected = c.selected();
    assert!(selected.len() > 3, "some of the ball: {selected:?}");
    assert!(
        selected.iter().all(|row| c.ball.contains(row)),
        "the floor behind the ball is too far: {selected:?}"
    );
    assert_eq!(c.steps(), steps + 1, "one step a stroke");

    let floor = c.pixel(Vec3::new(-0.8, -0.5, 0.0));
    let end = c.pixel(Vec3::new(-0.8, 0.5, 0.0));
    c.drag(floor, end, Modifiers::SHIFT);
    let after = c.selected();
    assert!(after.len() > selected.len() + 10, "Shift adds the floor");
    c.press(floor, Modifiers::CTRL);
    c.move_to(end, Modifiers::CTRL);
    assert_eq!(c.selected(), selected, "Ctrl removes at once");
    key(&mut c.editor, Key::Escape, Modifiers::NONE);
    c.release(end, Modifiers::CTRL);
    assert_eq!(c.selected(), after, "Escape puts it back");
    assert_eq!(c.steps(), steps + 2, "and leaves no step");
}

#[test]
fn an_eyedropper_selects_a_color_and_its_tolerance_replaces_the_step() {
    let mut c = with_tool(ToolKind::Eyedropper);
    let steps = c.steps();
    let red = c.pixel(c.mean(c.red[100]));
    c.click(red, Modifiers::NONE);
    let mut all_red = c.red.clone();
    all_red.extend(&c.ball);
    assert_eq!(c.selected(), all_red, "wherever it is");
    options(&mut c, |o| o.tolerance = 1.0);
    assert_eq!(c.selected().len(), 468, "everything is that similar");
    assert_eq!(c.steps(), steps + 1, "still one step");
    for _ in 0..12 {
        key(&mut c.editor, Key::Char('['), Modifiers::NONE);
    }
    assert_eq!(c.selected(), all_red, "[ narrows it");
    c.editor.run(Command::Undo);
    assert!(c.selected().is_empty(), "one undo");

    c.click(red, Modifiers::NONE);
    let green = c.pixel(c.mean(c.green[40]));
    c.click(green, Modifiers::SHIFT);
    assert_eq!(c.selected().len(), 468, "Shift adds");
    c.click(red, BOTH);
    assert_eq!(c.selected(), all_red, "both intersect");
    c.editor.run(Command::SetAdjustOp(SelectOp::Subtract));
    assert_eq!(c.selected(), c.green, "and can still be changed");
    assert_eq!(c.steps(), steps + 3, "three clicks, three steps");
}

#[test]
fn a_flood_stays_with_what_hangs_together() {
    let mut c = with_tool(ToolKind::Flood);
    options(&mut c, |o| o.reach = Some(1.2 * STEP));
    let red = c.pixel(c.mean(c.red[100]));
    c.click(red, Modifiers::NONE);
    assert_eq!(c.selected(), c.red, "not the ball, not the green half");
    options(&mut c, |o| o.tolerance = 1.0);
    assert_eq!(c.selected().len(), 441, "all of the floor");
    options(&mut c, |o| o.reach = Some(0.5 * STEP));
    assert_eq!(c.selected(), [c.red[100]], "nothing is that near");
    options(&mut c, |o| o.reach = Some(f32::INFINITY));
    assert_eq!(c.selected(), [c.red[100]], "refused: not a number");
    options(&mut c, |o| o.reach = None);
    assert_eq!(c.selected().len(), 441, "the splats' own size will do");
}

#[test]
fn a_sphere_is_placed_moved_sized_and_typed_in_one_step() {
    let mut c = with_tool(ToolKind::Sphere);
    let steps = c.steps();
    let middle = c.mean(c.ball[22]);
    let at = c.pixel(middle);
    let rim = c.pixel(middle + Vec3::X * 0.25);
    c.drag(at, rim, Modifiers::NONE);
    assert_eq!(c.selected(), c.ball, "the ball");
    let Some(Volume::Sphere { radius, .. }) = c.editor.volume() else {
        panic!("a sphere stands: {:?}", c.editor.volume());
    };
    assert!((radius - 0.25).abs() < 0.01, "as far as dragged: {radius}");

    // Its rim sizes it, its middle moves it, Escape puts it back.
    c.drag(rim, c.pixel(middle + Vec3::X * 0.05), Modifiers::NONE);
    assert_eq!(c.selected(), [c.ball[22]], "smaller");
    let before = c.editor.volume();
    c.press(at, Modifiers::NONE);
    c.move_to(c.pixel(middle + Vec3::X * STEP), Modifiers::NONE);
    assert_eq!(c.selected(), [c.ball[23]], "moved");
    key(&mut c.editor, Key::Escape, Modifiers::NONE);
    assert_eq!(
        (c.selected(), c.editor.volume()),
        (vec![c.ball[22]], before)
    );
    c.release(at, Modifiers::NONE);

    let center = Vec3::new(-0.5, 0.0, 0.0);
    let typed = Volume::Sphere {
        center,
        radius: 0.16,
    };
    c.editor.run(Command::SetVolume(typed));
    assert_eq!(c.selected().len(), 9, "three by three of the floor");
    let said = c.editor.run(Command::SetVolume(typed.at(Vec3::NAN)));
    assert!(
        said.message.is_some_and(|m| m.contains("not a usable")),
        "NaN"
    );
    assert_eq!(c.editor.volume(), Some(typed), "and nothing is lost");
    assert_eq!(c.steps(), steps + 1, "all of it is one step");
    c.editor.run(Command::Undo);
    assert!(c.selected().is_empty(), "taken back at once");
}

#[test]
fn a_box_has_sides_to_drag_and_a_click_gives_it_a_size() {
    let mut c = with_tool(ToolKind::Box);
    let center = Vec3::new(-0.5, 0.0, 0.0);
    let at = c.pixel(center);
    c.click(at, Modifiers::NONE);
    assert!(
        c.editor.volume().is_some_and(|v| v.is_valid()),
        "a size of its own"
    );
    let half = Vec3::new(0.15, 0.15, 0.15);
    c.editor
        .run(Command::SetVolume(Volume::Box { center, half }));
    assert_eq!(c.selected().len(), 9, "three by three");
    assert_eq!(c.editor.overlay().handles.len(), 7, "middle and six sides");
    let side = c.pixel(center + Vec3::X * 0.15);
    c.drag(side, c.pixel(center + Vec3::X * 0.26), Modifiers::NONE);
    assert_eq!(c.selected().len(), 12, "one column more");
    // Beyond the other side it stays a thin box.
    let side = c.pixel(center + Vec3::X * 0.26);
    c.drag(side, c.pixel(center - Vec3::X * 0.4), Modifiers::NONE);
    assert!(
        c.editor.volume().is_some_and(|v| v.is_valid()),
        "still a box"
    );

    // Where sizes count, what is touched counts.
    let half = Vec3::splat(0.12);
    c.editor
        .run(Command::SetVolume(Volume::Box { center, half }));
    c.editor.run(Command::ToggleSelectEllipses);
    assert_eq!(
        c.selected().len(),
        21,
        "neighbors that reach into it, not its corners"
    );
}

#[test]
fn a_volume_that_is_taken_back_while_it_is_placed_leaves_nothing() {
    let mut c = with_tool(ToolKind::Sphere);
    let (steps, at) = (c.steps(), c.pixel(c.mean(c.ball[22])));
    c.press(at, Modifiers::NONE);
    c.move_to(at + 30.0, Modifiers::NONE);
    assert!(!c.selected().is_empty(), "it selects at once");
    key(&mut c.editor, Key::Escape, Modifiers::NONE);
    assert!(
        c.selected().is_empty() && c.editor.volume().is_none(),
        "gone"
    );
    assert_eq!(c.steps(), steps, "without a step");
    assert!(c.editor.history().redo_name().is_none(), "nor one to redo");
}

#[test]
fn tools_say_why_they_do_nothing() {
    let tools = [
        ToolKind::Rect,
        ToolKind::Polygon,
        ToolKind::SphereBrush,
        ToolKind::Eyedropper,
        ToolKind::Flood,
        ToolKind::Sphere,
        ToolKind::Box,
    ];
    for tool in tools {
        let mut c = with_tool(tool);
        c.editor.run(Command::ToggleLock(c.id));
        let said = c.click(c.pixel(Vec3::ZERO), Modifiers::NONE).message;
        assert!(said.is_some(), "{tool:?} on a locked layer");
        c.editor.run(Command::ToggleLock(c.id));
        c.editor.run(Command::DeleteNode(c.id));
        let input = Input::PointerPressed {
            pos: Vec2::splat(300.0),
            button: editor::Button::Primary,
            modifiers: Modifiers::NONE,
        };
        let said = c.editor.input(&input, &mut editor::NoPicker).message;
        assert!(said.is_some(), "{tool:?} on an empty scene");
    }
    for tool in [
        ToolKind::SphereBrush,
        ToolKind::Eyedropper,
        ToolKind::Flood,
        ToolKind::Box,
    ] {
        let mut c = with_tool(tool);
        let said = c.click(Vec2::splat(1.0), Modifiers::NONE).message;
        assert!(said.is_some(), "{tool:?} beside everything");
        assert!(c.selected().is_empty(), "and selects nothing");
    }
}

#[test]
fn a_pick_of_a_splat_that_was_deleted_selects_nothing() {
    for tool in [ToolKind::Eyedropper, ToolKind::Flood] {
        let mut c = with_tool(tool);
        let at = c.pixel(c.mean(c.red[100]));
        c.click(at, Modifiers::NONE);
        c.editor.run(Command::DeleteSelection);
        let said = c.click(at, Modifiers::NONE).message;
        assert!(said.is_some_and(|m| m.contains("no longer")), "{tool:?}");
    }
}

#[test]
fn the_depth_toggle_belongs_to_the_family_of_the_tool() {
    let mut c = with_tool(ToolKind::Rect);
    assert!(
        c.editor.selects_surface(),
        "on the picture: the front surface"
    );
    key(&mut c.editor, Key::Char('N'), Modifiers::NONE);
    assert!(!c.editor.selects_surface(), "N reaches through");
    c.editor.run(Command::SetTool(ToolKind::Box));
    assert!(!c.editor.selects_surface(), "in space: through");
    key(&mut c.editor, Key::Char('N'), Modifiers::NONE);
    assert!(c.editor.selects_surface(), "unless asked otherwise");
    assert!(
        !c.editor.settings().select_surface,
        "the other family keeps its own"
    );
}

#[test]
fn a_soft_brush_thins_out_and_does_not_add_up() {
    let mut c = with_tool(ToolKind::Brush);
    options(&mut c, |o| o.softness = 1.0);
    let (from, to) = (
        c.pixel(Vec3::new(0.0, -1.2, 0.0)),
        c.pixel(Vec3::new(0.0, 1.2, 0.0)),
    );
    let radius = c.pixel(Vec3::X).distance(c.pixel(Vec3::ZERO));
    c.editor.run(Command::SetBrushRadius(radius));
    c.drag(from, to, Modifiers::NONE);
    let once = c.selected();
    c.drag(from, to, Modifiers::SHIFT);
    assert_eq!(c.selected(), once, "painting again changes nothing");
    let share = |low: f32, high: f32| {
        let rows = c.red.iter().chain(&c.green).filter(|row| {
            let x = c.mean(**row).x.abs();
            x >= low && x < high
        });
        let rows: Vec<_> = rows.collect();
        let taken = rows.iter().filter(|row| once.contains(row)).count();
        taken as f32 / rows.len() as f32
    };
    let (inner, middle, outer) = (share(0.0, 0.15), share(0.35, 0.65), share(0.85, 1.1));
    assert!(inner > 0.9 && outer < 0.15, "{inner} {middle} {outer}");
    assert!((0.3..0.7).contains(&middle), "about half: {middle}");
}
