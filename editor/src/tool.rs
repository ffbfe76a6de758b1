//! Which tools there are.

/// What the primary button does in the viewport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ToolKind {
    /// Moves the camera.
    #[default]
    Navigate,
    /// Selects splats in a rectangle.
    Rect,
    /// Selects splats in a freehand outline.
    Lasso,
    /// Paints a selection.
    Brush,
    /// Turns the light.
    Light,
    /// Moves layers and splats.
    Move,
    /// Turns layers and splats.
    Rotate,
    /// Makes layers and splats larger and smaller.
    Scale,
    /// Picks points.
    Measure,
}

/// A tool as the toolbar shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolInfo {
    /// Which.
    pub kind: ToolKind,
    /// Name as shown to the artist.
    pub name: &'static str,
    /// What to do with it, for the status line.
    pub hint: &'static str,
}

/// Every tool in the order of the toolbar.
pub const TOOLS: &[ToolInfo] = &[
    ToolInfo {
        kind: ToolKind::Navigate,
        name: "Navigate",
        hint: "Drag to orbit around what is under the cursor · double click to focus · WASD QE to fly",
    },
    ToolInfo {
        kind: ToolKind::Rect,
        name: "Rectangle",
        hint: "Drag a rectangle to select · Shift adds · Ctrl or Alt subtracts · both intersect",
    },
    ToolInfo {
        kind: ToolKind::Lasso,
        name: "Lasso",
        hint: "Draw around splats to select · Shift adds · Ctrl or Alt subtracts · both intersect",
    },
    ToolInfo {
        kind: ToolKind::Brush,
        name: "Brush",
        hint: "Paint to select · Shift adds · Ctrl or Alt subtracts · [ and ] change the size",
    },
    ToolInfo {
        kind: ToolKind::Light,
        name: "Light",
        hint: "Drag to turn the light · Shift turns the environment · Escape puts it back",
    },
    ToolInfo {
        kind: ToolKind::Move,
        name: "Move",
        hint: "Drag an arrow, a square or the middle · Ctrl snaps · Shift is fine · type a number while dragging",
    },
    ToolInfo {
        kind: ToolKind::Rotate,
        name: "Rotate",
        hint: "Drag a ring · Ctrl snaps to 15° · Shift is fine · type degrees while dragging",
    },
    ToolInfo {
        kind: ToolKind::Scale,
        name: "Scale",
        hint: "Drag the ring or the middle · Ctrl snaps · Shift is fine · type a factor while dragging",
    },
    ToolInfo {
        kind: ToolKind::Measure,
        name: "Measure",
        hint: "Click points · two have a distance that can be set · three can be laid level · Escape forgets them",
    },
];

impl ToolKind {
    /// Whether it has handles at what is selected.
    pub fn is_transform(self) -> bool {
        matches!(self, Self::Move | Self::Rotate | Self::Scale)
    }
}

impl ToolKind {
    /// Its row in [`TOOLS`].
    pub fn info(self) -> &'static ToolInfo {
        let index = match self {
            Self::Navigate => 0,
            Self::Rect => 1,
            Self::Lasso => 2,
            Self::Brush => 3,
            Self::Light => 4,
            Self::Move => 5,
            Self::Rotate => 6,
            Self::Scale => 7,
            Self::Measure => 8,
        };
        &TOOLS[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_finds_its_own_row() {
        for info in TOOLS {
            assert_eq!(info.kind.info(), info, "{} has another's row", info.name);
        }
    }
}
