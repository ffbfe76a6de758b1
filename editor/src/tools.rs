//! The tools: each a drag that begins with a press, follows the pointer, and ends finished or taken back.

pub(crate) mod brush;
pub(crate) mod clip;
pub(crate) mod clone;
pub(crate) mod frame;
pub(crate) mod gizmo;
pub(crate) mod lasso;
pub(crate) mod light;
pub(crate) mod measure;
pub(crate) mod navigate;
pub(crate) mod paint;
pub(crate) mod polygon;
pub(crate) mod rect;
pub(crate) mod sample;
pub(crate) mod sphere_brush;
pub(crate) mod standing;
pub(crate) mod stroke;
pub(crate) mod transform;
pub(crate) mod volume;

use glam::Vec2;
use scene::{Edit, Footprint, NodeId, Region, RegionMask, RegionQuery};

use crate::{
    editor::{Cx, Editor, Viewport},
    input::{Key, Modifiers},
    outcome::Outcome,
    overlay::{Overlay, Ring, Tone},
    select::{SelectOp, any_splat, is_touchable, select_mask, select_region},
    tool::ToolKind,
};

/// A pointer moved less than this between press and release was a click, points.
const CLICK_RADIUS: f32 = 4.0;
/// How near a handle is taken hold of, points.
const HANDLE_RADIUS: f32 = 9.0;
/// Farther than any splat from the picture, px.
const EVERYWHERE: f32 = 1e9;
/// Why no selection tool can do anything.
pub(crate) const NOTHING_TO_SELECT: &str = "There are no visible, unlocked splats";

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
        ToolKind::Brush | ToolKind::SphereBrush => {
            brush_ring(editor, SelectOp::from_modifiers(editor.pointer.modifiers))
        }
        ToolKind::Paint => brush_ring(editor, SelectOp::Replace),
        ToolKind::Clone => {
            let mut overlay = brush_ring(editor, SelectOp::Replace);
            clone::standing_mark(editor, &mut overlay);
            overlay
        }
        ToolKind::Polygon => polygon::overlay(editor),
        ToolKind::Sphere | ToolKind::Box => volume::overlay(editor),
        ToolKind::Light => light::overlay(editor),
        ToolKind::Measure => measure::overlay_of(editor),
        ToolKind::Move | ToolKind::Rotate | ToolKind::Scale => gizmo_overlay(editor),
        ToolKind::Navigate
        | ToolKind::Rect
        | ToolKind::Lasso
        | ToolKind::Eyedropper
        | ToolKind::Flood => Overlay::default(),
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

/// Whether a press at `pos` takes hold of what is at `point`.
fn is_near(viewport: &Viewport, point: Vec2, pos: Vec2) -> bool {
    point.distance(pos) < HANDLE_RADIUS * viewport.pixels_per_point
}

/// A press with a tool that selects: what it drags, and what it did at once.
pub(crate) fn begin_selecting(
    cx: &mut Cx<'_>,
    tool: ToolKind,
    pos: Vec2,
    modifiers: Modifiers,
) -> (Option<Box<dyn Drag>>, Outcome) {
    fn dragged<D: Drag + 'static>(
        begun: Result<(D, Outcome), &'static str>,
    ) -> (Option<Box<dyn Drag>>, Outcome) {
        match begun {
            Ok((drag, outcome)) => (Some(Box::new(drag)), outcome),
            Err(why) => (None, Outcome::message(why)),
        }
    }
    if !any_splat(cx.scene, is_touchable) {
        return (None, Outcome::message(NOTHING_TO_SELECT));
    }
    match tool {
        ToolKind::Rect => dragged(Ok((rect::begin(pos, modifiers), Outcome::default()))),
        ToolKind::Lasso => dragged(Ok((lasso::begin(pos, modifiers), Outcome::default()))),
        ToolKind::Polygon => (None, polygon::press(cx, pos, modifiers)),
        ToolKind::Brush => dragged(Ok(brush::begin(cx, pos, modifiers))),
        ToolKind::SphereBrush => dragged(sphere_brush::begin(cx, pos, modifiers)),
        ToolKind::Paint | ToolKind::Clone => dragged(paint::begin(cx, tool, pos)),
        ToolKind::Eyedropper | ToolKind::Flood => (None, sample::press(cx, tool, pos, modifiers)),
        ToolKind::Sphere | ToolKind::Box => dragged(volume::begin(cx, tool, pos, modifiers)),
        _ => (None, Outcome::default()),
    }
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

/// Said where a region could not be told from what is drawn.
const BY_CENTERS: &str =
    "Selected by centers, through everything: not every splat in sight is there to be told apart";

/// Selects by region as one step.
fn select_inside(cx: &mut Cx<'_>, region: Region, op: SelectOp) -> Outcome {
    let wants_mask = cx.settings.select_surface || cx.settings.select_ellipses;
    let mask = region_mask(cx, &region);
    let by_centers = wants_mask && mask.is_none();
    let edit = match mask {
        Some(mask) => select_mask(cx.scene, &mask, op),
        None => select_region(cx.scene, &cx.pinhole(), cx.clip, &region, op),
    };
    let mut outcome = select(cx, edit);
    if by_centers {
        // What is drawn of a scene larger than the memory does not tell every splat from the next.
        outcome.message.get_or_insert_with(|| BY_CENTERS.to_owned());
    }
    outcome
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

/// The splats that a region touches, whatever lies in front of them.
fn touched(cx: &mut Cx<'_>, region: &Region) -> Option<RegionMask> {
    cx.picker.region(&RegionQuery {
        region: region.clone(),
        footprint: Footprint::Ellipse,
        surface_only: false,
    })
}

/// The splats that are not behind what is seen, where only they are asked for and the picture can tell.
fn seen_surface(cx: &mut Cx<'_>, asked: bool) -> Option<RegionMask> {
    // Beyond the picture as well: nothing lies in front of what is not on it.
    let everywhere = Region::Rect {
        min: Vec2::splat(-EVERYWHERE),
        max: Vec2::splat(EVERYWHERE),
    };
    let query = RegionQuery {
        region: everywhere,
        footprint: Footprint::Center,
        surface_only: true,
    };
    asked.then(|| cx.picker.region(&query)).flatten()
}

/// A click with a selection tool: the one splat that is seen there.
fn select_click(cx: &mut Cx<'_>, pos: Vec2, op: SelectOp) -> Outcome {
    let pick = cx.picker.pick(pos.x, pos.y);
    if pick.is_some_and(|pick| cx.scene.is_locked(pick.node)) {
        return Outcome::message("That layer is locked; unlock it in the scene tree first");
    }
    let splat = pick.map(|pick| (pick.node, pick.row as usize));
    let edit = crate::select::select_splat(cx.scene, splat, op);
    select(cx, edit)
}
