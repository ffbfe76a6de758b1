//! The tool rail on the left: what the primary button does, then what is needed often.

use editor::{Command, ToolKind};
use egui::Ui;

use crate::cx::{Cx, Wishes};
use crate::theme::{GAP, tokens};
use crate::widgets::IconButton;
use crate::{icons, text};

/// Width of the rail, points.
pub const WIDTH: f32 = 44.0;

/// The rail's content.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        ui.add_space(GAP);
        for tool in editor::TOOLS {
            let command = Command::SetTool(tool.kind);
            let info = command.info();
            let button = IconButton::tool(icon(tool.kind), info.name, info.shortcut)
                .active(cx.editor.tool() == tool.kind)
                .enabled(cx.editor.enabled(&command));
            if button.show(ui).clicked() {
                wishes.run(command);
            }
        }
        divider(ui);
        for (symbol, command) in [
            (icons::FOCUS, Command::FocusSelection),
            (icons::FRAME_ALL, Command::FrameAll),
        ] {
            action(ui, cx, wishes, symbol, command);
        }
        divider(ui);
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
            ] {
                action(ui, cx, wishes, symbol, command);
            }
        });
    });
}

fn action(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, symbol: &str, command: Command) {
    let info = command.info();
    let name = info.name.trim_end_matches(text::ELLIPSIS);
    let button = IconButton::tool(symbol, name, info.shortcut).enabled(cx.editor.enabled(&command));
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
        ToolKind::Brush => icons::BRUSH,
        ToolKind::Light => icons::SUN,
        ToolKind::Move => icons::MOVE,
        ToolKind::Rotate => icons::ROTATE,
        ToolKind::Scale => icons::SCALE,
        ToolKind::Measure => icons::RULER,
    }
}
