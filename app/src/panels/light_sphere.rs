//! A ball that shows from where a light comes, as seen now, and turns it when dragged.

use egui::accesskit::Role;
use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Pos2, Response, Sense, Shape, Stroke, Ui, WidgetInfo, vec2};
use glam::{Vec2, Vec3};
use scene::{DirectionalLight, PinholeCamera};

use crate::text;
use crate::theme::{self, overlay, tokens};

/// Diameter, points.
const DIAMETER: f32 = 104.0;
const RINGS: usize = 14;
const SPOKES: usize = 40;

/// Shows the ball; the new direction towards the light in the world while it is dragged.
pub fn show(
    ui: &mut Ui,
    light: &DirectionalLight,
    camera: &PinholeCamera,
) -> (Option<Vec3>, Response) {
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), DIAMETER + 16.0),
        Sense::click_and_drag(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, text::LIGHT_DIRECTION));
    let center = rect.center();
    let radius = DIAMETER / 2.0;
    let in_view = camera.view_from_world.transform_vector3(light.direction);
    paint_ball(ui, center, radius, in_view, light);
    paint_knob(
        ui,
        center,
        radius,
        in_view,
        response.hovered() || response.dragged(),
    );
    let moved = response
        .interact_pointer_pos()
        .filter(|_| response.dragged() || response.clicked());
    let direction = moved.map(|pos| {
        let offset = (pos - center) / radius;
        let in_view = direction_in_view(Vec2::new(offset.x, offset.y));
        camera
            .view_from_world
            .inverse()
            .transform_vector3(in_view)
            .normalize_or(light.direction)
    });
    (direction, response)
}

/// Inside the ball is the side towards the eye; outside of it the far side, up to twice the radius.
fn direction_in_view(offset: Vec2) -> Vec3 {
    let r = offset.length();
    if r <= 1.0 {
        return Vec3::new(offset.x, offset.y, -(1.0 - r * r).sqrt());
    }
    let folded = (2.0 - r).max(0.0);
    let flat = offset / r * folded;
    Vec3::new(flat.x, flat.y, (1.0 - folded * folded).sqrt())
}

/// Where a direction is shown, in radii.
fn offset_of(in_view: Vec3) -> Vec2 {
    let flat = in_view.truncate();
    if in_view.z <= 0.0 {
        return flat;
    }
    let r = flat.length();
    flat.normalize_or(Vec2::NEG_Y) * (2.0 - r)
}

fn paint_ball(ui: &Ui, center: Pos2, radius: f32, towards_light: Vec3, light: &DirectionalLight) {
    let t = tokens(ui);
    let mut mesh = Mesh::default();
    let strength = light.intensity.clamp(0.15, 1.2);
    let shade = |normal: Vec3| -> Color32 {
        let lit = normal.dot(towards_light).max(0.0) * strength;
        // Linear light on a mid gray, encoded roughly for display.
        let encode = |c: f32| (0.035 + 0.6 * lit * c).powf(1.0 / 2.2);
        theme::swatch([
            encode(light.color.x),
            encode(light.color.y),
            encode(light.color.z),
        ])
    };
    for ring in 0..=RINGS {
        let r = ring as f32 / RINGS as f32;
        for spoke in 0..SPOKES {
            let angle = spoke as f32 / SPOKES as f32 * std::f32::consts::TAU;
            let flat = Vec2::from_angle(angle) * r;
            let normal = Vec3::new(flat.x, flat.y, -(1.0 - r * r).max(0.0).sqrt());
            mesh.vertices.push(Vertex {
                pos: center + vec2(flat.x, flat.y) * radius,
                uv: egui::epaint::WHITE_UV,
                color: shade(normal),
            });
        }
    }
    let at = |ring: usize, spoke: usize| (ring * SPOKES + spoke % SPOKES) as u32;
    for ring in 0..RINGS {
        for spoke in 0..SPOKES {
            mesh.add_triangle(
                at(ring, spoke),
                at(ring + 1, spoke),
                at(ring + 1, spoke + 1),
            );
            mesh.add_triangle(
                at(ring, spoke),
                at(ring + 1, spoke + 1),
                at(ring, spoke + 1),
            );
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.painter()
        .circle_stroke(center, radius, Stroke::new(1.0, t.hairline));
}

fn paint_knob(ui: &Ui, center: Pos2, radius: f32, in_view: Vec3, hot: bool) {
    let offset = offset_of(in_view).clamp_length_max(1.12);
    let at = center + vec2(offset.x, offset.y) * radius;
    let behind = in_view.z > 0.0;
    let fill = if behind {
        theme::faded(overlay::LIGHT, 0.45)
    } else {
        overlay::LIGHT
    };
    let size = if hot { 7.0 } else { 5.5 };
    ui.painter().circle_filled(at, size + 1.5, overlay::SHADE);
    ui.painter().circle_filled(at, size, fill);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_ball_and_directions_agree() {
        for offset in [
            Vec2::new(0.0, 0.0),
            Vec2::new(0.4, -0.3),
            Vec2::new(-0.9, 0.1),
            Vec2::new(1.2, 0.6),
        ] {
            let direction = direction_in_view(offset);
            assert!((direction.length() - 1.0).abs() < 1e-5, "unit: {direction}");
            let back = offset_of(direction);
            assert!((back - offset).length() < 1e-4, "{offset} became {back}");
        }
    }
}
