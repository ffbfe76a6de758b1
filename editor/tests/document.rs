//! Layers, lights, gestures, keys and settings.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{
    Button, Command, Editor, Input, Key, Modifiers, NavigationPreset, NoPicker, Request, Settings,
    ToolKind,
};
use glam::{Quat, Vec2, Vec3};
use scene::{Payload, Transform};
use stage::{SIZE, add_layer, cloud, drag, editor, grid, key, move_to, pixel, press, release};

#[test]
fn dragging_the_light_is_one_step_and_escape_restores() {
    let (mut editor, _) = editor();
    editor.run(Command::SetTool(ToolKind::Light));
    let press_without_light = Input::PointerPressed {
        pos: Vec2::ZERO,
        button: Button::Primary,
        modifiers: Modifiers::NONE,
    };
    let outcome = editor.input(&press_without_light, &mut NoPicker);
    assert_eq!(
        outcome.message.as_deref(),
        Some("Add a light first"),
        "says why"
    );

    editor.run(Command::AddLight);
    let id = editor.selected_node().expect("the light is selected");
    let direction = |editor: &Editor| match &editor.scene().node(id).expect("there").payload {
        Payload::Light(light) => light.direction,
        other => panic!("not a light: {other:?}"),
    };
    let before = direction(&editor);
    let steps = editor.history().applied();
    let (from, to) = (Vec2::new(400.0, 300.0), Vec2::new(500.0, 300.0));
    drag(&mut editor, from, to, Modifiers::NONE);
    let after = direction(&editor);
    assert!(
        after.x > before.x,
        "it follows the pointer: {before} to {after}"
    );
    assert_eq!(editor.history().applied(), steps + 1, "one step");
    editor.run(Command::Undo);
    assert_eq!(direction(&editor), before, "undone as a whole");
    editor.run(Command::Redo);
    assert_eq!(direction(&editor), after, "and redone");

    press(&mut editor, from, Button::Primary, Modifiers::NONE);
    move_to(&mut editor, to, Modifiers::NONE);
    press(&mut editor, to, Button::Secondary, Modifiers::NONE);
    assert_eq!(direction(&editor), after, "the right button takes back too");
    release(&mut editor, to, Button::Primary, Modifiers::NONE);
    assert_eq!(editor.history().applied(), steps + 1, "no further step");
}

#[test]
fn a_scrubbed_number_is_one_step() {
    let (mut editor, id) = editor();
    let before = editor.scene().clone();
    let steps = editor.history().applied();
    let place = |x| Command::SetTransform(id, Transform::from_translation(Vec3::X * x));
    editor.run(Command::BeginGesture("Move".into()));
    for x in [0.1, 0.2, 0.3] {
        editor.run(place(x));
    }
    editor.run(Command::CommitGesture);
    assert_eq!(editor.history().applied(), steps + 1, "one step");
    assert_eq!(editor.history().undo_name(), Some("Move"), "of that name");
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "all of it");

    editor.run(Command::BeginGesture("Move".into()));
    editor.run(place(0.5));
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert_eq!(editor.scene(), &before, "Escape restores");
    editor.run(Command::BeginGesture("Move".into()));
    editor.run(place(0.5));
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "and so does undo");
    assert_eq!(
        editor.history().redo_name(),
        Some("Move"),
        "without touching history"
    );
}

#[test]
fn arriving_layers_are_framed_lit_and_one_step() {
    let mut editor = Editor::new();
    editor.set_viewport(SIZE, 1.0);
    let id = add_layer(&mut editor, "head", cloud(grid(), true), true);
    let middle = pixel(&editor, Vec3::ZERO);
    assert!(
        middle.distance(Vec2::new(400.0, 300.0)) < 1.0,
        "framed: {middle}"
    );
    assert_eq!(editor.selected_node(), Some(id), "selected");
    assert_eq!(
        editor.scene().nodes().count(),
        2,
        "a key light came with it"
    );
    let full = editor.scene().clone();
    editor.run(Command::Undo);
    assert_eq!(editor.scene().nodes().count(), 0, "one step");
    assert_eq!(editor.selected_node(), None, "nothing dangles");
    editor.run(Command::Redo);
    assert_eq!(editor.scene(), &full, "back");

    let outcome = editor.run(Command::SetLit(id, false));
    assert!(!outcome.dirty.is_empty(), "{outcome:?}");
    let plain = add_layer(&mut editor, "plain", cloud(grid(), false), false);
    let why = editor.enabled(&Command::SetLit(plain, true));
    assert_eq!(
        why,
        Err("Its splats have no normals to be lit by"),
        "says why"
    );
}

#[test]
fn tree_commands_undo_and_keep_the_place_in_the_world() {
    let (mut editor, id) = editor();
    let start = editor.scene().clone();
    editor.run(Command::SetTransform(
        id,
        Transform::from_translation(Vec3::X),
    ));
    editor.run(Command::AddGroup);
    let group = editor
        .scene()
        .node(id)
        .and_then(|n| n.parent)
        .expect("in the group");
    let turned = Transform {
        rotation: Quat::from_rotation_z(1.0),
        scale: 2.0,
        ..Transform::from_translation(Vec3::Y)
    };
    editor.run(Command::SetTransform(group, turned));
    let place = editor.scene().world_from_node(id);
    editor.run(Command::MoveNode(id, None, 0));
    let now = editor.scene().world_from_node(id);
    let moved = (now.point(Vec3::ONE) - place.point(Vec3::ONE)).length();
    assert!(moved < 1e-5, "it moved by {moved}");
    editor.run(Command::MoveNode(id, Some(group), 0));
    editor.run(Command::DuplicateNode(group));
    assert_eq!(editor.scene().layers().count(), 2, "the group's layer too");
    editor.run(Command::DeleteNode(group));
    assert_eq!(editor.scene().layers().count(), 1, "the copy stays");
    assert_eq!(editor.scene().check_invariants(), Ok(()), "sound");
    while editor.history().applied() > 1 {
        editor.run(Command::Undo);
    }
    assert_eq!(editor.scene(), &start, "everything undoes");
}

#[test]
fn locked_things_say_so() {
    let (mut editor, id) = editor();
    editor.run(Command::ToggleLock(id));
    for command in [
        Command::DeleteNode(id),
        Command::SetTransform(id, Transform::IDENTITY),
        Command::DeleteSelectedNode,
    ] {
        let before = editor.scene().clone();
        let outcome = editor.run(command.clone());
        let text = outcome.message.expect("a reason");
        assert!(text.contains("locked"), "{command:?}: {text}");
        assert_eq!(editor.scene(), &before, "nothing changed");
    }
}

#[test]
fn keys_run_commands_and_escape_goes_from_drag_to_tool_to_selection() {
    let (mut editor, _) = editor();
    key(&mut editor, Key::Char('A'), Modifiers::CTRL);
    assert_eq!(editor.selected_splats(), 25, "Ctrl+A");
    key(&mut editor, Key::Char('R'), Modifiers::NONE);
    assert_eq!(editor.tool(), ToolKind::Rect, "R");
    press(&mut editor, Vec2::ZERO, Button::Primary, Modifiers::NONE);
    assert!(editor.is_dragging(), "a rectangle begins");
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert!(!editor.is_dragging(), "first the drag");
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert_eq!(editor.tool(), ToolKind::Navigate, "then the tool");
    assert_eq!(editor.selected_splats(), 25, "not yet the selection");
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert_eq!(editor.selected_splats(), 0, "then the selection");
    let outcome = key(&mut editor, Key::Char('O'), Modifiers::CTRL);
    assert_eq!(
        outcome.requests,
        [Request::OpenDialog],
        "Ctrl+O asks the shell"
    );
}

#[test]
fn settings_survive_storage_and_missing_fields() {
    let settings = Settings {
        brush_radius: 12.0,
        ..Settings::default()
    };
    let text = serde_json::to_string(&settings).expect("it can be written");
    let back: Settings = serde_json::from_str(&text).expect("it can be read");
    assert_eq!(back, settings, "the same");
    let old: Settings = serde_json::from_str("{\"navigation\":\"Maya\"}").expect("an older file");
    assert_eq!(old.navigation, NavigationPreset::Maya, "what it has");
    assert_eq!(
        old.brush_radius,
        Settings::default().brush_radius,
        "the rest is default"
    );
}
