//! Words of the editing tools.

use editor::Pivot;

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
