//! The move, rotate and scale tools, driven by the pointer and the keys.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{Button, Command, EditCommand, Editor, Input, Key, Modifiers, Pivot, ToolKind};
use glam::{Vec2, Vec3};
use scene::{NodeId, SplatLayer};
use stage::{Sees, around, drag, editor, key, move_to, pixel, press, release, selected_rows};

const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::CTRL;
const NONE: Modifiers = Modifiers::NONE;

fn layer(editor: &Editor, id: NodeId) -> &SplatLayer {
    let node = editor.scene().node(id).expect("it is there");
    node.splats().expect("a layer")
}

fn translation(editor: &Editor, id: NodeId) -> Vec3 {
    editor
        .scene()
        .node(id)
        .expect("it is there")
        .transform
        .translation
}

fn with_tool(tool: ToolKind) -> (Editor, NodeId) {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(tool));
    (editor, id)
}

/// On the arrow of an axis, and so many pixels farther.
fn on_arrow(editor: &Editor, axis: Vec3) -> (Vec2, Vec2) {
    let center = pixel(editor, Vec3::ZERO);
    let along = (pixel(editor, axis * 0.1) - center).normalize();
    (center + 60.0 * along, along)
}

/// Selects the middle row of the grid.
fn select_middle(editor: &mut Editor) {
    editor.run(Command::SetTool(ToolKind::Rect));
    let (from, to) = around(editor, Vec3::ZERO);
    let wide = Vec2::new(400.0, 0.0);
    drag(editor, from - wide, to + wide, NONE);
}

#[test]
fn an_arrow_moves_the_layer_along_its_axis_only_and_in_one_step() {
    let (mut editor, id) = with_tool(ToolKind::Move);
    let steps = editor.history().applied();
    let (from, along) = on_arrow(&editor, Vec3::X);
    drag(
        &mut editor,
        from,
        from + 80.0 * along + Vec2::new(0.0, 30.0),
        NONE,
    );
    let moved = translation(&editor, id);
    assert!(
        moved.x > 0.05 && moved.y == 0.0 && moved.z == 0.0,
        "{moved}"
    );
    let under = pixel(&editor, Vec3::new(moved.x, 0.0, 0.0));
    let expected = pixel(&editor, Vec3::ZERO) + 80.0 * along;
    assert!(
        under.distance(expected) < 1.0,
        "it follows the pointer: {under}"
    );
    assert_eq!(editor.history().applied(), steps + 1, "one step");
    editor.run(Command::Undo);
    assert_eq!(translation(&editor, id), Vec3::ZERO, "exactly back");
}

#[test]
fn control_snaps_and_shift_is_fine() {
    let (mut editor, id) = with_tool(ToolKind::Move);
    let (from, along) = on_arrow(&editor, Vec3::X);
    drag(&mut editor, from, from + 83.0 * along, SHIFT);
    let fine = translation(&editor, id).x;
    editor.run(Command::Undo);
    drag(&mut editor, from, from + 83.0 * along, NONE);
    let plain = translation(&editor, id).x;
    editor.run(Command::Undo);
    assert!((plain / fine - 10.0).abs() < 0.1, "{plain} against {fine}");
    drag(&mut editor, from, from + 83.0 * along, CTRL);
    let snapped = translation(&editor, id).x;
    let steps = snapped / 0.05;
    assert!((steps - steps.round()).abs() < 1e-3, "{snapped} is round");
    assert!((snapped - plain).abs() < 0.1, "and near {plain}");
}

#[test]
fn a_typed_number_replaces_the_pointer_and_enter_finishes() {
    let (mut editor, id) = with_tool(ToolKind::Move);
    let (from, along) = on_arrow(&editor, Vec3::X);
    press(&mut editor, from, Button::Primary, NONE);
    move_to(&mut editor, from + 10.0 * along, NONE);
    for typed in [Key::Numpad(1), Key::NumpadPeriod, Key::Numpad(5)] {
        key(&mut editor, typed, NONE);
    }
    assert!((translation(&editor, id).x - 1.5).abs() < 1e-6, "at once");
    key(&mut editor, Key::Char('-'), NONE);
    key(&mut editor, Key::Char('Y'), NONE);
    key(&mut editor, Key::Enter, NONE);
    assert!(!editor.is_dragging(), "Enter finishes");
    let moved = translation(&editor, id);
    assert!(
        (moved - Vec3::new(0.0, -1.5, 0.0)).length() < 1e-6,
        "{moved}"
    );
    release(&mut editor, from, Button::Primary, NONE);
    assert_eq!(
        translation(&editor, id),
        moved,
        "the button has nothing more to say"
    );
}

#[test]
fn what_is_no_number_is_said_and_nothing_is_lost() {
    let (mut editor, id) = with_tool(ToolKind::Move);
    let (from, along) = on_arrow(&editor, Vec3::X);
    press(&mut editor, from, Button::Primary, NONE);
    move_to(&mut editor, from + 10.0 * along, NONE);
    for typed in [Key::Numpad(1), Key::NumpadPeriod, Key::NumpadPeriod] {
        key(&mut editor, typed, NONE);
    }
    let outcome = key(&mut editor, Key::Enter, NONE);
    let message = outcome.message.expect("it says why");
    assert!(
        message.contains("1..") && message.contains("not a number"),
        "{message}"
    );
    assert!(editor.is_dragging(), "it can be corrected");
    key(&mut editor, Key::Backspace, NONE);
    key(&mut editor, Key::Enter, NONE);
    assert!((translation(&editor, id).x - 1.0).abs() < 1e-6, "corrected");
}

#[test]
fn escape_puts_layers_and_splats_back_to_the_bit() {
    for tool in [ToolKind::Move, ToolKind::Rotate, ToolKind::Scale] {
        for selected in [false, true] {
            let (mut editor, _) = editor();
            if selected {
                select_middle(&mut editor);
            }
            editor.run(Command::SetTool(tool));
            let before = editor.scene().clone();
            let steps = editor.history().applied();
            let center = pixel(&editor, Vec3::ZERO);
            let from = center + Vec2::new(108.0, 0.0);
            let from = if tool == ToolKind::Move { center } else { from };
            press(&mut editor, from, Button::Primary, NONE);
            assert!(editor.is_dragging(), "{tool:?} takes hold");
            move_to(&mut editor, from + Vec2::new(30.0, 40.0), NONE);
            assert_ne!(editor.scene(), &before, "{tool:?} shows what it does");
            editor.scene().check_invariants().expect("sound meanwhile");
            key(&mut editor, Key::Escape, NONE);
            assert_eq!(editor.scene(), &before, "{tool:?}, splats: {selected}");
            assert_eq!(editor.history().applied(), steps, "no step");
        }
    }
}

#[test]
fn selected_splats_move_alone_and_come_back_with_one_undo() {
    let (mut editor, id) = editor();
    select_middle(&mut editor);
    let rows = selected_rows(&editor, id);
    assert_eq!(rows, [10, 11, 12, 13, 14], "the middle row of the grid");
    let before = editor.scene().clone();
    let layers = editor.scene().layers().count();
    editor.run(Command::SetTool(ToolKind::Move));
    let (from, along) = on_arrow(&editor, Vec3::Y);
    press(&mut editor, from, Button::Primary, NONE);
    move_to(&mut editor, from + 40.0 * along, NONE);
    let floating = editor.scene().nodes().map(|(id, _)| id);
    let floating: Vec<_> = floating.filter(|id| editor.is_floating(*id)).collect();
    assert_eq!(floating.len(), 1, "they float in a layer of their own");
    assert_eq!(editor.selected_splats(), 5, "still selected");
    release(&mut editor, from + 40.0 * along, Button::Primary, NONE);
    assert_eq!(
        editor.scene().layers().count(),
        layers,
        "back in their layer"
    );
    for (row, mean) in layer(&editor, id).cloud.means().iter().enumerate() {
        let old = before.node(id).and_then(|n| n.splats()).expect("a layer");
        let way = *mean - old.cloud.means()[row];
        let moves = rows.contains(&row);
        assert_eq!(way.y > 0.01, moves, "row {row}: {way}");
        assert!(way.x == 0.0 && way.z == 0.0, "row {row}: {way}");
    }
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "one step, exactly");
}

#[test]
fn turning_splats_is_turning_their_layer() {
    let (mut whole, id) = with_tool(ToolKind::Rotate);
    let (mut parts, other) = editor();
    parts.run(Command::SelectAll);
    parts.run(Command::SetTool(ToolKind::Rotate));
    for editor in [&mut whole, &mut parts] {
        let from = pixel(editor, Vec3::ZERO) + Vec2::new(108.0, 0.0);
        press(editor, from, Button::Primary, NONE);
        move_to(editor, from + Vec2::new(0.0, 5.0), NONE);
        for typed in [Key::Numpad(9), Key::Numpad(0)] {
            key(editor, typed, NONE);
        }
        key(editor, Key::Enter, NONE);
    }
    let baked = layer(&whole, id)
        .cloud
        .transformed(&whole.scene().world_from_node(id));
    let rows = &layer(&parts, other).cloud;
    for (a, b) in baked.means().iter().zip(rows.means()) {
        assert!(a.distance(*b) < 1e-5, "{a} and {b}");
    }
    let first = Vec3::new(-0.5, -0.5, 0.0);
    let turned = rows.means()[0];
    assert!(
        (turned - Vec3::new(0.5, -0.5, 0.0)).length() < 1e-4,
        "{first} to {turned}"
    );
    assert_eq!(baked.normal(0), rows.normal(0), "normals are turned alike");
}

#[test]
fn the_pivot_stays_where_it_is() {
    let (mut editor, id) = with_tool(ToolKind::Scale);
    let corner = Vec3::new(-0.5, -0.5, 0.0);
    editor.run(Command::Edit(EditCommand::PivotAt(corner)));
    let from = pixel(&editor, corner) + Vec2::new(107.5, 0.0);
    press(&mut editor, from, Button::Primary, NONE);
    assert!(editor.is_dragging(), "the ring is around the picked point");
    key(&mut editor, Key::Numpad(2), NONE);
    key(&mut editor, Key::Enter, NONE);
    let world = editor.scene().world_from_node(id);
    assert_eq!(world.scale, 2.0, "twice as large");
    assert!((world.point(corner) - corner).length() < 1e-6, "{world:?}");
}

#[test]
fn alt_click_picks_the_pivot_and_a_click_beside_takes_another_layer() {
    let (mut editor, id) = with_tool(ToolKind::Rotate);
    let point = Vec3::new(0.25, 0.25, 0.0);
    let mut sees = Sees(Some(editor::Pick {
        node: id,
        row: 3,
        point,
        depth: 2.0,
    }));
    let pos = Vec2::new(30.0, 30.0);
    for input in [
        Input::PointerPressed {
            pos,
            button: Button::Primary,
            modifiers: Modifiers::ALT,
        },
        Input::PointerReleased {
            pos,
            button: Button::Primary,
            modifiers: Modifiers::ALT,
        },
    ] {
        editor.input(&input, &mut sees);
    }
    assert_eq!(editor.picked_pivot(), Some(point), "picked");
    assert_eq!(editor.settings().pivot, Pivot::Picked, "and used");
}

#[test]
fn a_locked_layer_and_an_empty_scene_are_left_alone_and_say_why() {
    let (mut editor, id) = with_tool(ToolKind::Move);
    editor.run(Command::SelectNode(Some(id)));
    editor.run(Command::ToggleLock(id));
    assert!(editor.hint().contains("locked"), "{}", editor.hint());
    let before = editor.scene().clone();
    let (from, along) = on_arrow(&editor, Vec3::X);
    drag(&mut editor, from, from + 80.0 * along, NONE);
    assert_eq!(editor.scene(), &before, "nothing moved");

    let mut empty = Editor::new();
    for tool in [
        ToolKind::Move,
        ToolKind::Rotate,
        ToolKind::Scale,
        ToolKind::Measure,
    ] {
        empty.run(Command::SetTool(tool));
        drag(&mut empty, Vec2::splat(50.0), Vec2::splat(90.0), NONE);
        assert_eq!(empty.history().applied(), 0, "{tool:?}: nothing happened");
    }
    empty.run(Command::SetTool(ToolKind::Move));
    assert!(empty.hint().contains("no splats"), "{}", empty.hint());
}

#[test]
fn a_drag_of_no_length_is_no_step() {
    for selected in [false, true] {
        let (mut editor, _) = editor();
        if selected {
            select_middle(&mut editor);
        }
        editor.run(Command::SetTool(ToolKind::Move));
        let before = editor.scene().clone();
        let steps = editor.history().applied();
        let center = pixel(&editor, Vec3::ZERO);
        press(&mut editor, center, Button::Primary, NONE);
        release(&mut editor, center, Button::Primary, NONE);
        assert_eq!(editor.history().applied(), steps, "splats: {selected}");
        assert_eq!(editor.scene(), &before, "splats: {selected}");
    }
}
