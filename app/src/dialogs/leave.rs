//! Leaving with unsaved changes or running jobs: the one question that blocks.

use egui::Ui;

use crate::cx::{Cx, Wish, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::{text, widgets};

/// Where the artist was going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Out of the program.
    Quit,
    /// To an empty scene.
    NewScene,
    /// To the project that was opened.
    Project,
}

/// The card.
pub fn show(ui: &mut Ui, leaving: Leaving, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.set_width(400.0);
    let unsaved = cx.document.is_unsaved(cx.editor);
    let title = match (unsaved, leaving) {
        (true, _) => text::unsaved_title(&cx.document.name()),
        (false, Leaving::Quit) => text::JOBS_RUN_TITLE.to_owned(),
        (false, Leaving::NewScene) => text::JOBS_RUN_NEW_TITLE.to_owned(),
        (false, Leaving::Project) => text::JOBS_RUN_PROJECT_TITLE.to_owned(),
    };
    ui.label(theme::heading(title));
    ui.add_space(GAP);
    let t = tokens(ui);
    if unsaved {
        ui.label(egui::RichText::new(text::UNSAVED_DETAIL).color(t.text_secondary));
    }
    for job in cx.jobs.list() {
        let line = text::job_would_stop(&job.title, &job.subject);
        ui.label(egui::RichText::new(line).color(t.text_secondary));
    }
    ui.add_space(GAP * 4.0);
    let anyway = match leaving {
        Leaving::Quit => Wish::QuitAnyway,
        Leaving::NewScene => Wish::NewSceneAnyway,
        Leaving::Project => Wish::ShowProjectAnyway,
    };
    ui.horizontal(|ui| {
        if widgets::danger_button(ui, text::leave_label(leaving, unsaved)).clicked() {
            wishes.push(anyway.clone());
        }
        widgets::right_to_left(ui, |ui| {
            if unsaved {
                if widgets::primary_button(ui, text::SAVE, Ok(())).clicked() {
                    wishes.push(Wish::SaveAndLeave(leaving));
                }
                if widgets::secondary_button(ui, text::CANCEL, Ok(())).clicked() {
                    wishes.push(Wish::CloseCard);
                }
            } else if widgets::primary_button(ui, text::STAY, Ok(())).clicked() {
                wishes.push(Wish::CloseCard);
            }
        });
    });
}
