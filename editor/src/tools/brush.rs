//! Painting a selection. The whole stroke is one step.

use glam::Vec2;

use crate::{
    editor::{Cx, Editor},
    gesture::Gesture,
    input::Modifiers,
    outcome::Outcome,
    overlay::Overlay,
    select::{Projected, Region, SelectOp, select_mask},
    tools::{Drag, brush_ring, region_mask},
};

#[derive(Debug)]
pub(crate) struct BrushDrag {
    last: Vec2,
    /// What further dabs do.
    op: SelectOp,
    stroke: Gesture,
    /// Where the splats are on the screen; the camera stands still during a stroke.
    projected: Projected,
}

/// Begins a stroke with a first dab.
pub(crate) fn begin(cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> (BrushDrag, Outcome) {
    // Intersecting dab by dab would leave nothing.
    let op = match SelectOp::from_modifiers(modifiers) {
        SelectOp::Intersect => SelectOp::Subtract,
        op => op,
    };
    let mut drag = BrushDrag {
        last: pos,
        op,
        stroke: Gesture::begin("Brush"),
        projected: Projected::new(cx.scene, &cx.pinhole(), cx.clip),
    };
    let outcome = drag.dab(cx, pos);
    // The first dab has cleared what was selected; the others add to it.
    if drag.op == SelectOp::Replace {
        drag.op = SelectOp::Add;
    }
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
        let edit = match region_mask(cx, &region) {
            Some(mask) => select_mask(cx.scene, &mask, self.op),
            None => self.projected.select(cx.scene, &region, self.op),
        };
        let Some(edit) = edit else {
            return Outcome::redraw();
        };
        match self.stroke.update(cx.scene, edit) {
            Ok(dirty) => Outcome::dirty(dirty),
            Err(error) => Outcome::message(error.to_string()),
        }
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
