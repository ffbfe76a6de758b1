//! Selecting splats and what is done with them, driven by events without a window.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{Button, Command, Editor, Input, Key, Modifiers, Pick, ToolKind};
use glam::{Vec2, Vec3};
use stage::{
    Sees, add_layer, around, cloud, drag, editor, grid, key, move_to, pixel, press, release,
    selected_rows,
};

#[test]
fn a_rectangle_selects_what_it_encloses_and_modifiers_combine() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(ToolKind::Rect));
    let (a, b) = around(&editor, Vec3::new(-0.5, -0.5, 0.0));
    drag(&mut editor, a, b, Modifiers::NONE);
    assert_eq!(selected_rows(&editor, id), [0], "the corner splat");

    let (a, b) = around(&editor, Vec3::new(0.5, 0.5, 0.0));
    drag(&mut editor, b, a, Modifiers::SHIFT);
    assert_eq!(
        selected_rows(&editor, id),
        [0, 24],
        "Shift adds, backwards too"
    );
    drag(&mut editor, a, b, Modifiers::ALT);
    assert_eq!(selected_rows(&editor, id), [0], "Alt subtracts");

    let everything = (Vec2::ZERO, Vec2::new(800.0, 600.0));
    let both = Modifiers {
        shift: true,
        ..Modifiers::CTRL
    };
    drag(&mut editor, everything.0, everything.1, both);
    assert_eq!(selected_rows(&editor, id), [0], "Shift+Ctrl intersects");
    drag(&mut editor, everything.0, everything.1, Modifiers::NONE);
    assert_eq!(editor.selected_splats(), 25, "no modifier replaces");
    editor.run(Command::Undo);
    assert_eq!(selected_rows(&editor, id), [0], "one step per drag");
}

#[test]
fn a_lasso_selects_inside_its_outline() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(ToolKind::Lasso));
    let corners = [(-0.6, -0.6), (0.1, -0.6), (-0.6, 0.1)];
    let corners = corners.map(|(x, y)| pixel(&editor, Vec3::new(x, y, 0.0)));
    press(&mut editor, corners[0], Button::Primary, Modifiers::NONE);
    for corner in corners {
        move_to(&mut editor, corner, Modifiers::NONE);
    }
    assert_eq!(editor.overlay().lines.len(), 1, "the outline is shown");
    release(&mut editor, corners[2], Button::Primary, Modifiers::NONE);
    assert_eq!(selected_rows(&editor, id), [0, 1, 5], "a triangle of three");
}

#[test]
fn a_brush_stroke_is_one_step_and_escape_takes_it_back() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(ToolKind::Brush));
    editor.run(Command::SetBrushRadius(15.0));
    let from = pixel(&editor, Vec3::new(-0.5, 0.0, 0.0));
    let to = pixel(&editor, Vec3::new(0.5, 0.0, 0.0));
    drag(&mut editor, from, to, Modifiers::NONE);
    assert_eq!(
        selected_rows(&editor, id),
        [10, 11, 12, 13, 14],
        "the middle row"
    );
    let steps = editor.history().applied();

    press(&mut editor, from, Button::Primary, Modifiers::CTRL);
    move_to(&mut editor, to, Modifiers::CTRL);
    assert_eq!(editor.selected_splats(), 0, "Ctrl subtracts at once");
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert_eq!(selected_rows(&editor, id).len(), 5, "Escape restores");
    release(&mut editor, to, Button::Primary, Modifiers::NONE);
    assert_eq!(editor.history().applied(), steps, "and leaves no step");

    drag(&mut editor, from, to, Modifiers::CTRL);
    assert_eq!(editor.history().applied(), steps + 1, "one step per stroke");
    editor.run(Command::Undo);
    assert_eq!(selected_rows(&editor, id).len(), 5, "undone as a whole");
}

#[test]
fn hidden_locked_and_deleted_things_are_not_selected() {
    let (mut editor, grid_id) = editor();
    let locked = add_layer(&mut editor, "locked", cloud(grid(), false), false);
    let hidden = add_layer(&mut editor, "hidden", cloud(grid(), false), false);
    editor.run(Command::ToggleLock(locked));
    editor.run(Command::ToggleVisible(hidden));
    editor.run(Command::SelectAll);
    assert_eq!(editor.selected_splats(), 25, "only the free layer");
    assert!(selected_rows(&editor, locked).is_empty(), "locked layer");
    assert!(selected_rows(&editor, hidden).is_empty(), "hidden layer");

    let deleted = editor.run(Command::DeleteSelection);
    assert_eq!(
        deleted.message.as_deref(),
        Some("25 splats deleted"),
        "said"
    );
    assert_eq!(
        editor.enabled(&Command::SelectAll),
        Err("There are no visible, unlocked splats"),
        "nothing is left to select"
    );
    editor.run(Command::Undo);
    assert_eq!(
        selected_rows(&editor, grid_id).len(),
        25,
        "back, and selected"
    );
}

#[test]
fn hide_lock_and_their_opposites_undo() {
    let (mut editor, id) = editor();
    let start = editor.scene().clone();
    for (away, back) in [
        (Command::HideSelection, Command::UnhideAll),
        (Command::LockSelection, Command::UnlockAll),
    ] {
        editor.run(Command::SelectAll);
        editor.run(away.clone());
        assert_eq!(editor.selected_splats(), 0, "{away:?} deselects");
        assert!(
            editor.enabled(&Command::SelectAll).is_err(),
            "{away:?}: none is free"
        );
        editor.run(back.clone());
        editor.run(Command::SelectAll);
        assert_eq!(selected_rows(&editor, id).len(), 25, "{back:?} frees them");
        for _ in 0..4 {
            editor.run(Command::Undo);
        }
        assert_eq!(editor.scene(), &start, "{away:?}, {back:?} undone");
    }
}

#[test]
fn separating_moves_splats_to_a_new_layer_in_one_step() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(ToolKind::Rect));
    let (a, b) = around(&editor, Vec3::new(-0.5, -0.5, 0.0));
    drag(&mut editor, a, b, Modifiers::NONE);
    let before = editor.scene().clone();
    editor.run(Command::SeparateSelection);
    let part = editor.selected_node().expect("the part is selected");
    let alive = |id| {
        let node = editor.scene().node(id).expect("there");
        node.splats().expect("a layer").alive()
    };
    assert_eq!((alive(id), alive(part)), (24, 1), "moved");
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "one step");
}

#[test]
fn clicking_selects_layers_or_splats() {
    let (mut editor, id) = editor();
    let point = Vec3::ZERO;
    let mut sees = Sees(Some(Pick {
        node: id,
        row: 12,
        point,
        depth: 1.0,
    }));
    editor.run(Command::SelectNode(None));
    let click = |editor: &mut Editor, sees: &mut Sees, modifiers| {
        let (pos, button) = (Vec2::new(400.0, 300.0), Button::Primary);
        editor.input(
            &Input::PointerPressed {
                pos,
                button,
                modifiers,
            },
            sees,
        );
        editor.input(
            &Input::PointerReleased {
                pos,
                button,
                modifiers,
            },
            sees,
        );
    };
    click(&mut editor, &mut sees, Modifiers::NONE);
    assert_eq!(
        editor.selected_node(),
        Some(id),
        "navigate selects the layer"
    );
    editor.run(Command::SetTool(ToolKind::Rect));
    click(&mut editor, &mut sees, Modifiers::NONE);
    assert_eq!(
        selected_rows(&editor, id),
        [12],
        "rectangle selects the splat"
    );
    click(&mut editor, &mut Sees(None), Modifiers::NONE);
    assert_eq!(
        editor.selected_splats(),
        0,
        "nothing there: nothing selected"
    );
}
