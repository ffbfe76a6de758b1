//! Work on layers and selected splats: copies, merging, mirrors, placement, color.

use std::sync::Arc;

use glam::Vec3;
use scene::{Grade, NodeId, Recipe, RegionMask, clean::Ailment};

use super::{CommandInfo, info};
use crate::{paint_options::PaintOptions, target::Pivot};

/// A wish about layers or selected splats. Where splats are selected it is about them, else about the
/// selected layer, else about the only one.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the table below tells what each command does")]
pub enum EditCommand {
    ToggleLocalAxes,
    SetPivot(Pivot),
    /// A point of the world.
    PivotAt(Vec3),
    PickPivot,

    Copy,
    Cut,
    Paste,
    Duplicate,
    Merge,
    MergeVisible,
    /// Across an axis `0..3` of the handles, at the pivot.
    Mirror(usize),
    CropToSelection,
    CropToClip,
    Ungroup,

    OriginToCenter,
    OriginToBase,
    PutOnGround,
    GuessUp,
    LevelPoints,
    LevelSurface,
    /// Metres between the first two picked points.
    RescaleTo(f32),
    ClearPoints,

    /// Of the layer, or of its selected splats.
    SetGrade(NodeId, Grade),
    ResetGrade(NodeId),
    BakeGrade(NodeId),
    ResetSelectedGrade,
    BakeSelectedGrade,
    /// Keeps harmonics up to a degree.
    StripHarmonics(NodeId, u32),

    SetPaintOptions(PaintOptions),

    Simplify,
    AcceptSimplified,
    CleanUp,
    Doctor,
    /// Marks what was found (see [`Search`](crate::Search)), and changes nothing.
    Preview(Arc<RegionMask>),
    AcceptPreview,
    SelectPreview,
    EndPreview,
    /// Those that have it.
    Cure(Ailment, Arc<RegionMask>),

    NewCity,
    SetRecipe(NodeId, Recipe),
    KeepCityPart,
}

impl EditCommand {
    /// The table; see [`Command::info`](super::Command::info).
    #[rustfmt::skip]
    pub fn info(&self) -> &'static CommandInfo {
        match self {
            Self::ToggleLocalAxes => info!("tool.local_axes", "Local axes", Some("Shift+C"), "Tools", "Let handles follow the layer's own axes, or the world's"),
            Self::SetPivot(Pivot::Bounds) => info!("tool.pivot_bounds", "Pivot: middle of the box", None, "Tools", "Turn and scale about the middle of the box around what is selected"),
            Self::SetPivot(Pivot::Average) => info!("tool.pivot_average", "Pivot: average of the splats", None, "Tools", "Turn and scale about the average of the selected splats"),
            Self::SetPivot(Pivot::Origin) => info!("tool.pivot_origin", "Pivot: origin of the layer", None, "Tools", "Turn and scale about the origin of the layer"),
            Self::SetPivot(Pivot::Picked) => info!("tool.pivot_picked", "Pivot: picked point", None, "Tools", "Turn and scale about a point that you picked; Alt and a click with a transform tool picks it"),
            Self::PivotAt(_) => info!("tool.pivot_at", "Set pivot", None, "Tools", "Turn and scale about this point"),
            Self::PickPivot => info!("tool.pick_pivot", "Pick pivot", None, "Tools", "Pick the point to turn and scale about with the next click"),

            Self::Copy => info!("edit.copy", "Copy", Some("Ctrl+C"), "Edit", "Keep a copy of the selected splats, or of the selected layer, to be pasted"),
            Self::Cut => info!("edit.cut", "Cut", Some("Ctrl+X"), "Edit", "Take the selected splats, or the selected layer, out of the scene, to be pasted"),
            Self::Paste => info!("edit.paste", "Paste", Some("Ctrl+V"), "Edit", "Add what was copied as layers of their own, also in another scene"),
            Self::Duplicate => info!("edit.duplicate", "Duplicate", Some("Ctrl+D"), "Edit", "Add a copy of the selected splats, or of the selected layer, in its place"),
            Self::Merge => info!("layer.merge", "Merge", Some("Ctrl+J"), "Layer", "Make one layer of a group, or of the selected layer and the one below it"),
            Self::MergeVisible => info!("layer.merge_visible", "Merge visible layers", Some("Ctrl+Alt+J"), "Layer", "Make one layer of all layers that are visible and unlocked"),
            Self::Mirror(0) => info!("edit.mirror_x", "Mirror X", None, "Edit", "Reverse left and right at the pivot, harmonics included"),
            Self::Mirror(1) => info!("edit.mirror_y", "Mirror Y", None, "Edit", "Reverse top and bottom at the pivot, harmonics included"),
            Self::Mirror(_) => info!("edit.mirror_z", "Mirror Z", None, "Edit", "Reverse front and back at the pivot, harmonics included"),
            Self::CropToSelection => info!("edit.crop", "Crop to selection", None, "Edit", "Delete every unlocked splat that is not selected"),
            Self::CropToClip => info!("edit.crop_to_clip", "Crop to clipping box", None, "Edit", "Delete every unlocked splat outside of the clipping box"),
            Self::Ungroup => info!("layer.ungroup", "Ungroup", Some("Ctrl+Alt+G"), "Layer", "Take everything out of the selected group and remove it"),

            Self::OriginToCenter => info!("layer.origin_center", "Origin to center", None, "Layer", "Put the layer's origin in the middle of its splats, which stay where they are"),
            Self::OriginToBase => info!("layer.origin_base", "Origin to base", None, "Layer", "Put the layer's origin under the middle of its splats, which stay where they are"),
            Self::PutOnGround => info!("layer.ground", "Put on the ground", None, "Layer", "Move the layer so that it stands on the ground in the middle of the world"),
            Self::GuessUp => info!("layer.guess_up", "Guess which way is up", None, "Layer", "Turn the layer so that its largest level surface, its floor, lies level"),
            Self::LevelPoints => info!("layer.level_points", "Level by three points", None, "Layer", "Turn the layer so that the three points picked with the measuring tool lie level"),
            Self::LevelSurface => info!("layer.level_surface", "Level by surface", None, "Layer", "Turn the layer so that the surface at the last picked point lies level"),
            Self::RescaleTo(_) => info!("layer.rescale", "Set length", None, "Layer", "Scale the layer so that the first two picked points are this far apart"),
            Self::ClearPoints => info!("tool.clear_points", "Clear points", None, "Tools", "Forget the picked points"),

            Self::SetGrade(..) => info!("color.grade", "Grade", None, "Layer", "Set how the colors of the layer, or of its selected splats, are shown"),
            Self::ResetGrade(_) => info!("color.reset", "Reset grade", None, "Layer", "Show the colors as they are"),
            Self::BakeGrade(_) => info!("color.bake", "Bake grade", None, "Layer", "Put the grade into the colors for good, harmonics included"),
            Self::ResetSelectedGrade => info!("color.reset_selected", "Reset grade of selected layer", None, "Layer", "Show the colors of the selected layer, or of its selected splats, as they are"),
            Self::BakeSelectedGrade => info!("color.bake_selected", "Bake grade of selected layer", None, "Layer", "Put the grade of the selected layer into its colors for good, harmonics included"),
            Self::Simplify => info!("clean.simplify", "Simplify…", Some("Ctrl+Alt+M"), "Edit", "Merge neighbors until fewer splats are left, and see how alike the picture stays"),
            Self::AcceptSimplified => info!("clean.simplify_accept", "Keep simplified splats", None, "Edit", "Keep the simpler splats that are shown"),
            Self::CleanUp => info!("clean.floaters", "Clean up floaters…", Some("Ctrl+Alt+F"), "Edit", "Find floaters by opacity, size and company, see them in red, and remove them"),
            Self::Doctor => info!("clean.doctor", "File doctor…", None, "Edit", "List giant, needle-like, invisible, duplicate and stray splats, with a fix for each"),
            Self::Preview(_) => info!("clean.show", "Show in red", None, "Edit", "Draw these splats red without changing anything"),
            Self::AcceptPreview => info!("clean.accept", "Remove what is red", None, "Edit", "Delete every splat that is drawn red"),
            Self::SelectPreview => info!("clean.select", "Select what is red", None, "Edit", "Select every splat that is drawn red"),
            Self::EndPreview => info!("clean.end", "End preview", None, "Edit", "Draw everything in its own colors again"),
            Self::Cure(..) => info!("clean.cure", "Fix splats", None, "Edit", "Make giants and needles smaller, and remove what cannot be seen or is there twice"),
            Self::SetPaintOptions(_) => info!("tool.paint_options", "Set paint", None, "Tools", "Set color, strength, hardness and reach of the painting tools"),
            Self::NewCity => info!("city.new", "New city", Some("Ctrl+Alt+N"), "Layer", "Add a city without end, made around the camera from a seed"),
            Self::SetRecipe(..) => info!("city.set", "Change city", None, "Layer", "Change what a city is made from"),
            Self::KeepCityPart => info!("city.keep", "Keep this part of the city", None, "Layer", "Make the part of the selected city in the middle of the view an ordinary layer that can be edited"),
            Self::StripHarmonics(..) => info!("color.harmonics", "Cut harmonics", None, "Layer", "Keep colors that change with the direction only up to a degree"),
        }
    }

    /// Every one that needs no further data.
    pub fn all_simple() -> Vec<Self> {
        let mut all = vec![
            Self::ToggleLocalAxes,
            Self::Copy,
            Self::Cut,
            Self::Paste,
            Self::Duplicate,
            Self::Merge,
            Self::MergeVisible,
            Self::CropToSelection,
            Self::CropToClip,
            Self::Ungroup,
            Self::OriginToCenter,
            Self::OriginToBase,
            Self::PutOnGround,
            Self::GuessUp,
            Self::LevelPoints,
            Self::LevelSurface,
            Self::ClearPoints,
            Self::PickPivot,
            Self::ResetSelectedGrade,
            Self::BakeSelectedGrade,
            Self::Simplify,
            Self::AcceptSimplified,
            Self::CleanUp,
            Self::Doctor,
            Self::AcceptPreview,
            Self::SelectPreview,
            Self::EndPreview,
            Self::NewCity,
            Self::KeepCityPart,
        ];
        all.extend((0..3).map(Self::Mirror));
        all.extend(Pivot::ALL.map(Self::SetPivot));
        all
    }

    /// Whether what is drawn red stays so until it has run.
    pub(crate) fn keeps_preview(&self) -> bool {
        matches!(
            self,
            Self::Preview(_)
                | Self::AcceptPreview
                | Self::SelectPreview
                | Self::Simplify
                | Self::AcceptSimplified
                | Self::CleanUp
                | Self::Doctor
        )
    }

    /// Whether it may be one of many changes that a panel gathers into a step.
    pub(crate) fn gathers(&self) -> bool {
        matches!(
            self,
            Self::RescaleTo(_) | Self::SetGrade(..) | Self::SetRecipe(..)
        )
    }

    /// Whether it leaves a drag alone that is under way.
    pub(crate) fn runs_beside(&self) -> bool {
        matches!(
            self,
            Self::Copy | Self::ToggleLocalAxes | Self::SetPaintOptions(_)
        )
    }
}
