//! The icons that are used, by meaning. Code points of Phosphor regular 2.1.2 (`assets/icons`).

/// Up.
pub const ARROW_UP: &str = "\u{e08e}";
/// Brush selection.
pub const BRUSH: &str = "\u{e6f0}";
/// Screenshot.
pub const CAMERA: &str = "\u{e10e}";
/// Folded out.
pub const CARET_DOWN: &str = "\u{e136}";
/// Folded.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// It worked.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Close or cancel.
pub const CLOSE: &str = "\u{e4f6}";
/// Duplicate.
pub const COPY: &str = "\u{e1cc}";
/// Splats.
pub const CUBE: &str = "\u{e1da}";
/// Navigate tool.
pub const CURSOR: &str = "\u{e1dc}";
/// Drop here.
pub const DOWNLOAD: &str = "\u{e20c}";
/// Shown.
pub const EYE: &str = "\u{e220}";
/// Hidden.
pub const EYE_OFF: &str = "\u{e224}";
/// Turntable.
pub const FILM: &str = "\u{e792}";
/// Frame the selection.
pub const FOCUS: &str = "\u{e1d8}";
/// A folder or group.
pub const FOLDER: &str = "\u{e25a}";
/// Frame everything.
pub const FRAME_ALL: &str = "\u{e1d0}";
/// Preferences.
pub const GEAR: &str = "\u{e272}";
/// The environment.
pub const GLOBE: &str = "\u{e28c}";
/// A picture.
pub const IMAGE: &str = "\u{e2ca}";
/// Note.
pub const INFO: &str = "\u{e2ce}";
/// Keyboard.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Lasso selection.
pub const LASSO: &str = "\u{edc6}";
/// Locked.
pub const LOCK: &str = "\u{e308}";
/// Not locked.
pub const LOCK_OPEN: &str = "\u{e30a}";
/// Portrait to head.
pub const PERSON: &str = "\u{e6fc}";
/// Add.
pub const PLUS: &str = "\u{e3d4}";
/// Move tool.
pub const MOVE: &str = "\u{e0a4}";
/// Rotate tool.
pub const ROTATE: &str = "\u{e094}";
/// Scale tool.
pub const SCALE: &str = "\u{ed6e}";
/// Measuring tool.
pub const RULER: &str = "\u{e6b8}";
/// Pick a point.
pub const TARGET: &str = "\u{e47c}";
/// Redo.
pub const REDO: &str = "\u{e036}";
/// Save.
pub const SAVE: &str = "\u{e248}";
/// Search.
pub const SEARCH: &str = "\u{e30c}";
/// Rectangle selection.
pub const SELECTION: &str = "\u{e69a}";
/// Licence.
pub const SHIELD: &str = "\u{e40c}";
/// Create.
pub const SPARKLE: &str = "\u{e6a2}";
/// Layers.
pub const STACK: &str = "\u{e466}";
/// A directional light.
pub const SUN: &str = "\u{e472}";
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
