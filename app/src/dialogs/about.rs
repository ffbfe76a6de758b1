//! What this program is, what it stands on, and which device draws.

use egui::Ui;

use super::export_cards::title_ui;
use crate::cx::{Cx, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::{icons, text, widgets};

/// The card.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.set_width(440.0);
    title_ui(ui, icons::INFO, text::APP, wishes);
    widgets::value_row(ui, text::VERSION, env!("CARGO_PKG_VERSION"));
    widgets::value_row(ui, text::LICENSE, env!("CARGO_PKG_LICENSE"));
    widgets::value_row(ui, text::DEVICE, &cx.view.device);
    ui.add_space(GAP * 2.0);
    let t = tokens(ui);
    for line in text::CREDITS {
        ui.add(egui::Label::new(theme::small(*line).color(t.text_secondary)).wrap());
    }
}
