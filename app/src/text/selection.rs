//! Words of selection: the bar of a tool, the drawer of data, saved selections.

use editor::SelectOp;

use crate::widgets::grouped as grouped_count;

/// Declares texts; each documents itself.
macro_rules! words {
    ($($name:ident = $text:expr;)*) => {
        $(#[doc = concat!("“", $text, "”")] pub const $name: &str = $text;)*
    };
}

words! {
    DEPTH = "Depth";
    FRONT = "Front";
    THROUGH = "Through";
    DEPTH_HELP = "Only the front surface, or through everything (N)";
    FOOTPRINT = "Footprint";
    CENTERS = "Centers";
    ELLIPSES = "Ellipses";
    FOOTPRINT_HELP = "By the centers of splats, or whatever is touched (M)";
    SIZE = "Size";
    SOFTNESS = "Softness";
    SOFTNESS_HELP = "Over so much of the radius fewer and fewer splats are selected";
    PAINT_COLOR = "Paint";
    PAINT_HELP = "The color to paint with; Alt and a click on a splat picks its color";
    STRENGTH = "Strength";
    STRENGTH_HELP = "How much of the color one stroke lays on, however often it passes over a place";
    HARDNESS = "Hardness";
    HARDNESS_HELP = "The brush is full over so much of the radius and fades from there on";
    REPLACES = "Replaces";
    REPLACES_HELP = "The color, or only hue and colorfulness: what is light stays light";
    HUE = "Hue only";
    PAINT_DEPTH_HELP = "Only the front surface, or everything under the brush";
    COLOR = "Color";
    BASE = "Base";
    SEEN = "As seen";
    COLOR_HELP = "The color that is the same from all sides, or the one that harmonics show from here";
    TOLERANCE = "Tolerance";
    TOLERANCE_HELP = "Largest difference that counts as alike, in OKLab: 0.02 is just noticed, black to white is 1";
    REACH = "Reach";
    REACH_HELP = "Splats closer than this hang together; a right click takes it from the size of the splats";
    ANGLE = "Angle";
    ANGLE_HELP = "Largest angle between normals; at 180° they do not count";
    CENTER_X = "Center X";
    CENTER_Y = "Center Y";
    CENTER_Z = "Center Z";
    RADIUS = "Radius";
    SIZE_X = "Width";
    SIZE_Y = "Height";
    SIZE_Z = "Depth of the box";
    CLOSE_POLYGON = "Close";

    DATA = "Select by data";
    MEASURE = "Measure";
    BY_POWERS = "Powers of ten";
    LOG_COUNTS = "Log counts";
    FROM = "From";
    TO = "To";
    DATA_HINT = "Drag over the bars to select a range · Shift adds · Ctrl subtracts · both intersect · drag its ends";
    DATA_NOTHING = "No splat that can be selected has a value here";
    LOWEST = "lowest";
    HIGHEST = "highest";

    SAVED = "Saved selections";
    NO_SAVED = "No selection was saved yet";
    SAVED_NAME = "Name of the saved selection";
    LABELS = "By label";
    NO_LABELS = "No layer has labels";
    TOOLS = "Tools";
    SELECTION_COLOR = "Selection";
    SMALL_PART = "Small is below";
}

/// Names of the labels in their order.
pub const LABEL_NAMES: [&str; 5] = ["Skin", "Hair", "Eyes", "Mouth", "Cloth"];

/// What a selection does with what was selected.
pub fn op(op: SelectOp) -> &'static str {
    match op {
        SelectOp::Replace => "Set",
        SelectOp::Add => "Add",
        SelectOp::Subtract => "Remove",
        SelectOp::Intersect => "Intersect",
    }
}

/// The same with its keys.
pub fn op_help(of: SelectOp) -> String {
    let keys = match of {
        SelectOp::Replace => "no key",
        SelectOp::Add => "Shift",
        SelectOp::Subtract => "Ctrl",
        SelectOp::Intersect => "Shift+Ctrl",
    };
    format!("{} ({keys} while you press)", op(of))
}

/// "Lasso   L   ·   right click: Rectangle, Polygon".
pub fn tool_with_group(others: &[&str]) -> String {
    format!("Click again or right-click for {}", others.join(", "))
}

/// Name of a color of selections.
pub fn color(color: crate::persist::SelectionColor) -> &'static str {
    use crate::persist::SelectionColor;
    match color {
        SelectionColor::Amber => "Amber",
        SelectionColor::Sky => "Sky",
        SelectionColor::Magenta => "Magenta",
        SelectionColor::White => "White",
    }
}

/// "1 204 of 142 310 in the range".
pub fn in_range(inside: usize, all: usize) -> String {
    format!(
        "{} of {} in the range",
        grouped_count(inside),
        grouped_count(all)
    )
}

/// "Label 7" or the name of a part.
pub fn label(value: u32) -> String {
    let known = LABEL_NAMES.get(value as usize);
    known.map_or_else(|| format!("Label {value}"), |name| (*name).to_owned())
}

/// "Ball · 27".
pub fn saved(name: &str, splats: usize) -> String {
    format!("{name}  ·  {}", grouped_count(splats))
}
