//! The renderer as the editor's eye.

use editor::Picker;

use crate::view::View;

/// The renderer as the editor's eye.
pub(super) struct ViewPicker<'a>(pub(super) &'a mut View);

impl Picker for ViewPicker<'_> {
    fn pick(&mut self, x_px: f32, y_px: f32) -> Option<editor::Pick> {
        let pick = self.0.pick(x_px, y_px)?;
        Some(editor::Pick {
            node: pick.node,
            row: pick.row,
            point: pick.point,
            depth: pick.depth,
        })
    }

    fn region(&mut self, query: &scene::RegionQuery) -> Option<scene::RegionMask> {
        self.0.region(query)
    }
}
