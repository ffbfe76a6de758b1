//! The Splatwright window and command line: the only place where scene, editor, renderer and
//! inference meet, and the only one that knows people.

pub mod app;
pub mod assets;
pub mod background;
pub mod choose;
pub mod cities;
pub mod cli;
pub mod counts;
pub mod cx;
pub mod dialogs;
pub mod document;
pub mod environments;
pub mod export;
pub mod expression;
pub mod fallback_fonts;
pub mod icons;
pub mod input;
pub mod jobs;
pub mod likeness;
pub mod notify;
pub mod panels;
pub mod persist;
pub mod pictures;
pub mod probe;
pub mod recent;
pub mod recovery;
pub mod scratch;
pub mod text;
pub mod theme;
mod tunings;
pub mod view;
pub mod widgets;
pub mod window;
