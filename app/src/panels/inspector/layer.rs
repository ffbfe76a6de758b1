//! A splat layer: how many, from where, lit or not, and how it was made.

use editor::Command;
use egui::{Label, Ui};
use scene::{NodeId, SplatLayer};

use crate::counts::LayerCount;
use crate::cx::{Cx, Wish, Wishes};
use crate::persist::Settings;
use crate::text;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, grouped};

/// Splats, source and light.
pub(super) fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
    layer: &SplatLayer,
) {
    widgets::section(ui, &mut settings.folded, text::SPLATS, |ui| {
        facts_ui(ui, layer, cx.counts.layer(id));
    });
    widgets::section(ui, &mut settings.folded, text::LIGHTING, |ui| {
        lighting_ui(ui, cx, wishes, id, layer);
    });
}

fn facts_ui(ui: &mut Ui, layer: &SplatLayer, count: LayerCount) {
    widgets::value_row(ui, text::COUNT, &grouped(count.alive));
    widgets::value_row(ui, text::SELECTED, &grouped(count.selected));
    if count.hidden > 0 {
        widgets::value_row(ui, text::HIDDEN, &grouped(count.hidden));
    }
    let degree = layer.cloud.sh_degree();
    widgets::value_row(ui, text::SH_DEGREE, &text::sh_degree(degree));
    let names: Vec<&str> = layer
        .cloud
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    if !names.is_empty() {
        let list = names.join(", ");
        widgets::value_row(ui, text::COLUMNS, &list).on_hover_text(&list);
    }
    if !layer.source.is_empty() {
        widgets::value_row(ui, text::SOURCE, &layer.source).on_hover_text(&layer.source);
    }
}

fn lighting_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, id: NodeId, layer: &SplatLayer) {
    let command = Command::SetLit(id, !layer.lit);
    let enabled = cx.editor.enabled(&command);
    widgets::form_row(ui, text::LIT, |ui| {
        if widgets::switch(ui, layer.lit, text::LIT, enabled) {
            wishes.run(command);
        }
        let t = tokens(ui);
        let line = match (enabled, layer.lit) {
            (Err(why), _) => why,
            (Ok(()), true) => text::LIT_ON,
            (Ok(()), false) => text::LIT_OFF,
        };
        ui.add(Label::new(theme::small(line).color(t.text_secondary)).wrap());
    });
}

/// How a generated layer was made, and how well it matches its picture.
pub(super) fn report_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
) {
    let Some(made) = cx.jobs.made.get(&id) else {
        return;
    };
    let report = &made.report;
    widgets::section(ui, &mut settings.folded, text::REPORT, |ui| {
        widgets::value_row(ui, text::MADE_IN, &text::seconds(report.total_secs));
        if let Some(psnr) = report.psnr_db {
            let line = text::decibels(psnr);
            widgets::value_row(ui, text::LIKENESS, &line).on_hover_text(text::LIKENESS_HELP);
        }
        if let Some(iou) = report.iou {
            let line = text::percent(iou);
            widgets::value_row(ui, text::SILHOUETTE, &line).on_hover_text(text::SILHOUETTE_HELP);
        }
        ui.add_space(GAP);
        let look = ui.button(text::AS_PHOTOGRAPHED);
        if look.on_hover_text(text::AS_PHOTOGRAPHED_HELP).clicked() {
            wishes.push(Wish::LookThrough(id));
        }
        let t = tokens(ui);
        for note in &report.notes {
            ui.add_space(GAP);
            ui.add(Label::new(theme::small(note).color(t.text_secondary)).wrap());
        }
        ui.add_space(GAP);
        let slowest = report
            .stages
            .iter()
            .map(|stage| stage.secs)
            .fold(f32::EPSILON, f32::max);
        for stage in &report.stages {
            stage_ui(ui, &stage.stage, stage.secs, stage.secs / slowest);
        }
    });
}

fn stage_ui(ui: &mut Ui, name: &str, secs: f32, share: f32) {
    let (rect, _) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), 18.0), egui::Sense::hover());
    let t = tokens(ui);
    let bar = egui::Rect::from_min_size(
        rect.left_bottom() - egui::vec2(0.0, 2.0),
        egui::vec2(rect.width() * share, 2.0),
    );
    ui.painter().rect_filled(bar, 1.0, t.outline);
    ui.painter().text(
        rect.left_center(),
        egui::Align2::LEFT_CENTER,
        text::stage_name(name),
        theme::small_font(),
        t.text_secondary,
    );
    ui.painter().text(
        rect.right_center(),
        egui::Align2::RIGHT_CENTER,
        text::seconds(secs),
        theme::small_font(),
        t.text_secondary,
    );
}
