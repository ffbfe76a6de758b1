//! Every word of the window, in one place. American spelling, sentence case, no colon after a label,
//! "…" where a dialog follows, no period at the end of a label.

mod phrases;
pub mod selection;

pub use phrases::*;

/// Declares texts; each documents itself.
macro_rules! words {
    ($($name:ident = $text:expr;)*) => {
        $(#[doc = concat!("“", $text, "”")] pub const $name: &str = $text;)*
    };
}

pub mod city;
mod editing;

pub use editing::*;

words! {
    APP = "Splatwright";
    UNTITLED = "Untitled scene";
    PROGRESS = "Progress";
    STARTING = "Starting";
    OPEN = "Open";
    SAVE = "Save";
    CANCEL = "Cancel";
    CLOSE = "Close";
    CREATE = "Create";
    REPLACE = "Replace";
    DISMISS = "Dismiss";
    COPY_MESSAGE = "Copy message";
    STAY = "Stay";
    SAVE_AS_BUTTON = "Save as…";
    SHOW_IN_FOLDER = "Show in folder";
    PREFERENCES = "Preferences";
    SCREENSHOT = "Screenshot";
    TURNTABLE = "Turntable";
    RECENT = "Recent";
    SCENE = "Scene";

    WELCOME_TITLE = "Drop a picture anywhere";
    WELCOME_LINE = "A portrait becomes a splat head to turn, light and export. Nothing leaves this computer.";
    TILE_PICTURE = "Choose a picture…";
    TILE_PICTURE_LINE = "A portrait, from the front";
    TILE_SPLATS = "Open splats…";
    TILE_SPLATS_LINE = "PLY from any trainer or scanner";
    TILE_SAMPLE = "Start from a sample";
    TILE_SAMPLE_LINE = "Makes a head in a few seconds";
    NO_SAMPLES = "The samples are not installed: the folder assets is missing";
    FORGET_RECENT = "Remove from this list";

    CHOOSE_OPEN = "Open a project, splats or a picture";
    CHOOSE_PICTURE = "Choose a portrait";
    CHOOSE_SAVE = "Save the project (.splatwright) or its splats (.ply)";
    CHOOSE_SCREENSHOT = "Save the screenshot";
    CHOOSE_TURNTABLE = "Save the turntable";
    PARENT_FOLDER = "Folder above";
    NO_PARENT = "This is the topmost folder";
    FILE_NAME = "File name";
    NAME_NEEDED = "Type a name, or pick a file from the list";
    WILL_REPLACE = "A file of this name is there and will be replaced";

    PORTRAIT_TO_HEAD = "Portrait → head";
    PORTRAIT_PACKAGE = "Portrait head";
    READING_PICTURE = "Reading the picture";
    PICTURE_UNUSABLE = "This picture cannot be used";
    LOOKING_FOR_PERSON = "Looking for the person";
    PERSON_FOUND = "The outlined person becomes the head";
    ADVANCED = "Advanced";
    REFINE_ROUNDS = "Refinement";
    FOCAL_LENGTH = "Focal length";
    FOCAL_KNOWN = "I know the focal length";
    FOCAL_FROM_FILE = "From the file, or a portrait lens";

    SIZE = "Size";
    WIDTH = "Width";
    HEIGHT = "Height";
    PRESET = "Preset";
    CUSTOM_SIZE = "Custom";
    FORMAT = "Format";
    FORMAT_MP4 = "MP4";
    FORMAT_GIF = "GIF";
    FORMAT_FRAMES = "PNG frames";
    DURATION = "Duration";
    FRAME_RATE = "Frame rate";
    ELEVATION = "Elevation";
    FRAMING = "Framing";
    FRAME_EVERYTHING = "Everything";
    FRAME_THIS_VIEW = "This view";
    DIRECTION = "Turns to";
    TURN_LEFT = "Left";
    TURN_RIGHT = "Right";
    BACKGROUND = "Background";
    MP4_IS_OPAQUE = "MP4 holds no transparency; use PNG frames or GIF";
    NOTHING_TO_EXPORT = "There is nothing to see yet; open or create something first";

    THEME = "Theme";
    THEME_DARK = "Dark";
    THEME_LIGHT = "Light";
    THEME_SYSTEM = "System";
    UI_SCALE = "UI scale";
    BACKDROP_GRADIENT = "Gradient";
    BACKDROP_NEUTRAL = "Neutral";
    BACKDROP_CHECKER = "Checker";
    BACKDROP_COLOR = "Color";
    BACKDROP_HORIZON = "Horizon";
    BACKDROP_ENVIRONMENT = "Environment";
    HORIZON_TOP = "Color at the top";
    HORIZON_BOTTOM = "Color at the bottom";
    HARMONICS = "Harmonics";
    CLIP_PLANES = "Near and far";
    NEAR = "Near";
    SMOOTHING = "Smoothing";
    SMOOTHING_NONE = "None";
    COLOR_DEPTH = "Color depth";
    EIGHT_BITS = "8 bits";
    SIXTEEN_BITS = "16 bits";
    FAR = "Far";
    NAVIGATION = "Navigation";
    FILTER = "Edges";
    FILTER_MIP = "Anti-aliased (mip) filter";
    MOTION = "Motion";
    REDUCED_MOTION = "Reduce motion";
    GUIDES = "Guides";
    SAFE_FRAME = "Show the safe frame";
    SPLAT_MEMORY = "Splat memory";
    AUTOMATIC = "Automatic";
    COMPACT_HARMONICS = "Compact harmonics";
    COMPACT_HARMONICS_HELP = "A third less memory for splats with harmonics of degree 2 or 3. Colors differ by less than a screen shows; files and exports stay exact.";

    MENU_FILE = "File";
    MENU_EDIT = "Edit";
    MENU_SELECT = "Select";
    MENU_VIEW = "View";
    MENU_LAYER = "Layer";
    MENU_LIGHT = "Light";
    MENU_RENDER = "Render";
    MENU_HELP = "Help";
    OPEN_RECENT = "Open recent";
    NO_RECENT = "Nothing was opened yet";
    SHOW_AS = "Show as";
    HELD_HINT = "Large layers come part by part; what is missing is drawn coarser until it is there";
    KEYBOARD = "Keyboard and mouse";
    KEYS_SEARCH = "Find a command";
    KEYS_HINT = "Click a key to change it; right-click takes the usual one again";
    KEYS_CHANGE = "Click, then press the new key. Backspace: none. Right-click: the usual one";
    KEYS_WAIT = "Press a key";
    KEYS_NONE = "none";
    KEYS_RESERVED = "This key cannot be given to a command; press another one";
    KEYS_RESET = "Reset all";
    KEYS_ARE_DEFAULT = "Every command has its usual key";
    MOUSE = "Mouse";
    ABOUT = "About Splatwright";
    VERSION = "Version";
    LICENSE = "License";
    DEVICE = "Drawn by";
    PALETTE_HINT = "Type what you want to do";
    PALETTE_NOTHING = "No command has these letters in this order";
    VIEWPORT = "Viewport";
    EMPTY_VIEW = "Drop a picture or a splat file here";
    DROP_PICTURE = "Drop to see what will be made of it";
    DROP_SPLATS = "Drop to add them to this scene";
    DROP_UNKNOWN = "This cannot be opened";
    DROP_UNKNOWN_LINE = "Pictures (PNG, JPEG, WebP, TIFF) and splats (PLY) can";

    TREE_EMPTY = "What you open or create is listed here.";
    ADD = "Add to the scene";
    FOLD = "Fold";
    HIDE = "Hide";
    SHOW = "Show";
    LOCK = "Lock";
    UNLOCK = "Unlock";
    RENAME = "Rename";
    LAYER_NAME = "Name of the layer";
    ENVIRONMENT = "Environment";

    LAYERS = "Layers";
    SPLATS = "Splats";
    LENS = "Lens";
    COUNT = "Count";
    SELECTED = "Selected";
    HIDDEN = "Hidden";
    SH_DEGREE = "SH degree";
    COLUMNS = "Columns";
    SOURCE = "Source";
    TRANSFORM = "Transform";
    POSITION = "Position";
    ROTATION = "Rotation";
    SCALE = "Scale";
    STEP_MOVE = "Move";
    STEP_ROTATE = "Rotate";
    STEP_SCALE = "Scale";
    STEP_FLIP = "Turn upside down";
    FLIP_HELP = "Some captures come with their floor on top; this turns the layer by 180° about X";
    RESET = "Reset";
    LIGHTING = "Lighting";
    LIT = "Lit by scene";
    LIT_ON = "Follows the scene's lights";
    LIT_OFF = "Shows the light it was captured in";
    LIGHT = "Light";
    LIGHT_DIRECTION = "Direction";
    ANGLES = "Angles";
    AZIMUTH = "Azimuth: 0° is in front, 90° to the right";
    INTENSITY = "Intensity";
    COLOR = "Color";
    STEP_TURN_LIGHT = "Turn light";
    STEP_LIGHT = "Change light";
    STEP_ENVIRONMENT = "Change environment";
    NOTHING_LIT = "No layer is lit by the scene, so this light changes nothing yet.";
    NOTHING_LIGHTABLE = "The layers of this scene have no normals, so lights cannot shade them.";
    LIGHT_LAYERS = "Light the layers";
    LIGHT_IT = "Turn on the light";
    REPORT = "How it was made";
    AS_PHOTOGRAPHED = "View as photographed";
    AS_PHOTOGRAPHED_HELP = "Look from where the picture was taken, through its lens";
    MADE_IN = "Made in";
    LIKENESS = "Likeness";
    LIKENESS_HELP = "Peak signal-to-noise ratio against the photograph, from its own camera, inside the person";
    SILHOUETTE = "Silhouette";
    SILHOUETTE_HELP = "How much of the person's outline agrees, from the photograph's own camera";

    HISTORY = "History";
    HISTORY_START = "Beginning";
    RECOVERY_TITLE = "Splatwright ended before this was saved";
    RECOVER = "Recover it";
    RECOVERED = "Your work is back; save it under a name";
    RECOVERY_FAILED = "The unsaved work could not be recovered";
    AUTOSAVE_FAILED = "Your work cannot be put aside against a crash";
    STEP_RECOVER = "Recover";

    CITY = "City";
    READING_MAP = "Map → city";
    NO_CITY_PART = "Nothing of the city is in the middle of the view yet";
    OPENING = "Opening";
    SAVING = "Saving";
    WRITING = "Writing";
    ONE_BY_ONE = "Drop portraits one by one";
    ONE_PROJECT = "One project is open at a time";
    DIALOG_FAILED = "The file dialog did not open";

    UNSAVED_DETAIL = "Your changes will be lost if you do not save them.";
    JOBS_RUN_TITLE = "Stop what is running and quit?";
    JOBS_RUN_PROJECT_TITLE = "Stop what is running and open the project?";
    JOBS_RUN_NEW_TITLE = "Stop what is running and start anew?";
    CANCEL_JOB = "Cancel this job";
    SOFTWARE_DEVICE = "Software renderer";
}

/// Rounds of refinement that the field shows while the package decides.
pub const DEFAULT_ROUNDS: u32 = 4;

/// Sizes that exports are often made in.
pub const SIZES: &[(&str, [u32; 2])] = &[
    ("Full HD", [1920, 1080]),
    ("4K", [3840, 2160]),
    ("Square", [1080, 1080]),
    ("Large square", [2048, 2048]),
    ("Portrait 4:5", [1080, 1350]),
    ("Story 9:16", [1080, 1920]),
    ("Small", [480, 480]),
];

/// Ends the name of a command that asks something first.
pub const ELLIPSIS: char = '…';

/// Colors that key lights often have, linear.
pub const LIGHT_COLORS: &[(&str, [f32; 3])] = &[
    ("Candle", [1.0, 0.48, 0.16]),
    ("Warm", [1.0, 0.76, 0.50]),
    ("White", [1.0, 1.0, 1.0]),
    ("Cool", [0.62, 0.79, 1.0]),
];

/// Whom to thank.
pub const CREDITS: &[&str] = &[
    "Everything runs on this computer; nothing is sent anywhere.",
    "Typeface Inter (SIL Open Font License). Icons by Phosphor (MIT). Environments from Poly Haven (CC0).",
    "Pictures become splats through ONNX Runtime (MIT); each model package names its own license.",
];
