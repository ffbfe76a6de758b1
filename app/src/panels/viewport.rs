//! The picture, edge to edge, and what is painted over it.

use editor::{Command, Overlay, Tone};
use egui::epaint::{Mesh, Vertex};
use egui::{
    Align2, CornerRadius, CursorIcon, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{State, gizmo, handles};
use crate::cx::{Cx, Wishes};
use crate::persist::{Backdrop, Settings};
use crate::theme::{self, overlay, tokens};
use crate::{icons, text, widgets};

/// What the viewport is asked to show beside the picture.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guides {
    /// Width and height of the export being set up; its frame is shown.
    pub frame: Option<[u32; 2]>,
    /// Whether the welcome card is shown: then no axes, no hint.
    pub welcome: bool,
}

/// Shows the viewport in all that is left of `ui`; returns its place.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    settings: &Settings,
    guides: Guides,
    wishes: &mut Wishes,
) -> Rect {
    let rect = ui.available_rect_before_wrap();
    let response = ui.allocate_rect(rect, Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, text::VIEWPORT));
    backdrop_ui(ui, rect, settings.backdrop);
    if let Some(texture) = cx.view.texture {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, rect, whole, overlay::WHITE);
    }
    let scale = 1.0 / ui.ctx().pixels_per_point();
    let painter = ui.painter().with_clip_rect(rect);
    if let Some(size) = guides.frame {
        frame_ui(&painter, rect, size);
    }
    if guides.welcome {
        state.solid.clear();
        return rect;
    }
    overlay_ui(&painter, rect.min, scale, &cx.editor.overlay());
    if cx.editor.scene().nodes().next().is_none() && !cx.jobs.is_busy() {
        empty_ui(ui, rect);
    }
    if let Some(label) = text::show_as_badge(cx.editor.settings().view.show_as) {
        badge_ui(ui, rect, label);
    }
    let size = [256, 256];
    let camera = cx.editor.camera_control().camera(size);
    if let Some(side) = gizmo::show(ui, rect, &camera) {
        wishes.run(Command::AxisView(side));
    }
    state.solid = vec![gizmo::rect_in(rect)];
    if response.contains_pointer() {
        ui.ctx().set_cursor_icon(cursor(cx));
    }
    rect
}

fn cursor(cx: &Cx<'_>) -> CursorIcon {
    match cx.editor.tool() {
        editor::ToolKind::Navigate | editor::ToolKind::Light => CursorIcon::Default,
        tool if tool.is_transform() && !cx.editor.is_picking_pivot() => CursorIcon::Default,
        tool if tool.is_brush() => CursorIcon::None,
        _ => CursorIcon::Crosshair,
    }
}

fn backdrop_ui(ui: &Ui, rect: Rect, backdrop: Backdrop) {
    use crate::dialogs::export_settings::NEUTRAL;
    let painter = ui.painter();
    match backdrop {
        Backdrop::Neutral => {
            painter.rect_filled(rect, CornerRadius::ZERO, theme::swatch(NEUTRAL));
        }
        Backdrop::Color(color) => {
            painter.rect_filled(rect, CornerRadius::ZERO, theme::swatch(color));
        }
        Backdrop::Gradient => gradient(painter, rect),
        Backdrop::Checker => checker(painter, rect),
        // The renderer draws these.
        Backdrop::Horizon { .. } | Backdrop::Environment => {}
    }
}

/// Neutral gray, lighter where the light of a studio would fall on the wall.
fn gradient(painter: &Painter, rect: Rect) {
    const COLUMNS: usize = 24;
    const ROWS: usize = 16;
    let mut mesh = Mesh::default();
    for row in 0..=ROWS {
        for column in 0..=COLUMNS {
            let x = column as f32 / COLUMNS as f32;
            let y = row as f32 / ROWS as f32;
            let away = ((x - 0.5) * 1.1).hypot((y - 0.42) * 1.2);
            let fall = (1.0 - (away / 0.75).clamp(0.0, 1.0)).powf(1.6);
            let gray = 0.068 + 0.105 * fall;
            mesh.vertices.push(Vertex {
                pos: rect.min + vec2(x * rect.width(), y * rect.height()),
                uv: egui::epaint::WHITE_UV,
                color: theme::swatch([gray, gray, gray * 1.03]),
            });
        }
    }
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let corner = (row * (COLUMNS + 1) + column) as u32;
            let below = corner + COLUMNS as u32 + 1;
            mesh.add_triangle(corner, corner + 1, below);
            mesh.add_triangle(corner + 1, below + 1, below);
        }
    }
    painter.add(Shape::mesh(mesh));
}

fn checker(painter: &Painter, rect: Rect) {
    const SIDE: f32 = 12.0;
    painter.rect_filled(rect, CornerRadius::ZERO, theme::swatch([0.20; 3]));
    let mut mesh = Mesh::default();
    let (columns, rows) = (
        (rect.width() / SIDE).ceil() as usize,
        (rect.height() / SIDE).ceil() as usize,
    );
    for row in 0..rows {
        for column in (row % 2..columns).step_by(2) {
            let min = rect.min + vec2(column as f32, row as f32) * SIDE;
            let square = Rect::from_min_size(min, egui::Vec2::splat(SIDE)).intersect(rect);
            mesh.add_colored_rect(square, theme::swatch([0.27; 3]));
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// What an export of this size will hold: the rest is darkened.
fn frame_ui(painter: &Painter, rect: Rect, size: [u32; 2]) {
    // The vertical angle is kept, so the frame is as high as the viewport.
    let aspect = size[0] as f32 / size[1].max(1) as f32;
    let width = rect.height() * aspect;
    let inside = Rect::from_center_size(rect.center(), vec2(width, rect.height()));
    if width < rect.width() {
        let left = Rect::from_min_max(rect.min, pos2(inside.left(), rect.bottom()));
        let right = Rect::from_min_max(pos2(inside.right(), rect.top()), rect.max);
        painter.rect_filled(left, CornerRadius::ZERO, overlay::OUTSIDE);
        painter.rect_filled(right, CornerRadius::ZERO, overlay::OUTSIDE);
    }
    let line = Stroke::new(1.0, overlay::QUIET);
    painter.rect_stroke(
        inside.intersect(rect),
        CornerRadius::ZERO,
        line,
        StrokeKind::Inside,
    );
}

/// The editor's shapes: a bright line on a dark one, so that both read on any picture.
fn overlay_ui(painter: &Painter, origin: Pos2, scale: f32, shapes: &Overlay) {
    let at = |p: glam::Vec2| origin + vec2(p.x, p.y) * scale;
    for line in &shapes.lines {
        let points: Vec<Pos2> = line.points.iter().map(|p| at(*p)).collect();
        // The light's ray often crosses a face; it must not be louder than that.
        let quiet = match line.tone {
            Tone::Light => 0.45,
            Tone::Guide => 0.5,
            _ => 1.0,
        };
        for (width, color) in [(3.0, overlay::SHADE), (1.5, handles::color(line.tone))] {
            let color = theme::faded(color, quiet);
            let stroke = Stroke::new(width, color);
            painter.add(if line.closed {
                Shape::closed_line(points.clone(), stroke)
            } else {
                Shape::line(points.clone(), stroke)
            });
        }
    }
    for rect in &shapes.rects {
        let area = Rect::from_two_pos(at(rect.min), at(rect.max));
        let color = handles::color(rect.tone);
        painter.rect_filled(area, CornerRadius::ZERO, theme::faded(color, 0.12));
        for (width, color) in [(3.0, overlay::SHADE), (1.5, color)] {
            let stroke = Stroke::new(width, color);
            painter.rect_stroke(area, CornerRadius::ZERO, stroke, StrokeKind::Middle);
        }
    }
    for ring in &shapes.rings {
        let radius = ring.radius * scale;
        for (width, color) in [(3.0, overlay::SHADE), (1.5, handles::color(ring.tone))] {
            painter.circle_stroke(at(ring.center), radius, Stroke::new(width, color));
        }
        if ring.tone == Tone::Light {
            let color = theme::faded(overlay::LIGHT, 0.35);
            painter.circle_filled(at(ring.center), radius, color);
        }
    }
    handles_ui(painter, at, &shapes.handles);
    handles::paint(painter, origin, scale, shapes);
}

fn handles_ui(painter: &Painter, at: impl Fn(glam::Vec2) -> Pos2, handles: &[editor::Handle]) {
    for handle in handles {
        let (side, fill) = if handle.hot {
            (11.0, overlay::WHITE)
        } else {
            (8.0, handles::color(handle.tone))
        };
        let square = Rect::from_center_size(at(handle.pos), egui::Vec2::splat(side));
        let edge = Stroke::new(1.5, overlay::INK);
        painter.rect(square, 2.0, fill, edge, StrokeKind::Outside);
    }
}

fn empty_ui(ui: &Ui, rect: Rect) {
    let t = tokens(ui);
    let center = rect.center();
    let ink = theme::faded(overlay::QUIET, 0.8);
    widgets::paint_icon(ui, center - vec2(0.0, 26.0), icons::DOWNLOAD, 32.0, ink);
    ui.painter().text(
        center + vec2(0.0, 10.0),
        Align2::CENTER_CENTER,
        text::EMPTY_VIEW,
        theme::body_font(),
        if t == &theme::DARK {
            overlay::QUIET
        } else {
            ink
        },
    );
}

fn badge_ui(ui: &Ui, rect: Rect, label: &str) {
    let at = rect.left_top() + vec2(12.0, 12.0);
    let galley = ui
        .painter()
        .layout_no_wrap(label.to_owned(), theme::small_font(), overlay::WHITE);
    let area = Rect::from_min_size(at, galley.size() + vec2(16.0, 8.0));
    ui.painter()
        .rect_filled(area, theme::RADIUS, overlay::SHADE);
    ui.painter()
        .galley(at + vec2(8.0, 4.0), galley, overlay::WHITE);
}

/// What would happen to the files that hover over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropping {
    /// A picture: it will be asked about.
    Picture,
    /// Splats: a new layer, or several.
    Splats(usize),
    /// Nothing that can be opened.
    Unknown,
}

/// Shows where the files will land and what will happen.
pub fn drop_ui(ui: &Ui, rect: Rect, dropping: Dropping) {
    let painter = ui.ctx().layer_painter(egui::LayerId::new(
        egui::Order::Foreground,
        egui::Id::unique("drop"),
    ));
    let t = tokens(ui);
    let usable = dropping != Dropping::Unknown;
    let edge = if usable { t.accent } else { t.danger };
    painter.rect_filled(rect, CornerRadius::ZERO, theme::faded(t.scrim, 0.8));
    let inner = rect.shrink(12.0);
    painter.rect_stroke(inner, 12.0, Stroke::new(2.0, edge), StrokeKind::Inside);
    let (icon, title, line) = match dropping {
        Dropping::Picture => (
            icons::PERSON,
            text::PORTRAIT_TO_HEAD.to_owned(),
            text::DROP_PICTURE,
        ),
        Dropping::Splats(count) => (icons::STACK, text::drop_splats(count), text::DROP_SPLATS),
        Dropping::Unknown => (
            icons::WARNING,
            text::DROP_UNKNOWN.to_owned(),
            text::DROP_UNKNOWN_LINE,
        ),
    };
    let card = Rect::from_center_size(rect.center(), vec2(320.0, 128.0));
    painter.rect(card, 12.0, t.panel, t.line(), StrokeKind::Inside);
    let top = card.center_top();
    let ink = if usable { t.accent_text } else { t.danger_text };
    let center = Align2::CENTER_CENTER;
    painter.text(
        top + vec2(0.0, 36.0),
        center,
        icon,
        theme::icon_font(32.0),
        ink,
    );
    painter.text(
        top + vec2(0.0, 74.0),
        center,
        title,
        theme::heading_font(),
        t.text,
    );
    painter.text(
        top + vec2(0.0, 98.0),
        center,
        line,
        theme::small_font(),
        t.text_secondary,
    );
}
