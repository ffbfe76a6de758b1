//! The rules of ARCHITECTURE.md, as far as a program can check them.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use editor::Command;
use tests::root;

const LARGEST_FILE_LINES: usize = 600;

/// Crate, crates of ours that it may use, crates of others that it must not.
///
/// A crate lies in the folder of its name, `city` in the one of the reconstructors.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    ("scene", &[], &["egui", "eframe", "wgpu", "ort", "image"]),
    (
        "editor",
        &["scene"],
        &["egui", "eframe", "wgpu", "ort", "image"],
    ),
    ("renderer", &["scene"], &["egui", "eframe", "ort"]),
    (
        "city",
        &["scene"],
        &["egui", "eframe", "wgpu", "ort", "image"],
    ),
    ("inference", &["scene", "city"], &["egui", "eframe", "wgpu"]),
    (
        "app",
        &["scene", "editor", "renderer", "inference", "city"],
        &[],
    ),
    ("xtask", &[], &["egui", "eframe", "wgpu", "ort", "clap"]),
];

/// Every file with one of the endings in our own source folders.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = [
        "scene",
        "editor",
        "renderer",
        "inference",
        "app",
        "tests",
        "xtask",
        "shaders",
    ]
    .iter()
    .map(|name| root().join(name))
    .collect();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|e| path.extension() == Some(e.as_ref())) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn names_in(folder: &Path, ending: &str) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.extension() == Some(ending.as_ref()))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn arrows_between_crates_point_one_way() {
    for (name, allowed, forbidden) in ARROWS {
        let folder = if *name == "city" {
            "inference/city"
        } else {
            name
        };
        let text = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        // Examples and tests may draw what they made; what ships may not know the renderer.
        let used: BTreeSet<String> = ["dependencies", "build-dependencies"]
            .iter()
            .filter_map(|table| manifest.get(*table)?.as_table())
            .flat_map(|table| table.keys().cloned())
            .collect();
        for (other, ..) in ARROWS
            .iter()
            .chain(&[("tests", [].as_slice(), [].as_slice())])
        {
            assert!(
                !used.contains(*other) || allowed.contains(other),
                "{name} must not use {other}"
            );
        }
        for other in *forbidden {
            assert!(!used.contains(*other), "{name} must not use {other}");
        }
    }
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources(&["rs", "wgsl"])
        .iter()
        .filter_map(|path| {
            let lines = std::fs::read_to_string(path).unwrap().lines().count();
            (lines > LARGEST_FILE_LINES).then(|| format!("{} ({lines} lines)", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn modules_are_named_after_what_is_in_them() {
    let unnamed: Vec<PathBuf> = sources(&["rs"])
        .into_iter()
        .filter(|path| path.file_name() == Some("mod.rs".as_ref()))
        // Beside test files another name would make it a test of its own.
        .filter(|path| !path.components().any(|part| part.as_os_str() == "tests"))
        .collect();
    assert!(unnamed.is_empty(), "`x.rs` and `x/`, not: {unnamed:#?}");
}

#[test]
fn interface_colors_live_in_the_theme() {
    let literals = [
        "Color32::from_",
        "Color32::WHITE",
        "Color32::BLACK",
        "Rgba::from_rgb",
        "hex_color!",
    ];
    let app = root().join("app").join("src");
    let mut elsewhere = Vec::new();
    for path in sources(&["rs"]) {
        if !path.starts_with(&app) || path.ends_with("theme.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let is_code = !line.trim_start().starts_with("//");
            if is_code && literals.iter().any(|literal| line.contains(literal)) {
                elsewhere.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(
        elsewhere.is_empty(),
        "declare it in theme.rs: {elsewhere:#?}"
    );
}

#[test]
fn every_command_has_words_and_its_own_shortcut() {
    let commands = Command::all_simple();
    assert!(commands.len() > 20, "the palette is not empty");
    let mut ids = BTreeSet::new();
    let mut shortcuts = BTreeSet::new();
    for command in commands {
        let info = command.info();
        assert!(ids.insert(info.id), "two commands are called {}", info.id);
        assert!(!info.group.is_empty(), "{} has no menu", info.id);
        for (what, text) in [("name", info.name), ("help", info.help)] {
            let first = text.chars().next();
            assert!(
                first.is_some_and(|c| !c.is_lowercase()) && !text.ends_with(['.', ':']),
                "the {what} of {} is no sentence-case label: {text:?}",
                info.id
            );
        }
        if let Some(shortcut) = info.shortcut {
            assert!(
                shortcuts.insert(shortcut),
                "two commands share {shortcut}: the second is {}",
                info.id
            );
        }
    }
}

#[test]
fn every_pass_has_its_four_rooms() {
    let shaders = names_in(&root().join("shaders"), "wgsl");
    // A second kernel of a pass, chosen by measurement, is named after it: sort, sort_wide.
    let is_kernel_of = |name: &str, pass: &str| {
        name.strip_prefix(pass)
            .is_some_and(|rest| rest.starts_with('_'))
    };
    let passes: Vec<String> = shaders
        .iter()
        .filter(|name| !shaders.iter().any(|pass| is_kernel_of(name, pass)))
        .cloned()
        .collect();
    assert!(
        passes.len() > 5,
        "the shaders are in their folder: {passes:?}"
    );
    let renderer = root().join("renderer").join("src");
    let tests: String = sources(&["rs"])
        .iter()
        .filter(|path| {
            path.starts_with(root().join("renderer").join("tests"))
                || path.starts_with(root().join("tests").join("tests"))
                || path.starts_with(renderer.join("cpu"))
        })
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for pass in &passes {
        for room in ["passes", "cpu"] {
            let path = renderer.join(room).join(format!("{pass}.rs"));
            assert!(path.is_file(), "pass {pass} lacks {}", path.display());
        }
        assert!(
            tests.contains(&format!("fn {pass}")),
            "pass {pass} lacks a test called {pass}…"
        );
    }
    for room in ["passes", "cpu"] {
        let orphans: Vec<String> = names_in(&renderer.join(room), "rs")
            .into_iter()
            .filter(|name| room == "passes" && !passes.contains(name))
            .collect();
        assert!(orphans.is_empty(), "{room} without a shader: {orphans:?}");
    }
}
