//! Selecting inside straight lines from corner to corner, each set with a click.

use glam::Vec2;

use crate::{
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{Handle, Line, Overlay, Tone},
    select::{Region, SelectOp},
    tools::{is_click, select_inside, tone},
};

/// Fewer corners enclose nothing.
const FEWEST: usize = 3;

/// A click: a further corner, or the end where it meets the first one.
pub(crate) fn press(cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
    let corners = &cx.standing.polygon;
    let meets = |corner: Option<&Vec2>| corner.is_some_and(|corner| is_click(cx, *corner, pos));
    if corners.len() >= FEWEST && meets(corners.first()) {
        return close(cx, SelectOp::from_modifiers(modifiers));
    }
    // The second click of a double click says nothing new.
    if !meets(corners.last()) {
        cx.standing.polygon.push(pos);
    }
    Outcome::redraw()
}

/// Selects what is inside and forgets the corners.
pub(crate) fn close(cx: &mut Cx<'_>, op: SelectOp) -> Outcome {
    if cx.standing.polygon.len() < FEWEST {
        return Outcome::message("A polygon needs three corners; click once more, or Escape");
    }
    let corners = std::mem::take(&mut cx.standing.polygon);
    let mut outcome = select_inside(cx, Region::Polygon(corners), op);
    outcome.redraw = true;
    outcome
}

pub(crate) fn overlay(editor: &Editor) -> Overlay {
    let corners = &editor.standing.polygon;
    let Some(first) = corners.first() else {
        return Overlay::default();
    };
    let op = SelectOp::from_modifiers(editor.pointer.modifiers);
    let mut points = corners.clone();
    points.extend(editor.pointer.pos);
    let near_first = editor.pointer.pos.is_some_and(|pos| {
        corners.len() >= FEWEST && super::is_near(&editor.viewport, *first, pos)
    });
    let handles = corners.iter().map(|corner| Handle {
        pos: *corner,
        tone: tone(op),
        hot: near_first && corner == first,
    });
    Overlay {
        lines: vec![
            Line {
                closed: false,
                tone: tone(op),
                points,
            },
            // How it would be closed.
            Line {
                points: vec![editor.pointer.pos.unwrap_or(*first), *first],
                closed: false,
                tone: Tone::Guide,
            },
        ],
        handles: handles.collect(),
        ..Overlay::default()
    }
}
