//! The parts of the window. Each reads a [`Cx`](crate::cx::Cx) and pushes wishes.

pub mod gizmo;
pub mod inspector;
pub mod jobs;
pub mod light_sphere;
pub mod menu;
pub mod notices;
pub mod status;
pub mod tools;
pub mod tree;
pub mod viewport;
pub mod welcome;

use std::collections::BTreeSet;

use renderer::ViewMode;
use scene::NodeId;

/// What panels remember between frames that is nobody else's business.
#[derive(Debug, Default)]
pub struct State {
    /// What the viewport shows of the splats.
    pub view_mode: ViewMode,
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
    /// The welcome card was sent away.
    pub welcome_done: bool,
}
