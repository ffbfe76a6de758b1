//! From the editor's words about the view to the renderer's.

use editor::{Editor, ShowAs, ViewOptions};
use renderer::{Background, Blending, ClipBox, Frame, Guides, ViewMode};

use crate::persist::Backdrop;

/// The renderer's name of what the viewport shows.
pub fn view_mode(show_as: ShowAs) -> ViewMode {
    match show_as {
        ShowAs::Color => ViewMode::Color,
        ShowAs::Centers => ViewMode::Centers,
        ShowAs::Rings => ViewMode::Rings,
        ShowAs::Depth => ViewMode::Depth,
        ShowAs::Normals => ViewMode::Normals,
        ShowAs::Albedo => ViewMode::Albedo,
        ShowAs::Roughness => ViewMode::Roughness,
        ShowAs::Metallic => ViewMode::Metallic,
        ShowAs::Occlusion => ViewMode::Occlusion,
        ShowAs::Labels => ViewMode::Labels,
        ShowAs::Confidence => ViewMode::Confidence,
        ShowAs::Overdraw => ViewMode::Overdraw,
        ShowAs::TileLoad => ViewMode::TileLoad,
    }
}

/// The frame with what a picture takes over from the view: quantity, harmonics, clipping, blending.
pub fn as_viewed(frame: Frame, editor: &Editor) -> Frame {
    let options: &ViewOptions = &editor.settings().view;
    Frame {
        view: view_mode(options.show_as),
        max_sh_degree: options.sh_degree,
        blending: if options.linear_light {
            Blending::Linear
        } else {
            Blending::Display
        },
        clip: editor
            .clip_box()
            .map(|world_from_box| ClipBox { world_from_box }),
        ..frame
    }
}

/// The frame with what only the viewport shows besides: guides, and the selection's outline.
pub fn with_guides(frame: Frame, editor: &Editor) -> Frame {
    let options = &editor.settings().view;
    Frame {
        outline: options.outline,
        guides: Guides {
            grid: options.grid,
            axes: options.axes,
            ..Guides::default()
        },
        ..frame
    }
}

/// What the renderer puts behind the splats of the viewport; the rest the window paints below them.
pub fn behind(backdrop: Backdrop) -> Background {
    match backdrop {
        Backdrop::Environment => Background::Environment,
        Backdrop::Horizon { top, bottom } => Background::Gradient { top, bottom },
        Backdrop::Neutral | Backdrop::Gradient | Backdrop::Checker | Backdrop::Color(_) => {
            Background::Transparent
        }
    }
}
