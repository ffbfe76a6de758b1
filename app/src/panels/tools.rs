//! The tool rail on the left: what the primary button does, then what is needed often.
//!
//! Tools of one kind share a place. It shows the one that was used last; a click takes it, a further
//! click the next of its kind, a right click lists them.

use editor::{Command, ToolKind};
use egui::{Button, Color32, Shape, Ui, pos2};

use crate::cx::{Cx, Wishes};
use crate::theme::{GAP, tokens};
use crate::widgets::IconButton;
use crate::{icons, text};

/// Width of the rail, points.
pub const WIDTH: f32 = 44.0;

/// Height that everything takes, points.
const ALL_TOOLS: f32 = 690.0;

/// The kinds, from the top.
const GROUPS: &[&[ToolKind]] = &[
    &[ToolKind::Navigate],
    &[ToolKind::Rect, ToolKind::Lasso, ToolKind::Polygon],
    &[ToolKind::Brush, ToolKind::SphereBrush],
    &[ToolKind::Eyedropper, ToolKind::Flood],
    &[ToolKind::Sphere, ToolKind::Box],
    &[ToolKind::Paint, ToolKind::Clone],
    &[ToolKind::Light],
    &[ToolKind::Move, ToolKind::Rotate, ToolKind::Scale],
    &[ToolKind::Measure],
];

/// Which tool of each group was used last.
#[derive(Debug, Default)]
pub struct Shown([usize; GROUPS.len()]);

/// The rail's content.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, shown: &mut Shown, wishes: &mut Wishes) {
    // In a low window keys and menus must do for the view.
    let roomy = ui.available_height() >= ALL_TOOLS;
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        ui.add_space(GAP);
        for (group, shown) in GROUPS.iter().zip(&mut shown.0) {
            group_ui(ui, cx, wishes, group, shown);
        }
        divider(ui);
        if roomy {
            for (symbol, command) in [
                (icons::FOCUS, Command::FocusSelection),
                (icons::FRAME_ALL, Command::FrameAll),
            ] {
                action(ui, cx, wishes, symbol, command);
            }
            divider(ui);
        }
        for (symbol, command) in [
            (icons::UNDO, Command::Undo),
            (icons::REDO, Command::Redo),
            (icons::TRASH, Command::DeleteSelection),
        ] {
            action(ui, cx, wishes, symbol, command);
        }
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.y = GAP;
            ui.add_space(GAP);
            for (symbol, command) in [
                (icons::FILM, Command::Turntable),
                (icons::CAMERA, Command::Screenshot),
                (icons::CHART, Command::DataPanel),
            ] {
                action(ui, cx, wishes, symbol, command);
            }
        });
    });
}

fn group_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, group: &[ToolKind], shown: &mut usize) {
    let in_hand = group.iter().position(|tool| *tool == cx.editor.tool());
    *shown = in_hand.unwrap_or(*shown).min(group.len() - 1);
    let tool = group[*shown];
    let command = Command::SetTool(tool);
    let keys = cx.editor.keymap().shortcut(&command);
    let button = IconButton::tool(icon(tool), command.info().name, keys)
        .active(in_hand.is_some())
        .enabled(cx.editor.enabled(&command));
    let response = button.show(ui);
    if response.clicked() {
        let next = match in_hand {
            Some(i) => (i + 1) % group.len(),
            None => *shown,
        };
        wishes.run(Command::SetTool(group[next]));
    }
    if group.len() < 2 {
        return;
    }
    corner_ui(ui, response.rect, in_hand.is_some());
    let names: Vec<_> = group
        .iter()
        .filter(|other| **other != tool)
        .map(|other| other.info().name)
        .collect();
    let response = response.on_hover_text(text::selection::tool_with_group(&names));
    response.context_menu(|ui| {
        for tool in group {
            let command = Command::SetTool(*tool);
            let info = command.info();
            let mut button = Button::new((icon_text(*tool), info.name))
                .min_size(egui::vec2(180.0, 0.0))
                .selected(*tool == cx.editor.tool());
            if let Some(keys) = cx.editor.keymap().shortcut(&command) {
                button = button.shortcut_text(keys);
            }
            if ui.add(button).on_hover_text(info.help).clicked() {
                wishes.run(command);
            }
        }
    });
}

fn icon_text(tool: ToolKind) -> egui::RichText {
    egui::RichText::new(icon(tool)).font(crate::theme::icon_font(crate::theme::ICON))
}

/// The small triangle that tells of further tools.
fn corner_ui(ui: &Ui, rect: egui::Rect, active: bool) {
    let t = tokens(ui);
    let color: Color32 = if active { t.accent_text } else { t.text_faint };
    let (x, y) = (rect.right() - 4.0, rect.bottom() - 4.0);
    let corners = vec![pos2(x, y - 5.0), pos2(x, y), pos2(x - 5.0, y)];
    ui.painter()
        .add(Shape::convex_polygon(corners, color, egui::Stroke::NONE));
}

fn action(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, symbol: &str, command: Command) {
    let info = command.info();
    let name = info.name.trim_end_matches(text::ELLIPSIS);
    let keys = cx.editor.keymap().shortcut(&command);
    let button = IconButton::tool(symbol, name, keys).enabled(cx.editor.enabled(&command));
    if button.show(ui).clicked() {
        wishes.run(command);
    }
}

fn divider(ui: &mut Ui) {
    ui.add_space(GAP);
    let (rect, _) = ui.allocate_exact_size(egui::vec2(20.0, 1.0), egui::Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, tokens(ui).line());
    ui.add_space(GAP);
}

/// The icon of a tool.
pub fn icon(tool: ToolKind) -> &'static str {
    match tool {
        ToolKind::Navigate => icons::CURSOR,
        ToolKind::Rect => icons::SELECTION,
        ToolKind::Lasso => icons::LASSO,
        ToolKind::Polygon => icons::POLYGON,
        ToolKind::Brush => icons::BRUSH,
        ToolKind::SphereBrush => icons::SPHERE_BRUSH,
        ToolKind::Eyedropper => icons::DROPPER,
        ToolKind::Flood => icons::FLOOD,
        ToolKind::Sphere => icons::SPHERE,
        ToolKind::Box => icons::BOX,
        ToolKind::Light => icons::SUN,
        ToolKind::Move => icons::MOVE,
        ToolKind::Rotate => icons::ROTATE,
        ToolKind::Scale => icons::SCALE,
        ToolKind::Measure => icons::RULER,
        ToolKind::Paint => icons::PAINT,
        ToolKind::Clone => icons::STAMP,
    }
}
