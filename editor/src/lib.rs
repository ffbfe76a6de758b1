//! What the user meant: commands, tools, gestures and the camera in the hand.
//!
//! Wishes come in as [`Command`]s and pointer and key [`Input`]s; out come changed parts of the scene
//! ([`scene::Dirty`]), [`Request`]s to the shell, and shapes to paint over the picture. No window, no
//! files, no clock: time and picks are arguments.

mod adjust;
pub mod camera_control;
pub mod clean;
mod clipboard;
pub mod command;
pub mod data;
pub mod editor;
pub mod gesture;
pub mod incoming;
pub mod input;
pub mod keymap;
pub mod outcome;
pub mod overlay;
pub mod paint_options;
pub mod picker;
mod restore;
mod run;
pub mod select;
pub mod select_options;
pub mod settings;
mod target;
pub mod tool;
mod tools;
pub mod view_options;
pub mod volume;

pub use camera_control::{AxisView, CameraControl};
pub use clean::{Finding, Found, Search};
pub use command::{Command, CommandInfo, EditCommand};
pub use data::{DataRange, Histogram, Quantity};
pub use editor::Editor;
pub use incoming::{Arrived, key_light};
pub use input::{Button, Input, Key, Modifiers};
pub use keymap::Keymap;
pub use outcome::{Outcome, Request};
pub use overlay::{Handle, Label, Line, Overlay, Paint, Rect, Ring, Shape, Tone};
pub use paint_options::PaintOptions;
pub use picker::{NoPicker, Pick, Picker};
pub use restore::Desk;
pub use run::{color::GradeInHand, simplify::ToSimplify};
pub use select::{Region, SelectOp};
pub use select_options::{ColorSource, SelectOptions};
pub use settings::{NavigationPreset, Settings};
pub use target::Pivot;
pub use tool::{TOOLS, ToolInfo, ToolKind};
pub use view_options::{Guide, ShowAs, ViewOptions};
pub use volume::Volume;
