//! Keys and mouse buttons on one card, from the same table that runs them.

use editor::Command;
use egui::{Align, Layout, ScrollArea, Ui};

use super::export_cards::title_ui;
use crate::cx::{Cx, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::{icons, text};

/// The card.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.set_width(720.0);
    title_ui(ui, icons::KEYBOARD, text::KEYBOARD, wishes);
    let mut groups: Vec<(&'static str, Vec<(&'static str, &'static str)>)> = Vec::new();
    for command in Command::all_simple() {
        let info = command.info();
        let Some(keys) = info.shortcut else {
            continue;
        };
        let row = (info.name.trim_end_matches(text::ELLIPSIS), keys);
        match groups.iter_mut().find(|(group, _)| *group == info.group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((info.group, vec![row])),
        }
    }
    let navigation = cx.editor.settings().navigation;
    let height = (ui.ctx().content_rect().height() - 200.0).clamp(200.0, 560.0);
    let scroll = ScrollArea::vertical()
        .max_height(height)
        .min_scrolled_height(height);
    scroll.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = GAP * 6.0;
        ui.columns(3, |columns| {
            // Balance the columns: each group goes where least is.
            let mut heights = [0usize; 3];
            if let Some(first) = columns.first_mut() {
                group_ui(first, text::MOUSE, text::mouse_keys(navigation));
                heights[0] += text::mouse_keys(navigation).len() + 2;
            }
            for (group, rows) in &groups {
                let least = (0..3).min_by_key(|i| heights[*i]).unwrap_or(0);
                heights[least] += rows.len() + 2;
                group_ui(&mut columns[least], group, rows);
            }
        });
    });
}

fn group_ui(ui: &mut Ui, title: &str, rows: &[(&str, &str)]) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(theme::strong(title));
    ui.add_space(GAP);
    for (name, keys) in rows {
        ui.horizontal(|ui| {
            let t = tokens(ui);
            ui.set_min_height(20.0);
            ui.label(theme::small(*name).color(t.text_secondary));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                egui::Frame::new()
                    .fill(t.raised)
                    .corner_radius(4)
                    .inner_margin(egui::Margin::symmetric(6, 1))
                    .show(ui, |ui| ui.label(theme::small(*keys)));
            });
        });
    }
    ui.add_space(GAP * 3.0);
}
