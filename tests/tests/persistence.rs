//! Projects and crashes, in the real window: nothing that was saved or put aside is ever lost.
//!
//! `KILLS=50` kills the window so often instead of a few times.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use app::recovery;
use serde_json::{Value, json};
use tests::ply;
use tests::window::{DANGER, Window};

const SIZE: [u32; 2] = [1280, 800];
const BALL: u64 = 20_000;

fn splats(state: &Value) -> u64 {
    state["splats"].as_u64().unwrap_or(0)
}

fn steps(state: &Value) -> u64 {
    state["steps"].as_u64().unwrap_or(0)
}

fn open_ball(folder: &Path) -> Option<Window> {
    let ball = folder.join("ball.ply");
    ply::write_ball(&ball, BALL as usize);
    let mut window = Window::open(SIZE, &[&ball])?;
    window.wait("the ball", |state| splats(state) == BALL);
    Some(window)
}

/// Takes a piece out of the ball; how many splats are left.
fn bite(window: &mut Window, [x, y]: [i32; 2]) -> u64 {
    let before = splats(&window.state());
    window.key("r");
    window.drag(1, [x, y], [x + 70, y + 70]);
    window.wait("a selection", |state| state["selected"].as_u64() > Some(0));
    window.key("Delete");
    splats(&window.wait("fewer splats", |state| splats(state) < before))
}

#[test]
fn window_opens_a_project_with_all_its_steps() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut window) = open_ball(folder.path()) else {
        return;
    };
    let once = bite(&mut window, [400, 300]);
    let twice = bite(&mut window, [540, 420]);
    let number = steps(&window.state());
    let saved = folder.path().join("bitten.splatwright");
    window.key("ctrl+s");
    window.choose_file(&saved);
    window.wait_for_file(&saved);
    window.wait("a saved scene", |state| {
        state["notices"].to_string().contains("bitten.splatwright")
    });
    // The bar of a tool is no part of a project.
    window.key("v");
    let picture = window.wait_until_still();
    // Nothing is unsaved now, so it ends without a question.
    window.key("ctrl+q");
    assert_eq!(window.wait_for_end(Duration::from_secs(30)), Some(0));

    let Some(mut window) = Window::open(SIZE, &[&saved]) else {
        return;
    };
    window.wait("the project", |state| splats(state) == twice);
    assert_eq!(steps(&window.state()), number, "the steps came with it");
    let again = window.wait_until_still();
    let view = [60, 60, 800, 600];
    let change = tests::display::difference(&picture, &again, view);
    assert!(change < 0.5, "the same view of the same scene: {change}");
    for _ in 0..20 {
        window.key("ctrl+z");
        if splats(&window.state()) == once {
            break;
        }
    }
    window.wait("a bite taken back", |state| splats(state) == once);

    // Opening it again over the changed scene asks first.
    window.key("ctrl+o");
    window.choose_file(&saved);
    window.wait("the question", |state| state["card_name"] == "leave");
    window.wait_until_still();
    window.press(DANGER);
    window.wait("the project as it was saved", |state| {
        splats(state) == twice
    });
}

/// A number that looks random and is the same in every run.
fn random(round: u64) -> u64 {
    let mut x = (round + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20
}

/// Kills the window at some moment after a change, while it puts work aside and saves.
#[test]
fn killing_the_window_loses_no_more_than_the_last_seconds() {
    let kills = std::env::var("KILLS").ok().and_then(|n| n.parse().ok());
    let kills: u64 = kills.unwrap_or(3);
    let folder = tempfile::tempdir().unwrap();
    let mut tally = [0_u64; 2];
    for round in 0..kills {
        let Some(mut window) = open_ball(folder.path()) else {
            return;
        };
        let saved = folder.path().join("saved.splatwright");
        let bitten = bite(&mut window, [400, 300]);
        let saves = round % 2 == 1;
        if saves {
            window.key("ctrl+s");
            window.choose_file(&saved);
        }
        let moment = Duration::from_millis(random(round) % if saves { 400 } else { 4000 });
        let until = Instant::now() + moment;
        while Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        let known = window.state();
        let settings = window.crash();

        let left = recovery::leftover(&settings.path().join("recovery"));
        if known["autosaved"] == true {
            assert!(left.is_some(), "round {round}: it was put aside: {known}");
        }
        if let Some(left) = left {
            let back = recovery::Leftover::read(left.folder()).expect("it is whole");
            let there: usize = back
                .nodes
                .iter()
                .filter_map(|(_, node)| Some(node.splats()?.alive()))
                .sum();
            assert_eq!(there as u64, bitten, "round {round}: the bite is in it");
            tally[0] += 1;
        }
        if saves && saved.exists() {
            let project = scene::io::load_project(&saved, &mut |_| Ok(()));
            let project = project.unwrap_or_else(|error| panic!("round {round}: {error}"));
            let there: usize = project.scene.layers().map(|(.., l)| l.alive()).sum();
            assert_eq!(there as u64, bitten, "round {round}: what was saved");
            tally[1] += 1;
        }
    }
    let told = json!({ "kills": kills, "put aside": tally[0], "saved": tally[1] });
    println!("{told}");
}
