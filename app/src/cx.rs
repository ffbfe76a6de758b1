//! What panels see, and how they say what they want.
//!
//! Panels read a [`Cx`] and push [`Wish`]es; they change nothing but their own widgets' state. Wishes
//! are granted in `logic`, once a frame, so that a panel that is laid out twice does nothing twice.

use std::path::PathBuf;

use editor::{Command, Editor};
use scene::NodeId;

use crate::choose::Purpose;
use crate::cities::Cities;
use crate::counts::Counts;
use crate::dialogs::leave::Leaving;
use crate::jobs::Jobs;
use crate::notify::Notices;
use crate::pictures::Pictures;
use crate::view::ViewFacts;

/// Something that the artist wants.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Change the scene, the view or the tool.
    Run(Command),
    /// Open these files: splats as layers, the first picture as a portrait to be asked about.
    Open(Vec<PathBuf>),
    /// Turn this picture into splats without asking.
    Generate(PathBuf),
    /// Ask for a file.
    Choose(Purpose),
    /// A file was chosen.
    Chosen(Purpose, Vec<PathBuf>),
    /// Save to the file that is known, or ask for one.
    Save,
    /// The same, and then go where the artist was going.
    SaveAndLeave(Leaving),
    /// Show a card.
    Show(CardKind),
    /// Take the card away.
    CloseCard,
    /// Start what the drop card was set up for.
    CreateFromCard,
    /// Let the scene's lights shade every layer that has normals, and turn them with the light tool.
    LightUp,
    /// Look at a generated layer from where its photograph was taken.
    LookThrough(NodeId),
    /// Start an empty scene, after asking about unsaved changes and running jobs.
    NewScene,
    /// Start an empty scene now.
    NewSceneAnyway,
    /// Put the project that was read in the place of the scene, after asking about unsaved changes.
    ShowProject,
    /// The same now.
    ShowProjectAnyway,
    /// Add a city from a seed.
    NewCity,
    /// Make the part of the selected city in the middle of the view an ordinary layer.
    KeepCityPart,
    /// Show or hide the history.
    ToggleHistory,
    /// Show or hide histograms of the splats.
    ToggleData,
    /// Undo or redo until so many steps are in effect.
    Travel(usize),
    /// Bring back what an earlier run that crashed left.
    Recover,
    /// Stop a job.
    CancelJob(u64),
    /// Give up what a clean-up card looks for.
    StopLooking,
    /// Take a message away.
    Dismiss(u64),
    /// Forget a recent file.
    ForgetRecent(PathBuf),
    /// Show a file in the desktop's file manager.
    Reveal(PathBuf),
    /// Leave, after asking about unsaved changes and running jobs.
    Quit,
    /// Leave now.
    QuitAnyway,
}

/// The cards, of which at most one is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    /// Screenshot options.
    Screenshot,
    /// Turntable options.
    Turntable,
    /// Fewer splats.
    Simplify,
    /// Floaters.
    CleanUp,
    /// What ails splats.
    Doctor,
    /// Every command by name.
    Palette,
    /// Keys and mouse buttons.
    Keyboard,
    /// Preferences.
    Preferences,
    /// Version, licences, device.
    About,
}

/// What is wanted, in order.
#[derive(Debug, Default)]
pub struct Wishes {
    list: Vec<Wish>,
}

impl Wishes {
    /// Wants something.
    pub fn push(&mut self, wish: Wish) {
        self.list.push(wish);
    }

    /// Wants a command run.
    pub fn run(&mut self, command: Command) {
        self.push(Wish::Run(command));
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Hands the wishes over.
    pub fn take(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.list)
    }
}

/// What panels may read.
pub struct Cx<'a> {
    /// The document, the tool, the camera, history.
    pub editor: &'a Editor,
    /// How many splats there are.
    pub counts: &'a Counts,
    /// What runs now.
    pub jobs: &'a Jobs,
    /// What is made around the camera.
    pub cities: &'a Cities,
    /// What is said now.
    pub notices: &'a Notices,
    /// Pictures that are decoded already.
    pub pictures: &'a Pictures,
    /// What the viewport shows and how fast.
    pub view: &'a ViewFacts,
    /// Where the document is saved, and whether it was changed since.
    pub document: &'a crate::document::Document,
    /// How often values occur, for the drawer of data.
    pub histogram: Option<&'a editor::Histogram>,
    /// The distance of neighbors that follows from the size of splats, metres.
    pub reach: f32,
    /// How far the search of a clean-up card is, and what it found.
    pub looked: &'a crate::app::look::Looked,
    /// What the editor said just now.
    pub flash: Option<&'a str>,
}
