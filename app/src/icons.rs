//! The icons that are used, by meaning. Code points of Phosphor regular 2.1.2 (`assets/icons`).

/// Up.
pub const ARROW_UP: &str = "\u{e08e}";
/// Brush selection.
pub const BRUSH: &str = "\u{e6f0}";
/// Screenshot.
pub const CAMERA: &str = "\u{e10e}";
/// Folded out.
pub const CARET_DOWN: &str = "\u{e136}";
/// Back.
pub const CARET_LEFT: &str = "\u{e138}";
/// Folded.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// On.
pub const CHECK: &str = "\u{e182}";
/// It worked.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Splats shown as dots.
pub const CIRCLE_DASHED: &str = "\u{e602}";
/// Recent.
pub const CLOCK: &str = "\u{e1a0}";
/// Close or cancel.
pub const CLOSE: &str = "\u{e4f6}";
/// Duplicate.
pub const COPY: &str = "\u{e1cc}";
/// Splats.
pub const CUBE: &str = "\u{e1da}";
/// Navigate tool.
pub const CURSOR: &str = "\u{e1dc}";
/// More.
pub const DOTS: &str = "\u{e208}";
/// Drag to reorder.
pub const DOTS_GRIP: &str = "\u{eae2}";
/// Drop here.
pub const DOWNLOAD: &str = "\u{e20c}";
/// Shown.
pub const EYE: &str = "\u{e220}";
/// Hidden.
pub const EYE_OFF: &str = "\u{e224}";
/// A file.
pub const FILE: &str = "\u{e230}";
/// Turntable.
pub const FILM: &str = "\u{e792}";
/// Finished.
pub const FLAG: &str = "\u{ea38}";
/// Frame the selection.
pub const FOCUS: &str = "\u{e1d8}";
/// A folder or group.
pub const FOLDER: &str = "\u{e25a}";
/// Open.
pub const FOLDER_OPEN: &str = "\u{e256}";
/// Frame everything.
pub const FRAME_ALL: &str = "\u{e1d0}";
/// Safe frame.
pub const FRAME_CORNERS: &str = "\u{e626}";
/// Preferences.
pub const GEAR: &str = "\u{e272}";
/// The environment.
pub const GLOBE: &str = "\u{e28c}";
/// Pan.
pub const HAND: &str = "\u{e298}";
/// A picture.
pub const IMAGE: &str = "\u{e2ca}";
/// Note.
pub const INFO: &str = "\u{e2ce}";
/// Keyboard.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Lasso selection.
pub const LASSO: &str = "\u{edc6}";
/// Shown as captured.
pub const LIGHT_OFF: &str = "\u{e63c}";
/// Lit by the scene.
pub const LIGHT_ON: &str = "\u{e2dc}";
/// Locked.
pub const LOCK: &str = "\u{e308}";
/// Not locked.
pub const LOCK_OPEN: &str = "\u{e30a}";
/// Dark theme.
pub const MOON: &str = "\u{e330}";
/// Move.
pub const MOVE: &str = "\u{e0a4}";
/// Command palette.
pub const PALETTE: &str = "\u{e1c4}";
/// Rename.
pub const PENCIL: &str = "\u{e3b4}";
/// Portrait to head.
pub const PERSON: &str = "\u{e6fc}";
/// Play.
pub const PLAY: &str = "\u{e3d0}";
/// Add.
pub const PLUS: &str = "\u{e3d4}";
/// Redo.
pub const REDO: &str = "\u{e036}";
/// Back to the default.
pub const RESET: &str = "\u{e08a}";
/// Save.
pub const SAVE: &str = "\u{e248}";
/// Search.
pub const SEARCH: &str = "\u{e30c}";
/// Rectangle selection.
pub const SELECTION: &str = "\u{e69a}";
/// Select all.
pub const SELECT_ALL: &str = "\u{e746}";
/// Invert the selection.
pub const SELECT_INVERT: &str = "\u{e744}";
/// Select nothing.
pub const SELECT_NONE: &str = "\u{e69e}";
/// Licence.
pub const SHIELD: &str = "\u{e40c}";
/// Settings.
pub const SLIDERS: &str = "\u{e434}";
/// Create.
pub const SPARKLE: &str = "\u{e6a2}";
/// Layers.
pub const STACK: &str = "\u{e466}";
/// A directional light.
pub const SUN: &str = "\u{e472}";
/// The pivot.
pub const TARGET: &str = "\u{e47c}";
/// Delete.
pub const TRASH: &str = "\u{e4a6}";
/// Undo.
pub const UNDO: &str = "\u{e038}";
/// A saved view.
pub const VIDEO: &str = "\u{e4da}";
/// Careful.
pub const WARNING: &str = "\u{e4e0}";
/// It failed.
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
