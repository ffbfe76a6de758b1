//! Undo and redo over self-inverse edits, within a budget of memory.

use std::{collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Dirty, Edit, EditError, Scene};

/// The steps an artist can take back and take again.
///
/// Where the budget is exceeded the oldest steps are forgotten; the newest always stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct History {
    steps: VecDeque<Step>,
    /// Steps in effect; those from here on can be redone.
    applied: usize,
    /// A matter of the machine, not of the document.
    #[serde(skip, default = "unbounded")]
    byte_budget: usize,
    /// Names the state before the oldest step.
    base_revision: u64,
    last_revision: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Step {
    name: String,
    /// Shared with copies of the history that are being saved: to copy it costs nothing but the steps that
    /// are taken back meanwhile.
    #[serde(with = "shared_edit")]
    edit: Arc<Edit>,
    /// Names the state after this step.
    revision: u64,
}

impl History {
    /// An empty history that may hold about this many bytes.
    pub fn new(byte_budget: usize) -> Self {
        Self {
            steps: VecDeque::new(),
            applied: 0,
            byte_budget,
            base_revision: 0,
            last_revision: 0,
        }
    }

    /// Changes how many bytes may be held; the oldest steps go at once where it is less.
    pub fn set_byte_budget(&mut self, byte_budget: usize) {
        self.byte_budget = byte_budget;
        self.forget_over_budget();
    }

    /// Applies an edit as one named step. On an error nothing changes, the steps to redo included.
    pub fn run(
        &mut self,
        scene: &mut Scene,
        name: &str,
        mut edit: Edit,
    ) -> Result<Vec<Dirty>, EditError> {
        let dirty = edit.apply(scene)?;
        self.record(name, edit);
        Ok(dirty)
    }

    /// Keeps an edit that was applied already (a finished gesture, an arrived layer) as one step.
    pub fn record(&mut self, name: &str, applied: Edit) {
        self.steps.truncate(self.applied);
        self.last_revision += 1;
        self.steps.push_back(Step {
            name: name.to_owned(),
            edit: Arc::new(applied),
            revision: self.last_revision,
        });
        self.applied = self.steps.len();
        self.forget_over_budget();
    }

    /// Takes the newest step back; its name and what changed.
    pub fn undo(&mut self, scene: &mut Scene) -> Option<(String, Vec<Dirty>)> {
        let step = self.steps.get_mut(self.applied.checked_sub(1)?)?;
        let dirty = Arc::make_mut(&mut step.edit).apply(scene).ok()?;
        self.applied -= 1;
        Some((step.name.clone(), dirty))
    }

    /// Takes the newest step back for good, so that another may take its place; what changed.
    pub fn drop_newest(&mut self, scene: &mut Scene) -> Option<Vec<Dirty>> {
        let (_, dirty) = self.undo(scene)?;
        self.steps.truncate(self.applied);
        Some(dirty)
    }

    /// Takes the step after the newest again; its name and what changed.
    pub fn redo(&mut self, scene: &mut Scene) -> Option<(String, Vec<Dirty>)> {
        let step = self.steps.get_mut(self.applied)?;
        let dirty = Arc::make_mut(&mut step.edit).apply(scene).ok()?;
        self.applied += 1;
        Some((step.name.clone(), dirty))
    }

    /// Name of the step that [`Self::undo`] would take back.
    pub fn undo_name(&self) -> Option<&str> {
        let step = self.steps.get(self.applied.checked_sub(1)?)?;
        Some(&step.name)
    }

    /// Name of the step that [`Self::redo`] would take again.
    pub fn redo_name(&self) -> Option<&str> {
        Some(&self.steps.get(self.applied)?.name)
    }

    /// All steps from the oldest; the first [`Self::applied`] of them are in effect.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.steps.iter().map(|step| step.name.as_str())
    }

    /// Number of steps in effect.
    pub fn applied(&self) -> usize {
        self.applied
    }

    /// Names the present state: equal numbers mean the same scene, so "unsaved changes" is
    /// `revision() != saved_revision`, and undoing back to what was saved clears it.
    pub fn revision(&self) -> u64 {
        match self.applied.checked_sub(1).and_then(|i| self.steps.get(i)) {
            Some(step) => step.revision,
            None => self.base_revision,
        }
    }

    /// Memory held by all steps, bytes.
    pub fn bytes(&self) -> usize {
        self.steps.iter().map(|step| step.edit.bytes()).sum()
    }

    /// Memory held by the newest step in effect, bytes.
    pub fn newest_bytes(&self) -> usize {
        let newest = self.applied.checked_sub(1).and_then(|i| self.steps.get(i));
        newest.map_or(0, |step| step.edit.bytes())
    }

    /// Whether every step can be taken back from `scene`, and again: what a file holds may not.
    pub(crate) fn fits(&self, scene: &Scene) -> bool {
        let (mut scene, mut history) = (scene.clone(), self.clone());
        if history.applied > history.steps.len() {
            return false;
        }
        while history.applied > 0 {
            if history.undo(&mut scene).is_none() {
                return false;
            }
        }
        while history.applied < history.steps.len() {
            if history.redo(&mut scene).is_none() || scene.check_invariants().is_err() {
                return false;
            }
        }
        true
    }

    fn forget_over_budget(&mut self) {
        let mut bytes = self.bytes();
        // Only steps in effect may go: those to redo build on them.
        while bytes > self.byte_budget && self.applied > 1 {
            let Some(oldest) = self.steps.pop_front() else {
                return;
            };
            bytes = bytes.saturating_sub(oldest.edit.bytes());
            self.base_revision = oldest.revision;
            self.applied -= 1;
        }
    }
}

fn unbounded() -> usize {
    usize::MAX
}

/// For `#[serde(with)]` of an edit: what is shared in memory is a file's as if it were not.
mod shared_edit {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::Edit;

    pub(super) fn serialize<S: Serializer>(
        edit: &Arc<Edit>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        edit.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Edit>, D::Error> {
        Edit::deserialize(deserializer).map(Arc::new)
    }
}
