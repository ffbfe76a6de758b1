//! The tools: each a drag that begins with a press, follows the pointer, and ends finished or taken back.

pub(crate) mod brush;
pub(crate) mod clip;
pub(crate) mod frame;
pub(crate) mod gizmo;
pub(crate) mod lasso;
pub(crate) mod light;
pub(crate) mod measure;
pub(crate) mod navigate;
pub(crate) mod rect;
pub(crate) mod transform;

use glam::Vec2;
use scene::{Edit, Footprint, NodeId, Region, RegionMask, RegionQuery};

use crate::{
    editor::{Cx, Editor},
    input::{Key, Modifiers},
    outcome::Outcome,
    overlay::{Overlay, Ring, Tone},
    select::{SelectOp, select_mask, select_region},
    tool::ToolKind,
};

/// A pointer moved less than this between press and release was a click, points.
const CLICK_RADIUS: f32 = 4.0;

/// What happens between press and release.
pub(crate) trait Drag: std::fmt::Debug {
    /// The pointer moved.
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome;
    /// The button came up.
    fn finish(self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome;
    /// The artist thought better of it: everything is as before the press.
    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome;
    /// What to paint over the picture meanwhile.
    fn overlay(&self, editor: &Editor) -> Overlay;
    /// What to do now, for the status line.
    fn hint(&self) -> &str;
    /// A key went down meanwhile.
    fn key(&mut self, _cx: &mut Cx<'_>, _key: Key) -> DragKey {
        DragKey::Ignored
    }
    /// Whether it moves layers or splats.
    fn moves(&self) -> bool {
        false
    }
    /// Layers that stand in for others until the button comes up; lists do not show them.
    fn floating(&self) -> Vec<NodeId> {
        Vec::new()
    }
}

/// What a drag does with a key.
pub(crate) enum DragKey {
    /// The key is no business of the drag.
    Ignored,
    /// The drag has used it.
    Taken(Outcome),
    /// The drag is done, as if the button had come up.
    Finish,
}

/// What to paint while nothing is dragged.
pub(crate) fn idle_overlay(editor: &Editor) -> Overlay {
    match editor.tool {
        ToolKind::Brush => brush_ring(editor, SelectOp::from_modifiers(editor.pointer.modifiers)),
        ToolKind::Light => light::overlay(editor),
        ToolKind::Measure => measure::overlay_of(editor),
        ToolKind::Move | ToolKind::Rotate | ToolKind::Scale => gizmo_overlay(editor),
        ToolKind::Navigate | ToolKind::Rect | ToolKind::Lasso => Overlay::default(),
    }
}

/// The handles, the one under the pointer lit up.
fn gizmo_overlay(editor: &Editor) -> Overlay {
    let Some(gizmo) = editor.gizmo() else {
        return Overlay::default();
    };
    let hot = editor.pointer.pos.and_then(|pos| gizmo.hit(pos));
    Overlay {
        shapes: gizmo.shapes(hot, false),
        ..Overlay::default()
    }
}

pub(crate) fn tone(op: SelectOp) -> Tone {
    match op {
        SelectOp::Replace | SelectOp::Intersect => Tone::Neutral,
        SelectOp::Add => Tone::Add,
        SelectOp::Subtract => Tone::Subtract,
    }
}

fn brush_ring(editor: &Editor, op: SelectOp) -> Overlay {
    let ring = editor.pointer.pos.map(|center| Ring {
        center,
        radius: editor.settings.brush_radius * editor.viewport.pixels_per_point,
        tone: tone(op),
    });
    Overlay {
        rings: ring.into_iter().collect(),
        ..Overlay::default()
    }
}

/// Whether the pointer stayed where it was pressed.
fn is_click(cx: &Cx<'_>, from: Vec2, to: Vec2) -> bool {
    from.distance(to) < CLICK_RADIUS * cx.viewport.pixels_per_point
}

/// Records a finished selection as one step.
fn select(cx: &mut Cx<'_>, edit: Option<Edit>) -> Outcome {
    let Some(edit) = edit else {
        return Outcome::default();
    };
    match cx.history.run(cx.scene, "Select", edit) {
        Ok(dirty) => Outcome::dirty(dirty),
        Err(error) => Outcome::message(error.to_string()),
    }
}

/// Selects by region as one step.
fn select_inside(cx: &mut Cx<'_>, region: Region, op: SelectOp) -> Outcome {
    let edit = match region_mask(cx, &region) {
        Some(mask) => select_mask(cx.scene, &mask, op),
        None => select_region(cx.scene, &cx.pinhole(), cx.clip, &region, op),
    };
    select(cx, edit)
}

/// The splats in a region as the renderer sees them, where the artist wants more than centres.
fn region_mask(cx: &mut Cx<'_>, region: &Region) -> Option<RegionMask> {
    let (surface_only, ellipses) = (cx.settings.select_surface, cx.settings.select_ellipses);
    if !surface_only && !ellipses {
        return None;
    }
    cx.picker.region(&RegionQuery {
        region: region.clone(),
        footprint: if ellipses {
            Footprint::Ellipse
        } else {
            Footprint::Center
        },
        surface_only,
    })
}

/// A click with a selection tool: the one splat that is seen there.
fn select_click(cx: &mut Cx<'_>, pos: Vec2, op: SelectOp) -> Outcome {
    let pick = cx.picker.pick(pos.x, pos.y);
    let splat = pick.map(|pick| (pick.node, pick.row as usize));
    let edit = crate::select::select_splat(cx.scene, splat, op);
    select(cx, edit)
}
