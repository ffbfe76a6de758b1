//! Selections with names: saved, recalled, renamed and deleted, each one step.

use std::sync::Arc;

use scene::{Edit, NodeId, RowSet, SelectionSet};

use crate::{
    editor::Editor,
    outcome::Outcome,
    select::{SelectOp, editable_layers, is_selected, mask::select_rows},
};

impl Editor {
    /// Saves what is selected, under a name of its own where none is given.
    pub(super) fn save_selection(&mut self, name: Option<String>) -> Outcome {
        let layers: Vec<(NodeId, RowSet)> = editable_layers(&self.scene)
            .map(|(id, layer)| {
                let rows = (0..).zip(&layer.flags).filter(|(_, f)| is_selected(**f));
                (id, rows.map(|(row, _)| row).collect())
            })
            .filter(|(_, rows): &(_, RowSet)| !rows.is_empty())
            .collect();
        let mut sets = self.scene.selection_sets().to_vec();
        let name = match name.map(|name| name.trim().to_owned()) {
            Some(name) if !name.is_empty() => name,
            _ => (1..)
                .map(|i| format!("Selection {i}"))
                .find(|name| sets.iter().all(|set| set.name != *name))
                .unwrap_or_default(),
        };
        let layers = Arc::new(layers);
        // Saving under a name that is there means that it is this now.
        match sets.iter_mut().find(|set| set.name == name) {
            Some(set) => set.layers = layers,
            None => sets.push(SelectionSet {
                name: name.clone(),
                layers,
            }),
        }
        let edit = Edit::set_selection_sets(sets);
        let mut outcome = self.change("Save selection", Some(edit));
        outcome
            .message
            .get_or_insert_with(|| format!("Saved as “{name}”; Select ▸ Saved selections has it"));
        outcome
    }

    pub(super) fn recall_selection(&mut self, name: &str, op: SelectOp) -> Outcome {
        let sets = self.scene.selection_sets();
        let Some(set) = sets.iter().find(|set| set.name == name) else {
            return Outcome::message(format!("There is no saved selection “{name}”"));
        };
        let layers = set.layers.iter();
        let rows = layers
            .map(|(id, rows)| (*id, rows.iter().map(|row| row as u32).collect()))
            .collect();
        let edit = select_rows(&self.scene, &rows, op);
        self.change("Recall selection", edit)
    }

    pub(super) fn rename_selection(&mut self, old: &str, new: &str) -> Outcome {
        let new = new.trim();
        let mut sets = self.scene.selection_sets().to_vec();
        if new.is_empty() || new == old {
            return Outcome::default();
        }
        if sets.iter().any(|set| set.name == new) {
            return Outcome::message(format!("There is a selection “{new}” already"));
        }
        if let Some(set) = sets.iter_mut().find(|set| set.name == old) {
            new.clone_into(&mut set.name);
        }
        let edit = Edit::set_selection_sets(sets);
        self.change("Rename selection", Some(edit))
    }

    pub(super) fn forget_selection(&mut self, name: &str) -> Outcome {
        let mut sets = self.scene.selection_sets().to_vec();
        sets.retain(|set| set.name != name);
        let edit = Edit::set_selection_sets(sets);
        self.change("Delete saved selection", Some(edit))
    }
}
