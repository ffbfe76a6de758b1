//! What comes out of a command or an input.

use scene::Dirty;

/// What only the shell can do: dialogs, jobs, the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the variants are the dialogs they are named after"
)]
pub enum Request {
    /// Close the document (asking to save) and begin an empty one.
    NewScene,
    OpenDialog,
    /// Choose a picture to make splats from.
    ImportPicture,
    /// Save where it was saved last, else as [`Self::SaveDialog`].
    Save,
    SaveDialog,
    ScreenshotDialog,
    TurntableDialog,
    Preferences,
    HistoryPanel,
    /// Add a city from a seed.
    NewCity,
    /// Make the part of the selected city in the middle of the view an ordinary layer.
    KeepCityPart,
    SimplifyDialog,
    CleanUpDialog,
    DoctorDialog,
    DataPanel,
    CommandPalette,
    Quit,
}

/// What changed and what is to be done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Parts of the scene that changed; hand them to the renderer.
    pub dirty: Vec<Dirty>,
    /// Wishes to the shell.
    pub requests: Vec<Request>,
    /// A line for the status bar or a toast.
    pub message: Option<String>,
    /// The view, the tool or the overlay changed: draw again.
    pub redraw: bool,
}

impl Outcome {
    /// Nothing but a line of text.
    pub fn message(text: impl Into<String>) -> Self {
        Self {
            message: Some(text.into()),
            ..Self::default()
        }
    }

    /// Changed parts of the scene.
    pub fn dirty(dirty: Vec<Dirty>) -> Self {
        Self {
            redraw: !dirty.is_empty(),
            dirty,
            ..Self::default()
        }
    }

    /// Only the view or the overlay changed.
    pub fn redraw() -> Self {
        Self {
            redraw: true,
            ..Self::default()
        }
    }

    /// One wish to the shell.
    pub fn request(request: Request) -> Self {
        Self {
            requests: vec![request],
            ..Self::default()
        }
    }

    /// Adds what came out of a further step; the later message wins.
    pub fn merge(&mut self, more: Self) {
        self.dirty.extend(more.dirty);
        self.requests.extend(more.requests);
        self.message = more.message.or(self.message.take());
        self.redraw |= more.redraw;
    }
}
