//! Undo, redo and gathered changes.

use crate::{editor::Editor, gesture::Gesture, outcome::Outcome};

impl Editor {
    pub(super) fn can_take_back(&self) -> bool {
        self.gesture.is_some() || self.is_dragging() || self.history.undo_name().is_some()
    }

    pub(super) fn undo(&mut self) -> Outcome {
        match self.history.undo(&mut self.scene) {
            Some((name, dirty)) => Outcome {
                message: Some(format!("Undo: {name}")),
                ..Outcome::dirty(dirty)
            },
            None => Outcome::message("This step cannot be undone any more"),
        }
    }

    pub(super) fn redo(&mut self) -> Outcome {
        match self.history.redo(&mut self.scene) {
            Some((name, dirty)) => Outcome {
                message: Some(format!("Redo: {name}")),
                ..Outcome::dirty(dirty)
            },
            None => Outcome::message("This step cannot be redone any more"),
        }
    }

    pub(super) fn begin_gesture(&mut self, name: String) -> Outcome {
        self.gesture = Some(Gesture::begin(name));
        Outcome::default()
    }

    pub(super) fn commit_gesture(&mut self) -> Outcome {
        if let Some((name, edit)) = self.gesture.take().and_then(Gesture::commit) {
            self.history.record(&name, edit);
        }
        Outcome::default()
    }

    pub(super) fn abort_gesture(&mut self) -> Outcome {
        match self.gesture.take() {
            Some(gesture) => Outcome::dirty(gesture.abort(&mut self.scene)),
            None => Outcome::default(),
        }
    }
}
