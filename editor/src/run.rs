//! Commands → changes. One match, handlers grouped in files as the menus are.

pub(crate) mod clean;
pub(crate) mod color;
mod edit;
mod input;
mod layers;
mod light;
mod node;
mod paint;
mod placement;
mod recipe;
mod select;
mod select_by;
mod sets;
pub(crate) mod simplify;
mod view;

use scene::{Edit, NodeId, Payload, SplatFlags};

use crate::{
    command::Command,
    editor::Editor,
    outcome::{Outcome, Request},
    picker::NoPicker,
};

impl Editor {
    /// Runs a command. One that is not [enabled](Self::enabled) changes nothing and says why.
    pub fn run(&mut self, command: Command) -> Outcome {
        if let Err(why) = self.enabled(&command) {
            return Outcome::message(why);
        }
        if command == Command::Undo && self.is_dragging() {
            return self.cancel_drag(&mut NoPicker);
        }
        if command == Command::Undo && self.gesture.is_some() {
            return self.abort_gesture();
        }
        let mut outcome = self.settle(&command);
        outcome.merge(self.dispatch(command));
        outcome
    }

    /// Ends what is under way where a command cannot run beside it.
    fn settle(&mut self, command: &Command) -> Outcome {
        let mut outcome = Outcome::default();
        let beside = matches!(
            command,
            Command::FocusSelection
                | Command::FrameAll
                | Command::HistoryPanel
                | Command::AxisView(_)
                | Command::SetFov(_)
                | Command::ShowAs(_)
                | Command::SetShDegree(_)
                | Command::ToggleGuide(_)
                | Command::SetPlanes(..)
                | Command::ClipToSelection
                | Command::ClearClip
                | Command::BrushSmaller
                | Command::BrushLarger
                | Command::SetBrushRadius(_)
                | Command::DataPanel
                | Command::ToggleSelectSurface
                | Command::ToggleSelectEllipses
        ) || matches!(command, Command::Edit(edit) if edit.runs_beside());
        if !beside {
            outcome.merge(self.cancel_drag(&mut NoPicker));
        }
        let keeps_preview = matches!(command, Command::Edit(edit) if edit.keeps_preview());
        if !beside && !keeps_preview {
            outcome.merge(self.end_preview());
        }
        let gathers = matches!(
            command,
            Command::SetTransform(..)
                | Command::SetLight(..)
                | Command::SetEnvironment(_)
                | Command::RotateLight(..)
                | Command::RotateEnvironment(_)
                | Command::SetLit(..)
                | Command::RenameNode(..)
                | Command::CommitGesture
                | Command::AbortGesture
        ) || matches!(command, Command::Edit(edit) if edit.gathers());
        if !beside && !gathers {
            outcome.merge(self.commit_gesture());
        }
        outcome
    }

    fn dispatch(&mut self, command: Command) -> Outcome {
        match command {
            Command::NewScene => Outcome::request(Request::NewScene),
            Command::Open => Outcome::request(Request::OpenDialog),
            Command::ImportPicture => Outcome::request(Request::ImportPicture),
            Command::Save => Outcome::request(Request::Save),
            Command::SaveAs => Outcome::request(Request::SaveDialog),
            Command::Screenshot => Outcome::request(Request::ScreenshotDialog),
            Command::Turntable => Outcome::request(Request::TurntableDialog),
            Command::Preferences => Outcome::request(Request::Preferences),
            Command::CommandPalette => Outcome::request(Request::CommandPalette),
            Command::Quit => Outcome::request(Request::Quit),
            Command::HistoryPanel => Outcome::request(Request::HistoryPanel),

            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::BeginGesture(name) => self.begin_gesture(name),
            Command::CommitGesture => self.commit_gesture(),
            Command::AbortGesture => self.abort_gesture(),

            Command::Edit(command) => self.run_edit(command),

            Command::DeleteSelection => self.delete_selection(),
            Command::SelectAll => self.select_all(),
            Command::SelectNone => self.select_none(),
            Command::InvertSelection => self.invert_selection(),
            Command::HideSelection => self.hide_selection(),
            Command::UnhideAll => self.unhide_all(),
            Command::LockSelection => self.lock_selection(),
            Command::UnlockAll => self.unlock_all(),
            Command::SeparateSelection => self.separate_selection(),

            Command::ToggleSelectSurface => self.toggle_surface(),
            Command::ToggleSelectEllipses => self.toggle_ellipses(),
            Command::SelectSimilarColor => self.select_similar_color(),
            Command::SelectSimilarSize => self.select_similar_size(),
            Command::SelectLabel(label, op) => self.select_label(label, op),
            Command::GrowSelection => self.grow_selection(),
            Command::ShrinkSelection => self.shrink_selection(),
            Command::SelectConnected => self.select_connected(),
            Command::SelectSmallParts => self.select_small_parts(),
            Command::SaveSelection(name) => self.save_selection(name),
            Command::RecallSelection(name, op) => self.recall_selection(&name, op),
            Command::RenameSelection(old, new) => self.rename_selection(&old, &new),
            Command::ForgetSelection(name) => self.forget_selection(&name),
            Command::DataPanel => Outcome::request(Request::DataPanel),
            Command::SelectRange(range, op) => self.select_range(range, op),
            Command::AdjustRange(low, high) => self.adjust_range(low, high),
            Command::SetAdjustOp(op) => self.set_adjust_op(op),
            Command::SetSelectOptions(options) => self.set_select_options(options),
            Command::SetVolume(volume) => self.set_volume(volume),
            Command::ClosePolygon => self.close_polygon(),

            Command::FocusSelection => self.focus_selection(),
            Command::FrameAll => self.frame_all(),
            Command::AxisView(axis) => self.axis_view(axis),
            Command::SetFov(fov_y) => self.set_fov(fov_y),
            Command::ShowAs(show_as) => self.show_as(show_as),
            Command::SetShDegree(degree) => self.set_sh_degree(degree),
            Command::ToggleGuide(guide) => self.toggle_guide(guide),
            Command::SetPlanes(near, far) => self.set_planes(near, far),
            Command::ClipToSelection => self.clip_to_selection(),
            Command::ClearClip => self.clear_clip(),
            Command::SetTool(tool) => self.set_tool(tool),
            Command::BrushSmaller => self.scale_brush(1.0 / 1.2),
            Command::BrushLarger => self.scale_brush(1.2),
            Command::SetBrushRadius(radius) => self.set_brush_radius(radius),

            Command::SelectNode(id) => self.select_node(id),
            Command::AddGroup => self.add_group(),
            Command::RenameNode(id, name) => self.rename_node(id, name),
            Command::DeleteNode(id) => self.delete_node(id),
            Command::DuplicateNode(id) => self.duplicate_node(id),
            Command::DeleteSelectedNode => self.on_selected(Self::delete_node),
            Command::DuplicateSelectedNode => self.on_selected(Self::duplicate_node),
            Command::MoveNode(id, parent, index) => self.move_node(id, parent, index),
            Command::SetTransform(id, transform) => {
                self.change("Transform", Some(Edit::set_transform(id, transform)))
            }
            Command::ResetTransform(id) => self.reset_transform(id),
            Command::ToggleVisible(id) => self.toggle_visible(id),
            Command::ToggleLock(id) => self.toggle_lock(id),

            Command::AddLight => self.add_light(),
            Command::SetLit(id, lit) => self.change("Lit", Some(Edit::set_lit(id, lit))),
            Command::SetLight(id, light) => {
                self.change("Change light", Some(Edit::set_light(id, light)))
            }
            Command::SetEnvironment(environment) => self.change(
                "Change environment",
                Some(Edit::set_environment(environment)),
            ),
            Command::RotateLight(right, down) => self.rotate_light(right, down),
            Command::RotateEnvironment(angle) => self.rotate_environment(angle),
        }
    }

    /// Whether a command would do something now, and if not, why.
    pub fn enabled(&self, command: &Command) -> Result<(), &'static str> {
        use Command as C;
        match command {
            C::Undo if self.can_take_back() => Ok(()),
            C::Undo => Err("There is nothing to undo"),
            C::Redo if self.history.redo_name().is_some() => Ok(()),
            C::Redo => Err("There is nothing to redo"),
            C::CommitGesture | C::AbortGesture if self.gesture.is_none() => {
                Err("No change is under way")
            }
            C::ClearClip if self.clip.is_none() => Err("Nothing is clipped"),
            C::DeleteSelection
            | C::HideSelection
            | C::LockSelection
            | C::SeparateSelection
            | C::SelectSimilarColor
            | C::SelectSimilarSize
            | C::GrowSelection
            | C::ShrinkSelection
            | C::SelectConnected
            | C::SaveSelection(_)
            | C::ClipToSelection => {
                let any = self.any_splat(crate::select::is_selected);
                any.then_some(()).ok_or("Select splats first")
            }
            C::SelectNone => {
                let any = self.any_splat(crate::select::is_selected);
                any.then_some(()).ok_or("No splat is selected")
            }
            C::SelectAll
            | C::InvertSelection
            | C::SelectSmallParts
            | C::SelectLabel(..)
            | C::SelectRange(..) => {
                let any = self.any_splat(crate::select::is_touchable);
                any.then_some(()).ok_or(crate::tools::NOTHING_TO_SELECT)
            }
            C::SetAdjustOp(_) | C::AdjustRange(..) if self.standing.adjust.is_none() => {
                Err("Nothing was selected that can still be changed")
            }
            C::SetVolume(_) if self.standing.volume.is_none() => {
                Err("Place a sphere or a box first")
            }
            C::ClosePolygon if self.standing.polygon.is_empty() => Err("Set a corner first"),
            C::UnhideAll => self.any_with(SplatFlags::HIDDEN, "No splat is hidden"),
            C::UnlockAll => self.any_with(SplatFlags::LOCKED, "No splat is locked"),
            C::Save | C::SaveAs | C::Screenshot | C::Turntable => {
                let any = self.scene.layers().any(|(_, _, layer)| layer.alive() > 0);
                any.then_some(()).ok_or("The scene holds no splats yet")
            }
            C::FocusSelection | C::FrameAll => {
                let any = self.scene.layers().any(|(_, _, layer)| layer.alive() > 0);
                any.then_some(()).ok_or("The scene holds no splats yet")
            }
            C::Edit(command) => self.enabled_edit(command),
            C::DeleteSelectedNode => match self.selected_node() {
                Some(id) => self.can_change(id),
                None => Err("Select a layer in the scene tree first"),
            },
            C::DuplicateSelectedNode => match self.selected_node() {
                Some(id) => self.exists(id),
                None => Err("Select a layer in the scene tree first"),
            },
            C::DeleteNode(id)
            | C::MoveNode(id, ..)
            | C::SetTransform(id, _)
            | C::ResetTransform(id)
            | C::SetLight(id, _) => self.can_change(*id),
            C::RenameNode(id, _)
            | C::DuplicateNode(id)
            | C::ToggleVisible(id)
            | C::ToggleLock(id) => self.exists(*id),
            C::SetLit(id, lit) => self.can_be_lit(*id, *lit),
            C::RotateLight(..) if self.light_to_turn().is_none() => Err("Add a light first"),
            _ => Ok(()),
        }
    }

    fn exists(&self, id: NodeId) -> Result<(), &'static str> {
        let node = self.scene.node(id).ok_or("It is no longer in the scene")?;
        if node.splats().is_some_and(|layer| layer.incoming) {
            return Err("It is still arriving");
        }
        Ok(())
    }

    pub(crate) fn can_change(&self, id: NodeId) -> Result<(), &'static str> {
        self.exists(id)?;
        if self.scene.is_locked(id) {
            return Err("It is locked; unlock it first");
        }
        Ok(())
    }

    fn can_be_lit(&self, id: NodeId, lit: bool) -> Result<(), &'static str> {
        self.can_change(id)?;
        let layer = self.scene.node(id).and_then(|node| node.splats());
        match layer {
            None => Err("Only layers of splats can be lit"),
            Some(layer) if lit && layer.cloud.column_f32("normal", 3).is_none() => {
                Err("Its splats have no normals to be lit by")
            }
            Some(_) => Ok(()),
        }
    }

    fn any_splat(&self, holds: impl Fn(SplatFlags) -> bool + Sync) -> bool {
        crate::select::any_splat(&self.scene, holds)
    }

    fn any_with(&self, bit: SplatFlags, why: &'static str) -> Result<(), &'static str> {
        let any =
            self.any_splat(|flags| flags.intersects(bit) && !flags.intersects(SplatFlags::DELETED));
        any.then_some(()).ok_or(why)
    }

    /// Applies a change: into the gesture that is under way, else as a step of its own.
    pub(crate) fn change(&mut self, name: &str, edit: Option<Edit>) -> Outcome {
        let Some(edit) = edit else {
            return Outcome::default();
        };
        // In a gesture a value may well come back to where it was.
        if self.gesture.is_none() && edit.changes_nothing(&self.scene) {
            return Outcome::default();
        }
        let result = match &mut self.gesture {
            Some(gesture) => gesture.update(&mut self.scene, edit),
            None => self.history.run(&mut self.scene, name, edit),
        };
        match result {
            Ok(dirty) => Outcome::dirty(dirty),
            Err(error) => Outcome::message(error.to_string()),
        }
    }

    /// The light that the light tool turns: the selected one, else the first that shines.
    pub(crate) fn light_to_turn(&self) -> Option<(NodeId, scene::DirectionalLight)> {
        let light = |id: NodeId| match &self.scene.node(id)?.payload {
            Payload::Light(light) if !self.scene.is_locked(id) => Some((id, *light)),
            _ => None,
        };
        let shining = || {
            let mut nodes = self.scene.nodes();
            nodes.find_map(|(id, _)| light(id).filter(|_| self.scene.is_visible(id)))
        };
        self.selected_node.and_then(light).or_else(shining)
    }
}
