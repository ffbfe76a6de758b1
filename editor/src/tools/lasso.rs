//! Selecting splats in a freehand outline.

use glam::Vec2;

use crate::{
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{Line, Overlay},
    select::{Region, SelectOp},
    tools::{Drag, is_click, select_click, select_inside, tone},
};

/// Corners closer together than this say nothing new, points.
const CORNER_STEP: f32 = 2.0;

#[derive(Debug)]
pub(crate) struct LassoDrag {
    corners: Vec<Vec2>,
    op: SelectOp,
}

pub(crate) fn begin(pos: Vec2, modifiers: Modifiers) -> LassoDrag {
    LassoDrag {
        corners: vec![pos],
        op: SelectOp::from_modifiers(modifiers),
    }
}

impl Drag for LassoDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        self.op = SelectOp::from_modifiers(modifiers);
        let step = CORNER_STEP * cx.viewport.pixels_per_point;
        if self.corners.last().is_none_or(|p| p.distance(pos) >= step) {
            self.corners.push(pos);
        }
        Outcome::redraw()
    }

    fn finish(self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        let op = SelectOp::from_modifiers(modifiers);
        if self.corners.iter().all(|corner| is_click(cx, *corner, pos)) {
            return select_click(cx, pos, op);
        }
        let region = Region::Polygon(self.corners);
        select_inside(cx, region, op)
    }

    fn cancel(self: Box<Self>, _cx: &mut Cx<'_>) -> Outcome {
        Outcome::redraw()
    }

    fn overlay(&self, _editor: &Editor) -> Overlay {
        Overlay {
            lines: vec![Line {
                points: self.corners.clone(),
                closed: true,
                tone: tone(self.op),
            }],
            ..Overlay::default()
        }
    }

    fn hint(&self) -> &str {
        "Release to close the outline · Shift adds · Ctrl or Alt subtracts · Escape cancels"
    }
}
