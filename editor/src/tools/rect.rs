//! Selecting splats in a rectangle.

use glam::Vec2;

use crate::{
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{self, Overlay},
    select::{Region, SelectOp},
    tools::{Drag, is_click, select_click, select_inside, tone},
};

#[derive(Debug)]
pub(crate) struct RectDrag {
    start: Vec2,
    now: Vec2,
    op: SelectOp,
}

pub(crate) fn begin(pos: Vec2, modifiers: Modifiers) -> RectDrag {
    RectDrag {
        start: pos,
        now: pos,
        op: SelectOp::from_modifiers(modifiers),
    }
}

impl Drag for RectDrag {
    fn update(&mut self, _cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        self.now = pos;
        self.op = SelectOp::from_modifiers(modifiers);
        Outcome::redraw()
    }

    fn finish(self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        let op = SelectOp::from_modifiers(modifiers);
        if is_click(cx, self.start, pos) {
            return select_click(cx, pos, op);
        }
        let region = Region::Rect {
            min: self.start.min(pos),
            max: self.start.max(pos),
        };
        select_inside(cx, region, op)
    }

    fn cancel(self: Box<Self>, _cx: &mut Cx<'_>) -> Outcome {
        Outcome::redraw()
    }

    fn overlay(&self, _editor: &Editor) -> Overlay {
        Overlay {
            rects: vec![overlay::Rect {
                min: self.start.min(self.now),
                max: self.start.max(self.now),
                tone: tone(self.op),
            }],
            ..Overlay::default()
        }
    }

    fn hint(&self) -> &str {
        "Release to select · Shift adds · Ctrl or Alt subtracts · Escape cancels"
    }
}
