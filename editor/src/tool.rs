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
];

impl ToolKind {
    /// Its row in [`TOOLS`].
    pub fn info(self) -> &'static ToolInfo {
        let index = match self {
            Self::Navigate => 0,
            Self::Rect => 1,
            Self::Lasso => 2,
            Self::Brush => 3,
            Self::Light => 4,
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
