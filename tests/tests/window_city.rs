//! A city in the real window: it comes, goes with undo and comes back, and a part of it is kept.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::Path;

use serde_json::{Value, json};
use tests::window::Window;

const SIZE: [u32; 2] = [1000, 700];

fn has_city(state: &Value) -> bool {
    state["layers"].as_u64() >= Some(3) && state["splats"].as_u64() > Some(50_000)
}

/// Things at the top of the tree, by name.
fn top(state: &Value) -> Vec<String> {
    let tree = state["tree"].as_array().cloned().unwrap_or_default();
    let names = tree.iter().filter_map(Value::as_str);
    names
        .filter(|n| !n.contains('/'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn window_makes_a_city_takes_it_back_and_keeps_a_part() {
    // Coarse and near, for machines without a graphics card.
    let settings = json!({ "city_detail": 0.25 });
    let none: [&Path; 0] = [];
    let Some(mut window) = Window::open_with(SIZE, &none, &settings) else {
        return;
    };
    window.key("ctrl+alt+n");
    let state = window.wait("a city", has_city);
    assert_eq!(top(&state), ["City"]);
    assert_eq!(state["steps"], 1, "patches are no steps");
    window.key("ctrl+z");
    window.wait("no city", |state| {
        state["layers"] == 0 && state["splats"] == 0
    });
    window.key("ctrl+shift+z");
    window.wait("the city again", has_city);

    window.command("Keep this part of the city");
    let kept = window.wait("the part", |state| state["steps"] == 2);
    assert_eq!(top(&kept).len(), 2, "{kept}");
    window.key("ctrl+z");
    let back = window.wait("all of it streamed", |state| state["steps"] == 1);
    assert_eq!(top(&back), ["City"]);
}
