//! Handles of the transform tools, and the labels beside them, over the picture.

use editor::{Label, Overlay, Paint, Shape, Tone};
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape as Painted, Stroke, vec2};

use crate::theme::{self, overlay};

/// By how much a line's dark edge is wider, points.
const EDGE: f32 = 2.0;

/// Paints shapes and labels; `scale` is points per pixel.
pub fn paint(painter: &Painter, origin: Pos2, scale: f32, shapes: &Overlay) {
    let at = |p: glam::Vec2| origin + vec2(p.x, p.y) * scale;
    for shape in &shapes.shapes {
        let points: Vec<Pos2> = shape.points.iter().map(|p| at(*p)).collect();
        shape_ui(painter, shape, points);
    }
    for label in &shapes.labels {
        label_ui(painter, at(label.at), label);
    }
}

/// The color of a meaning.
pub fn color(tone: Tone) -> Color32 {
    match tone {
        Tone::Neutral | Tone::Hot => overlay::ACCENT,
        Tone::Add => overlay::ADD,
        Tone::Subtract => overlay::SUBTRACT,
        Tone::Light => overlay::LIGHT,
        Tone::X => overlay::AXIS_X,
        Tone::Y => overlay::AXIS_Y,
        Tone::Z => overlay::AXIS_Z,
        Tone::View | Tone::Guide => overlay::QUIET,
    }
}

fn shape_ui(painter: &Painter, shape: &Shape, points: Vec<Pos2>) {
    let ink = theme::faded(color(shape.tone), shape.opacity);
    let shade = theme::faded(overlay::SHADE, shape.opacity * 0.8);
    match shape.paint {
        Paint::Filled => {
            painter.add(Painted::convex_polygon(points, ink, Stroke::NONE));
        }
        Paint::Open | Paint::Closed => {
            for (width, color) in [(shape.width + EDGE, shade), (shape.width, ink)] {
                let stroke = Stroke::new(width, color);
                painter.add(if shape.paint == Paint::Closed {
                    Painted::closed_line(points.clone(), stroke)
                } else {
                    Painted::line(points.clone(), stroke)
                });
            }
        }
    }
}

fn label_ui(painter: &Painter, at: Pos2, label: &Label) {
    let galley = painter.layout_no_wrap(label.text.clone(), theme::strong_font(), overlay::WHITE);
    let size = galley.size() + vec2(14.0, 8.0);
    let mut area = Align2::LEFT_CENTER.anchor_size(at, size);
    // A label at the edge of the viewport is moved in, so that it can be read.
    let room = painter.clip_rect().shrink(4.0);
    let inside = vec2(
        (room.right() - area.right()).min(0.0) + (room.left() - area.left()).max(0.0),
        (room.bottom() - area.bottom()).min(0.0) + (room.top() - area.top()).max(0.0),
    );
    area = Rect::from_min_size(area.min + inside, size);
    painter.rect_filled(area, theme::RADIUS, overlay::PLATE);
    let edge = Stroke::new(1.0, theme::faded(color(label.tone), 0.7));
    painter.rect_stroke(area, theme::RADIUS, edge, egui::StrokeKind::Inside);
    painter.galley(area.min + vec2(7.0, 4.0), galley, overlay::WHITE);
}
