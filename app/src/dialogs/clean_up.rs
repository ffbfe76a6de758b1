//! Clean-up: floaters, shown in red before anything changes, and what else ails splats.

use editor::{Command, EditCommand, Finding};
use egui::{Label, Ui};
use scene::clean::FloaterRules;

use super::export_cards::title_ui;
use crate::cx::{Cx, Wish, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec, grouped};
use crate::{icons, text};

/// The card of floaters.
#[derive(Debug, Clone, Default)]
pub struct CleanUp {
    rules: FloaterRules,
    /// The rules that are shown in red.
    shown: Option<FloaterRules>,
}

impl CleanUp {
    /// The card.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(340.0);
        title_ui(ui, icons::BROOM, text::CLEAN_UP, wishes);
        note_ui(ui, text::CLEAN_UP_HELP);
        let mut settled = true;
        let rules = &mut self.rules;
        for (name, value, most, decimals) in [
            (text::RULE_OPACITY, &mut rules.opacity, 0.5, 3),
            (text::RULE_SIZE, &mut rules.size, 100.0, 0),
            (text::RULE_REACH, &mut rules.reach, 20.0, 1),
        ] {
            settled &= slider_ui(ui, name, value, most, decimals);
        }
        for (name, count, most) in [
            (text::RULE_NEIGHBORS, &mut rules.neighbors, 30.0),
            (text::RULE_GROUP, &mut rules.group, 1000.0),
        ] {
            let mut value = *count as f32;
            settled &= slider_ui(ui, name, &mut value, most, 0);
            *count = value.max(0.0) as u32;
        }
        // Looking for floaters takes a moment: it waits for the hand to rest.
        if settled && self.shown != Some(self.rules) {
            self.shown = Some(self.rules);
            wishes.run(Command::Edit(EditCommand::PreviewFloaters(self.rules)));
        }
        ui.add_space(GAP * 2.0);
        marked_ui(ui, cx);
        footer_ui(ui, cx, wishes);
    }
}

/// The card of ailments.
#[derive(Debug, Clone, Default)]
pub struct Doctor {
    /// What was found, and in which state of the scene.
    found: Option<(u64, Vec<Finding>)>,
}

impl Doctor {
    /// The card.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(380.0);
        title_ui(ui, icons::STETHOSCOPE, text::DOCTOR, wishes);
        let revision = cx.editor.history().revision();
        if self.found.as_ref().is_none_or(|found| found.0 != revision) {
            self.found = Some((revision, cx.editor.findings()));
        }
        for finding in self.found.iter().flat_map(|found| &found.1) {
            finding_ui(ui, wishes, finding);
        }
        ui.add_space(GAP);
        note_ui(ui, text::DOCTOR_NUMBERS);
        ui.add_space(GAP * 2.0);
        marked_ui(ui, cx);
        footer_ui(ui, cx, wishes);
    }
}

fn note_ui(ui: &mut Ui, note: &str) {
    let t = tokens(ui);
    ui.add(Label::new(theme::small(note).color(t.text_secondary)).wrap());
    ui.add_space(GAP);
}

/// Whether nobody is dragging it.
fn slider_ui(ui: &mut Ui, name: &str, value: &mut f32, most: f32, decimals: usize) -> bool {
    widgets::form_row(ui, name, |ui| {
        let spec = NumberSpec {
            range: 0.0..=f64::from(most) * 10.0,
            speed: f64::from(most) / 300.0,
            decimals,
            default: 0.0,
            ..NumberSpec::unit_interval(name)
        };
        let (new, response) = widgets::slider(ui, f64::from(*value), &spec, 0.0..=f64::from(most));
        if let Some(new) = new {
            *value = new as f32;
        }
        !response.dragged()
    })
}

fn finding_ui(ui: &mut Ui, wishes: &mut Wishes, finding: &Finding) {
    let (name, help, fix) = text::ailment(finding.ailment);
    ui.horizontal(|ui| {
        ui.set_min_height(30.0);
        let t = tokens(ui);
        ui.add_sized([90.0, 20.0], Label::new(name))
            .on_hover_text(help);
        let ink = if finding.splats > 0 {
            t.text
        } else {
            t.text_faint
        };
        let count = egui::RichText::new(grouped(finding.splats)).color(ink);
        ui.add_sized([80.0, 20.0], Label::new(count));
        widgets::right_to_left(ui, |ui| {
            let any = finding.splats > 0;
            let cure = ui.add_enabled(any, egui::Button::new(fix));
            if cure.on_hover_text(help).clicked() {
                wishes.run(Command::Edit(EditCommand::Cure(finding.ailment)));
            }
            let show = ui.add_enabled(any, egui::Button::new(text::SHOW_RED));
            if show.clicked() {
                wishes.run(Command::Edit(EditCommand::PreviewAilment(finding.ailment)));
            }
        });
    });
}

fn marked_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let t = tokens(ui);
    let line = if cx.editor.has_preview() {
        let marked = text::marked(&grouped(cx.editor.marked_splats()));
        theme::strong(marked).color(t.danger_text)
    } else {
        theme::small(text::NOTHING_RED).color(t.text_secondary)
    };
    ui.label(line);
    ui.add_space(GAP);
}

fn footer_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        for (command, name) in [
            (EditCommand::AcceptPreview, text::REMOVE_RED),
            (EditCommand::SelectPreview, text::SELECT_RED),
        ] {
            let command = Command::Edit(command);
            let enabled = cx.editor.enabled(&command);
            let response = if name == text::REMOVE_RED {
                widgets::primary_button(ui, name, enabled)
            } else {
                widgets::secondary_button(ui, name, enabled)
            };
            if response.clicked() {
                wishes.run(command);
                wishes.push(Wish::CloseCard);
            }
        }
    });
}
