//! The palette: type what you want to do.

use editor::Command;
use egui::accesskit::Role;
use egui::{
    Align2, Area, Id, Key, Modifiers, Order, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::cx::{CardKind, Cx, Wish, Wishes};
use crate::theme::{self, GAP, ROW, tokens};
use crate::{text, widgets};

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Palette {
    query: String,
    chosen: usize,
}

struct Row {
    name: String,
    group: &'static str,
    help: &'static str,
    keys: String,
    problem: Option<&'static str>,
    wish: Wish,
}

impl Palette {
    /// Shows the palette at the top of `viewport`.
    pub fn show(&mut self, ui: &Ui, viewport: Rect, cx: &Cx<'_>, wishes: &mut Wishes) {
        let width = 600.0_f32.min(viewport.width() - 48.0);
        let top = viewport.center_top() + vec2(0.0, 48.0);
        let area = Area::new(Id::unique("palette"))
            .order(Order::Foreground)
            .pivot(Align2::CENTER_TOP)
            .fixed_pos(top)
            .show(ui.ctx(), |ui| {
                widgets::card_frame(tokens(ui)).show(ui, |ui| {
                    ui.set_width(width);
                    self.content_ui(ui, cx, wishes);
                });
            });
        let outside = ui.input(|i| i.pointer.any_pressed())
            && ui
                .input(|i| i.pointer.interact_pos())
                .is_some_and(|pos| !area.response.rect.contains(pos));
        if outside || ui.input(|i| i.key_pressed(Key::Escape)) {
            wishes.push(Wish::CloseCard);
        }
    }

    fn content_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        let (up, down, enter) = ui.input_mut(|i| {
            (
                i.consume_key(Modifiers::NONE, Key::ArrowUp),
                i.consume_key(Modifiers::NONE, Key::ArrowDown),
                i.consume_key(Modifiers::NONE, Key::Enter),
            )
        });
        let edit = TextEdit::singleline(&mut self.query)
            .hint_text(text::PALETTE_HINT)
            .desired_width(f32::INFINITY)
            .align(Align2::LEFT_CENTER)
            .min_size(vec2(0.0, 32.0))
            .margin(egui::Margin::symmetric(10, 6));
        let response = ui.add(edit).accessible_name(text::PALETTE_HINT);
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
        }
        ui.add_space(GAP);
        let rows = rows(cx, &self.query);
        if up {
            self.chosen = self.chosen.saturating_sub(1);
        }
        if down {
            self.chosen += 1;
        }
        self.chosen = self.chosen.min(rows.len().saturating_sub(1));
        if rows.is_empty() {
            let line = theme::small(text::PALETTE_NOTHING).color(tokens(ui).text_secondary);
            ui.label(line);
        }
        ScrollArea::vertical()
            .max_height(ROW * 10.0)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (i, row) in rows.iter().enumerate() {
                    let chosen = i == self.chosen;
                    let response = row_ui(ui, row, chosen);
                    if chosen && (up || down) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() || (chosen && enter) {
                        if row.problem.is_none() {
                            wishes.push(Wish::CloseCard);
                            wishes.push(row.wish.clone());
                        }
                    } else if response.hovered() && ui.input(|i| i.pointer.is_moving()) {
                        self.chosen = i;
                    }
                }
            });
    }
}

fn row_ui(ui: &mut Ui, row: &Row, chosen: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let usable = row.problem.is_none();
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, usable, chosen, &row.name));
    let t = tokens(ui);
    if chosen {
        ui.painter().rect_filled(rect, theme::RADIUS, t.accent_soft);
    }
    let ink = if usable { t.text } else { t.text_faint };
    let middle = rect.center().y;
    let name = ui.painter().text(
        pos2(rect.left() + 10.0, middle),
        Align2::LEFT_CENTER,
        &row.name,
        theme::body_font(),
        ink,
    );
    let keys = ui.painter().text(
        pos2(rect.right() - 10.0, middle),
        Align2::RIGHT_CENTER,
        row.keys.as_str(),
        theme::small_font(),
        t.text_secondary,
    );
    let mut second = egui::text::LayoutJob::simple_singleline(
        row.problem.unwrap_or(row.help).to_owned(),
        theme::small_font(),
        t.text_secondary,
    );
    let left = name.right() + 10.0;
    second.wrap = egui::text::TextWrapping::truncate_at_width(keys.left() - left - 10.0);
    let second = ui.painter().layout_job(second);
    let at = pos2(left, middle - second.size().y / 2.0);
    ui.painter().galley(at, second, t.text_secondary);
    response
}

fn rows(cx: &Cx<'_>, query: &str) -> Vec<Row> {
    let commands = Command::all_simple()
        .into_iter()
        .filter(|command| *command != Command::CommandPalette)
        .map(|command| {
            let info = command.info();
            Row {
                name: info.name.to_owned(),
                group: info.group,
                help: info.help,
                keys: cx
                    .editor
                    .keymap()
                    .shortcut(&command)
                    .unwrap_or_default()
                    .to_owned(),
                problem: cx.editor.enabled(&command).err(),
                wish: Wish::Run(command),
            }
        });
    let cards = [
        (text::KEYBOARD, "F1", CardKind::Keyboard),
        (text::ABOUT, "", CardKind::About),
    ]
    .map(|(name, keys, card)| Row {
        name: name.to_owned(),
        group: text::MENU_HELP,
        help: "",
        keys: keys.to_owned(),
        problem: None,
        wish: Wish::Show(card),
    });
    let mut ranked: Vec<(u32, Row)> = commands
        .chain(cards)
        .filter_map(|row| {
            let score = score(&format!("{} {}", row.name, row.group), query)?;
            Some((score + u32::from(row.problem.is_some()) * 1000, row))
        })
        .collect();
    ranked.sort_by_key(|(score, _)| *score);
    ranked.into_iter().map(|(_, row)| row).collect()
}

/// Lower is better; `None` where the letters of the query do not occur in order.
fn score(name: &str, query: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let mut cost = 0;
    for word in query.to_lowercase().split_whitespace() {
        if let Some(at) = name.find(word) {
            let starts_word = at == 0 || name.as_bytes().get(at - 1) == Some(&b' ');
            cost += if starts_word {
                at as u32
            } else {
                50 + at as u32
            };
            continue;
        }
        let mut letters = name.chars();
        if !word
            .chars()
            .all(|letter| letters.any(|other| other == letter))
        {
            return None;
        }
        cost += 200;
    }
    Some(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_order_are_found_and_words_come_first() {
        assert!(
            score("Select all Select", "sel all") < score("Deselect Select", "sel"),
            "start"
        );
        assert!(
            score("Screenshot… Render", "scrn").is_some(),
            "letters in order"
        );
        assert_eq!(
            score("Undo Edit", "xyz"),
            None,
            "letters that are not there"
        );
        assert_eq!(score("Undo Edit", ""), Some(0), "nothing typed finds all");
    }
}
