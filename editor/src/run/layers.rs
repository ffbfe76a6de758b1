//! Commands on whole layers and on selected splats: merging, mirrors, crops, groups.

use scene::{
    Edit, EditError, GaussianCloud, Node, NodeId, Payload, RowSet, SplatFlags, SplatLayer,
};

use crate::{
    command::EditCommand,
    editor::Editor,
    outcome::{Outcome, Request},
    select::{any_splat, batch, editable_layers, is_selected, is_touchable, map_touchable},
    target::{Target, selected_rows},
};

impl Editor {
    pub(super) fn run_edit(&mut self, command: EditCommand) -> Outcome {
        use EditCommand as E;
        match command {
            E::ToggleLocalAxes => {
                self.settings.local_axes = !self.settings.local_axes;
                Outcome::redraw()
            }
            E::SetPivot(pivot) => self.set_pivot(pivot),
            E::PickPivot => self.pick_pivot(),
            E::PivotAt(point) => self.pivot_at(point),
            E::Copy => self.copy(),
            E::Cut => self.cut(),
            E::Paste => self.paste(),
            E::Duplicate => self.duplicate(),
            E::Merge => match self.layers_to_merge() {
                Ok(layers) => self.merge(&layers),
                Err(why) => Outcome::message(why),
            },
            E::MergeVisible => {
                let layers: Vec<NodeId> = editable_layers(&self.scene).map(|(id, _)| id).collect();
                self.merge(&layers)
            }
            E::Mirror(axis) => self.mirror(axis.min(2)),
            E::CropToSelection => self.crop_to_selection(),
            E::CropToClip => self.crop_to_clip(),
            E::Ungroup => self.on_selected(Self::ungroup),
            E::OriginToCenter => self.origin_to(0.5),
            E::OriginToBase => self.origin_to(0.0),
            E::PutOnGround => self.put_on_ground(),
            E::GuessUp => self.guess_up(),
            E::LevelPoints => self.level_points(),
            E::LevelSurface => self.level_surface(),
            E::RescaleTo(length) => self.rescale_to(length),
            E::ClearPoints => self.clear_points(),
            E::SetGrade(id, grade) => self.set_grade(id, grade),
            E::ResetGrade(id) => self.reset_grade(id),
            E::BakeGrade(id) => self.bake_grade(id),
            E::ResetSelectedGrade => self.on_selected(Self::reset_grade),
            E::BakeSelectedGrade => self.on_selected(Self::bake_grade),
            E::SetPaintOptions(options) => self.set_paint_options(options),
            E::Simplify => Outcome::request(Request::SimplifyDialog),
            E::AcceptSimplified => self.accept_simplified(),
            E::NewCity => Outcome::request(Request::NewCity),
            E::SetRecipe(id, recipe) => self.set_recipe(id, recipe),
            E::KeepCityPart => Outcome::request(Request::KeepCityPart),
            E::CleanUp => Outcome::request(Request::CleanUpDialog),
            E::Doctor => Outcome::request(Request::DoctorDialog),
            E::Preview(marks) => self.preview(&marks),
            E::AcceptPreview => self.accept_preview(),
            E::SelectPreview => self.select_preview(),
            E::EndPreview => self.end_preview(),
            E::Cure(ailment, mask) => self.cure(ailment, &mask),
            E::StripHarmonics(id, degree) => self.strip_harmonics(id, degree),
        }
    }

    pub(super) fn enabled_edit(&self, command: &EditCommand) -> Result<(), &'static str> {
        use EditCommand as E;
        let any_selected = || any_splat(&self.scene, is_selected);
        match command {
            E::Copy | E::Cut | E::Duplicate | E::Mirror(_) => self.target().map(|_| ()),
            E::Paste => self
                .has_copied()
                .then_some(())
                .ok_or("Nothing was copied yet"),
            E::Merge => self.layers_to_merge().map(|_| ()),
            E::MergeVisible => {
                let several = editable_layers(&self.scene).nth(1).is_some();
                several
                    .then_some(())
                    .ok_or("There are no two visible, unlocked layers")
            }
            E::CropToSelection => any_selected().then_some(()).ok_or("Select splats first"),
            E::CropToClip if self.clip.is_none() => {
                Err("Nothing is clipped; clip to a selection first")
            }
            E::CropToClip => {
                let any = any_splat(&self.scene, is_touchable);
                any.then_some(())
                    .ok_or("There are no visible, unlocked splats")
            }
            E::Ungroup => {
                let id = self.selected_node().ok_or("Select a group first")?;
                let node = self.scene.node(id);
                match node.map(|node| &node.payload) {
                    Some(Payload::Group) => self.can_change(id),
                    _ => Err("Select a group first"),
                }
            }
            E::OriginToCenter | E::OriginToBase | E::PutOnGround | E::GuessUp => {
                self.layer_to_place().map(|_| ())
            }
            E::LevelPoints if self.points.len() < 3 => {
                Err("Pick three points with the measuring tool first")
            }
            E::RescaleTo(_) if self.points.len() < 2 => {
                Err("Pick two points with the measuring tool first")
            }
            E::LevelSurface if self.points.is_empty() => {
                Err("Pick a point with the measuring tool first")
            }
            E::LevelPoints | E::LevelSurface | E::RescaleTo(_) => self.layer_to_place().map(|_| ()),
            E::SetGrade(id, _) | E::StripHarmonics(id, _) => self.can_change(*id),
            E::ResetGrade(id) | E::BakeGrade(id) => self.can_bake(*id),
            E::ResetSelectedGrade | E::BakeSelectedGrade => {
                self.can_bake(self.selected_node().ok_or("Select a layer first")?)
            }
            E::NewCity => Ok(()),
            E::SetRecipe(id, _) => self.can_change(*id),
            E::KeepCityPart => {
                let id = self.selected_node().ok_or("Select a city first")?;
                let recipe = self.scene.node(id).and_then(Node::recipe);
                recipe.map(|_| ()).ok_or("Select a city first")
            }
            E::AcceptSimplified if !self.shows_simplified() => Err("Nothing simpler is shown"),
            E::AcceptSimplified => Ok(()),
            E::Simplify | E::CleanUp | E::Doctor | E::Preview(_) | E::Cure(..) => {
                let any = any_splat(&self.scene, is_touchable);
                any.then_some(())
                    .ok_or("There are no visible, unlocked splats")
            }
            E::AcceptPreview | E::SelectPreview if !self.has_preview() => {
                Err("Nothing is drawn red")
            }
            E::AcceptPreview | E::SelectPreview | E::EndPreview => Ok(()),
            E::ClearPoints if self.points.is_empty() => Err("No point is picked"),
            E::SetPivot(_)
            | E::PivotAt(_)
            | E::PickPivot
            | E::ClearPoints
            | E::ToggleLocalAxes
            | E::SetPaintOptions(_) => Ok(()),
        }
    }

    /// The layers of the selected group, or the selected layer and the one below it.
    fn layers_to_merge(&self) -> Result<Vec<NodeId>, &'static str> {
        let id = self
            .selected_node()
            .ok_or("Select a layer or a group first")?;
        let node = self.scene.node(id).ok_or("It is no longer in the scene")?;
        let layers: Vec<NodeId> = match node.payload {
            Payload::Group => {
                let below = self.scene.layers().map(|(id, ..)| id);
                below.filter(|l| self.scene.is_within(*l, id)).collect()
            }
            Payload::Splats(_) => {
                let beside = self.scene.children(node.parent);
                let mut from = beside.skip_while(|(other, _)| *other != id);
                let this = from.next().map(|(id, _)| id);
                let next = from.find(|(_, n)| n.splats().is_some()).map(|(id, _)| id);
                this.into_iter().chain(next).collect()
            }
            _ => return Err("Select a layer or a group first"),
        };
        for layer in &layers {
            self.can_change(*layer)?;
        }
        if layers.len() < 2 {
            return Err("There is no other layer to merge with");
        }
        Ok(layers)
    }

    /// Makes one layer of several, in the place and the frame of the first.
    fn merge(&mut self, layers: &[NodeId]) -> Outcome {
        let merged = match self.merged(layers) {
            Ok(Some(merged)) => merged,
            Ok(None) => return Outcome::message("There are no two layers to merge"),
            Err(why) => return Outcome::message(why),
        };
        let count = layers.len();
        let mut edits = vec![Edit::replace_layer(layers[0], merged)];
        let others = layers[1..].iter();
        edits.extend(others.filter_map(|id| Edit::remove(&self.scene, *id)));
        let mut outcome = self.change("Merge", Some(Edit::batch(edits)));
        self.selected_node = Some(layers[0]);
        outcome
            .message
            .get_or_insert_with(|| format!("{count} layers became one"));
        outcome
    }

    /// Deleted splats are left out; all others keep their state.
    fn merged(&self, layers: &[NodeId]) -> Result<Option<SplatLayer>, String> {
        let Some(first) = layers.first().filter(|_| layers.len() > 1) else {
            return Ok(None);
        };
        let first_from_world = self.scene.world_from_node(*first).inverse();
        let mut cloud = GaussianCloud::default();
        let mut flags = Vec::new();
        let mut whole: Option<SplatLayer> = None;
        for id in layers {
            let Some(node) = self.scene.node(*id) else {
                continue;
            };
            let Some(layer) = node.splats() else { continue };
            let alive = |row: usize| !layer.flags[row].intersects(SplatFlags::DELETED);
            // Each layer brings its own grade, so that their colors stay as they are shown.
            let mut part = layer.baked().subset(alive);
            if id != first {
                let first_from_layer = first_from_world.compose(&self.scene.world_from_node(*id));
                part = part.transformed(&first_from_layer);
            }
            cloud.append(part).map_err(|error| {
                format!(
                    "“{}” cannot be merged: {error}; remove the column first",
                    node.name
                )
            })?;
            let kept = layer
                .flags
                .iter()
                .filter(|f| !f.intersects(SplatFlags::DELETED));
            flags.extend(kept.map(|f| f.with_grade(0)));
            whole.get_or_insert_with(|| layer.clone());
        }
        Ok(whole.map(|whole| SplatLayer {
            cloud: cloud.into(),
            flags,
            // What the first file looked like says nothing about the others.
            layout: None,
            grades: Vec::new(),
            ..whole
        }))
    }

    fn mirror(&mut self, axis: usize) -> Outcome {
        let target = match self.target() {
            Ok(target) => target,
            Err(why) => return Outcome::message(why),
        };
        let Some(gizmo) = self.gizmo_of(&target) else {
            return Outcome::message("There is nothing to mirror");
        };
        let name = ["Mirror X", "Mirror Y", "Mirror Z"][axis];
        let edits = self.rows_of(&target).into_iter().filter_map(|(id, rows)| {
            let layer_from_world = self.scene.world_from_node(id).inverse();
            let point = layer_from_world.point(gizmo.pivot);
            let normal = (layer_from_world.rotation * gizmo.axis(axis)).normalize();
            Edit::mirror_rows(&self.scene, id, rows, (point, normal))
        });
        let edit = batch(edits.collect());
        self.change(name, edit)
    }

    /// The rows that a target means: selected ones, or all of the layers in a node.
    pub(crate) fn rows_of(&self, target: &Target) -> Vec<(NodeId, RowSet)> {
        match target {
            Target::Splats(layers) => {
                let layers = layers
                    .iter()
                    .filter_map(|id| Some((*id, selected_rows(self.scene.node(*id)?.splats()?))));
                layers.collect()
            }
            Target::Node(id) => {
                let below = self.scene.layers();
                let below = below.filter(|(layer, ..)| {
                    self.scene.is_within(*layer, *id) && self.can_change(*layer).is_ok()
                });
                let all = |layer: &SplatLayer| (0_u32..).take(layer.cloud.len()).collect();
                below.map(|(id, _, layer)| (id, all(layer))).collect()
            }
        }
    }

    fn crop_to_selection(&mut self) -> Outcome {
        let edit = map_touchable(&self.scene, |flags| {
            if is_selected(flags) {
                flags
            } else {
                flags.with(SplatFlags::DELETED)
            }
        });
        self.change("Crop", edit)
    }

    fn crop_to_clip(&mut self) -> Outcome {
        let Some(world_from_box) = self.clip else {
            return Outcome::default();
        };
        let edits = editable_layers(&self.scene).filter_map(|(id, layer)| {
            let world_from_layer = self.scene.world_from_node(id).to_affine();
            let box_from_layer = world_from_box.inverse() * world_from_layer;
            Edit::map_flags(&self.scene, id, |row, flags| {
                let p = box_from_layer.transform_point3(layer.cloud.means()[row]);
                let outside = !(p.abs().max_element() <= 1.0);
                if outside && is_touchable(flags) {
                    flags
                        .without(SplatFlags::SELECTED)
                        .with(SplatFlags::DELETED)
                } else {
                    flags
                }
            })
        });
        let edit = batch(edits.collect());
        self.change("Crop", edit)
    }

    /// Moves everything in a group up to where the group is, without moving it in the world.
    fn ungroup(&mut self, group: NodeId) -> Outcome {
        let Some(node) = self.scene.node(group) else {
            return Outcome::default();
        };
        let (parent, place) = (node.parent, node.transform);
        let children: Vec<(NodeId, Node)> = self
            .scene
            .children(Some(group))
            .map(|(id, node)| (id, node.clone()))
            .collect();
        let first = children.first().map(|(id, _)| *id);
        let outcome = self.step("Ungroup", |step, scene| {
            let mut dirty = Vec::new();
            for (id, child) in children {
                let siblings: Vec<NodeId> = scene.children(parent).map(|(id, _)| id).collect();
                let index = siblings.iter().position(|id| *id == group);
                let up = Edit::move_to(scene, id, parent, index.unwrap_or(siblings.len()));
                if let Some(edit) = up {
                    dirty.extend(step.update(scene, edit)?);
                }
                let stays = place.compose(&child.transform);
                dirty.extend(step.update(scene, Edit::set_transform(id, stays))?);
            }
            let remove = Edit::remove(scene, group).ok_or(EditError::NodeMissing { id: group })?;
            dirty.extend(step.update(scene, remove)?);
            Ok(dirty)
        });
        self.selected_node = first;
        outcome
    }
}
