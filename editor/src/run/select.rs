//! Commands on selected splats, over all visible, unlocked layers.

use scene::{Edit, Node, Payload, SplatFlags, SplatLayer};

use crate::{
    editor::Editor,
    gesture::Gesture,
    outcome::Outcome,
    select::{batch, editable_layers, is_selected, map_touchable, set_selected},
};

impl Editor {
    pub(super) fn select_all(&mut self) -> Outcome {
        let edit = map_touchable(&self.scene, |flags| set_selected(flags, true));
        self.change("Select all", edit)
    }

    pub(super) fn select_none(&mut self) -> Outcome {
        let edit = map_touchable(&self.scene, |flags| set_selected(flags, false));
        self.change("Select none", edit)
    }

    pub(super) fn invert_selection(&mut self) -> Outcome {
        let edit = map_touchable(&self.scene, |flags| {
            set_selected(flags, !is_selected(flags))
        });
        self.change("Invert selection", edit)
    }

    pub(super) fn delete_selection(&mut self) -> Outcome {
        self.move_selection_to(SplatFlags::DELETED, "Delete", "deleted")
    }

    pub(super) fn hide_selection(&mut self) -> Outcome {
        self.move_selection_to(SplatFlags::HIDDEN, "Hide", "hidden")
    }

    pub(super) fn lock_selection(&mut self) -> Outcome {
        self.move_selection_to(SplatFlags::LOCKED, "Lock", "locked")
    }

    pub(super) fn unhide_all(&mut self) -> Outcome {
        self.clear_everywhere(SplatFlags::HIDDEN, "Reveal")
    }

    pub(super) fn unlock_all(&mut self) -> Outcome {
        self.clear_everywhere(SplatFlags::LOCKED, "Unlock")
    }

    pub(super) fn separate_selection(&mut self) -> Outcome {
        let mut step = Gesture::begin("Separate");
        let layers: Vec<_> = editable_layers(&self.scene).map(|(id, _)| id).collect();
        let mut outcome = Outcome::default();
        for id in layers {
            let Some(node) = self.scene.node(id) else {
                continue;
            };
            let Some(layer) = node.splats().filter(|layer| layer.selected() > 0) else {
                continue;
            };
            let own = layer.flags.iter().filter(|f| is_selected(**f));
            let part = SplatLayer {
                lit: layer.lit,
                grades: layer.grades.clone(),
                flags: own.map(|f| set_selected(*f, false)).collect(),
                layout: layer.layout.clone(),
                ..SplatLayer::new(
                    layer.cloud.subset(|row| is_selected(layer.flags[row])),
                    layer.source.clone(),
                )
            };
            let part = Node {
                name: format!("{} part", node.name),
                payload: Payload::Splats(part),
                ..node.clone()
            };
            let (part_id, insert) = Edit::insert(&self.scene, part);
            let delete = Edit::map_flags(&self.scene, id, |_, flags| {
                if is_selected(flags) {
                    set_selected(flags, false).with(SplatFlags::DELETED)
                } else {
                    flags
                }
            });
            for edit in [Some(insert), delete].into_iter().flatten() {
                match step.update(&mut self.scene, edit) {
                    Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                    Err(error) => outcome.merge(Outcome::message(error.to_string())),
                }
            }
            self.selected_node = Some(part_id);
        }
        if let Some((name, edit)) = step.commit() {
            self.history.record(&name, edit);
        }
        outcome
    }

    /// Sets a bit on every selected splat and deselects it.
    fn move_selection_to(&mut self, bit: SplatFlags, name: &str, done: &str) -> Outcome {
        let count = self.selected_splats();
        let edit = map_touchable(&self.scene, |flags| {
            if is_selected(flags) {
                set_selected(flags, false).with(bit)
            } else {
                flags
            }
        });
        let mut outcome = self.change(name, edit);
        let splats = if count == 1 { "splat" } else { "splats" };
        outcome
            .message
            .get_or_insert_with(|| format!("{count} {splats} {done}"));
        outcome
    }

    fn clear_everywhere(&mut self, bit: SplatFlags, name: &str) -> Outcome {
        let edits = editable_layers(&self.scene)
            .filter_map(|(id, _)| {
                Edit::map_flags(&self.scene, id, |_, flags| {
                    if flags.intersects(SplatFlags::DELETED) {
                        flags
                    } else {
                        flags.without(bit)
                    }
                })
            })
            .collect();
        self.change(name, batch(edits))
    }
}
