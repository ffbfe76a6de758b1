//! Clean-up: floaters, shown in red before anything changes, and what else ails splats.

use editor::{Command, EditCommand, Finding};
use egui::{Label, Ui};
use scene::clean::{Ailment, FloaterRules};

use super::export_cards::title_ui;
use crate::cx::{Cx, Wish, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec, grouped};
use crate::{icons, text};

/// The card of floaters.
#[derive(Debug, Clone, Default)]
pub struct CleanUp {
    /// None until some are found that fit the scene.
    pub rules: Option<FloaterRules>,
}

impl CleanUp {
    /// The card.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(340.0);
        title_ui(ui, icons::BROOM, text::CLEAN_UP, wishes);
        note_ui(ui, text::CLEAN_UP_HELP);
        let mut rules = self.rules.unwrap_or_default();
        for (name, value, most, decimals) in [
            (text::RULE_OPACITY, &mut rules.opacity, 0.5, 3),
            (text::RULE_SIZE, &mut rules.size, 100.0, 0),
            (text::RULE_REACH, &mut rules.reach, 20.0, 1),
        ] {
            slider_ui(ui, name, value, most, decimals);
        }
        for (name, count, most) in [
            (text::RULE_NEIGHBORS, &mut rules.neighbors, 30.0),
            (text::RULE_GROUP, &mut rules.group, 1000.0),
        ] {
            let mut value = *count as f32;
            slider_ui(ui, name, &mut value, most, 0);
            *count = value.max(0.0) as u32;
        }
        if self.rules.is_some() || rules != FloaterRules::default() {
            self.rules = Some(rules);
        }
        ui.horizontal(|ui| {
            widgets::right_to_left(ui, |ui| {
                let suggest = ui.button(text::SUGGEST_RULES);
                if suggest.on_hover_text(text::SUGGEST_RULES_HELP).clicked() {
                    self.rules = None;
                }
            });
        });
        ui.add_space(GAP * 2.0);
        marked_ui(ui, cx, wishes);
        footer_ui(ui, cx, wishes);
    }
}

/// The card of ailments.
#[derive(Debug, Clone, Default)]
pub struct Doctor;

impl Doctor {
    /// The card.
    pub fn show(&self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(380.0);
        title_ui(ui, icons::STETHOSCOPE, text::DOCTOR, wishes);
        for ailment in Ailment::ALL {
            let mut found = cx.looked.findings.iter();
            let finding = found.find(|finding| finding.ailment == ailment);
            finding_ui(ui, cx, wishes, (ailment, finding));
        }
        ui.add_space(GAP);
        note_ui(ui, text::DOCTOR_NUMBERS);
        ui.add_space(GAP * 2.0);
        marked_ui(ui, cx, wishes);
        footer_ui(ui, cx, wishes);
    }
}

fn note_ui(ui: &mut Ui, note: &str) {
    let t = tokens(ui);
    ui.add(Label::new(theme::small(note).color(t.text_secondary)).wrap());
    ui.add_space(GAP);
}

fn slider_ui(ui: &mut Ui, name: &str, value: &mut f32, most: f32, decimals: usize) {
    widgets::form_row(ui, name, |ui| {
        let spec = NumberSpec {
            range: 0.0..=f64::from(most) * 10.0,
            speed: f64::from(most) / 300.0,
            decimals,
            default: 0.0,
            ..NumberSpec::unit_interval(name)
        };
        let (new, _) = widgets::slider(ui, f64::from(*value), &spec, 0.0..=f64::from(most));
        if let Some(new) = new {
            *value = new as f32;
        }
    });
}

fn finding_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    wishes: &mut Wishes,
    (ailment, finding): (Ailment, Option<&Finding>),
) {
    let (name, help, fix) = text::ailment(ailment);
    let splats = finding.map_or(0, |finding| finding.splats);
    ui.horizontal(|ui| {
        ui.set_min_height(30.0);
        let t = tokens(ui);
        ui.add_sized([90.0, 20.0], Label::new(name))
            .on_hover_text(help);
        let ink = if splats > 0 { t.text } else { t.text_faint };
        let count = finding.map_or_else(|| String::from("…"), |_| grouped(splats));
        let count = egui::RichText::new(count).color(ink);
        ui.add_sized([80.0, 20.0], Label::new(count));
        widgets::right_to_left(ui, |ui| {
            // Of a scene that has changed meanwhile other splats may be meant.
            let finding = finding.filter(|f| f.splats > 0 && cx.looked.progress.is_none());
            let any = finding.is_some();
            let cure = ui.add_enabled(any, egui::Button::new(fix));
            let cures = cure.on_hover_text(help).clicked();
            let show = ui.add_enabled(any, egui::Button::new(text::SHOW_RED));
            let Some(finding) = finding else { return };
            let mask = finding.mask.clone();
            if cures {
                wishes.run(Command::Edit(EditCommand::Cure(ailment, mask)));
            } else if show.clicked() {
                wishes.run(Command::Edit(EditCommand::Preview(mask)));
            }
        });
    });
}

/// How far it is with looking, or how many splats are red.
fn marked_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let t = tokens(ui);
    if let Some(progress) = &cx.looked.progress {
        ui.horizontal(|ui| {
            let stage = match progress.stage.as_str() {
                "" => text::LOOKING,
                stage => stage,
            };
            ui.label(theme::small(stage).color(t.text_secondary));
            widgets::right_to_left(ui, |ui| {
                let stop = widgets::IconButton::new(icons::CLOSE, text::STOP_LOOKING);
                if stop.show(ui).clicked() {
                    wishes.push(Wish::StopLooking);
                }
                let width = ui.available_width().min(120.0);
                widgets::progress_bar(ui, progress.fraction(), width);
            });
        });
        ui.add_space(GAP);
        return;
    }
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
