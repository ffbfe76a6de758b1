//! Words of the editing tools.

use editor::Pivot;
use scene::clean::Ailment;

words! {
    AXES = "Axes";
    AXES_WORLD = "World";
    AXES_LOCAL = "Local";
    PIVOT = "Pivot";
    LENGTH = "Length";
    LENGTH_HELP = "The distance between the first two points; enter what it is in reality, and the layer is scaled";
    STEP_RESCALE = "Rescale";
    PICK_POINTS = "Click two points to measure";
    LEVEL_SURFACE = "Level surface";
    LEVEL_POINTS = "Level three points";
    GUESS_UP = "Guess up";
    ON_GROUND = "To ground";
    CLEAR = "Clear";
    GRADE = "Grade";
    GRADE_OF_LAYER = "Of the whole layer";
    GRADE_OF_SELECTION = "Of the selected splats";
    STEP_GRADE = "Grade";
    EXPOSURE = "Exposure";
    TEMPERATURE = "Warmth";
    TINT = "Tint";
    SATURATION = "Saturation";
    CONTRAST = "Contrast";
    HUE = "Hue";
    BLACK = "Black";
    WHITE = "White";
    OPACITY = "Opacity";
    COLOR_FILTER = "Filter";
    BAKE = "Bake";
    SIMPLIFY = "Simplify";
    SIMPLIFY_HELP = "Neighbors that look alike become one. The scene shows what would be left; nothing changes until it is kept.";
    SIMPLIFY_SELECTED = "Selected neighbors that look alike become one; all other splats stay. Nothing changes until it is kept.";
    SIMPLIFY_BY = "Target";
    SIMPLIFY_LEFT = "Left over";
    SIMPLIFY_SIZE = "Size in a file";
    UNIT_PERCENT = "Percent";
    UNIT_SPLATS = "Splats";
    UNIT_MEGABYTES = "Megabytes";
    COMPARING = "Comparing pictures";
    SIMPLIFY_LIKENESS = "Likeness";
    SIMPLIFY_LIKENESS_HELP = "PSNR to the original over pictures from around the scene: above 35 dB hardly a difference is seen, below 25 dB details are gone";
    LIKE_THE_ORIGINAL = "the same";
    KEEP_SIMPLIFIED = "Keep";
    SHOW_ORIGINAL = "Show original";
    SHOW_SIMPLIFIED = "Show simplified";
    NOTHING_SIMPLER = "Nothing simpler was worked out yet";
    CLEAN_UP = "Clean up";
    CLEAN_UP_HELP = "What breaks a rule floats and is drawn red. A rule at zero is off; sizes are counted in typical splats of the layer.";
    RULE_OPACITY = "Fainter than";
    RULE_SIZE = "Larger than";
    RULE_REACH = "Reach";
    RULE_NEIGHBORS = "Neighbors";
    RULE_GROUP = "Groups under";
    DOCTOR = "File doctor";
    DOCTOR_NUMBERS = "Numbers that are none (NaN, infinite) never get this far: files are repaired while they are read, and what was left out is told then.";
    SHOW_RED = "Show";
    NOTHING_RED = "Nothing is drawn red";
    LOOKING = "Looking…";
    STOP_LOOKING = "Stop looking";
    SUGGEST_RULES = "Suggest";
    SUGGEST_RULES_HELP = "Rules that fit this scene: at most one splat in a hundred is called faint and one in a thousand large";
    REMOVE_RED = "Remove";
    SELECT_RED = "Select";
    MENU_MIRROR = "Mirror";
    MENU_CROP = "Crop";
    MENU_PLACE = "Place";
    COPIED_MARK = "Splats copied in Splatwright";
}

/// Colors that splats are often multiplied with, display-referred.
pub const FILTERS: &[(&str, [f32; 3])] = &[
    ("None", [1.0, 1.0, 1.0]),
    ("Rose", [1.0, 0.72, 0.72]),
    ("Amber", [1.0, 0.84, 0.6]),
    ("Leaf", [0.76, 1.0, 0.72]),
    ("Sky", [0.68, 0.86, 1.0]),
    ("Violet", [0.84, 0.74, 1.0]),
];

/// Name of an ailment, what it is, and what its fix does.
pub fn ailment(ailment: Ailment) -> (&'static str, &'static str, &'static str) {
    match ailment {
        Ailment::Giant => ("Giant", "Larger than a quarter of the layer", "Shrink"),
        Ailment::Needle => ("Needle", "More than 30 times as long as wide", "Shorten"),
        Ailment::Invisible => (
            "Invisible",
            "Too transparent or too small to be seen",
            "Remove",
        ),
        Ailment::Duplicate => ("Duplicate", "The same as another splat", "Remove"),
        Ailment::Stray => (
            "Stray",
            "Many times the layer's size away from it",
            "Remove",
        ),
    }
}

/// So many splats are red.
pub fn marked(count: &str) -> String {
    format!("{count} splats are drawn red")
}

/// Mirrors along the axes.
pub const MIRRORS: [&str; 3] = ["Mirror X", "Y", "Z"];

/// Name of a point to turn about.
pub fn pivot(pivot: Pivot) -> &'static str {
    match pivot {
        Pivot::Bounds => "Middle of the box",
        Pivot::Average => "Average of splats",
        Pivot::Origin => "Origin of the layer",
        Pivot::Picked => "Picked point",
    }
}

/// What was and what will be.
pub fn from_to(before: &str, after: &str) -> String {
    format!("{before} → {after}")
}

/// How alike pictures are, and how many were compared.
pub fn likeness(psnr: f64, views: usize, all: usize) -> String {
    if views < all {
        format!("{psnr:.1} dB after {views} of {all} views")
    } else {
        format!("{psnr:.1} dB over {all} views")
    }
}
