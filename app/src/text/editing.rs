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
    MENU_MIRROR = "Mirror";
    MENU_CROP = "Crop";
    MENU_PLACE = "Place";
    COPIED_MARK = "Splats copied in Splatwright";
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
