//! What a program that drives the window hears.

use super::App;
use crate::probe;

impl App {
    /// Tells a driving program what the window is doing.
    pub(super) fn tell_probe(&mut self) {
        let Some(probe) = &mut self.clock.probe else {
            return;
        };
        let notices = self.front.notices.shown();
        let history = self.editor.history();
        let stats = &self.view.facts().stats;
        probe.report(probe::State {
            jobs: self.jobs.list().iter().map(|j| j.title.clone()).collect(),
            layers: self.editor.scene().layers().count(),
            splats: self.front.counts.all.alive,
            considered: stats.considered,
            selected: self.front.counts.all.selected,
            lit: self.editor.scene().layers().filter(|(.., l)| l.lit).count(),
            card: self.front.card.is_open(),
            card_name: self.front.card.name(),
            marked: self.editor.marked_splats(),
            looking: self.front.look.looked.progress.is_some(),
            notices: notices.iter().map(|n| n.title.clone()).collect(),
            steps: history.applied(),
            step: history.undo_name().unwrap_or_default().to_owned(),
            tree: probe::tree(self.editor.scene()),
            place: probe::place(&self.editor),
            autosaved: self.document.autosaved.is_some(),
            to_come: [stats.waiting, stats.missing_parts],
            longest_frame_ms: self.clock.longest_frame_ms,
            first_frame_ms: self.clock.first_frame_ms,
        });
    }
}
