//! The parts of the window. Each reads a [`Cx`] and pushes wishes.

pub mod data;
pub mod gizmo;
pub mod handles;
pub mod history;
pub mod inspector;
pub mod jobs;
pub mod light_sphere;
pub mod menu;
pub mod notices;
pub mod selection_menu;
#[cfg(test)]
mod spoken;
pub mod status;
pub mod tool_options;
pub mod tools;
pub mod transform_options;
pub mod tree;
pub mod viewport;
pub mod welcome;

use std::collections::BTreeSet;

use editor::Command;
use egui::{Button, Ui};
use scene::NodeId;

use crate::cx::{Cx, Wishes};

/// Room for the scroll bar at the right of side panels.
pub const SCROLL_MARGIN: egui::Margin = egui::Margin {
    left: 0,
    right: 10,
    top: 0,
    bottom: 0,
};

/// What panels remember between frames that is nobody else's business.
#[derive(Debug, Default)]
pub struct State {
    /// Groups of the tree that are folded.
    pub closed_groups: BTreeSet<NodeId>,
    /// The row being renamed, and the name as typed so far.
    pub renaming: Option<(NodeId, String)>,
    /// The inspector shows the environment.
    pub environment_selected: bool,
    /// Angles as typed.
    pub angles: Option<inspector::Angles>,
    /// Parts of the viewport that are controls, for the next frame's input.
    pub solid: Vec<egui::Rect>,
    /// Where the welcome card was in the last frame, points.
    pub welcome_card: Option<egui::Rect>,
    /// The tool that each group of the rail shows.
    pub tools: tools::Shown,
    /// What is measured in the drawer of data, and how.
    pub data: data::Choices,
    /// The saved selection being renamed, and the name as typed so far.
    pub naming: Option<(String, String)>,
    /// The welcome card was sent away.
    pub welcome_done: bool,
}

/// A button that runs a command: its help, or why it cannot run now, where the pointer rests.
pub fn command_button(
    ui: &mut Ui,
    cx: &Cx<'_>,
    wishes: &mut Wishes,
    command: Command,
    button: Button<'_>,
) {
    let enabled = cx.editor.enabled(&command);
    let response = ui.add_enabled(enabled.is_ok(), button);
    let help = command.info().help;
    if response.clicked() {
        wishes.run(command);
    }
    match enabled {
        Ok(()) => response.on_hover_text(help),
        Err(why) => response.on_disabled_hover_text(why),
    };
}
