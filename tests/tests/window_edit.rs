//! Editing in the real window, with real pointer and keys: handles, copies, grades, clean-up, the tree.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::time::Duration;

use serde_json::{Value, json};
use tests::display::difference;
use tests::ply;
use tests::shots::{folder, shoot};
use tests::studio::wait_for;
use tests::window::{PRIMARY, Window, pause};

/// Tall enough that the sliders of a grade need no scrolling.
const SIZE: [u32; 2] = [1280, 1100];
/// Where the handles stand: the ball's own middle.
const MIDDLE: [i32; 2] = [512, 553];
/// On the arrow along X.
const ARROW_X: [i32; 2] = [572, 555];
/// On the ring that faces the eye.
const RING: [i32; 2] = [588, 629];
/// The handle of the exposure's slider while it is at zero.
const EXPOSURE: [i32; 2] = [1144, 945];
/// The first rows of the scene tree.
const ROWS: [[i32; 2]; 3] = [[1050, 82], [1050, 108], [1050, 134]];
/// A part of the ball.
const BALL: [u32; 4] = [300, 350, 400, 400];
const SPLATS: u64 = 5_000;

/// A window with a ball, and beside it some splats that belong to nothing.
fn open(floaters: usize) -> Option<(Window, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ball.ply");
    let mut bytes = ply::ball(SPLATS as usize);
    let body = ply::header(SPLATS as usize).len();
    let record = (bytes.len() - body) / SPLATS as usize;
    for i in 0..floaters {
        let mut splat = bytes[body..body + record].to_vec();
        let height = 0.15 + 0.02 * i as f32;
        splat[4..8].copy_from_slice(&height.to_le_bytes());
        bytes.extend(splat);
    }
    let header = ply::header(SPLATS as usize + floaters);
    bytes.splice(..body, header.into_bytes());
    std::fs::write(&path, bytes).unwrap();
    let mut window = Window::open_with(SIZE, &[&path], &json!({}))?;
    window.wait("the ball", |state| {
        count(state) >= SPLATS && state["jobs"].as_array().is_some_and(Vec::is_empty)
    });
    pause(400);
    Some((window, folder))
}

fn count(state: &Value) -> u64 {
    state["splats"].as_u64().unwrap_or(0)
}

fn steps(state: &Value) -> u64 {
    state["steps"].as_u64().unwrap_or(0)
}

/// What the selected node's transform says: translation, then the quaternion.
fn place(state: &Value) -> (Vec<f64>, Vec<f64>) {
    let numbers = |value: &Value| -> Vec<f64> {
        let all = value.as_array().into_iter().flatten();
        all.filter_map(Value::as_f64).collect()
    };
    (numbers(&state["place"][0]), numbers(&state["place"][1]))
}

/// Takes hold of something and moves it a little on its way.
fn drag_on(window: &Window, from: [i32; 2], to: [i32; 2]) {
    window.point(from[0], from[1]);
    pause(200);
    window.hold(from[0], from[1]);
    pause(200);
    for step in 1..=4 {
        let at = |axis: usize| from[axis] + (to[axis] - from[axis]) * step / 4;
        window.point(at(0), at(1));
    }
}

fn wait_for_step(window: &mut Window, before: u64, name: &str) -> Value {
    window.wait(name, |state| {
        steps(state) == before + 1 && state["step"] == name
    })
}

/// Pastes a second layer. On a busy machine the desktop's clipboard may be too slow to tell of the key.
fn paste(window: &mut Window, splats: u64) {
    for _ in 0..5 {
        pause(400);
        window.key("ctrl+v");
        let there = || {
            let state = window.state();
            (state["layers"] == 2 && count(&state) == splats).then_some(())
        };
        if wait_for(Duration::from_secs(4), there).is_some() {
            return;
        }
    }
    panic!("nothing is pasted: {}", window.state());
}

fn assert_no_panic(window: &Window) {
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
fn window_moves_and_turns_by_handles_escape_and_typed_values() {
    let Some((mut window, _folder)) = open(0) else {
        return;
    };
    let start = window.state();
    window.key("t");
    drag_on(&window, ARROW_X, [ARROW_X[0] + 80, ARROW_X[1]]);
    let moved = window.wait("a moved ball", |state| place(state) != place(&start));
    assert!(place(&moved).0[0] > 0.005, "along X: {moved}");
    assert_eq!(steps(&moved), steps(&start), "no step while it is dragged");
    window.key("Escape");
    window.wait("the former place", |state| place(state) == place(&start));
    window.release();
    assert_eq!(window.state()["steps"], start["steps"], "and no step of it");

    drag_on(&window, ARROW_X, [ARROW_X[0] + 40, ARROW_X[1]]);
    window.type_text("-0.25");
    window.key("Return");
    let typed = wait_for_step(&mut window, steps(&start), "Move");
    let [x, y, z] = place(&typed).0[..] else {
        panic!("{typed}");
    };
    assert!((x + 0.25).abs() < 1e-6 && y == 0.0 && z == 0.0, "{typed}");
    window.release();
    window.key("ctrl+z");
    window.wait("the former place", |state| place(state) == place(&start));

    window.key("y");
    drag_on(&window, RING, [RING[0] - 60, RING[1] + 40]);
    window.type_text("z90");
    window.key("Return");
    let turned = wait_for_step(&mut window, steps(&start), "Rotate");
    window.release();
    let (before, after) = (place(&start).1, place(&turned).1);
    let cosine: f64 = before.iter().zip(&after).map(|(a, b)| a * b).sum();
    let degrees = 2.0 * cosine.abs().acos().to_degrees();
    assert!((degrees - 90.0).abs() < 0.01, "{degrees}°: {turned}");
    assert!(after[0].abs() < 1e-6 && after[1].abs() < 1e-6, "about Z");
    window.key("ctrl+z");
    window.wait("the former turn", |state| place(state) == place(&start));
    assert_no_panic(&window);
}

#[test]
fn window_duplicates_copies_and_pastes() {
    let Some((mut window, _folder)) = open(0) else {
        return;
    };
    window.point(MIDDLE[0], MIDDLE[1]);
    window.key("ctrl+d");
    window.wait("a copy of the layer", |state| {
        state["layers"] == 2 && count(state) == 2 * SPLATS
    });
    window.key("ctrl+z");
    window.wait("one ball", |state| state["layers"] == 1);
    let before = steps(&window.state());

    window.key("r");
    window.drag(1, [300, 350], [500, 750]);
    let picked = window.wait("a selection", |state| state["selected"].as_u64() > Some(0));
    let picked = picked["selected"].as_u64().unwrap();
    window.key("ctrl+c");
    paste(&mut window, SPLATS + picked);
    window.key("ctrl+z");
    window.key("ctrl+x");
    window.wait("a hole", |state| count(state) == SPLATS - picked);
    paste(&mut window, SPLATS);
    for _ in 0..3 {
        window.key("ctrl+z");
    }
    let end = window.wait("the ball as it was", |state| {
        count(state) == SPLATS && state["layers"] == 1 && state["selected"] == 0
    });
    assert_eq!(steps(&end), before, "every step is taken back");
    assert_no_panic(&window);
}

#[test]
fn window_grades_by_a_slider_and_takes_it_back() {
    let Some((mut window, _folder)) = open(0) else {
        return;
    };
    let before = window.wait_until_still();
    let first = steps(&window.state());
    window.drag(1, EXPOSURE, [EXPOSURE[0] + 40, EXPOSURE[1]]);
    wait_for_step(&mut window, first, "Grade");
    let bright = window.wait_until_still();
    let change = difference(&before, &bright, BALL);
    assert!(change > 4.0, "brighter: {change}");
    window.point(MIDDLE[0], MIDDLE[1]);
    window.key("ctrl+z");
    window.wait("no grade", |state| steps(state) == first);
    let after = window.wait_until_still();
    let change = difference(&before, &after, BALL);
    assert_eq!(change, 0.0, "every pixel as it was");
    assert_no_panic(&window);
}

#[test]
fn window_cleans_up_floaters_from_the_command_to_undo() {
    const FLOATERS: u64 = 12;
    let Some((mut window, _folder)) = open(FLOATERS as usize) else {
        return;
    };
    let all = SPLATS + FLOATERS;
    window.command("clean up floaters");
    let shown = window.wait("floaters in red", |state| {
        state["looking"] == false && state["marked"] == FLOATERS
    });
    assert_eq!(count(&shown), all, "nothing is removed yet");
    window.key("Escape");
    window.wait("no card and nothing red", |state| {
        state["card"] == false && state["marked"] == 0
    });

    window.key("ctrl+alt+f");
    window.wait("floaters in red", |state| state["marked"] == FLOATERS);
    let before = steps(&window.state());
    window.press(PRIMARY);
    let clean = window.wait("a clean ball", |state| count(state) == SPLATS);
    assert_eq!(clean["step"], "Clean up", "{clean}");
    assert_eq!(steps(&clean), before + 1, "one step");
    window.key("ctrl+z");
    window.wait("all splats again", |state| count(state) == all);
    assert_no_panic(&window);
}

#[test]
fn window_orders_and_renames_the_tree() {
    let Some((mut window, _folder)) = open(0) else {
        return;
    };
    window.point(MIDDLE[0], MIDDLE[1]);
    window.key("ctrl+g");
    window.wait("a group", |state| {
        state["tree"] == json!(["Group", "Group/ball"])
    });
    window.key("ctrl+d");
    window.wait("a second ball", |state| state["layers"] == 2);
    let start = window.state();

    // Out of the group, before it.
    drag_on(&window, ROWS[1], [ROWS[0][0], ROWS[0][1] - 10]);
    pause(400);
    window.release();
    let out = window.wait("one ball outside", |state| state["tree"] != start["tree"]);
    let names = out["tree"].as_array().unwrap();
    let inside = names.iter().filter(|n| n.as_str().unwrap().contains('/'));
    assert_eq!(inside.count(), 1, "one is left in the group: {out}");
    window.key("ctrl+z");
    window.wait("both inside", |state| state["tree"] == start["tree"]);

    window.click(ROWS[0][0], ROWS[0][1]);
    pause(700);
    window.double_click(ROWS[0][0], ROWS[0][1]);
    pause(700);
    window.key("ctrl+a");
    window.type_text("Things");
    window.key("Return");
    let named = json!(["Things", "Things/ball", "Things/ball copy"]);
    window.wait("another name", |state| state["tree"] == named);
    window.point(MIDDLE[0], MIDDLE[1]);
    window.key("ctrl+z");
    window.wait("the former name", |state| state["tree"] == start["tree"]);
    assert_no_panic(&window);
}

#[test]
#[ignore = "makes the pictures of the documentation: cargo xtask shots"]
fn shots_of_editing() {
    const ROW: [i32; 2] = [1200, 82];
    const WARMTH: [i32; 2] = [1304, 945];
    const LEAF: [i32; 2] = [360, 375];
    const FIRST_TOOL: [i32; 2] = [22, 54];
    let Some(folder) = folder() else { return };
    let Some(mut window) = Window::open_plant([1440, 1100], &Value::Null) else {
        return;
    };
    window.click(ROW[0], ROW[1]);
    window.point(1000, 800);
    window.key("y");
    shoot(&mut window, &folder, "edit-gizmo");

    window.command("clean up floaters");
    window.wait("floaters", |state| {
        state["looking"] == false && state["marked"].as_u64() > Some(0)
    });
    window.point(1000, 800);
    shoot(&mut window, &folder, "edit-clean-up");
    window.key("Escape");

    window.command("file doctor");
    window.wait("the doctor", |state| {
        state["card_name"] == "doctor" && state["looking"] == false
    });
    window.point(1000, 800);
    shoot(&mut window, &folder, "edit-doctor");
    window.key("Escape");

    // Leaves of one color become warmer.
    window.key("ctrl+e");
    window.click(LEAF[0], LEAF[1]);
    window.wait("leaves", |state| state["selected"].as_u64() > Some(0));
    window.wait_until_still();
    let before = steps(&window.state());
    window.drag(1, WARMTH, [WARMTH[0] + 40, WARMTH[1]]);
    wait_for_step(&mut window, before, "Grade");
    window.click(FIRST_TOOL[0], FIRST_TOOL[1]);
    window.point(1000, 800);
    shoot(&mut window, &folder, "edit-grade");
}
