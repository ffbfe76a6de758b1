//! Commands on the view and the tools.

use crate::{
    camera_control::AxisView,
    editor::Editor,
    outcome::Outcome,
    select::is_selected,
    tool::ToolKind,
    tools::{clip, frame},
    view_options::{Guide, ShowAs},
};

/// Radii of the brush in points.
const BRUSH_RADII: (f32, f32) = (2.0, 400.0);

impl Editor {
    /// The selected splats, else the selected layer, else everything.
    pub(super) fn focus_selection(&mut self) -> Outcome {
        let selected = frame::sphere(&self.scene, |_, flags| is_selected(flags));
        let node = self.selected_node();
        let layer = node.filter(|_| selected.is_none()).and_then(|id| {
            frame::sphere(&self.scene, |layer, flags| {
                flags.is_drawn() && self.scene.is_within(layer, id)
            })
        });
        self.show(selected.or(layer).or(frame::sphere_of_scene(&self.scene)))
    }

    pub(super) fn frame_all(&mut self) -> Outcome {
        let sphere = frame::sphere_of_scene(&self.scene);
        if let Some((_, radius)) = sphere {
            self.camera.set_scene_radius(radius);
        }
        self.show(sphere)
    }

    pub(super) fn axis_view(&mut self, axis: AxisView) -> Outcome {
        let motion = self.motion();
        self.camera.axis_view(axis, motion);
        Outcome::redraw()
    }

    pub(super) fn set_fov(&mut self, fov_y: f32) -> Outcome {
        self.camera.set_fov_y(fov_y);
        Outcome::redraw()
    }

    pub(super) fn show_as(&mut self, show_as: ShowAs) -> Outcome {
        self.settings.view.show_as = show_as;
        Outcome::redraw()
    }

    pub(super) fn set_sh_degree(&mut self, degree: u32) -> Outcome {
        self.settings.view.sh_degree = degree.min(scene::sh::MAX_DEGREE);
        Outcome::redraw()
    }

    pub(super) fn toggle_guide(&mut self, guide: Guide) -> Outcome {
        self.settings.view.toggle(guide);
        self.camera.set_lens(&self.settings.view);
        Outcome::redraw()
    }

    pub(super) fn set_planes(&mut self, near: Option<f32>, far: Option<f32>) -> Outcome {
        let sound = |v: &f32| v.is_finite() && *v >= 0.0;
        self.settings.view.near = near.filter(sound);
        self.settings.view.far = far.filter(|f| sound(f) && *f > near.unwrap_or(0.0));
        self.camera.set_lens(&self.settings.view);
        Outcome::redraw()
    }

    pub(super) fn clip_to_selection(&mut self) -> Outcome {
        self.clip = clip::around_selection(&self.scene);
        Outcome::redraw()
    }

    pub(super) fn clear_clip(&mut self) -> Outcome {
        self.clip = None;
        Outcome::redraw()
    }

    pub(super) fn set_tool(&mut self, tool: ToolKind) -> Outcome {
        self.put_tool_away(tool);
        self.tool = tool;
        // The inspector shows what the tool works on.
        if tool == ToolKind::Light
            && let Some((light, _)) = self.light_to_turn()
        {
            self.selected_node = Some(light);
        }
        Outcome::redraw()
    }

    pub(super) fn scale_brush(&mut self, factor: f32) -> Outcome {
        if matches!(self.tool, ToolKind::Eyedropper | ToolKind::Flood) {
            return self.scale_tolerance(factor);
        }
        self.set_brush_radius(self.settings.brush_radius * factor)
    }

    pub(super) fn set_brush_radius(&mut self, radius: f32) -> Outcome {
        if radius.is_finite() {
            self.settings.brush_radius = radius.clamp(BRUSH_RADII.0, BRUSH_RADII.1);
        }
        Outcome::redraw()
    }

    fn show(&mut self, sphere: Option<(glam::Vec3, f32)>) -> Outcome {
        let Some((center, radius)) = sphere else {
            return Outcome::default();
        };
        let motion = self.motion();
        self.camera
            .frame(center, radius, self.viewport.size, motion);
        Outcome::redraw()
    }
}
