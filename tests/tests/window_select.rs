//! The selection tools in the real window, with real pointer and keys on a capture.
//!
//! `shots_of_selection` is not a test: `cargo xtask shots` runs it to make the pictures of the guide.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use serde_json::json;
use tests::shots::{folder, shoot};
use tests::window::Window;

const SIZE: [u32; 2] = [1440, 900];
/// On a leaf at the top of the plant.
const LEAF: [i32; 2] = [594, 190];
/// On the pot.
const POT: [i32; 2] = [560, 640];
/// The first number in the bar of a standing volume.
const CENTER_X: [i32; 2] = [167, 60];

fn selected(window: &Window) -> u64 {
    window.state()["selected"].as_u64().unwrap_or(0)
}

fn steps(window: &Window) -> u64 {
    window.state()["steps"].as_u64().unwrap_or(0)
}

/// Waits for so many steps more than `before`, and tells how many splats are selected then.
fn after_step(window: &mut Window, what: &str, before: u64) -> u64 {
    window.wait(what, |state| state["steps"].as_u64() == Some(before + 1));
    window.wait_until_still();
    selected(window)
}

fn polygon(window: &Window) {
    window.key("p");
    for corner in [[430, 250], [650, 200], [800, 400], [640, 520], [480, 480]] {
        window.click(corner[0], corner[1]);
    }
}

#[test]
fn window_selects_with_every_tool_on_a_capture() {
    let Some(mut window) = Window::open_plant(SIZE, &json!({})) else {
        return;
    };
    polygon(&window);
    assert_eq!(selected(&window), 0, "corners alone select nothing");
    let before = steps(&window);
    window.key("Return");
    let inside = after_step(&mut window, "the polygon", before);
    assert!((5_000..60_000).contains(&inside), "polygon: {inside}");

    window.key("shift+b");
    window.drag(1, [560, 330], [650, 420]);
    let painted = after_step(&mut window, "the sphere brush", before + 1);
    assert!(
        (1_000..30_000).contains(&painted),
        "sphere brush: {painted}"
    );

    window.key("ctrl+e");
    window.click(LEAF[0], LEAF[1]);
    let green = after_step(&mut window, "the eyedropper", before + 2);
    assert!((500..90_000).contains(&green), "eyedropper: {green}");
    window.key("bracketright");
    window.wait("a larger tolerance", |state| {
        state["selected"].as_u64() > Some(green)
    });
    assert_eq!(steps(&window), before + 3, "the threshold makes no step");

    window.key("o");
    window.click(POT[0], POT[1]);
    let pot = after_step(&mut window, "the flood", before + 3);
    assert!((2_000..40_000).contains(&pot), "flood: {pot}");

    window.key("shift+r");
    window.drag(1, [440, 300], [500, 340]);
    let boxed = after_step(&mut window, "the box", before + 4);
    assert!((500..40_000).contains(&boxed), "box: {boxed}");
    // Not a number: it stays as it was.
    window.click(CENTER_X[0], CENTER_X[1]);
    window.key("ctrl+a");
    window.type_text("nan");
    window.key("Return");
    window.wait_until_still();
    assert_eq!(selected(&window), boxed, "nothing is lost");
    window.click(CENTER_X[0], CENTER_X[1]);
    window.key("ctrl+a");
    window.type_text("0.5");
    window.key("Return");
    window.wait("the box elsewhere", |state| {
        state["selected"].as_u64() != Some(boxed)
    });
    assert_eq!(steps(&window), before + 5, "numbers make no step");

    for _ in 0..5 {
        window.key("ctrl+z");
    }
    window.wait("nothing selected", |state| state["selected"] == 0);
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
fn window_selects_a_range_of_data_and_saves_it() {
    let Some(mut window) = Window::open_plant(SIZE, &json!({ "data_open": true })) else {
        return;
    };
    let before = steps(&window);
    window.drag(1, [600, 790], [900, 790]);
    let range = after_step(&mut window, "the range", before);
    assert!((1_000..80_000).contains(&range), "range: {range}");
    window.command("save selection");
    window.wait("a saved set", |state| {
        state["steps"].as_u64() == Some(before + 2)
    });
    window.key("ctrl+z");
    window.key("ctrl+z");
    window.wait("nothing selected", |state| state["selected"] == 0);
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
#[ignore = "makes the pictures of the documentation: cargo xtask shots"]
fn shots_of_selection() {
    let Some(folder) = folder() else { return };
    let Some(mut window) = Window::open_plant(SIZE, &json!({})) else {
        return;
    };
    polygon(&window);
    shoot(&mut window, &folder, "select-polygon");
    window.key("Escape");

    window.key("b");
    window.drag(1, [480, 260], [520, 330]);
    shoot(&mut window, &folder, "select-brush");

    window.key("shift+b");
    window.drag(1, [560, 330], [650, 420]);
    shoot(&mut window, &folder, "select-sphere-brush");

    window.key("ctrl+e");
    window.click(LEAF[0], LEAF[1]);
    shoot(&mut window, &folder, "select-eyedropper");

    window.key("o");
    window.click(POT[0], POT[1]);
    shoot(&mut window, &folder, "select-flood");

    window.key("shift+v");
    window.drag(1, [580, 560], [660, 620]);
    shoot(&mut window, &folder, "select-sphere");

    window.key("shift+r");
    window.drag(1, [440, 300], [500, 340]);
    shoot(&mut window, &folder, "select-box");

    window.key("v");
    window.key("ctrl+shift+d");
    window.wait_until_still();
    let before = steps(&window);
    window.drag(1, [600, 790], [900, 790]);
    after_step(&mut window, "the range", before);
    shoot(&mut window, &folder, "select-data");
}
