//! Every wish an artist can have, as plain data, with its words in one table.

mod edit;

pub use edit::EditCommand;

use scene::{DirectionalLight, Environment, NodeId, Transform};

use crate::{
    camera_control::AxisView,
    data::DataRange,
    select::SelectOp,
    select_options::SelectOptions,
    tool::ToolKind,
    view_options::{Guide, ShowAs},
    volume::Volume,
};

/// How a command is shown in menus, the palette and tooltips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// Stable name for key maps and scripts.
    pub id: &'static str,
    /// Name as shown to the artist; ends in … where a dialog follows.
    pub name: &'static str,
    /// One sentence on what it does.
    pub help: &'static str,
    /// Keys, as in `Ctrl+Shift+Z`.
    pub shortcut: Option<&'static str>,
    /// Menu it belongs to.
    pub group: &'static str,
}

/// A wish. Run it with [`Editor::run`](crate::Editor::run).
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the table below tells what each command does")]
pub enum Command {
    NewScene,
    Open,
    ImportPicture,
    Save,
    SaveAs,
    Screenshot,
    Turntable,
    Quit,

    Undo,
    Redo,
    DeleteSelection,
    Preferences,
    CommandPalette,
    /// Until [`Self::CommitGesture`] all changes become one step of this name (a number field being scrubbed).
    BeginGesture(String),
    CommitGesture,
    AbortGesture,

    SelectAll,
    SelectNone,
    InvertSelection,
    HideSelection,
    UnhideAll,
    LockSelection,
    UnlockAll,
    SeparateSelection,
    ToggleSelectSurface,
    ToggleSelectEllipses,
    SelectSimilarColor,
    SelectSimilarSize,
    SelectLabel(u32, SelectOp),
    GrowSelection,
    ShrinkSelection,
    SelectConnected,
    SelectSmallParts,
    /// Under this name, or one of its own.
    SaveSelection(Option<String>),
    RecallSelection(String, SelectOp),
    RenameSelection(String, String),
    ForgetSelection(String),
    DataPanel,
    /// By what splats are, as a step that [`Self::AdjustRange`] goes on to change.
    SelectRange(DataRange, SelectOp),
    /// Other ends for the range that is selected.
    AdjustRange(f32, f32),
    /// Another meaning of the range, volume, color or flood that is selected.
    SetAdjustOp(SelectOp),
    SetSelectOptions(SelectOptions),
    SetVolume(Volume),
    ClosePolygon,

    FocusSelection,
    FrameAll,
    HistoryPanel,
    AxisView(AxisView),
    SetFov(f32),
    ShowAs(ShowAs),
    /// 0..=3.
    SetShDegree(u32),
    ToggleGuide(Guide),
    /// Near and far plane, metres from the eye; none where the camera chooses.
    SetPlanes(Option<f32>, Option<f32>),
    ClipToSelection,
    ClearClip,

    SetTool(ToolKind),
    BrushSmaller,
    BrushLarger,
    /// Radius in points.
    SetBrushRadius(f32),

    SelectNode(Option<NodeId>),
    AddGroup,
    RenameNode(NodeId, String),
    DeleteNode(NodeId),
    DuplicateNode(NodeId),
    DeleteSelectedNode,
    DuplicateSelectedNode,
    /// Into a group (or the top), before its so many-th child.
    MoveNode(NodeId, Option<NodeId>, usize),
    SetTransform(NodeId, Transform),
    ResetTransform(NodeId),
    ToggleVisible(NodeId),
    ToggleLock(NodeId),

    /// Work on layers and selected splats.
    Edit(EditCommand),

    AddLight,
    SetLit(NodeId, bool),
    SetLight(NodeId, DirectionalLight),
    SetEnvironment(Environment),
    /// Radians to the right and down as seen now.
    RotateLight(f32, f32),
    /// Radians about +Y.
    RotateEnvironment(f32),
}

/// One row of the table: `id, name, shortcut, group, help`.
macro_rules! info {
    ($id:literal, $name:literal, $shortcut:expr, $group:literal, $help:literal) => {{
        const INFO: CommandInfo = CommandInfo {
            id: $id,
            name: $name,
            help: $help,
            shortcut: $shortcut,
            group: $group,
        };
        &INFO
    }};
}

pub(crate) use info;

impl Command {
    /// The table of commands.
    #[rustfmt::skip]
    pub fn info(&self) -> &'static CommandInfo {
        match self {
            Self::NewScene => info!("file.new", "New scene", Some("Ctrl+N"), "File", "Close this scene and begin an empty one"),
            Self::Open => info!("file.open", "Open…", Some("Ctrl+O"), "File", "Add splats from a file to the scene"),
            Self::ImportPicture => info!("file.picture", "Picture to 3D…", Some("Ctrl+Shift+O"), "File", "Choose a picture and make splats of it"),
            Self::Save => info!("file.save", "Save", Some("Ctrl+S"), "File", "Save the splats where they were saved last"),
            Self::SaveAs => info!("file.save_as", "Save as…", Some("Ctrl+Shift+S"), "File", "Save the splats to a new file"),
            Self::Screenshot => info!("render.screenshot", "Screenshot…", Some("Ctrl+Shift+E"), "Render", "Write the view as a picture of any size"),
            Self::Turntable => info!("render.turntable", "Turntable…", Some("Ctrl+Shift+T"), "Render", "Write a film that goes once around"),
            Self::Quit => info!("file.quit", "Quit", Some("Ctrl+Q"), "File", "Close the program"),

            Self::Undo => info!("edit.undo", "Undo", Some("Ctrl+Z"), "Edit", "Take the last step back"),
            Self::Redo => info!("edit.redo", "Redo", Some("Ctrl+Shift+Z"), "Edit", "Take the step again that was taken back"),
            Self::DeleteSelection => info!("edit.delete", "Delete selected splats", Some("Delete"), "Edit", "Remove the selected splats"),
            Self::Preferences => info!("edit.preferences", "Preferences…", Some("Ctrl+,"), "Edit", "Set mouse habits, speeds and memory"),
            Self::CommandPalette => info!("help.palette", "Find a command…", Some("Ctrl+K"), "Help", "Type what you want to do"),
            Self::BeginGesture(_) => info!("edit.gesture_begin", "Begin change", None, "Edit", "Gather what follows into one step"),
            Self::CommitGesture => info!("edit.gesture_commit", "Finish change", None, "Edit", "Make one step of what was gathered"),
            Self::AbortGesture => info!("edit.gesture_abort", "Cancel change", None, "Edit", "Put everything back to before the change"),

            Self::SelectAll => info!("select.all", "Select all", Some("Ctrl+A"), "Select", "Select every splat that is visible and unlocked"),
            Self::SelectNone => info!("select.none", "Select none", Some("Ctrl+Shift+A"), "Select", "Select no splat"),
            Self::InvertSelection => info!("select.invert", "Invert selection", Some("Ctrl+I"), "Select", "Select what is not selected and the other way round"),
            Self::HideSelection => info!("select.hide", "Hide selected splats", Some("H"), "Select", "Stop drawing the selected splats; files keep them"),
            Self::UnhideAll => info!("select.unhide", "Reveal hidden splats", Some("Shift+H"), "Select", "Draw every hidden splat again"),
            Self::LockSelection => info!("select.lock", "Lock selected splats", Some("Ctrl+L"), "Select", "Protect the selected splats from selection and edits"),
            Self::UnlockAll => info!("select.unlock", "Unlock all splats", Some("Ctrl+Shift+L"), "Select", "Free every locked splat"),
            Self::SeparateSelection => info!("select.separate", "Separate selected splats", Some("Ctrl+Shift+J"), "Select", "Move the selected splats to layers of their own"),
            Self::ToggleSelectSurface => info!("select.surface", "Only what is seen", Some("N"), "Select", "Let selection tools leave alone what lies behind the surface, or reach through everything"),
            Self::ToggleSelectEllipses => info!("select.ellipses", "Whatever is touched", Some("M"), "Select", "Let selection tools take every splat they touch, or only those whose centers they reach"),
            Self::SelectSimilarColor => info!("select.similar_color", "Select similar colors", Some("Shift+E"), "Select", "Select every splat whose color is about that of a selected one"),
            Self::SelectSimilarSize => info!("select.similar_size", "Select similar sizes", None, "Select", "Select every splat whose size and shape are about those of a selected one"),
            Self::SelectLabel(..) => info!("select.label", "Select by label", None, "Select", "Select the splats of a part (skin, hair, eyes)"),
            Self::GrowSelection => info!("select.grow", "Grow selection", Some("Ctrl+="), "Select", "Select the neighbors of selected splats as well"),
            Self::ShrinkSelection => info!("select.shrink", "Shrink selection", Some("Ctrl+-"), "Select", "Deselect splats with neighbors that are not selected"),
            Self::SelectConnected => info!("select.connected", "Select connected", Some("Shift+L"), "Select", "Select everything that hangs together with the selection"),
            Self::SelectSmallParts => info!("select.small_parts", "Select small parts", None, "Select", "Select what hangs together and has few splats: floaters and crumbs"),
            Self::SaveSelection(_) => info!("select.save", "Save selection", Some("Ctrl+Alt+S"), "Select", "Keep the selection in the scene under a name, to be recalled later"),
            Self::RecallSelection(..) => info!("select.recall", "Recall selection", None, "Select", "Select what was saved"),
            Self::RenameSelection(..) => info!("select.rename", "Rename saved selection", None, "Select", "Give a saved selection another name"),
            Self::ForgetSelection(_) => info!("select.forget", "Delete saved selection", None, "Select", "Remove a saved selection from the scene; its splats stay"),
            Self::DataPanel => info!("select.data", "Select by data", Some("Ctrl+Shift+D"), "Select", "Show or hide histograms of what splats are, and select ranges in them"),
            Self::SelectRange(..) => info!("select.range", "Select range", None, "Select", "Select splats by what they are"),
            Self::AdjustRange(..) => info!("select.adjust_range", "Change range", None, "Select", "Move the ends of the selected range"),
            Self::SetAdjustOp(_) => info!("select.adjust_op", "Change how it selects", None, "Select", "Let the last selection replace, add, remove or intersect"),
            Self::SetSelectOptions(_) => info!("select.options", "Thresholds of selection", None, "Select", "Set how much alike and how near splats must be"),
            Self::SetVolume(_) => info!("select.volume", "Set volume", None, "Select", "Set place and size of the sphere or box that selects"),
            Self::ClosePolygon => info!("select.close_polygon", "Close polygon", None, "Select", "Select what lies inside the corners set so far"),

            Self::FocusSelection => info!("view.focus", "Focus", Some("F"), "View", "Show the selected splats, or the selected layer, as large as fits"),
            Self::FrameAll => info!("view.all", "Frame all", Some("Shift+F"), "View", "Show the whole scene as large as fits"),
            Self::HistoryPanel => info!("view.history", "History", Some("Ctrl+H"), "View", "Show or hide the list of steps; a click goes back or forth to one"),
            Self::AxisView(AxisView::Front) => info!("view.front", "Front", Some("Numpad1"), "View", "Look from the front"),
            Self::AxisView(AxisView::Back) => info!("view.back", "Back", Some("Ctrl+Numpad1"), "View", "Look from behind"),
            Self::AxisView(AxisView::Right) => info!("view.right", "Right", Some("Numpad3"), "View", "Look from the right"),
            Self::AxisView(AxisView::Left) => info!("view.left", "Left", Some("Ctrl+Numpad3"), "View", "Look from the left"),
            Self::AxisView(AxisView::Top) => info!("view.top", "Top", Some("Numpad7"), "View", "Look from above"),
            Self::AxisView(AxisView::Bottom) => info!("view.bottom", "Bottom", Some("Ctrl+Numpad7"), "View", "Look from below"),
            Self::SetFov(_) => info!("view.fov", "Field of view", None, "View", "Set the vertical angle of the view"),
            Self::ShowAs(ShowAs::Color) => info!("view.as_color", "Show colors", None, "View", "Show splats in their own colors, lit where a layer is lit"),
            Self::ShowAs(ShowAs::Centers) => info!("view.as_centers", "Show centers", None, "View", "Show a dot at the center of each splat"),
            Self::ShowAs(ShowAs::Rings) => info!("view.as_rings", "Show rings", None, "View", "Show the outline of each splat at two standard deviations"),
            Self::ShowAs(ShowAs::Depth) => info!("view.as_depth", "Show depth", None, "View", "Show how far splats are: white is near, black is far"),
            Self::ShowAs(ShowAs::Normals) => info!("view.as_normals", "Show normals", None, "View", "Show as colors which way surfaces face"),
            Self::ShowAs(ShowAs::Albedo) => info!("view.as_albedo", "Show albedo", None, "View", "Show the color of surfaces without light, where a layer knows it"),
            Self::ShowAs(ShowAs::Roughness) => info!("view.as_roughness", "Show roughness", None, "View", "Show black mirrors and white matte surfaces, where a layer knows them"),
            Self::ShowAs(ShowAs::Metallic) => info!("view.as_metallic", "Show metal", None, "View", "Show metal in white, where a layer knows it"),
            Self::ShowAs(ShowAs::Occlusion) => info!("view.as_occlusion", "Show ambient occlusion", None, "View", "Show how open places are to light, where a layer knows it"),
            Self::ShowAs(ShowAs::Labels) => info!("view.as_labels", "Show labels", None, "View", "Show each part (skin, hair, eyes) in a color of its own"),
            Self::ShowAs(ShowAs::Confidence) => info!("view.as_confidence", "Show confidence", None, "View", "Show what the photograph saw in green and what is made up in red"),
            Self::ShowAs(ShowAs::Overdraw) => info!("view.as_overdraw", "Show overdraw", None, "View", "Show how many splats are blended at each pixel, from 1 (dark) to 512 (white)"),
            Self::ShowAs(ShowAs::TileLoad) => info!("view.as_tile_load", "Show tile load", None, "View", "Show how many splats each tile of 16 pixels lists, from 1 (dark) to 8192 (white)"),
            Self::ShowAs(ShowAs::Levels) => info!("view.as_levels", "Show levels of detail", None, "View", "Show how far large layers are merged while the view moves: gray not at all, each level in a color of its own"),
            Self::SetShDegree(0) => info!("view.sh_0", "Harmonics: degree 0", None, "View", "Draw one color for each splat, the same from all sides"),
            Self::SetShDegree(1) => info!("view.sh_1", "Harmonics: degree 1", None, "View", "Draw colors that change with the direction, up to degree 1"),
            Self::SetShDegree(2) => info!("view.sh_2", "Harmonics: degree 2", None, "View", "Draw colors that change with the direction, up to degree 2"),
            Self::SetShDegree(_) => info!("view.sh_3", "Harmonics: degree 3", None, "View", "Draw colors that change with the direction as fully as they are stored"),
            Self::ToggleGuide(Guide::Grid) => info!("view.grid", "Grid", Some("G"), "View", "Show or hide the grid on the ground"),
            Self::ToggleGuide(Guide::Axes) => info!("view.axes", "Axes", Some("Shift+G"), "View", "Show or hide the world's axes: x red, y green, z blue"),
            Self::ToggleGuide(Guide::Outline) => info!("view.outline", "Selection outline", None, "View", "Show or hide the edge around selected splats"),
            Self::ToggleGuide(Guide::Orthographic) => info!("view.orthographic", "Orthographic", Some("Numpad5"), "View", "Look along parallel rays, so that sizes can be compared, or in perspective"),
            Self::ToggleGuide(Guide::LinearLight) => info!("view.linear", "Blend as light", None, "View", "Blend colors as light adds up, or as they are on screen"),
            Self::SetPlanes(..) => info!("view.planes", "Near and far", None, "View", "Set the distances between which splats are drawn"),
            Self::ClipToSelection => info!("view.clip", "Clip to selection", Some("Alt+B"), "View", "Draw only what lies in a box around the selected splats"),
            Self::ClearClip => info!("view.clear_clip", "Remove clipping box", Some("Alt+Shift+B"), "View", "Draw everything again"),

            Self::SetTool(ToolKind::Navigate) => info!("tool.navigate", "Navigate", Some("V"), "Tools", "Drag to move around"),
            Self::SetTool(ToolKind::Rect) => info!("tool.rect", "Rectangle", Some("R"), "Tools", "Drag a rectangle to select splats"),
            Self::SetTool(ToolKind::Lasso) => info!("tool.lasso", "Lasso", Some("L"), "Tools", "Draw around splats to select them"),
            Self::SetTool(ToolKind::Brush) => info!("tool.brush", "Brush", Some("B"), "Tools", "Paint over splats to select them"),
            Self::SetTool(ToolKind::Polygon) => info!("tool.polygon", "Polygon", Some("P"), "Tools", "Click corners around splats to select them"),
            Self::SetTool(ToolKind::SphereBrush) => info!("tool.sphere_brush", "Sphere brush", Some("Shift+B"), "Tools", "Paint with a ball that follows the surface to select splats"),
            Self::SetTool(ToolKind::Eyedropper) => info!("tool.eyedropper", "Eyedropper", Some("Ctrl+E"), "Tools", "Click a color to select every splat of about that color"),
            Self::SetTool(ToolKind::Flood) => info!("tool.flood", "Flood", Some("O"), "Tools", "Click to select what is alike and hangs together"),
            Self::SetTool(ToolKind::Sphere) => info!("tool.sphere", "Sphere", Some("Shift+V"), "Tools", "Place a sphere in the scene to select what is inside"),
            Self::SetTool(ToolKind::Box) => info!("tool.box", "Box", Some("Shift+R"), "Tools", "Place a box in the scene to select what is inside"),
            Self::SetTool(ToolKind::Light) => info!("tool.light", "Light", Some("K"), "Tools", "Drag to turn the light"),
            Self::SetTool(ToolKind::Move) => info!("tool.move", "Move", Some("T"), "Tools", "Drag handles to move selected splats, or the selected layer"),
            Self::SetTool(ToolKind::Rotate) => info!("tool.rotate", "Rotate", Some("Y"), "Tools", "Drag rings to turn selected splats, or the selected layer"),
            Self::SetTool(ToolKind::Scale) => info!("tool.scale", "Scale", Some("U"), "Tools", "Drag a ring to make selected splats, or the selected layer, larger or smaller"),
            Self::SetTool(ToolKind::Measure) => info!("tool.measure", "Measure", Some("J"), "Tools", "Click points to measure, to set a real size, or to lay a floor level"),
            Self::SetTool(ToolKind::Paint) => info!("tool.paint", "Paint", Some("I"), "Tools", "Paint splats with a color; gloss and shade stay"),
            Self::SetTool(ToolKind::Clone) => info!("tool.clone", "Clone", Some("Shift+I"), "Tools", "Paint splats with the colors of another place"),
            Self::BrushSmaller => info!("tool.brush_smaller", "Smaller brush", Some("["), "Tools", "Make the brush, or the tolerance of eyedropper and flood, smaller"),
            Self::BrushLarger => info!("tool.brush_larger", "Larger brush", Some("]"), "Tools", "Make the brush, or the tolerance of eyedropper and flood, larger"),
            Self::SetBrushRadius(_) => info!("tool.brush_radius", "Brush size", None, "Tools", "Set the radius of the brush"),

            Self::SelectNode(_) => info!("layer.select", "Select layer", None, "Layer", "Show a layer, group or light in the inspector"),
            Self::AddGroup => info!("layer.add_group", "New group", Some("Ctrl+G"), "Layer", "Add an empty group, with the selected layer in it"),
            Self::RenameNode(..) => info!("layer.rename", "Rename", None, "Layer", "Give it another name"),
            Self::DeleteNode(_) => info!("layer.delete", "Delete", None, "Layer", "Remove it with everything in it"),
            Self::DuplicateNode(_) => info!("layer.duplicate", "Duplicate", None, "Layer", "Add a copy beside it"),
            Self::DeleteSelectedNode => info!("layer.delete_selected", "Delete layer", Some("Shift+Delete"), "Layer", "Remove the selected layer, group or light with everything in it"),
            Self::DuplicateSelectedNode => info!("layer.duplicate_selected", "Duplicate layer", Some("Ctrl+Alt+D"), "Layer", "Add a copy of the selected layer, group or light"),
            Self::MoveNode(..) => info!("layer.move", "Move in the tree", None, "Layer", "Put it elsewhere in the scene tree"),
            Self::SetTransform(..) => info!("layer.transform", "Transform", None, "Layer", "Set position, rotation and scale"),
            Self::ResetTransform(_) => info!("layer.reset_transform", "Reset transform", None, "Layer", "Put it back to the origin, unturned and of its own size"),
            Self::ToggleVisible(_) => info!("layer.visible", "Show or hide", None, "Layer", "Show or hide it with everything in it"),
            Self::ToggleLock(_) => info!("layer.lock", "Lock or unlock", None, "Layer", "Protect it from edits, or free it"),

            Self::Edit(command) => command.info(),

            Self::AddLight => info!("light.add", "Add light", Some("Ctrl+Shift+K"), "Light", "Add a distant light that shades lit layers"),
            Self::SetLit(..) => info!("light.lit", "Lit by the scene", None, "Light", "Let the scene's lights shade this layer"),
            Self::SetLight(..) => info!("light.set", "Change light", None, "Light", "Set direction, color and strength of a light"),
            Self::SetEnvironment(_) => info!("light.environment", "Change environment", None, "Light", "Set the light that comes from everywhere"),
            Self::RotateLight(..) => info!("light.rotate", "Turn light", None, "Light", "Turn the light as seen in the view"),
            Self::RotateEnvironment(_) => info!("light.rotate_environment", "Turn environment", None, "Light", "Turn the light from everywhere about the vertical"),
        }
    }

    /// Every command that needs no further data, for menus, the palette and the key map.
    pub fn all_simple() -> Vec<Self> {
        use AxisView::{Back, Bottom, Front, Left, Right, Top};
        use Guide::{Axes, Grid, LinearLight, Orthographic, Outline};
        let mut all = vec![
            Self::NewScene,
            Self::Open,
            Self::ImportPicture,
            Self::Save,
            Self::SaveAs,
            Self::Screenshot,
            Self::Turntable,
            Self::Quit,
            Self::Undo,
            Self::Redo,
            Self::DeleteSelection,
            Self::Preferences,
            Self::CommandPalette,
            Self::SelectAll,
            Self::SelectNone,
            Self::InvertSelection,
            Self::HideSelection,
            Self::UnhideAll,
            Self::LockSelection,
            Self::UnlockAll,
            Self::SeparateSelection,
            Self::ToggleSelectSurface,
            Self::ToggleSelectEllipses,
            Self::SelectSimilarColor,
            Self::SelectSimilarSize,
            Self::GrowSelection,
            Self::ShrinkSelection,
            Self::SelectConnected,
            Self::SelectSmallParts,
            Self::SaveSelection(None),
            Self::DataPanel,
            Self::FocusSelection,
            Self::FrameAll,
            Self::ClipToSelection,
            Self::ClearClip,
            Self::HistoryPanel,
            Self::BrushSmaller,
            Self::BrushLarger,
            Self::AddGroup,
            Self::DeleteSelectedNode,
            Self::DuplicateSelectedNode,
            Self::AddLight,
        ];
        all.extend(EditCommand::all_simple().into_iter().map(Self::Edit));
        all.extend([Front, Back, Right, Left, Top, Bottom].map(Self::AxisView));
        all.extend(ShowAs::ALL.map(Self::ShowAs));
        all.extend((0..=3).map(Self::SetShDegree));
        all.extend([Grid, Axes, Outline, Orthographic, LinearLight].map(Self::ToggleGuide));
        all.extend(
            crate::tool::TOOLS
                .iter()
                .map(|tool| Self::SetTool(tool.kind)),
        );
        all
    }

    /// The simple command of this stable name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::all_simple()
            .into_iter()
            .find(|command| command.info().id == id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_simple_command_has_its_own_name_and_keys() {
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for command in Command::all_simple() {
            let info = command.info();
            assert!(ids.insert(info.id), "{} is there twice", info.id);
            if let Some(shortcut) = info.shortcut {
                assert!(keys.insert(shortcut), "{shortcut} means two things");
            }
            assert!(!info.help.ends_with('.'), "{}: no full stop", info.id);
            assert_eq!(Command::by_id(info.id), Some(command), "found by its id");
        }
    }
}
