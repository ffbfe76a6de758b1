//! Moving the camera by events: what is held stays at its pixel.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{
    AxisView, Button, Command, Editor, Input, Key, Modifiers, NavigationPreset, NoPicker, Pick,
    Settings, ToolKind,
};
use glam::{Vec2, Vec3};
use stage::{
    SIZE, Sees, add_layer, cloud, drag, editor, grid, key, move_to, pixel, press, release,
};

#[test]
fn orbiting_holds_the_picked_point_at_its_pixel() {
    let (mut editor, id) = editor();
    let point = Vec3::new(0.4, -0.3, 0.0);
    let at = pixel(&editor, point);
    let depth = editor.camera(SIZE).project(point).z;
    let mut sees = Sees(Some(Pick {
        node: id,
        row: 3,
        point,
        depth,
    }));
    let modifiers = Modifiers::NONE;
    let before = editor.camera_control().clone();
    let input = Input::PointerPressed {
        pos: at,
        button: Button::Primary,
        modifiers,
    };
    editor.input(&input, &mut sees);
    for step in 1..20 {
        let pos = at + Vec2::new(17.0, -9.0) * step as f32;
        editor.input(&Input::PointerMoved { pos, modifiers }, &mut sees);
        let now = pixel(&editor, point);
        assert!(now.distance(at) < 0.1, "it moved from {at} to {now}");
    }
    assert_eq!(editor.overlay().rings.len(), 1, "the pivot is shown");
    key(&mut editor, Key::Escape, Modifiers::NONE);
    assert_eq!(editor.camera_control(), &before, "Escape goes back");
}

#[test]
fn panning_sticks_to_the_point_under_the_cursor() {
    let (mut editor, id) = editor();
    let point = Vec3::new(-0.2, 0.1, 0.3);
    let at = pixel(&editor, point);
    let depth = editor.camera(SIZE).project(point).z;
    let mut sees = Sees(Some(Pick {
        node: id,
        row: 0,
        point,
        depth,
    }));
    let modifiers = Modifiers::NONE;
    let input = Input::PointerPressed {
        pos: at,
        button: Button::Secondary,
        modifiers,
    };
    editor.input(&input, &mut sees);
    let to = at + Vec2::new(120.0, -45.0);
    editor.input(&Input::PointerMoved { pos: to, modifiers }, &mut sees);
    let now = pixel(&editor, point);
    assert!(now.distance(to) < 0.1, "{now} instead of {to}");
}

#[test]
fn zooming_holds_the_point_under_the_cursor_and_never_passes_it() {
    let (mut editor, id) = editor();
    let point = Vec3::new(0.3, 0.2, 0.1);
    let at = pixel(&editor, point);
    let mut sees = Sees(Some(Pick {
        node: id,
        row: 0,
        point,
        depth: 1.0,
    }));
    let wheel = |notches| Input::Wheel {
        pos: at,
        notches,
        modifiers: Modifiers::NONE,
    };
    for _ in 0..60 {
        editor.input(&wheel(1.0), &mut sees);
    }
    let now = pixel(&editor, point);
    assert!(now.distance(at) < 0.5, "{now} instead of {at}");
    let depth = editor.camera(SIZE).project(point).z;
    assert!(depth > 0.0 && depth < 0.01, "near but before it: {depth}");
    for _ in 0..60 {
        editor.input(&wheel(-1.0), &mut sees);
    }
    assert!(editor.camera(SIZE).project(point).z > 1.0, "and away again");
}

#[test]
fn the_view_never_flips_or_tilts() {
    let (mut editor, _) = editor();
    for step in 0..200 {
        let from = Vec2::new(400.0, 300.0);
        let to = from + Vec2::new(53.0, if step < 100 { 40.0 } else { -40.0 });
        drag(&mut editor, from, to, Modifiers::NONE);
        let rows = editor.camera(SIZE).view_from_world.matrix3;
        let right = Vec3::from(rows.row(0));
        let down = Vec3::from(rows.row(1));
        assert!(right.y.abs() < 1e-5, "the horizon tilts: {right}");
        assert!(down.y < 1e-5, "upside down: {down}");
        let eye = editor.camera(SIZE).eye();
        assert!(eye.is_finite(), "lost: {eye}");
    }
}

#[test]
fn flying_keys_move_the_eye_and_shift_is_faster() {
    let (mut editor, _) = editor();
    let start = editor.camera(SIZE).eye();
    key(&mut editor, Key::Char('W'), Modifiers::NONE);
    assert!(editor.is_animating(), "time must pass");
    editor.tick(0.1);
    let slow = (editor.camera(SIZE).eye() - start).length();
    key(&mut editor, Key::Char('W'), Modifiers::SHIFT);
    let start = editor.camera(SIZE).eye();
    editor.tick(0.1);
    let fast = (editor.camera(SIZE).eye() - start).length();
    assert!(
        slow > 0.0 && (fast / slow - 5.0).abs() < 0.01,
        "{slow} {fast}"
    );
    editor.input(&Input::FocusLost, &mut NoPicker);
    assert!(!editor.is_animating(), "keys are let go with the window");
}

#[test]
fn focus_eases_towards_the_selection_and_a_hand_takes_over() {
    let mut editor = Editor::new();
    editor.set_viewport(SIZE, 1.0);
    let id = add_layer(&mut editor, "grid", cloud(grid(), false), false);
    editor.run(Command::SelectAll);
    editor.run(Command::FocusSelection);
    let start = editor.camera(SIZE).eye();
    editor.tick(0.1);
    let middle = editor.camera(SIZE).eye();
    editor.tick(1.0);
    assert!(!editor.is_animating(), "arrived");
    let end = editor.camera(SIZE).eye();
    assert!(
        (middle - start).length() <= (end - start).length() + 1e-5,
        "on the way"
    );
    for mean in editor
        .scene()
        .node(id)
        .and_then(|n| n.splats())
        .expect("layer")
        .cloud
        .means()
    {
        let p = pixel(&editor, *mean);
        let inside = p.cmpge(Vec2::ZERO).all() && p.cmple(Vec2::new(800.0, 600.0)).all();
        assert!(inside, "{p} lies outside");
    }
    editor.run(Command::AxisView(AxisView::Top));
    editor.tick(0.05);
    let wheel = Input::Wheel {
        pos: Vec2::new(400.0, 300.0),
        notches: 1.0,
        modifiers: Modifiers::NONE,
    };
    editor.input(&wheel, &mut NoPicker);
    assert!(!editor.is_animating(), "the hand wins");
}

#[test]
fn axis_views_look_along_their_axis() {
    let (mut editor, _) = editor();
    for (axis, forward) in [
        (AxisView::Front, Vec3::NEG_Z),
        (AxisView::Back, Vec3::Z),
        (AxisView::Right, Vec3::NEG_X),
        (AxisView::Left, Vec3::X),
        (AxisView::Top, Vec3::NEG_Y),
        (AxisView::Bottom, Vec3::Y),
    ] {
        editor.run(Command::AxisView(axis));
        let seen = editor.camera(SIZE).forward();
        assert!(
            (seen - forward).length() < 1e-5,
            "{axis:?} looks along {seen}"
        );
    }
}

#[test]
fn presets_give_the_buttons_their_habits() {
    let (mut editor, _) = editor();
    editor.run(Command::SetTool(ToolKind::Brush));
    for (preset, button, modifiers) in [
        (
            NavigationPreset::Splatwright,
            Button::Middle,
            Modifiers::NONE,
        ),
        (NavigationPreset::Blender, Button::Middle, Modifiers::SHIFT),
        (NavigationPreset::Maya, Button::Primary, Modifiers::ALT),
        (NavigationPreset::Unreal, Button::Secondary, Modifiers::NONE),
    ] {
        editor.set_settings(Settings {
            navigation: preset,
            ..*editor.settings()
        });
        let before = editor.camera_control().view().to_owned();
        press(&mut editor, Vec2::new(400.0, 300.0), button, modifiers);
        move_to(&mut editor, Vec2::new(450.0, 320.0), modifiers);
        release(&mut editor, Vec2::new(450.0, 320.0), button, modifiers);
        assert_ne!(
            editor.camera_control().view(),
            &before,
            "{preset:?} moves the camera"
        );
        assert_eq!(editor.selected_splats(), 0, "{preset:?} does not paint");
    }
}
