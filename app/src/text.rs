//! Every word of the window, in one place. American spelling, sentence case, no colon after a label,
//! "…" where a dialog follows, no period at the end of a label.

use std::time::Duration;

use editor::{AxisView, NavigationPreset};
use inference::package::manifest::Commercial;
use renderer::ViewMode;

use crate::choose::Purpose;
use crate::dialogs::export_settings::ExportBackground;
use crate::dialogs::leave::Leaving;
use crate::persist::Backdrop;
use crate::widgets::grouped;

/// Declares texts; each documents itself.
macro_rules! words {
    ($($name:ident = $text:expr;)*) => {
        $(#[doc = concat!("“", $text, "”")] pub const $name: &str = $text;)*
    };
}

words! {
    APP = "Splatwright";
    UNTITLED = "Untitled scene";
    PROGRESS = "Progress";
    STARTING = "Starting";
    OPEN = "Open";
    SAVE = "Save";
    CANCEL = "Cancel";
    CLOSE = "Close";
    CREATE = "Create";
    REPLACE = "Replace";
    DISMISS = "Dismiss";
    STAY = "Stay";
    SAVE_AS_BUTTON = "Save as…";
    SHOW_IN_FOLDER = "Show in folder";
    PREFERENCES = "Preferences";
    SCREENSHOT = "Screenshot";
    TURNTABLE = "Turntable";
    RECENT = "Recent";
    SCENE = "Scene";

    WELCOME_TITLE = "Drop a picture anywhere";
    WELCOME_LINE = "A portrait becomes a head of splats that you can turn, light and take away. Nothing leaves this computer.";
    TILE_PICTURE = "Choose a picture…";
    TILE_PICTURE_LINE = "A portrait, from the front";
    TILE_SPLATS = "Open splats…";
    TILE_SPLATS_LINE = "PLY from any trainer or scanner";
    TILE_SAMPLE = "Start from a sample";
    TILE_SAMPLE_LINE = "Makes a head in a few seconds";
    NO_SAMPLES = "The samples are not installed: the folder assets is missing";
    FORGET_RECENT = "Remove from this list";

    CHOOSE_OPEN = "Open splats or a picture";
    CHOOSE_PICTURE = "Choose a portrait";
    CHOOSE_SAVE = "Save the scene as splats";
    CHOOSE_SCREENSHOT = "Save the screenshot";
    CHOOSE_TURNTABLE = "Save the turntable";
    PARENT_FOLDER = "Folder above";
    NO_PARENT = "This is the topmost folder";
    FILE_NAME = "File name";
    NAME_NEEDED = "Type a name, or pick a file from the list";
    WILL_REPLACE = "A file of this name is there and will be replaced";

    PORTRAIT_TO_HEAD = "Portrait → head";
    PORTRAIT_PACKAGE = "Portrait head";
    READING_PICTURE = "Reading the picture";
    PICTURE_UNUSABLE = "This picture cannot be used";
    ADVANCED = "Advanced";
    REFINE_ROUNDS = "Refinement";
    FOCAL_LENGTH = "Focal length";
    FOCAL_KNOWN = "I know the focal length";
    FOCAL_FROM_FILE = "From the file, or a portrait lens";

    SIZE = "Size";
    WIDTH = "Width";
    HEIGHT = "Height";
    PRESET = "Preset";
    CUSTOM_SIZE = "Custom";
    FORMAT = "Format";
    FORMAT_MP4 = "MP4";
    FORMAT_GIF = "GIF";
    FORMAT_FRAMES = "PNG frames";
    DURATION = "Duration";
    FRAME_RATE = "Frame rate";
    ELEVATION = "Elevation";
    FRAMING = "Framing";
    FRAME_EVERYTHING = "Everything";
    FRAME_THIS_VIEW = "This view";
    DIRECTION = "Turns to";
    TURN_LEFT = "Left";
    TURN_RIGHT = "Right";
    BACKGROUND = "Background";
    MP4_IS_OPAQUE = "MP4 holds no transparency; use PNG frames or GIF";
    NOTHING_TO_EXPORT = "There is nothing to see yet; open or create something first";

    THEME = "Theme";
    THEME_DARK = "Dark";
    THEME_LIGHT = "Light";
    THEME_SYSTEM = "System";
    UI_SCALE = "UI scale";
    BACKDROP_GRADIENT = "Gradient";
    BACKDROP_NEUTRAL = "Neutral";
    BACKDROP_CHECKER = "Checker";
    BACKDROP_COLOR = "Color";
    NAVIGATION = "Navigation";
    FILTER = "Edges";
    FILTER_MIP = "Anti-aliased (mip) filter";
    MOTION = "Motion";
    REDUCED_MOTION = "Reduce motion";
    GUIDES = "Guides";
    SAFE_FRAME = "Show the safe frame";

    MENU_FILE = "File";
    MENU_EDIT = "Edit";
    MENU_SELECT = "Select";
    MENU_VIEW = "View";
    MENU_LAYER = "Layer";
    MENU_LIGHT = "Light";
    MENU_RENDER = "Render";
    MENU_HELP = "Help";
    OPEN_RECENT = "Open recent";
    NO_RECENT = "Nothing was opened yet";
    SHOW_AS = "Show as";
    KEYBOARD = "Keyboard and mouse";
    MOUSE = "Mouse";
    ABOUT = "About Splatwright";
    VERSION = "Version";
    LICENSE = "License";
    DEVICE = "Drawn by";
    PALETTE_HINT = "Type what you want to do";
    PALETTE_NOTHING = "No command has these letters in this order";
    VIEWPORT = "Viewport";
    EMPTY_VIEW = "Drop a picture or a splat file here";
    DROP_PICTURE = "Drop to see what will be made of it";
    DROP_SPLATS = "Drop to add them to this scene";
    DROP_UNKNOWN = "This cannot be opened";
    DROP_UNKNOWN_LINE = "Pictures (PNG, JPEG, WebP, TIFF) and splats (PLY) can";

    TREE_EMPTY = "What you open or create is listed here.";
    ADD = "Add to the scene";
    FOLD = "Fold";
    HIDE = "Hide";
    SHOW = "Show";
    LOCK = "Lock";
    UNLOCK = "Unlock";
    RENAME = "Rename";
    LAYER_NAME = "Name of the layer";
    ENVIRONMENT = "Environment";

    LAYERS = "Layers";
    SPLATS = "Splats";
    LENS = "Lens";
    COUNT = "Count";
    SELECTED = "Selected";
    HIDDEN = "Hidden";
    SH_DEGREE = "SH degree";
    COLUMNS = "Columns";
    SOURCE = "Source";
    TRANSFORM = "Transform";
    POSITION = "Position";
    ROTATION = "Rotation";
    SCALE = "Scale";
    STEP_MOVE = "Move";
    STEP_ROTATE = "Rotate";
    STEP_SCALE = "Scale";
    STEP_FLIP = "Turn upside down";
    FLIP_HELP = "Some captures come with their floor on top; this turns the layer by 180° about X";
    RESET = "Reset";
    LIGHTING = "Lighting";
    LIT = "Lit by scene";
    LIT_ON = "Follows the scene's lights";
    LIT_OFF = "Shows the light it was captured in";
    LIGHT = "Light";
    LIGHT_DIRECTION = "Direction";
    ANGLES = "Angles";
    AZIMUTH = "Azimuth: 0° is in front, 90° to the right";
    INTENSITY = "Intensity";
    COLOR = "Color";
    STEP_TURN_LIGHT = "Turn light";
    STEP_LIGHT = "Change light";
    STEP_ENVIRONMENT = "Change environment";
    NOTHING_LIT = "No layer is lit by the scene, so this light changes nothing yet.";
    NOTHING_LIGHTABLE = "The layers of this scene have no normals, so lights cannot shade them.";
    LIGHT_LAYERS = "Light the layers";
    LIGHT_IT = "Turn on the light";
    REPORT = "How it was made";
    MADE_IN = "Made in";
    LIKENESS = "Likeness";
    LIKENESS_HELP = "Peak signal-to-noise ratio against the photograph, from its own camera, inside the person";
    SILHOUETTE = "Silhouette";
    SILHOUETTE_HELP = "How much of the person's outline agrees, from the photograph's own camera";

    OPENING = "Opening";
    SAVING = "Saving";
    WRITING = "Writing";
    DIALOG_FAILED = "The file dialog did not open";

    UNSAVED_DETAIL = "Your changes will be lost if you do not save them.";
    JOBS_RUN_TITLE = "Stop what is running and quit?";
    JOBS_RUN_NEW_TITLE = "Stop what is running and start anew?";
    CANCEL_JOB = "Cancel this job";
    SOFTWARE_DEVICE = "Software renderer";
}

/// Rounds of refinement that the field shows while the package decides.
pub const DEFAULT_ROUNDS: u32 = 4;

/// Sizes that exports are often made in.
pub const SIZES: &[(&str, [u32; 2])] = &[
    ("Full HD", [1920, 1080]),
    ("4K", [3840, 2160]),
    ("Square", [1080, 1080]),
    ("Large square", [2048, 2048]),
    ("Portrait 4:5", [1080, 1350]),
    ("Story 9:16", [1080, 1920]),
    ("Small", [480, 480]),
];

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
        Purpose::Open => "Splats and pictures",
        Purpose::OpenPicture => "Pictures",
        Purpose::SaveSplats => "Splats (PLY)",
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

/// Ends the name of a command that asks something first.
pub const ELLIPSIS: char = '…';

/// Colors that key lights often have, linear.
pub const LIGHT_COLORS: &[(&str, [f32; 3])] = &[
    ("Candle", [1.0, 0.48, 0.16]),
    ("Warm", [1.0, 0.76, 0.50]),
    ("White", [1.0, 1.0, 1.0]),
    ("Cool", [0.62, 0.79, 1.0]),
];

/// Whom to thank.
pub const CREDITS: &[&str] = &[
    "Everything runs on this computer; nothing is sent anywhere.",
    "Typeface Inter (SIL Open Font License). Icons by Phosphor (MIT). Environments from Poly Haven (CC0).",
    "Pictures become splats through ONNX Runtime (MIT); each model package names its own license.",
];

/// The scene's name while it has unsaved changes.
pub fn unsaved_name(name: &str) -> String {
    format!("{name}  ●")
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

/// Name of a way to show splats.
pub fn view_mode(mode: ViewMode) -> &'static str {
    match mode {
        ViewMode::Color => "Color",
        ViewMode::Normals => "Normals",
        ViewMode::Depth => "Depth",
        ViewMode::Labels => "Labels",
        ViewMode::Confidence => "Confidence",
    }
}

/// What the corner says while the picture is not in color.
pub fn view_mode_badge(mode: ViewMode) -> Option<&'static str> {
    (mode != ViewMode::Color).then(|| view_mode(mode))
}

/// Name of what is behind the splats.
pub fn backdrop(backdrop: Backdrop) -> &'static str {
    match backdrop {
        Backdrop::Gradient => BACKDROP_GRADIENT,
        Backdrop::Neutral => BACKDROP_NEUTRAL,
        Backdrop::Checker => BACKDROP_CHECKER,
        Backdrop::Color(_) => BACKDROP_COLOR,
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
pub fn head_ready(name: &str, secs: f32) -> String {
    format!("The head of {name} is ready after {secs:.1} s")
}

/// What to do with a finished head.
pub fn head_detail(splats: usize) -> String {
    format!("{} splats. Drag to turn it.", grouped(splats))
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
