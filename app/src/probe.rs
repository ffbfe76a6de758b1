//! What the window is doing, told to programs that drive it.
//!
//! With `SPLATWRIGHT_STATUS=FILE` the file always holds one line of JSON, written anew whenever something in it
//! changes. The tests that move the mouse wait for it; nothing else uses it.

use std::path::PathBuf;

use serde::Serialize;

/// The state worth waiting for.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct State {
    /// Titles of the jobs that run.
    pub jobs: Vec<String>,
    /// Splat layers.
    pub layers: usize,
    /// Splats that exist, in all layers.
    pub splats: usize,
    /// Splats, or merged ones in their place, that the last frame looked at.
    pub considered: u32,
    /// Splats that are selected.
    pub selected: usize,
    /// Layers that the lights shade.
    pub lit: usize,
    /// Whether a card or a dialog is open.
    pub card: bool,
    /// Which card: "drop", "chooser", "palette"…; empty for none.
    pub card_name: &'static str,
    /// Splats that are drawn red.
    pub marked: usize,
    /// Whether a clean-up card still looks.
    pub looking: bool,
    /// Headlines of the notices shown now.
    pub notices: Vec<String>,
    /// Steps of the history in effect.
    pub steps: usize,
    /// Name of the newest of them.
    pub step: String,
    /// Nodes of the scene tree in order, those in a group as "group/name".
    pub tree: Vec<String>,
    /// Where the selected node is, and how it is turned, as its transform has it.
    pub place: Option<([f32; 3], [f32; 4])>,
    /// Whether unsaved work has been put aside.
    pub autosaved: bool,
    /// Splats of large layers that are not there yet, and parts that are drawn coarser than they could be.
    pub to_come: [u32; 2],
    /// The longest that the window was busy with one frame since the first two, milliseconds.
    pub longest_frame_ms: u64,
    /// Milliseconds from the start of the process to its first frame.
    pub first_frame_ms: Option<u64>,
}

/// Writes the state where someone asked for it.
#[derive(Debug)]
pub struct Probe {
    path: PathBuf,
    last: Option<State>,
}

impl Probe {
    /// A probe if `SPLATWRIGHT_STATUS` names a file.
    pub fn from_env() -> Option<Self> {
        let path = std::env::var_os("SPLATWRIGHT_STATUS").filter(|v| !v.is_empty())?;
        Some(Self {
            path: PathBuf::from(path),
            last: None,
        })
    }

    /// Writes the state if it differs from the last one.
    pub fn report(&mut self, state: State) {
        if self.last.as_ref() == Some(&state) {
            return;
        }
        // A reader must never see half a line, so the file appears whole.
        let part = self.path.with_extension("part");
        let written = serde_json::to_vec(&state)
            .map_err(std::io::Error::from)
            .and_then(|line| std::fs::write(&part, line))
            .and_then(|()| std::fs::rename(&part, &self.path));
        if let Err(error) = written {
            log::warn!("no status: {}: {error}", self.path.display());
        }
        self.last = Some(state);
    }
}

/// The nodes in the order of the tree, each with the group that it is in.
pub fn tree(scene: &scene::Scene) -> Vec<String> {
    let named = scene.nodes().map(|(_, node)| {
        let group = node.parent.and_then(|parent| scene.node(parent));
        match group {
            Some(group) => format!("{}/{}", group.name, node.name),
            None => node.name.clone(),
        }
    });
    named.collect()
}

/// The transform of the selected node.
pub fn place(editor: &editor::Editor) -> Option<([f32; 3], [f32; 4])> {
    let node = editor.scene().node(editor.selected_node()?)?;
    let transform = node.transform;
    Some((
        transform.translation.to_array(),
        transform.rotation.to_array(),
    ))
}
