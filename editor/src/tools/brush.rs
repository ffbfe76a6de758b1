//! Painting a selection. The whole stroke is one step.

use glam::Vec2;
use scene::{Edit, NodeId, RegionMask, Scene};

use crate::{
    editor::{Cx, Editor},
    gesture::Gesture,
    input::Modifiers,
    outcome::Outcome,
    overlay::Overlay,
    select::{
        Projected, Region, SelectOp,
        mask::{Rows, intersect, select_rows},
        select_mask,
    },
    tools::{Drag, brush_ring, seen_surface, touched},
};

#[derive(Debug)]
pub(crate) struct BrushDrag {
    last: Vec2,
    /// What further dabs do.
    op: SelectOp,
    stroke: Gesture,
    /// Where the splats are on the screen; the camera stands still during a stroke.
    projected: Projected,
    /// What is not behind what is seen, asked once: a stroke does not change what is drawn.
    surface: Option<RegionMask>,
}

/// What a first dab does.
pub(crate) fn dab_op(modifiers: Modifiers) -> SelectOp {
    match SelectOp::from_modifiers(modifiers) {
        // Intersecting dab by dab would leave nothing; painting keeps what it does not touch.
        SelectOp::Intersect => SelectOp::Subtract,
        op => op,
    }
}

/// What further dabs do: the first has cleared what was selected, the others add to it.
pub(crate) fn after_first(op: SelectOp) -> SelectOp {
    match op {
        SelectOp::Replace => SelectOp::Add,
        op => op,
    }
}

/// Whether a soft brush takes a splat at so many radii from the stroke.
///
/// The weight of a place falls from 1 to 0 over the outer share of the radius. A splat is selected or
/// not, so a weight is the share of splats that are: each has its own threshold, which never changes, so
/// painting twice over a place selects no more than once.
pub(crate) fn takes(softness: f32, away: f32, (node, row): (NodeId, usize)) -> bool {
    if softness <= 0.0 {
        return away <= 1.0;
    }
    weight(softness, away) > threshold(node, row)
}

/// How much of a soft brush is left at so many radii from the stroke, 0..=1.
pub(crate) fn weight(softness: f32, away: f32) -> f32 {
    if softness <= 0.0 {
        return f32::from(u8::from(away <= 1.0));
    }
    let t = ((1.0 - away) / softness).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A number in 0..1 that belongs to a splat; neighbors in the file have unlike ones.
fn threshold(node: NodeId, row: usize) -> f32 {
    let mut state = (row as u64).wrapping_add(node.0 << 40);
    // SplitMix64 (Steele et al. 2014).
    state = state.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ (state >> 31)) >> 40) as f32 / (1 << 24) as f32
}

/// Adds a dab to a stroke.
pub(crate) fn apply(cx: &mut Cx<'_>, stroke: &mut Gesture, edit: Option<Edit>) -> Outcome {
    let Some(edit) = edit else {
        return Outcome::redraw();
    };
    match stroke.update(cx.scene, edit) {
        Ok(dirty) => Outcome::dirty(dirty),
        Err(error) => Outcome::message(error.to_string()),
    }
}

/// Begins a stroke with a first dab.
pub(crate) fn begin(cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> (BrushDrag, Outcome) {
    let mut drag = BrushDrag {
        last: pos,
        op: dab_op(modifiers),
        stroke: Gesture::begin("Brush"),
        projected: Projected::new(cx.scene, &cx.pinhole(), cx.clip),
        surface: seen_surface(cx, cx.settings.select_surface),
    };
    let outcome = drag.dab(cx, pos);
    drag.op = after_first(drag.op);
    (drag, outcome)
}

impl BrushDrag {
    fn dab(&mut self, cx: &mut Cx<'_>, pos: Vec2) -> Outcome {
        let region = Region::Stroke {
            from: self.last,
            to: pos,
            radius: cx.settings.brush_radius * cx.viewport.pixels_per_point,
        };
        self.last = pos;
        let softness = cx.settings.select.softness;
        let asked = cx.settings.select_ellipses && softness == 0.0;
        let mask = asked.then(|| touched(cx, &region)).flatten();
        let mask = mask.map(|mask| match &self.surface {
            Some(surface) => intersect(mask, surface),
            None => mask,
        });
        let edit = match mask {
            Some(mask) => select_mask(cx.scene, &mask, self.op),
            None => select_rows(cx.scene, &self.rows(cx.scene, &region, softness), self.op),
        };
        apply(cx, &mut self.stroke, edit)
    }

    fn rows(&self, scene: &Scene, region: &Region, softness: f32) -> Rows {
        self.projected.rows(scene, region, |id, row, pixel| {
            let seen = self.surface.as_ref();
            takes(softness, region.radii_from_stroke(pixel), (id, row))
                && seen.is_none_or(|seen| seen.contains(id, row))
        })
    }
}

impl Drag for BrushDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        self.dab(cx, pos)
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        let outcome = self.dab(cx, pos);
        if let Some((name, edit)) = self.stroke.commit() {
            cx.history.record(&name, edit);
        }
        outcome
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        Outcome::dirty(self.stroke.abort(cx.scene))
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        brush_ring(editor, self.op)
    }

    fn hint(&self) -> &str {
        "Painting a selection · Escape takes the stroke back"
    }
}
