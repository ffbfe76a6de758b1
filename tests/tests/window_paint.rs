//! The painting tools and simplification in the real window, with real pointer and keys on a capture.
//!
//! `shots_of_painting` is not a test: `cargo xtask shots` runs it to make the pictures of the guide.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use image::RgbImage;
use serde_json::{Value, json};
use tests::display::difference;
use tests::shots::{folder, shoot};
use tests::window::{PRIMARY, Window};

const SIZE: [u32; 2] = [1440, 900];
/// On the pot.
const POT: [i32; 2] = [560, 640];
/// The second choice of what paint replaces, in the bar of the brush.
const HUE_ONLY: [i32; 2] = [743, 60];
/// Around the stroke on the pot, `[x, y, width, height]`.
const AROUND: [u32; 4] = [500, 600, 130, 80];
/// Between the leaves, where nothing is painted.
const ELSEWHERE: [u32; 4] = [480, 200, 200, 200];

fn open() -> Option<Window> {
    let paint = json!({ "color": [0.1, 0.35, 0.9] });
    Window::open_plant(SIZE, &json!({ "editor": { "paint": paint } }))
}

fn steps(window: &Window) -> u64 {
    window.state()["steps"].as_u64().unwrap_or(0)
}

fn has_steps(count: u64) -> impl Fn(&Value) -> bool {
    move |state| state["steps"].as_u64() == Some(count)
}

/// What the screen shows with the pointer out of the way.
fn aside(window: &mut Window) -> RgbImage {
    window.point(1000, 820);
    window.wait_until_still()
}

#[test]
fn window_paints_a_stroke_and_takes_it_back() {
    let Some(mut window) = open() else {
        return;
    };
    window.key("i");
    let before = aside(&mut window);
    let first = steps(&window);
    window.drag(1, [POT[0] - 30, POT[1]], [POT[0] + 30, POT[1]]);
    window.wait("the stroke", has_steps(first + 1));
    let painted = aside(&mut window);
    let on = difference(&before, &painted, AROUND);
    let off = difference(&before, &painted, ELSEWHERE);
    assert!(on > 15.0, "the pot is painted: {on}");
    assert!(off < 0.5, "and the leaves are not: {off}");

    window.key("ctrl+z");
    window.wait("the step back", has_steps(first));
    let back = aside(&mut window);
    let left = difference(&before, &back, AROUND);
    assert!(left < 0.01, "nothing of it is left: {left}");

    // A stroke that is thought better of.
    window.hold(POT[0], POT[1]);
    window.point(POT[0] + 20, POT[1]);
    window.key("Escape");
    window.release();
    let back = aside(&mut window);
    let left = difference(&before, &back, AROUND);
    assert!(left < 0.01, "Escape: {left}");
    assert_eq!(steps(&window), first, "no step");
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
fn window_simplifies_shows_and_takes_back() {
    let Some(mut window) = open() else {
        return;
    };
    let first = steps(&window);
    let splats = |count: u64| move |state: &Value| state["splats"].as_u64() == Some(count);
    window.command("simplify");
    window.wait("the card", |state| state["card_name"] == "simplify");
    window.wait("half of the splats", splats(56_824));
    assert_eq!(steps(&window), first, "only shown");
    // What is only shown is not saved.
    window.key("ctrl+s");
    let saved = window.path("saved.ply");
    window.choose_file(&saved);
    window.wait_for_file(&saved);
    let bytes = std::fs::read(&saved).unwrap();
    let header = String::from_utf8_lossy(&bytes[..200]);
    assert!(header.contains("element vertex 113648"), "{header}");

    window.command("simplify");
    window.wait("half of the splats again", splats(56_824));
    window.press(PRIMARY);
    window.wait("the step", has_steps(first + 1));
    assert_eq!(window.state()["splats"], 56_824, "kept");
    window.key("ctrl+z");
    window.wait("all splats again", splats(113_648));
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
#[ignore = "makes the pictures of the documentation: cargo xtask shots"]
fn shots_of_painting() {
    let Some(folder) = folder() else { return };
    let Some(mut window) = open() else {
        return;
    };
    window.key("i");
    window.drag(1, [500, 630], [610, 650]);
    window.drag(1, [610, 650], [540, 690]);
    shoot(&mut window, &folder, "paint-brush");
    window.key("ctrl+z");
    window.key("ctrl+z");

    // A leaf and nothing beside it.
    window.key("l");
    window.lasso(&[[575, 140], [620, 190], [605, 245], [570, 190]]);
    window.wait("a leaf", |state| state["selected"].as_u64() > Some(0));
    window.key("i");
    // The bar of the brush comes with the next frame.
    window.wait_until_still();
    window.click(HUE_ONLY[0], HUE_ONLY[1]);
    window.wait_until_still();
    window.drag(1, [585, 160], [600, 230]);
    window.key("ctrl+shift+a");
    shoot(&mut window, &folder, "paint-hue");
    for _ in 0..3 {
        window.key("ctrl+z");
    }

    window.key("shift+i");
    window.alt_click(690, 400);
    window.drag(1, [500, 690], [600, 650]);
    shoot(&mut window, &folder, "paint-clone");
    window.key("ctrl+z");

    window.command("simplify");
    window.wait("half of the splats", |state| state["splats"] == 56_824);
    shoot(&mut window, &folder, "simplify");
}
