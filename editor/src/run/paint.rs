//! What the painting tools take up: a color, or a place to copy from.

use glam::{Vec2, Vec3};

use crate::{
    editor::Editor,
    outcome::Outcome,
    paint_options::PaintOptions,
    picker::Picker,
    tool::ToolKind,
    tools::{clone::SourceMark, paint::shown_color},
};

impl Editor {
    /// The place that the clone brush copies from, world.
    pub fn clone_source(&self) -> Option<Vec3> {
        self.clone_from.map(|from| from.point)
    }

    pub(super) fn set_paint_options(&mut self, options: PaintOptions) -> Outcome {
        if !options.is_valid() {
            return Outcome::message("That is not a usable number; nothing was changed");
        }
        self.settings.paint = options;
        Outcome::redraw()
    }

    /// Takes up the color under the pointer, or the place.
    pub(super) fn take_up(&mut self, pos: Vec2, picker: &mut dyn Picker) -> Outcome {
        let Some(pick) = picker.pick(pos.x, pos.y) else {
            return Outcome::message("There is no splat under the pointer; click on one");
        };
        if self.tool == ToolKind::Clone {
            self.clone_from = Some(SourceMark {
                point: pick.point,
                source_from_target: None,
            });
            return Outcome {
                redraw: true,
                ..Outcome::message("Colors are copied from there; now paint elsewhere")
            };
        }
        let layer = self.scene.node(pick.node).and_then(|node| node.splats());
        let row = pick.row as usize;
        let Some(layer) = layer.filter(|layer| row < layer.cloud.len()) else {
            return Outcome::message("That splat is no longer there; click again");
        };
        let color = shown_color(layer, row).clamp(Vec3::ZERO, Vec3::ONE);
        self.settings.paint.color = color.to_array();
        let [r, g, b] = color.to_array().map(|v| (v * 255.0).round() as u8);
        Outcome {
            redraw: true,
            ..Outcome::message(format!("Painting with #{r:02x}{g:02x}{b:02x}"))
        }
    }
}
