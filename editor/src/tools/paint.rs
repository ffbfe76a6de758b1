//! Painting splats: with a color, or with the colors of another place. A stroke is one step.

use std::collections::BTreeMap;

use glam::{Vec2, Vec3};
use scene::{AffineColor, Ink, NodeId, RegionMask, Scene, SplatFlags, SplatLayer, grade};

use super::clone::Copier;
use crate::{
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::Overlay,
    paint_options::PaintOptions,
    select::{Projected, Region, SelectOp, any_splat, is_selected},
    tool::ToolKind,
    tools::{Drag, brush, brush_ring, seen_surface, stroke::Stroke},
};

/// Pointer events closer together than this part of the radius make one dab.
const SPACING: f32 = 0.1;

#[derive(Debug)]
pub(crate) struct PaintDrag {
    last: Vec2,
    source: Source,
    options: PaintOptions,
    /// Pixels.
    radius: f32,
    /// Where the splats are on the screen; the camera stands still during a stroke.
    projected: Projected,
    /// What is not behind what is seen, asked once: a stroke does not change where splats are.
    surface: Option<RegionMask>,
    only_selected: bool,
    /// For each layer, what paints the splats of each of its grades.
    inks: BTreeMap<NodeId, Vec<Ink>>,
    stroke: Stroke,
}

/// Where the color comes from.
#[derive(Debug)]
enum Source {
    Color,
    Place(Box<Copier>),
}

/// Said where the surface cannot be told from what lies behind it.
const THROUGH: &str =
    "Painting through everything: not every splat in sight is there to be told apart";

/// Begins a stroke with a first dab.
pub(crate) fn begin(
    cx: &mut Cx<'_>,
    tool: ToolKind,
    pos: Vec2,
) -> Result<(PaintDrag, Outcome), &'static str> {
    let source = match tool {
        ToolKind::Clone => Source::Place(Box::new(Copier::begin(cx, pos)?)),
        _ => Source::Color,
    };
    let options = cx.settings.paint;
    let surface = seen_surface(cx, !options.through);
    let blind = surface.is_none() && !options.through;
    let color = Vec3::from(options.color);
    let inks = crate::select::editable_layers(cx.scene).map(|(id, layer)| {
        let grades = grade::affine_grades(&layer.grades);
        let ink = |grade: &AffineColor| Ink::new(color, options.mode, grade);
        (id, grades.iter().map(ink).collect())
    });
    let mut drag = PaintDrag {
        last: pos,
        source,
        options,
        radius: cx.settings.brush_radius * cx.viewport.pixels_per_point,
        projected: Projected::new(cx.scene, &cx.pinhole(), cx.clip),
        surface,
        only_selected: any_splat(cx.scene, is_selected),
        inks: inks.collect(),
        stroke: Stroke::default(),
    };
    let mut outcome = drag.dab(cx, pos);
    if blind {
        outcome.message.get_or_insert_with(|| THROUGH.to_owned());
    }
    Ok((drag, outcome))
}

/// The ink of a splat's grade.
pub(crate) fn ink_of(inks: &[Ink], flags: SplatFlags) -> Option<&Ink> {
    inks.get(flags.grade()).or(inks.first())
}

/// The display-referred base color of a splat as it is shown.
pub(crate) fn shown_color(layer: &SplatLayer, row: usize) -> Vec3 {
    let grades = grade::affine_grades(&layer.grades);
    let number = layer.flags.get(row).map_or(0, |flags| flags.grade());
    grades[number.min(grades.len() - 1)].color(layer.cloud.base_color(row))
}

impl PaintDrag {
    fn dab(&mut self, cx: &mut Cx<'_>, pos: Vec2) -> Outcome {
        let region = Region::Stroke {
            from: self.last,
            to: pos,
            radius: self.radius,
        };
        self.last = pos;
        let (options, projected) = (self.options, &self.projected);
        let (surface, only_selected) = (self.surface.as_ref(), self.only_selected);
        let layers = projected.rows(cx.scene, &region, |id, row, pixel| {
            region.contains(pixel) && surface.is_none_or(|seen| seen.contains(id, row))
        });
        let mut outcome = Outcome::redraw();
        for (id, rows) in layers {
            let weights = weights(cx.scene, (id, &rows), |row| {
                let away = region.radii_from_stroke(projected.pixel(id, row));
                options.strength * brush::weight(1.0 - options.hardness, away)
            });
            let weights: Vec<(u32, f32)> = weights
                .into_iter()
                .filter(|(_, flags, _)| !only_selected || is_selected(*flags))
                .map(|(row, _, weight)| (row, weight))
                .collect();
            let Some(inks) = self.inks.get(&id).filter(|_| !weights.is_empty()) else {
                continue;
            };
            let source = &self.source;
            let painted = self
                .stroke
                .paint(cx.scene, id, &weights, |stroke, scene, splat, new| {
                    let layer = scene.node(id).and_then(|node| node.splats());
                    let Some(layer) = layer else { return false };
                    let (row, weight) = splat;
                    let ink = ink_of(inks, layer.flags[row as usize]);
                    let Some(ink) = ink else { return false };
                    let old = stroke.original(id, &layer.cloud, row);
                    match source {
                        Source::Color => {
                            ink.over(old, weight, new);
                            true
                        }
                        Source::Place(copier) => {
                            copier.copy((stroke, scene), (id, row), ink, new) && {
                                for (new, old) in new.iter_mut().zip(old) {
                                    *new = old + (*new - old) * weight;
                                }
                                true
                            }
                        }
                    }
                });
            match painted {
                Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                Err(error) => outcome.merge(Outcome::message(error.to_string())),
            }
        }
        outcome
    }

    fn follow(&mut self, cx: &mut Cx<'_>, pos: Vec2) -> Outcome {
        if let Source::Place(copier) = &mut self.source {
            copier.follow(&cx.pinhole(), pos);
        }
        if pos.distance(self.last) < SPACING * self.radius {
            return Outcome::redraw();
        }
        self.dab(cx, pos)
    }
}

/// Rows with their flags and weights.
fn weights(
    scene: &Scene,
    (id, rows): (NodeId, &[u32]),
    weight: impl Fn(usize) -> f32,
) -> Vec<(u32, SplatFlags, f32)> {
    let Some(layer) = scene.node(id).and_then(|node| node.splats()) else {
        return Vec::new();
    };
    let splat = |row: &u32| (*row, layer.flags[*row as usize], weight(*row as usize));
    rows.iter().map(splat).collect()
}

impl Drag for PaintDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        self.follow(cx, pos)
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        let outcome = self.dab(cx, pos);
        let name = match self.source {
            Source::Color => "Paint",
            Source::Place(_) => "Clone",
        };
        if let Some(edit) = self.stroke.finish() {
            cx.history.record(name, edit);
        }
        outcome
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        let Some(mut edit) = self.stroke.finish() else {
            return Outcome::redraw();
        };
        match edit.apply(cx.scene) {
            Ok(dirty) => Outcome::dirty(dirty),
            Err(error) => Outcome::message(error.to_string()),
        }
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        let mut overlay = brush_ring(editor, SelectOp::Replace);
        if let Source::Place(copier) = &self.source {
            copier.mark(editor, &mut overlay);
        }
        overlay
    }

    fn hint(&self) -> &str {
        match self.source {
            Source::Color => "Painting · Escape takes the stroke back",
            Source::Place(_) => "Copying colors · Escape takes the stroke back",
        }
    }
}
