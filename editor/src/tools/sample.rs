//! Eyedropper and flood: a click picks a splat, and those like it are selected.

use glam::Vec2;

use crate::{
    adjust::{Sample, Source},
    editor::Cx,
    input::Modifiers,
    outcome::Outcome,
    select::{SelectOp, is_touchable},
    select_options::ColorSource,
    tool::ToolKind,
    tools::seen_surface,
};

/// Selects what is like the splat under the pointer.
pub(crate) fn press(cx: &mut Cx<'_>, tool: ToolKind, pos: Vec2, modifiers: Modifiers) -> Outcome {
    let Some(pick) = cx.picker.pick(pos.x, pos.y) else {
        return Outcome::message("There is no splat under the pointer; click on one");
    };
    let layer = cx.scene.node(pick.node).and_then(|node| node.splats());
    let Some(flags) = layer.and_then(|layer| layer.flags.get(pick.row as usize).copied()) else {
        return Outcome::message("That splat is no longer there; click again");
    };
    if !flags.is_drawn() {
        return Outcome::message("That splat is no longer shown; click again");
    }
    let locked = cx.scene.is_locked(pick.node);
    // A color may come from anywhere, but a flood begins where it can select.
    if tool == ToolKind::Flood && (locked || !is_touchable(flags)) {
        return Outcome::message("That splat is locked; unlock it, or click on another");
    }
    let seen_from = (cx.settings.select.color == ColorSource::Seen).then(|| cx.pinhole().eye());
    let sample = Sample::new(cx.scene, pick.node, pick.row, seen_from);
    let source = if tool == ToolKind::Flood {
        Source::Flood(sample)
    } else {
        Source::Color(sample)
    };
    let surface = seen_surface(cx, cx.settings.select.space_surface);
    let mut outcome = cx.begin_adjusting(source, SelectOp::from_modifiers(modifiers), surface);
    if outcome.dirty.is_empty() && locked {
        outcome
            .message
            .get_or_insert_with(|| "The layer is locked, and no other splat has its color".into());
    }
    outcome
}
