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
use tests::shots::{folder, keep, shoot};
use tests::window::{DANGER, PRIMARY, Window, pause};
use tests::{ply, root, studio};

const SIZE: [u32; 2] = [1280, 800];
/// The part of the window that shows the scene and nothing else.
const VIEW: [u32; 4] = [60, 60, 800, 640];
const MIDDLE: [i32; 2] = [512, 400];
/// The button of the only notice, where it offers something in one line below two.
const RECOVER: [i32; 2] = [683, 737];
/// The cross of the only job's card.
const CANCEL_JOB: [i32; 2] = [377, 681];
/// The second row of the history, in a drawer of its first height.
const FIRST_STEP: [i32; 2] = [200, 684];

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
    window.key("k");
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
fn window_outlines_the_person_and_cancels_the_job_in_the_middle() {
    if !studio::has_onnx_runtime() {
        return;
    }
    let Some(mut window) = Window::open(SIZE, &[]) else {
        return;
    };
    window.key("ctrl+shift+o");
    window.wait("the dialog", |state| state["card_name"] == "chooser");
    window.choose_file(&portrait());
    window.wait("the outline", |state| state["card_name"] == "drop");
    window.press(PRIMARY);
    window.wait("splats on the way", |state| {
        splats(state) > 0
            && state["jobs"]
                .as_array()
                .is_some_and(|jobs| !jobs.is_empty())
    });
    window.click(CANCEL_JOB[0], CANCEL_JOB[1]);
    let state = window.wait("no job", |state| {
        state["jobs"].as_array().is_some_and(Vec::is_empty)
    });
    assert_eq!(
        splats(&state),
        0,
        "a cancelled head leaves no trace: {state}"
    );
    assert_eq!(state["steps"], 0, "nor a step: {state}");
    window.key("ctrl+q");
    let code = window.wait_for_end(Duration::from_secs(20));
    assert_eq!(code, Some(0), "it ends: {}", window.log());
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

#[test]
fn window_moves_a_large_layer_by_merged_splats_and_rests_on_all_of_them() {
    const MANY: usize = 220_000;
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, MANY);
    // Software Vulkan says that its frames take no time.
    let software = Path::new("--software");
    let Some(mut window) = Window::open(SIZE, &[software, &ball]) else {
        return;
    };
    window.wait("the ball", |state| state["considered"] == MANY);
    window.wait_until_still();
    window.hold(400, 300);
    let mut step = 0;
    let fewest = studio::wait_for(Duration::from_secs(60), || {
        step += 1;
        window.point(400 + step % 200, 300);
        let considered = window.state()["considered"].as_u64()?;
        (considered < MANY as u64 / 2).then_some(considered)
    });
    assert!(fewest.is_some(), "always all splats: {}", window.state());
    window.release();
    window.wait("all splats at rest", |state| state["considered"] == MANY);
}

/// A window with unsaved work: a ball without some of its splats.
fn open_bitten_ball(folder: &tempfile::TempDir) -> Option<Window> {
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, 5_000);
    let mut window = Window::open(SIZE, &[&ball])?;
    window.wait("the ball", |state| splats(state) == 5_000);
    window.key("r");
    window.drag(1, [420, 300], [520, 480]);
    window.wait("a selection", |state| state["selected"].as_u64() > Some(0));
    window.key("Delete");
    window.wait("fewer splats", |state| splats(state) < 5_000);
    Some(window)
}

#[test]
fn window_saves_and_then_goes_when_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut window) = open_bitten_ball(&folder) else {
        return;
    };
    window.key("ctrl+q");
    window.wait("the question", |state| state["card"] == true);
    window.press(PRIMARY);
    // A file that was only opened is not written over unasked.
    window.wait("the file dialog", |state| state["card_name"] == "chooser");
    let saved = folder.path().join("saved.ply");
    window.choose_file(&saved);
    let code = window.wait_for_end(Duration::from_secs(30));
    assert_eq!(
        code,
        Some(0),
        "it saves and ends: {} {}",
        window.state(),
        window.log()
    );
    assert!(saved.exists(), "it ended without saving: {}", window.log());
}

#[test]
fn window_offers_unsaved_work_again_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut window) = open_bitten_ball(&folder) else {
        return;
    };
    let left = splats(&window.state());
    window.wait("the autosave", |state| state["autosaved"] == true);
    let settings = window.crash();

    let Some(mut window) = Window::open_in(settings, SIZE, &[], &json!({})) else {
        return;
    };
    window.wait("the offer", |state| {
        state["notices"][0]
            .as_str()
            .is_some_and(|title| title.contains("ended before"))
    });
    window.wait_until_still();
    window.click(RECOVER[0], RECOVER[1]);
    window.wait("the work", |state| splats(state) == left);
    window.wait("the next autosave", |state| state["autosaved"] == true);
    window.key("ctrl+z");
    window.wait("an empty scene", |state| splats(state) == 0);
    window.key("ctrl+q");
    let code = window.wait_for_end(Duration::from_secs(20));
    assert_eq!(code, Some(0), "it ends: {}", window.log());
    let recovery = window.path("recovery");
    let rest = std::fs::read_dir(recovery).map_or(0, Iterator::count);
    assert_eq!(rest, 0, "a clean end leaves nothing behind");
}

#[test]
fn window_shows_every_view_and_travels_in_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, 5_000);
    let settings = json!({ "history_open": true });
    let Some(mut window) = Window::open_with(SIZE, &[&ball], &settings) else {
        return;
    };
    window.wait("the ball", |state| splats(state) == 5_000);
    window.wait_until_still();
    // Every way to look at splats draws, also where a file has no such column.
    for view in ["Normals", "Depth", "Labels", "Confidence", "Color"] {
        window.command(&format!("show {}", view.to_lowercase()));
        window.wait_until_still();
    }
    window.key("ctrl+a");
    window.wait("a selection", |state| state["selected"] == 5_000);
    window.key("Delete");
    window.wait("an empty ball", |state| splats(state) == 0);
    let steps = window.state()["steps"].as_u64();
    // A click in the history goes back to the step that brought the ball.
    window.click(FIRST_STEP[0], FIRST_STEP[1]);
    window.wait("the ball again", |state| splats(state) == 5_000);
    let state = window.state();
    assert_eq!(state["steps"], 1, "of {steps:?} steps one is left: {state}");
    assert_eq!(state["selected"], 0, "before the selection");
    window.key("ctrl+shift+z");
    window.key("ctrl+shift+z");
    window.wait("nothing again", |state| splats(state) == 0);
    window.key("ctrl+z");
    window.wait("the ball a third time", |state| splats(state) == 5_000);
}

/// The same of a window that does not rest, once it shows something else than `before`.
fn shoot_moving(window: &Window, before: &RgbImage, folder: &Path, name: &str) {
    let limit = Duration::from_secs(30);
    let shown = studio::wait_for(limit, || {
        (changed(before, &window.picture()) > 0.3).then_some(())
    });
    assert!(shown.is_some(), "{name} is not drawn");
    pause(300);
    keep(&window.picture(), folder, name);
}

/// A state that does not come costs its own pictures, not those of the states after it.
fn states(name: &str, shoot: impl FnOnce() + std::panic::UnwindSafe) -> bool {
    let came = std::panic::catch_unwind(shoot).is_ok();
    if !came {
        eprintln!("{name}: this state did not come; see above");
    }
    came
}

#[test]
#[ignore = "makes the pictures of the documentation: cargo xtask shots"]
fn shots() {
    let Some(folder) = folder() else { return };
    let folder = folder.as_path();
    // One head is made and used by every state that needs one.
    let made = tempfile::tempdir().unwrap();
    let head = made.path().join("astronaut.ply");
    let mut all = states("welcome and generating", || {
        shoot_first_minute(folder, &head)
    });
    all &= states("head and its cards", || {
        if let Some(mut window) = Window::open(SHOT_SIZE, &[&head]) {
            shoot_head(&mut window, folder);
        }
    });
    let variants = [
        (
            "light-theme",
            SHOT_SIZE,
            json!({ "theme": "Light", "history_open": true }),
        ),
        ("large-scale", SHOT_SIZE, json!({ "ui_scale": 1.5 })),
        ("narrow", [1280, 720], json!({})),
    ];
    for (name, size, settings) in &variants {
        all &= states(name, || {
            if let Some(mut window) = Window::open_with(*size, &[&head], settings) {
                window.wait("the head", |state| splats(state) > 50_000);
                shoot(&mut window, folder, name);
            }
        });
    }
    all &= states("lasso", || shoot_lasso(folder));
    assert!(all, "some states did not come");
}

const SHOT_SIZE: [u32; 2] = [1440, 900];

/// Welcome, the card of a picture, the head while it is made; leaves the head as a file.
fn shoot_first_minute(folder: &Path, head: &Path) {
    let Some(mut window) = Window::open(SHOT_SIZE, &[]) else {
        return;
    };
    // Sample and scene come after the first frame.
    pause(1500);
    shoot(&mut window, folder, "welcome");
    window.key("ctrl+shift+o");
    window.wait("the dialog", |state| state["card_name"] == "chooser");
    window.choose_file(&portrait());
    window.wait("the outline", |state| state["card_name"] == "drop");
    shoot(&mut window, folder, "portrait-card");
    window.press(PRIMARY);
    window.wait("no card", |state| state["card"] == false);
    window.wait("the first splats", |state| splats(state) > 0);
    // The splats are known a moment before they are drawn.
    let before = window.picture();
    shoot_moving(&window, &before, folder, "generating");
    window.wait("the head", |state| {
        splats(state) > 50_000 && state["jobs"].as_array().is_some_and(Vec::is_empty)
    });
    window.key("ctrl+shift+s");
    window.choose_file(head);
    window.wait_for_file(head);
}

/// A selection on a capture, where the captures are.
fn shoot_lasso(folder: &Path) {
    let captures = root().join("../shared/data/splats");
    let capture = captures.join("garden.ply");
    let capture = if capture.is_file() {
        capture
    } else {
        let Some(largest) = largest_splats(&captures) else {
            eprintln!(
                "lasso: skipped, there are no captures in {}",
                captures.display()
            );
            return;
        };
        largest
    };
    if let Some(mut window) = Window::open(SHOT_SIZE, &[&capture]) {
        window.wait("the capture", |state| {
            splats(state) > 0 && state["jobs"].as_array().is_some_and(Vec::is_empty)
        });
        window.key("l");
        window.lasso(&[[520, 300], [640, 280], [700, 380], [600, 480], [500, 430]]);
        window.point(1200, 700);
        shoot(&mut window, folder, "lasso");
    }
}

/// The largest plain PLY file below a folder, of those that a software renderer draws in a moment.
fn largest_splats(folder: &Path) -> Option<PathBuf> {
    let mut best: Option<(u64, PathBuf)> = None;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, bytes) = (entry.path(), entry.metadata().map_or(0, |m| m.len()));
            let name = path.to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".ply")
                && !name.contains("compressed")
                && bytes < 120 << 20
                && best.as_ref().is_none_or(|(most, _)| bytes > *most)
            {
                best = Some((bytes, path));
            }
        }
    }
    best.map(|(_, path)| path)
}

/// The states of a window with a finished head.
fn shoot_head(window: &mut Window, folder: &Path) {
    window.wait("the head", |state| splats(state) > 50_000);
    window.wait_until_still();
    window.drag(1, [560, 430], [500, 440]);
    window.point(1200, 700);
    shoot(window, folder, "head");

    window.key("k");
    window.wait("a lit layer", |state| state["lit"] == 1);
    window.drag(1, [560, 430], [420, 400]);
    shoot(window, folder, "relight");

    window.key("ctrl+shift+t");
    window.wait("the card", |state| state["card"] == true);
    shoot(window, folder, "turntable");
    window.key("Escape");
    window.wait("no card", |state| state["card"] == false);
    let before = window.wait_until_still();
    window.key("ctrl+k");
    // The palette's cursor blinks, so the screen never rests.
    shoot_moving(window, &before, folder, "palette");
}
