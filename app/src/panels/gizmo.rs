//! The axes in the corner of the picture: they show how the scene lies, and turn the view when pressed.

use editor::AxisView;
use egui::accesskit::Role;
use egui::{Align2, Color32, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo, vec2};
use glam::Vec3;
use scene::PinholeCamera;

use crate::text;
use crate::theme::{self, overlay, tokens};

/// Side of the gizmo, points.
pub const SIDE: f32 = 92.0;
/// From the corner, points.
const MARGIN: f32 = 10.0;
/// Radius of a ball, points.
const BALL: f32 = 9.5;
/// From the middle to a ball, points.
const ARM: f32 = 34.0;

const SIDES: [AxisView; 6] = [
    AxisView::Right,
    AxisView::Left,
    AxisView::Top,
    AxisView::Bottom,
    AxisView::Front,
    AxisView::Back,
];

/// From the scene to the eye, world frame.
fn direction(side: AxisView) -> Vec3 {
    match side {
        AxisView::Right => Vec3::X,
        AxisView::Left => Vec3::NEG_X,
        AxisView::Top => Vec3::Y,
        AxisView::Bottom => Vec3::NEG_Y,
        AxisView::Front => Vec3::Z,
        AxisView::Back => Vec3::NEG_Z,
    }
}

fn letter(side: AxisView) -> Option<&'static str> {
    match side {
        AxisView::Right => Some("X"),
        AxisView::Top => Some("Y"),
        AxisView::Front => Some("Z"),
        AxisView::Left | AxisView::Bottom | AxisView::Back => None,
    }
}

/// Where the gizmo is in a viewport.
pub fn rect_in(viewport: Rect) -> Rect {
    let corner = viewport.right_top() + vec2(-MARGIN - SIDE, MARGIN);
    Rect::from_min_size(corner, Vec2::splat(SIDE))
}

/// Shows the axes; the side that was pressed.
pub fn show(ui: &mut Ui, viewport: Rect, camera: &PinholeCamera) -> Option<AxisView> {
    let rect = rect_in(viewport);
    let hovered = ui.rect_contains_pointer(rect.expand(4.0));
    if hovered {
        ui.painter()
            .circle_filled(rect.center(), SIDE / 2.0, overlay::DISC);
    }
    let mut balls: Vec<(AxisView, Pos2, f32)> = SIDES
        .iter()
        .map(|side| {
            let in_view = camera.view_from_world.transform_vector3(direction(*side));
            let at = rect.center() + vec2(in_view.x, in_view.y) * ARM;
            (*side, at, in_view.z)
        })
        .collect();
    // Far balls first, so that near ones cover them.
    balls.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut pressed = None;
    for (side, at, depth) in balls {
        let ball = Rect::from_center_size(at, Vec2::splat(2.0 * BALL));
        let id = ui.scope_id().with(("axis", side));
        let response = ui.interact(ball, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::side_name(side)));
        paint(ui, side, rect.center(), at, depth, response.hovered());
        if response.clicked() {
            pressed = Some(side);
        }
        response.on_hover_text(text::side_name(side));
    }
    pressed
}

fn paint(ui: &Ui, side: AxisView, center: Pos2, at: Pos2, depth: f32, hovered: bool) {
    let t = tokens(ui);
    let axis = match side {
        AxisView::Right | AxisView::Left => t.axis_x,
        AxisView::Top | AxisView::Bottom => t.axis_y,
        AxisView::Front | AxisView::Back => t.axis_z,
    };
    // Things farther away are a little quieter.
    let near = 1.0 - 0.45 * ((depth + 1.0) / 2.0);
    let color = theme::faded(axis, near);
    let painter = ui.painter();
    let Some(letter) = letter(side) else {
        painter.circle_filled(at, BALL - 2.0, theme::faded(overlay::SHADE, 0.6));
        painter.circle_stroke(at, BALL - 2.0, Stroke::new(1.5, color));
        if hovered {
            painter.circle_filled(at, BALL - 2.0, color);
        }
        return;
    };
    let towards = (at - center).normalized();
    painter.line_segment([center, at - towards * BALL * 0.5], Stroke::new(2.0, color));
    painter.circle_filled(at, BALL, opaque(axis, near));
    if hovered {
        painter.circle_stroke(at, BALL, Stroke::new(1.5, overlay::WHITE));
    }
    painter.text(
        at,
        Align2::CENTER_CENTER,
        letter,
        theme::icon_font(11.0),
        overlay::INK,
    );
}

/// The color towards black, so that a ball hides the line behind it.
fn opaque(color: Color32, amount: f32) -> Color32 {
    theme::swatch([color.r(), color.g(), color.b()].map(|v| f32::from(v) / 255.0 * amount))
}
