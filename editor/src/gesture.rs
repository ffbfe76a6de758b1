//! A drag: many changes on screen, one step in the history, none when it is cancelled.

use scene::{Dirty, Edit, EditError, Scene};

/// Changes that are applied but not yet a step.
#[derive(Debug)]
pub struct Gesture {
    name: String,
    /// Applied, in order.
    edits: Vec<Edit>,
}

impl Gesture {
    /// A gesture without changes; the name is that of the step it becomes.
    pub fn begin(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            edits: Vec::new(),
        }
    }

    /// Name of the step.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Applies one change. A later value of the same thing replaces the earlier one.
    pub fn update(&mut self, scene: &mut Scene, mut edit: Edit) -> Result<Vec<Dirty>, EditError> {
        let dirty = edit.apply(scene)?;
        // The first edit of a thing holds what was there before the gesture; what the later ones
        // hold are states on the way, which nobody asks for again.
        if !self
            .edits
            .iter()
            .any(|earlier| earlier.replaces_same(&edit))
        {
            self.edits.push(edit);
        }
        Ok(dirty)
    }

    /// Takes in a change that was applied elsewhere.
    pub fn adopt(&mut self, applied: Edit) {
        self.edits.push(applied);
    }

    /// The applied changes as one edit for [`History::record`](scene::History::record), `None` if
    /// there was none.
    pub fn commit(mut self) -> Option<(String, Edit)> {
        // An applied batch holds its parts in the order in which they are taken back.
        self.edits.reverse();
        match self.edits.len() {
            0 => None,
            1 => Some((self.name, self.edits.remove(0))),
            _ => Some((self.name, Edit::batch(self.edits))),
        }
    }

    /// Takes everything back.
    pub fn abort(self, scene: &mut Scene) -> Vec<Dirty> {
        let mut dirty = Vec::new();
        for mut edit in self.edits.into_iter().rev() {
            // What could be applied can be taken back.
            dirty.extend(edit.apply(scene).unwrap_or_default());
        }
        dirty
    }
}
