//! The icons that are used, by meaning. Code points of Phosphor regular 2.1.2 (`assets/icons`).

/// Up.
pub const ARROW_UP: &str = "\u{e08e}";
/// Box in the scene.
pub const BOX: &str = "\u{e6ce}";
/// Brush selection.
pub const BRUSH: &str = "\u{e6f0}";
/// Screenshot.
pub const CAMERA: &str = "\u{e10e}";
/// Folded out.
pub const CARET_DOWN: &str = "\u{e136}";
/// Folded.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// Selection by data.
pub const CHART: &str = "\u{e150}";
/// It worked.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// A city.
pub const CITY: &str = "\u{e102}";
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
/// Selection by color.
pub const DROPPER: &str = "\u{e568}";
/// Shown.
pub const EYE: &str = "\u{e220}";
/// Hidden.
pub const EYE_OFF: &str = "\u{e224}";
/// Turntable.
pub const FILM: &str = "\u{e792}";
/// Selection of what hangs together.
pub const FLOOD: &str = "\u{e392}";
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
/// A selection that adds.
pub const OP_ADD: &str = "\u{e87e}";
/// A selection that keeps what is in both.
pub const OP_INTERSECT: &str = "\u{e2d2}";
/// A selection that takes the place of the last.
pub const OP_SET: &str = "\u{e18a}";
/// A selection that removes.
pub const OP_SUBTRACT: &str = "\u{ebd6}";
/// Rename.
pub const PENCIL: &str = "\u{e3b4}";
/// Portrait to head.
pub const PERSON: &str = "\u{e6fc}";
/// Fewer splats.
pub const FUNNEL: &str = "\u{e266}";
/// Paint.
pub const PAINT: &str = "\u{e590}";
/// Clone brush.
pub const STAMP: &str = "\u{ea48}";
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
/// Polygon selection.
pub const POLYGON: &str = "\u{e6d0}";
/// Clean up.
pub const BROOM: &str = "\u{ec54}";
/// File doctor.
pub const STETHOSCOPE: &str = "\u{e7ea}";
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
/// Sphere in the scene.
pub const SPHERE: &str = "\u{ee66}";
/// Brush that follows the surface.
pub const SPHERE_BRUSH: &str = "\u{e602}";
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
