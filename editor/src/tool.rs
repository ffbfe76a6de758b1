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
    /// Selects splats inside straight lines.
    Polygon,
    /// Paints a selection.
    Brush,
    /// Paints a selection with a ball that follows the surface.
    SphereBrush,
    /// Selects splats of a color.
    Eyedropper,
    /// Selects splats of a color that hang together.
    Flood,
    /// Selects splats in a ball.
    Sphere,
    /// Selects splats in a box.
    Box,
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
    /// Lays a color on splats.
    Paint,
    /// Lays colors from elsewhere on splats.
    Clone,
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
        hint: "Drag a rectangle to select · Shift adds · Ctrl subtracts · both intersect",
    },
    ToolInfo {
        kind: ToolKind::Lasso,
        name: "Lasso",
        hint: "Draw around splats to select · Shift adds · Ctrl subtracts · both intersect",
    },
    ToolInfo {
        kind: ToolKind::Polygon,
        name: "Polygon",
        hint: "Click corners · Enter, a double click or the first corner closes · Backspace takes one back",
    },
    ToolInfo {
        kind: ToolKind::Brush,
        name: "Brush",
        hint: "Paint to select · Shift adds · Ctrl or Alt subtracts · [ and ] or Alt and wheel change the size",
    },
    ToolInfo {
        kind: ToolKind::SphereBrush,
        name: "Sphere brush",
        hint: "Paint over the surface · Shift adds · Ctrl subtracts · [ and ] or Alt and wheel change the size",
    },
    ToolInfo {
        kind: ToolKind::Eyedropper,
        name: "Eyedropper",
        hint: "Click a color to select all of it · Shift adds · Ctrl subtracts · both intersect · [ and ] change the tolerance",
    },
    ToolInfo {
        kind: ToolKind::Flood,
        name: "Flood",
        hint: "Click to select what is alike and hangs together · Shift adds · Ctrl subtracts · [ and ] change the tolerance",
    },
    ToolInfo {
        kind: ToolKind::Sphere,
        name: "Sphere",
        hint: "Drag on splats to select in a sphere · drag its middle or rim · Shift adds · Ctrl subtracts · both intersect",
    },
    ToolInfo {
        kind: ToolKind::Box,
        name: "Box",
        hint: "Drag on splats to select in a box · drag its middle or sides · Shift adds · Ctrl subtracts · both intersect",
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
    ToolInfo {
        kind: ToolKind::Paint,
        name: "Paint",
        hint: "Paint a color · Alt and a click picks one · [ and ] change the size · only selected splats where there are some",
    },
    ToolInfo {
        kind: ToolKind::Clone,
        name: "Clone",
        hint: "Alt and a click sets where colors come from · then paint elsewhere · [ and ] change the size",
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
            Self::Polygon => 3,
            Self::Brush => 4,
            Self::SphereBrush => 5,
            Self::Eyedropper => 6,
            Self::Flood => 7,
            Self::Sphere => 8,
            Self::Box => 9,
            Self::Light => 10,
            Self::Move => 11,
            Self::Rotate => 12,
            Self::Scale => 13,
            Self::Measure => 14,
            Self::Paint => 15,
            Self::Clone => 16,
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
