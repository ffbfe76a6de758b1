//! Texts with something in them: numbers, names, reasons.

use std::time::Duration;

use editor::{AxisView, NavigationPreset, ShowAs};
use inference::package::manifest::Commercial;

use super::{
    BACKDROP_CHECKER, BACKDROP_COLOR, BACKDROP_ENVIRONMENT, BACKDROP_GRADIENT, BACKDROP_HORIZON,
    BACKDROP_NEUTRAL, SIZES,
};
use crate::choose::Purpose;
use crate::dialogs::export_settings::ExportBackground;
use crate::dialogs::leave::Leaving;
use crate::persist::Backdrop;
use crate::widgets::grouped;

/// Name of a size that has one.
pub fn size_name(size: [u32; 2]) -> Option<&'static str> {
    SIZES
        .iter()
        .find(|(_, preset)| *preset == size)
        .map(|(name, _)| *name)
}

/// "4K · 3840 × 2160".
pub fn size_label(name: &str, size: [u32; 2]) -> String {
    format!("{name}  ·  {} × {}", size[0], size[1])
}

/// The size of the viewport as a choice.
pub fn viewport_size(size: [u32; 2]) -> String {
    size_label("As the viewport", size)
}

/// "astronaut.png · 512 × 512".
pub fn picture_size(name: &str, size: [usize; 2]) -> String {
    format!("{name}  ·  {} × {}", size[0], size[1])
}

/// Name of an export's background.
pub fn export_background(background: ExportBackground) -> &'static str {
    match background {
        ExportBackground::Viewport => "As the viewport",
        ExportBackground::Transparent => "Transparent",
        ExportBackground::White => "White",
        ExportBackground::Black => "Black",
    }
}

/// "180 frames, 6 s, repeats without a halt".
pub fn turntable_summary(frames: u32, seconds: f32) -> String {
    format!(
        "{} frames in {seconds:.1} s; the turn repeats without a halt",
        grouped(frames as usize)
    )
}

/// What a file filter is called.
pub fn filter_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Open => "Projects, splats and pictures",
        Purpose::OpenPicture => "Pictures",
        Purpose::SaveScene => "Project or splats (PLY)",
        Purpose::SaveScreenshot => "PNG picture",
        Purpose::SaveMp4 => "MP4 film",
        Purpose::SaveGif => "Animated GIF",
        Purpose::SaveFrames => "Folder",
    }
}

/// Why a folder shows nothing.
pub fn folder_unreadable(reason: &str) -> String {
    format!("This folder cannot be read ({reason}). Go up and choose another one.")
}

/// A name was typed that is not there.
pub fn no_such_file(name: &str) -> String {
    format!("There is no file “{name}” here. Pick one from the list.")
}

/// The licence in a word.
pub fn license_word(commercial: Commercial) -> &'static str {
    match commercial {
        Commercial::Allowed => "Free to use and sell",
        Commercial::Restricted => "Conditions apply",
        Commercial::Forbidden => "Not for sale",
    }
}

/// "62 % · 3 s left".
pub fn job_amount(fraction: Option<f32>, left: Option<Duration>) -> String {
    let percent = fraction.map(|share| format!("{:.0} %", share * 100.0));
    let left = left.map(|left| match left.as_secs() {
        0 => String::from("a moment left"),
        secs @ 1..60 => format!("{secs} s left"),
        secs => format!("{} min left", secs.div_ceil(60)),
    });
    match (percent, left) {
        (Some(percent), Some(left)) => format!("{percent}  ·  {left}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    }
}

/// What would be stopped.
pub fn job_would_stop(title: &str, subject: &str) -> String {
    format!("{title} ({subject}) is still running and would be stopped.")
}

/// A key that another command has.
pub fn key_taken(keys: &str, other: &str) -> String {
    format!("{keys} belongs to “{other}”; take it away there first, or press another key")
}

/// Accessible name of a command's key.
pub fn keys_of(name: &str, keys: &str) -> String {
    match keys {
        "" => format!("{name}: no key"),
        keys => format!("{name}: {keys}"),
    }
}

/// The question before unsaved changes are lost.
pub fn unsaved_title(name: &str) -> String {
    format!("Save the changes to “{name}”?")
}

/// The button that goes on without saving.
pub fn leave_label(leaving: Leaving, unsaved: bool) -> &'static str {
    match (leaving, unsaved) {
        (_, true) => "Do not save",
        (Leaving::Quit, false) => "Stop and quit",
        (Leaving::NewScene, false) => "Stop and start anew",
        (Leaving::Project, false) => "Stop and open",
    }
}

/// The graphics device gave up.
pub fn fell_back(reason: &str) -> String {
    format!("The graphics device stopped ({reason}); the software renderer draws now")
}

/// Accessible name of a side of the axes.
pub fn side_name(side: AxisView) -> &'static str {
    match side {
        AxisView::Right => "View from the right",
        AxisView::Left => "View from the left",
        AxisView::Top => "View from the top",
        AxisView::Bottom => "View from below",
        AxisView::Front => "View from the front",
        AxisView::Back => "View from the back",
    }
}

/// What the mouse buttons do.
pub fn navigation_help(navigation: NavigationPreset) -> &'static str {
    match navigation {
        NavigationPreset::Splatwright => "Left or middle drag turns, right drag moves, wheel zooms",
        NavigationPreset::Blender => "Middle drag turns, Shift + middle moves, the wheel zooms",
        NavigationPreset::Maya => {
            "Alt + left turns, Alt + middle moves, Alt + right or the wheel zooms"
        }
        NavigationPreset::Unreal => {
            "Right drag looks around with WASD, middle moves, Alt + left turns"
        }
    }
}

/// The scene's name while it has unsaved changes.
pub fn unsaved_name(name: &str) -> String {
    format!("{name}  ●")
}

/// "autosaved 20 s ago", in steps that the eye need not follow.
pub fn autosaved(ago: Duration) -> String {
    match ago.as_secs() {
        0..10 => String::from("autosaved just now"),
        secs @ 10..60 => format!("autosaved {} s ago", secs / 10 * 10),
        secs => format!("autosaved {} min ago", secs / 60),
    }
}

/// What an earlier run left: which scene, how old.
pub fn recovery_detail(name: &str, age: Option<Duration>) -> String {
    let age = match age.map(|age| age.as_secs()) {
        None => String::new(),
        Some(secs @ 0..3600) => format!(", {} min old", secs / 60 + 1),
        Some(secs @ 3600..172_800) => format!(", {} h old", secs / 3600),
        Some(secs) => format!(", {} days old", secs / 86_400),
    };
    format!("“{name}”{age}. It stays on disk until you recover it.")
}

/// "Undo: Delete 1 204 splats".
pub fn with_step(name: &str, step: Option<&str>) -> String {
    match step {
        Some(step) => format!("{name}: {step}"),
        None => name.to_owned(),
    }
}

/// "1 204 of 142 310 selected".
pub fn selected_of(selected: &str, alive: &str) -> String {
    format!("{selected} of {alive} selected")
}

/// "142 310 splats".
pub fn splat_count(alive: &str) -> String {
    format!("{alive} splats")
}

/// "4.1 ms · 412 MB".
pub fn frame_facts(ms: f32, bytes: u64) -> String {
    let time = if ms < 100.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.0} ms")
    };
    if bytes == 0 {
        time
    } else {
        format!("{time}  ·  {}", megabytes(bytes))
    }
}

/// How much memory splats may take, and take now.
pub fn splat_memory_help(most: u64, now: u64) -> String {
    let (most, now) = (megabytes(most), megabytes(now));
    format!(
        "Up to {most}; {now} are in use. Larger scenes are streamed: what is looked at comes first, coarse before fine."
    )
}

/// "412 MB".
pub fn megabytes(bytes: u64) -> String {
    let mb = bytes as f64 / 1e6;
    if mb < 10.0 {
        format!("{mb:.1} MB")
    } else if mb < 1000.0 {
        format!("{mb:.0} MB")
    } else {
        format!("{:.1} GB", mb / 1e3)
    }
}

/// What is drawn of what is there.
pub fn visible_splats(visible: &str, all: &str) -> String {
    format!("{visible} of {all} splats in view")
}

/// Time of one pass of the renderer.
pub fn pass_time(pass: &str, ms: f32) -> String {
    format!("{pass}  {ms:.2} ms")
}

/// A degree of spherical harmonics, in words.
pub fn sh_degree(degree: u32) -> String {
    match degree {
        0 => String::from("0, one color a splat"),
        degree => format!("{degree}, color depends on the view"),
    }
}

/// "3.2 s".
pub fn seconds(secs: f32) -> String {
    if secs < 0.1 {
        format!("{:.0} ms", secs * 1e3)
    } else {
        format!("{secs:.1} s")
    }
}

/// "32.7 dB".
pub fn decibels(value: f32) -> String {
    format!("{value:.1} dB")
}

/// "97 %".
pub fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A stage's id as people read it.
pub fn stage_name(id: &str) -> String {
    crate::notify::sentence(&id.replace(['_', '-'], " "))
}

/// "Degree 2".
pub fn harmonics(degree: u32) -> String {
    format!("Degree {degree}")
}

/// Name of a way to show splats.
pub fn show_as(show_as: ShowAs) -> &'static str {
    match show_as {
        ShowAs::Color => "Color",
        ShowAs::Centers => "Centers",
        ShowAs::Rings => "Rings",
        ShowAs::Depth => "Depth",
        ShowAs::Normals => "Normals",
        ShowAs::Albedo => "Albedo",
        ShowAs::Roughness => "Roughness",
        ShowAs::Metallic => "Metal",
        ShowAs::Occlusion => "Ambient occlusion",
        ShowAs::Labels => "Labels",
        ShowAs::Confidence => "Confidence",
        ShowAs::Overdraw => "Overdraw",
        ShowAs::TileLoad => "Tile load",
        ShowAs::Levels => "Levels of detail",
    }
}

/// What the corner says while the picture is not in color; counts with their scale.
pub fn show_as_badge(now: ShowAs) -> Option<&'static str> {
    match now {
        ShowAs::Color => None,
        ShowAs::Overdraw => Some("Overdraw: 1 dark, 512 white"),
        ShowAs::TileLoad => Some("Tile load: 1 dark, 8192 white"),
        other => Some(show_as(other)),
    }
}

/// Name of what is behind the splats.
pub fn backdrop(backdrop: Backdrop) -> &'static str {
    match backdrop {
        Backdrop::Gradient => BACKDROP_GRADIENT,
        Backdrop::Neutral => BACKDROP_NEUTRAL,
        Backdrop::Checker => BACKDROP_CHECKER,
        Backdrop::Color(_) => BACKDROP_COLOR,
        Backdrop::Horizon { .. } => BACKDROP_HORIZON,
        Backdrop::Environment => BACKDROP_ENVIRONMENT,
    }
}

/// What dropping splat files does.
pub fn drop_splats(count: usize) -> String {
    match count {
        0 | 1 => String::from("Add as a layer"),
        count => format!("Add as {count} layers"),
    }
}

/// Mouse buttons of a preset, as rows of the keyboard card.
pub fn mouse_keys(navigation: NavigationPreset) -> &'static [(&'static str, &'static str)] {
    match navigation {
        NavigationPreset::Splatwright => &[
            ("Turn", "Left or middle drag"),
            ("Move", "Right drag"),
            ("Zoom", "Wheel"),
            ("Focus on a point", "Double click"),
            ("Fly", "W A S D Q E"),
        ],
        NavigationPreset::Blender => &[
            ("Turn", "Middle drag"),
            ("Move", "Shift + middle drag"),
            ("Zoom", "Wheel"),
            ("Focus on a point", "Double click"),
            ("Fly", "W A S D Q E"),
        ],
        NavigationPreset::Maya => &[
            ("Turn", "Alt + left drag"),
            ("Move", "Alt + middle drag"),
            ("Zoom", "Alt + right drag"),
            ("Focus on a point", "Double click"),
            ("Fly", "W A S D Q E"),
        ],
        NavigationPreset::Unreal => &[
            ("Turn", "Alt + left drag"),
            ("Look", "Right drag"),
            ("Move", "Middle drag"),
            ("Zoom", "Wheel"),
            ("Fly", "W A S D Q E"),
        ],
    }
}

/// The window did not open.
pub fn no_window(reason: &str) -> String {
    format!(
        "the window cannot open ({reason}). Install a Vulkan driver (the package mesa-vulkan-drivers draws without a graphics card), or use the commands that need no window: splatwright --help"
    )
}

/// Of several dropped pictures one was taken.
pub fn only_first(name: &str, others: usize) -> String {
    match others {
        1 => format!("{name} was taken, the other picture was left out"),
        others => format!("{name} was taken, {others} other pictures were left out"),
    }
}

/// A picture could not be turned into splats.
pub fn cannot_create(name: &str) -> String {
    format!("No head could be made of {name}")
}

/// A file could not be opened.
pub fn cannot_open(name: &str) -> String {
    format!("{name} could not be opened")
}

/// A file could not be written.
pub fn cannot_write(name: &str) -> String {
    format!("{name} could not be written")
}

/// A file was opened, with remarks.
pub fn opened_with_notes(name: &str) -> String {
    format!("{name} was opened, with remarks")
}

/// A head is finished.
pub fn head_ready(secs: f32) -> String {
    format!("The head is ready after {secs:.1} s")
}

/// Of what a finished head was made, and of how many splats it is.
pub fn head_detail(name: &str, splats: usize) -> String {
    format!("{name}, {} splats. Drag to turn it.", grouped(splats))
}

/// A job was stopped.
pub fn cancelled(title: &str, subject: &str) -> String {
    format!("{title} ({subject}) was cancelled")
}

/// The scene is on disk.
pub fn saved(name: &str) -> String {
    format!("Saved {name}")
}

/// What was written, and what could not be kept.
pub fn saved_detail(splats: usize, bytes: u64, notes: &[String]) -> String {
    let mut line = format!("{} splats, {}", grouped(splats), megabytes(bytes));
    for note in notes {
        line.push_str(". ");
        line.push_str(note);
    }
    line
}

/// An export is on disk.
pub fn exported(title: &str, name: &str) -> String {
    format!("{title} saved as {name}")
}

/// How much of a large layer the picture shows.
pub fn splats_held(held: &str, all: &str) -> String {
    format!("{held} of {all} splats there")
}

/// How much of a large layer is drawn coarser than it could be.
pub fn parts_to_come(parts: u32) -> String {
    match parts {
        1 => String::from("1 part to come"),
        n => format!("{n} parts to come"),
    }
}
