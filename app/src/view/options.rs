//! From the editor's words about the view to the renderer's.

use editor::{Editor, ViewOptions};
use renderer::{Background, Blending, ClipBox, Frame, Guides};

use crate::persist::Backdrop;

/// The frame with what a picture takes over from the view: quantity, harmonics, clipping, blending.
pub fn as_viewed(frame: Frame, editor: &Editor) -> Frame {
    let options: &ViewOptions = &editor.settings().view;
    Frame {
        view: options.show_as,
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
