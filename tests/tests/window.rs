//! The real window under a virtual display, driven by real events as an artist would.
//!
//! Every test starts its own display and its own process. `shots` is not a test: `cargo xtask shots`
//! runs it to make the pictures of the documentation.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use image::RgbImage;
use serde_json::json;
use tests::display::difference;
use tests::window::{DANGER, PRIMARY, Window, pause};
use tests::{ply, root, studio};

const SIZE: [u32; 2] = [1280, 800];
/// The part of the window that shows the scene and nothing else.
const VIEW: [u32; 4] = [60, 60, 800, 640];
const MIDDLE: [i32; 2] = [512, 400];
/// The light tool in the bar on the left.
const LIGHT_TOOL: [i32; 2] = [22, 213];

fn portrait() -> PathBuf {
    root().join("assets/samples/astronaut.png")
}

fn changed(before: &RgbImage, after: &RgbImage) -> f32 {
    difference(before, after, VIEW)
}

fn splats(state: &serde_json::Value) -> u64 {
    state["splats"].as_u64().unwrap_or(0)
}

/// The view as it was when it was last looked at by a person; `BLESS=1` takes the new one over.
fn compare_with_golden(picture: &RgbImage) {
    let path = root().join("tests/goldens/window/ball.png");
    let [x, y, width, height] = VIEW;
    let view = image::imageops::crop_imm(picture, x, y, width, height).to_image();
    let small = image::imageops::thumbnail(&view, width / 2, height / 2);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        small.save(&path).unwrap();
    }
    let golden = image::open(&path).unwrap().to_rgb8();
    let mean = difference(&small, &golden, [0, 0, width / 2, height / 2]);
    if mean > 0.5 {
        let actual = path.with_extension("actual.png");
        small.save(&actual).unwrap();
        panic!(
            "the view changed by {mean} a channel: look at {}",
            actual.display()
        );
    }
}

/// Small exports, so that a debug build on software Vulkan is done in seconds.
fn small_exports() -> serde_json::Value {
    json!({
        "screenshot": { "size": [320, 200] },
        "turntable": { "size": [160, 160], "seconds": 1.0, "fps": 8.0 },
    })
}

#[test]
fn window_turns_a_portrait_into_a_head_that_leaves_as_pictures() {
    if !studio::has_onnx_runtime() {
        return;
    }
    let Some(mut window) = Window::open_with(SIZE, &[&portrait()], &small_exports()) else {
        return;
    };

    // Splats arrive while the rest is still being made.
    let first = window.wait("the first splats", |state| splats(state) > 0);
    eprintln!(
        "first splats {} ms after the start: {first}",
        window.age_ms()
    );
    let done = window.wait("the finished head", |state| {
        state["jobs"].as_array().is_some_and(Vec::is_empty) && splats(state) > 50_000
    });
    eprintln!("finished {} ms after the start: {done}", window.age_ms());
    let front = window.wait_until_still();

    // Orbit.
    window.drag(1, MIDDLE, [MIDDLE[0] + 160, MIDDLE[1]]);
    let side = window.wait_until_still();
    assert!(changed(&front, &side) > 2.0, "dragging orbits the head");

    // Relight: the light tool lights the head, dragging turns the light.
    window.click(LIGHT_TOOL[0], LIGHT_TOOL[1]);
    window.wait("a lit layer", |state| state["lit"] == 1);
    let lit = window.wait_until_still();
    assert!(changed(&side, &lit) > 1.0, "the light changes the picture");
    window.drag(1, [400, 380], [640, 380]);
    let turned = window.wait_until_still();
    assert!(changed(&lit, &turned) > 0.5, "dragging turns the light");

    // Clean up a little, and think better of it.
    let all = splats(&window.state());
    window.key("r");
    window.drag(1, [420, 180], [520, 280]);
    window.wait("a selection", |state| state["selected"].as_u64() > Some(0));
    window.key("Delete");
    window.wait("fewer splats", |state| splats(state) < all);
    window.key("ctrl+z");
    window.wait("all splats again", |state| splats(state) == all);

    // Take it away.
    let shot = window.path("shot.png");
    window.key("ctrl+shift+e");
    window.press(PRIMARY);
    window.choose_file(&shot);
    window.wait_for_file(&shot);
    assert_eq!(
        image::image_dimensions(&shot).unwrap(),
        (320, 200),
        "the size asked for"
    );
    let turn = window.path("turn.mp4");
    window.key("ctrl+shift+t");
    window.press(PRIMARY);
    window.choose_file(&turn);
    window.wait_for_file(&turn);
    let saved = window.path("head.ply");
    window.key("ctrl+shift+s");
    window.choose_file(&saved);
    window.wait_for_file(&saved);
    window.wait_until_still();

    window.key("ctrl+q");
    let code = window.wait_for_end(Duration::from_secs(20));
    assert_eq!(
        code,
        Some(0),
        "a saved scene closes at once: {}",
        window.log()
    );
}

#[test]
fn window_shows_the_same_picture_of_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, 20_000);
    let picture = || {
        let mut window = Window::open(SIZE, &[&ball])?;
        window.wait("the ball", |state| splats(state) == 20_000);
        let picture = window.wait_until_still();
        let state = window.state();
        eprintln!("first frame after {} ms", state["first_frame_ms"]);
        Some((picture, window))
    };
    let Some((first, first_window)) = picture() else {
        return;
    };
    drop(first_window);
    let Some((second, mut window)) = picture() else {
        return;
    };
    assert!(changed(&first, &second) == 0.0, "frames repeat bit for bit");
    compare_with_golden(&first);

    // The wheel comes closer; pressing F after moving away brings the ball back.
    window.point(MIDDLE[0], MIDDLE[1]);
    window.wheel(-5);
    let near = window.wait_until_still();
    assert!(changed(&second, &near) > 2.0, "the wheel moves the view");

    // The file's own red and blue halves turn with a drag in the middle.
    let red = |picture: &RgbImage| {
        picture
            .pixels()
            .filter(|p| p.0[0] > 150 && p.0[2] < 100)
            .count()
    };
    window.drag(1, MIDDLE, [MIDDLE[0] + 200, MIDDLE[1]]);
    let turned = window.wait_until_still();
    assert!(red(&near).abs_diff(red(&turned)) > 1000, "the ball turns");
}

#[test]
fn window_closes_while_a_job_runs() {
    if !studio::has_onnx_runtime() {
        return;
    }
    let Some(mut window) = Window::open(SIZE, &[&portrait()]) else {
        return;
    };
    window.wait("a running job", |state| {
        state["jobs"]
            .as_array()
            .is_some_and(|jobs| !jobs.is_empty())
    });
    window.key("ctrl+q");
    window.wait("the question", |state| state["card"] == true);
    window.press(DANGER);
    let code = window.wait_for_end(Duration::from_secs(30));
    assert_eq!(code, Some(0), "it ends cleanly: {}", window.log());
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

#[test]
fn window_stays_open_over_a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.ply");
    std::fs::write(&broken, ply::header(4_000_000_000)).unwrap();
    let not_a_picture = folder.path().join("portrait.png");
    std::fs::write(&not_a_picture, b"dear diary").unwrap();
    let Some(mut window) = Window::open(SIZE, &[&broken, &not_a_picture]) else {
        return;
    };
    let state = window.wait("two messages", |state| {
        state["notices"]
            .as_array()
            .is_some_and(|notices| notices.len() >= 2)
    });
    eprintln!("{state}");
    assert_eq!(splats(&state), 0, "nothing was opened");
    assert!(!window.log().contains("panicked"), "{}", window.log());
}

/// Writes a picture of the documentation; see `cargo xtask shots`.
fn shoot(window: &mut Window, folder: &Path, name: &str) {
    pause(400);
    let picture = window.picture();
    picture
        .save(folder.join(name).with_extension("png"))
        .unwrap();
    eprintln!("{name}: {}", window.state());
}

#[test]
#[ignore = "makes the pictures of the documentation: cargo xtask shots"]
fn shots() {
    let Some(folder) = std::env::var_os("SHOTS_DIR").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let size = [1440, 900];

    if let Some(mut window) = Window::open(size, &[]) {
        pause(4000);
        shoot(&mut window, &folder, "welcome");
        window.key("ctrl+shift+o");
        window.choose_file(&portrait());
        pause(3000);
        shoot(&mut window, &folder, "portrait-card");
        window.press(PRIMARY);
        window.wait("the first splats", |state| splats(state) > 0);
        shoot(&mut window, &folder, "generating");
    }
    if let Some(mut window) = Window::open(size, &[&portrait()]) {
        shoot_head(&mut window, &folder);
    }
    let variants = [
        ("light-theme", size, json!({ "theme": "Light" })),
        ("large-scale", size, json!({ "ui_scale": 1.5 })),
        ("narrow", [1280, 720], json!({})),
    ];
    for (name, size, settings) in variants {
        if let Some(mut window) = Window::open_with(size, &[&portrait()], &settings) {
            window.wait("the head", |state| splats(state) > 50_000);
            window.wait_until_still();
            shoot(&mut window, &folder, name);
        }
    }
}

/// The states of a window with a finished head.
fn shoot_head(window: &mut Window, folder: &Path) {
    window.wait("the head", |state| splats(state) > 50_000);
    window.wait_until_still();
    window.drag(1, [560, 430], [500, 440]);
    window.point(1200, 700);
    window.wait_until_still();
    shoot(window, folder, "head");

    window.key("l");
    let corners = [[520, 250], [640, 230], [700, 330], [600, 380], [500, 330]];
    window.lasso(&corners);
    window.wait_until_still();
    shoot(window, folder, "lasso");
    window.key("ctrl+shift+a");

    window.click(LIGHT_TOOL[0], LIGHT_TOOL[1]);
    window.wait("a lit layer", |state| state["lit"] == 1);
    window.drag(1, [560, 430], [420, 400]);
    window.wait_until_still();
    shoot(window, folder, "relight");

    window.key("ctrl+shift+t");
    window.wait("the card", |state| state["card"] == true);
    shoot(window, folder, "turntable");
    window.key("Escape");
    window.key("ctrl+k");
    pause(500);
    shoot(window, folder, "palette");
    window.key("Escape");
    window.key("ctrl+comma");
    pause(500);
    shoot(window, folder, "preferences");
}
