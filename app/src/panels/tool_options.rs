//! The bar of the tool in hand, over the top of the picture: everything that changes what it does.

use editor::{
    ColorSource, Command, EditCommand, PaintOptions, SelectOp, SelectOptions, ToolKind, Volume,
};
use egui::{Align2, Area, Frame, Id, Margin, Order, Rect, ScrollArea, Ui, vec2};
use glam::Vec3;
use scene::PaintMode;

use super::{gizmo, transform_options};
use crate::cx::{Cx, Wishes};
use crate::dialogs::preferences;
use crate::expression::Unit;
use crate::icons;
use crate::text::selection as text;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton, NumberSpec};

/// Width of a number, points.
const NUMBER: f32 = 62.0;
/// With less room than this the bar has two rows, points: of tools that select or paint, and of those that
/// move.
const ONE_ROW: (f32, f32) = (960.0, 580.0);
/// Around what the bar holds, points.
const MARGIN: [i8; 2] = [10, 5];
/// What a selection can do with what was selected, in the order of the buttons.
pub const OPS: [(SelectOp, &str); 4] = [
    (SelectOp::Replace, icons::OP_SET),
    (SelectOp::Add, icons::OP_ADD),
    (SelectOp::Subtract, icons::OP_SUBTRACT),
    (SelectOp::Intersect, icons::OP_INTERSECT),
];

/// Shows the bar over `viewport` where the tool has something to set.
pub fn show(ui: &Ui, viewport: Rect, cx: &Cx<'_>, wishes: &mut Wishes) {
    let tool = cx.editor.tool();
    let selects = tool.selects_on_picture() || tool.selects_in_space();
    let is_long = selects || tool.paints();
    if !is_long && !transform_options::has_options(tool) {
        return;
    }
    // The axis gizmo keeps its corner.
    let free = Rect::from_min_max(
        viewport.min,
        viewport.max - vec2(gizmo::rect_in(viewport).width() + 12.0, 0.0),
    );
    let enough = if is_long { ONE_ROW.0 } else { ONE_ROW.1 };
    let one_row = free.width() >= enough;
    Area::new(Id::unique("tool_options"))
        .order(Order::Middle)
        .pivot(Align2::CENTER_TOP)
        .fixed_pos(free.center_top() + vec2(0.0, 10.0))
        .constrain_to(free)
        .show(ui.ctx(), |ui| {
            let t = tokens(ui);
            Frame::new()
                .fill(t.card)
                .stroke(t.line())
                .corner_radius(8)
                .inner_margin(Margin::symmetric(MARGIN[0], MARGIN[1]))
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.x = GAP;
                    // In a small window at a large scale the rest is scrolled to.
                    let width = free.width() - 2.0 * f32::from(MARGIN[0]);
                    ScrollArea::horizontal().max_width(width).show(ui, |ui| {
                        rows_ui(ui, one_row, cx, wishes);
                    });
                });
        });
}

fn rows_ui(ui: &mut Ui, one_row: bool, cx: &Cx<'_>, wishes: &mut Wishes) {
    let tool = cx.editor.tool();
    if one_row {
        ui.horizontal(|ui| {
            if numbers_ui(ui, cx, tool, wishes) {
                gap(ui);
            }
            ways_ui(ui, cx, tool, wishes);
        });
    } else {
        if has_numbers(cx, tool) {
            ui.horizontal(|ui| numbers_ui(ui, cx, tool, wishes));
        }
        ui.horizontal(|ui| ways_ui(ui, cx, tool, wishes));
    }
}

fn has_numbers(cx: &Cx<'_>, tool: ToolKind) -> bool {
    match tool {
        ToolKind::Sphere | ToolKind::Box => cx.editor.volume().is_some(),
        ToolKind::Eyedropper | ToolKind::Flood => true,
        tool if tool.is_brush() => true,
        tool => transform_options::has_options(tool),
    }
}

/// The numbers of the tool; whether it has some.
fn numbers_ui(ui: &mut Ui, cx: &Cx<'_>, tool: ToolKind, wishes: &mut Wishes) -> bool {
    match tool {
        ToolKind::Brush | ToolKind::SphereBrush => brush_ui(ui, cx, wishes),
        ToolKind::Paint | ToolKind::Clone => paint_ui(ui, cx, tool, wishes),
        ToolKind::Eyedropper => color_ui(ui, cx, wishes),
        ToolKind::Flood => {
            color_ui(ui, cx, wishes);
            gap(ui);
            flood_ui(ui, cx, wishes);
        }
        ToolKind::Sphere | ToolKind::Box => return volume_ui(ui, cx, wishes),
        ToolKind::Measure => transform_options::length_ui(ui, cx, wishes),
        tool if tool.is_transform() => transform_options::frame_ui(ui, cx, wishes),
        _ => return false,
    }
    true
}

/// What it does with what was selected, and what counts.
fn ways_ui(ui: &mut Ui, cx: &Cx<'_>, tool: ToolKind, wishes: &mut Wishes) {
    if tool.paints() {
        paint_ways_ui(ui, cx, tool, wishes);
        return;
    }
    if transform_options::has_options(tool) {
        transform_options::actions_ui(ui, cx, wishes);
        return;
    }
    let stays = matches!(
        tool,
        ToolKind::Eyedropper | ToolKind::Flood | ToolKind::Sphere | ToolKind::Box
    );
    if let Some(op) = cx.editor.adjusting().filter(|_| stays) {
        if let Some(op) = op_ui(ui, op) {
            wishes.run(Command::SetAdjustOp(op));
        }
        gap(ui);
    }
    toggles_ui(ui, cx, tool, wishes);
}

/// What the selection does with what was selected; returns the one that was pressed.
pub fn op_ui(ui: &mut Ui, now: SelectOp) -> Option<SelectOp> {
    let mut pressed = None;
    ui.spacing_mut().item_spacing.x = 2.0;
    for (op, icon) in OPS {
        let help = text::op_help(op);
        let button = IconButton::new(icon, &help).active(op == now);
        if button.show(ui).clicked() && op != now {
            pressed = Some(op);
        }
    }
    ui.spacing_mut().item_spacing.x = GAP;
    pressed
}

fn toggles_ui(ui: &mut Ui, cx: &Cx<'_>, tool: ToolKind, wishes: &mut Wishes) {
    let surface = cx.editor.selects_surface();
    let choices = [(true, text::FRONT), (false, text::THROUGH)];
    let pressed = labelled(ui, text::DEPTH, text::DEPTH_HELP, |ui| {
        widgets::segmented(ui, surface, &choices)
    });
    if pressed.is_some() {
        wishes.run(Command::ToggleSelectSurface);
    }
    if !tool.has_footprint() {
        return;
    }
    gap(ui);
    let ellipses = cx.editor.settings().select_ellipses;
    let choices = [(false, text::CENTERS), (true, text::ELLIPSES)];
    let pressed = labelled(ui, text::FOOTPRINT, text::FOOTPRINT_HELP, |ui| {
        widgets::segmented(ui, ellipses, &choices)
    });
    if pressed.is_some() {
        wishes.run(Command::ToggleSelectEllipses);
    }
}

/// A line between parts of the bar.
pub fn gap(ui: &mut Ui) {
    ui.add_space(GAP * 2.0);
    let t = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 18.0), egui::Sense::hover());
    ui.painter()
        .vline(rect.center().x, rect.y_range(), t.line());
    ui.add_space(GAP * 2.0);
}

fn labelled<R>(ui: &mut Ui, label: &str, help: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui);
    let name = theme::small(label).color(t.text_secondary);
    ui.label(name).on_hover_text(help);
    let result = add(ui);
    ui.spacing_mut().item_spacing.x = GAP;
    result
}

fn size_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let settings = cx.editor.settings();
    let spec = NumberSpec {
        suffix: " px",
        range: 2.0..=400.0,
        speed: 0.5,
        decimals: 0,
        default: 32.0,
        ..NumberSpec::unit_interval(text::SIZE)
    };
    let radius = f64::from(settings.brush_radius);
    let help = Command::BrushLarger.info().help;
    if let (Some(radius), _) = labelled(ui, text::SIZE, help, |ui| {
        widgets::number(ui, radius, &spec, NUMBER)
    }) {
        wishes.run(Command::SetBrushRadius(radius as f32));
    }
}

fn brush_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    size_ui(ui, cx, wishes);
    gap(ui);
    let softness = cx.editor.settings().select.softness;
    let changed = percent_ui(ui, (text::SOFTNESS, text::SOFTNESS_HELP), softness, 0.0);
    if let Some(softness) = changed {
        set(cx, wishes, |o| o.softness = softness);
    }
}

/// A share of one as a number of percent.
fn percent_ui(ui: &mut Ui, (name, help): (&str, &str), share: f32, default: f32) -> Option<f32> {
    let spec = NumberSpec {
        suffix: " %",
        range: 0.0..=100.0,
        speed: 0.5,
        decimals: 0,
        default: f64::from(default) * 100.0,
        ..NumberSpec::unit_interval(name)
    };
    let percent = f64::from(share) * 100.0;
    let (typed, _) = labelled(ui, name, help, |ui| {
        widgets::number(ui, percent, &spec, NUMBER)
    });
    typed.map(|percent| (percent / 100.0) as f32)
}

/// Color, size, strength and edge of the painting tools.
fn paint_ui(ui: &mut Ui, cx: &Cx<'_>, tool: ToolKind, wishes: &mut Wishes) {
    let options = cx.editor.settings().paint;
    if tool == ToolKind::Paint {
        let mut color = options.color;
        let changed = labelled(ui, text::COLOR, text::PAINT_HELP, |ui| {
            preferences::color_button(ui, &mut color, text::PAINT_COLOR)
        });
        if changed {
            wishes.run(painting(PaintOptions { color, ..options }));
        }
        gap(ui);
    }
    size_ui(ui, cx, wishes);
    gap(ui);
    let defaults = PaintOptions::default();
    let name = (text::STRENGTH, text::STRENGTH_HELP);
    if let Some(strength) = percent_ui(ui, name, options.strength, defaults.strength) {
        wishes.run(painting(PaintOptions {
            strength,
            ..options
        }));
    }
    gap(ui);
    let name = (text::HARDNESS, text::HARDNESS_HELP);
    if let Some(hardness) = percent_ui(ui, name, options.hardness, defaults.hardness) {
        wishes.run(painting(PaintOptions {
            hardness,
            ..options
        }));
    }
}

/// What paint replaces, and how deep it goes.
fn paint_ways_ui(ui: &mut Ui, cx: &Cx<'_>, tool: ToolKind, wishes: &mut Wishes) {
    let options = cx.editor.settings().paint;
    if tool == ToolKind::Paint {
        let choices = [(PaintMode::Color, text::COLOR), (PaintMode::Hue, text::HUE)];
        let pressed = labelled(ui, text::REPLACES, text::REPLACES_HELP, |ui| {
            widgets::segmented(ui, options.mode, &choices)
        });
        if let Some(mode) = pressed {
            wishes.run(painting(PaintOptions { mode, ..options }));
        }
        gap(ui);
    }
    let choices = [(false, text::FRONT), (true, text::THROUGH)];
    let pressed = labelled(ui, text::DEPTH, text::PAINT_DEPTH_HELP, |ui| {
        widgets::segmented(ui, options.through, &choices)
    });
    if let Some(through) = pressed {
        wishes.run(painting(PaintOptions { through, ..options }));
    }
}

fn painting(options: PaintOptions) -> Command {
    Command::Edit(EditCommand::SetPaintOptions(options))
}

fn set(cx: &Cx<'_>, wishes: &mut Wishes, change: impl FnOnce(&mut SelectOptions)) {
    let mut options = cx.editor.settings().select;
    change(&mut options);
    wishes.run(Command::SetSelectOptions(options));
}

fn color_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let options = cx.editor.settings().select;
    let choices = [
        (ColorSource::Base, text::BASE),
        (ColorSource::Seen, text::SEEN),
    ];
    let pressed = labelled(ui, text::COLOR, text::COLOR_HELP, |ui| {
        widgets::segmented(ui, options.color, &choices)
    });
    if let Some(color) = pressed {
        set(cx, wishes, |o| o.color = color);
    }
    gap(ui);
    let spec = NumberSpec {
        range: 0.0..=1.0,
        speed: 0.001,
        decimals: 3,
        default: f64::from(SelectOptions::default().tolerance),
        ..NumberSpec::unit_interval(text::TOLERANCE)
    };
    let tolerance = f64::from(options.tolerance);
    let changed = labelled(ui, text::TOLERANCE, text::TOLERANCE_HELP, |ui| {
        // Small differences matter most, so the slider goes by powers.
        ui.spacing_mut().slider_width = 110.0;
        let mut edited = tolerance;
        let slider = egui::Slider::new(&mut edited, 0.002..=1.0)
            .logarithmic(true)
            .show_value(false);
        let moved = ui.add(slider).accessible_name(text::TOLERANCE).changed();
        let (typed, _) = widgets::number(ui, tolerance, &spec, NUMBER);
        typed.or(moved.then_some(edited))
    });
    if let Some(tolerance) = changed {
        set(cx, wishes, |o| o.tolerance = tolerance as f32);
    }
}

fn flood_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let options = cx.editor.settings().select;
    let reach = f64::from(options.reach.unwrap_or(cx.reach));
    let spec = NumberSpec {
        unit: Unit::Meters,
        suffix: " m",
        range: 1e-6..=1e6,
        speed: (reach * 0.01).max(1e-6),
        decimals: decimals(reach),
        default: f64::from(cx.reach),
        ..NumberSpec::unit_interval(text::REACH)
    };
    let (typed, response) = labelled(ui, text::REACH, text::REACH_HELP, |ui| {
        widgets::number(ui, reach, &spec, NUMBER)
    });
    if response.secondary_clicked() {
        set(cx, wishes, |o| o.reach = None);
    } else if let Some(reach) = typed {
        set(cx, wishes, |o| o.reach = Some(reach as f32));
    }
    gap(ui);
    let spec = NumberSpec {
        unit: Unit::Degrees,
        suffix: "°",
        range: 0.0..=180.0,
        speed: 0.5,
        decimals: 0,
        default: 180.0,
        ..NumberSpec::unit_interval(text::ANGLE)
    };
    let angle = f64::from(options.normal_angle.to_degrees());
    if let (Some(angle), _) = labelled(ui, text::ANGLE, text::ANGLE_HELP, |ui| {
        widgets::number(ui, angle, &spec, 52.0)
    }) {
        set(cx, wishes, |o| {
            o.normal_angle = (angle as f32).to_radians().min(std::f32::consts::PI);
        });
    }
}

/// So many digits that a hundredth of a number is seen.
pub fn decimals(value: f64) -> usize {
    (2.0 - value.abs().max(1e-9).log10().floor()).clamp(0.0, 6.0) as usize
}

fn volume_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) -> bool {
    let Some(volume) = cx.editor.volume() else {
        return false;
    };
    let sizes = match volume {
        Volume::Sphere { radius, .. } => vec![(text::RADIUS, radius)],
        Volume::Box { half, .. } => [text::SIZE_X, text::SIZE_Y, text::SIZE_Z]
            .into_iter()
            .zip((half * 2.0).to_array())
            .collect(),
    };
    let largest = sizes
        .iter()
        .fold(0.0, |most: f32, (_, size)| most.max(*size));
    let mut center = volume.center().to_array();
    let mut changed = None;
    let t = tokens(ui);
    let axes = [
        ("X", text::CENTER_X, t.axis_x),
        ("Y", text::CENTER_Y, t.axis_y),
        ("Z", text::CENTER_Z, t.axis_z),
    ];
    for ((letter, name, color), at) in axes.into_iter().zip(&mut center) {
        ui.label(theme::small(letter).color(color));
        if let Some(value) = metres_ui(ui, name, *at, largest, false) {
            *at = value;
            changed = Some(volume.at(Vec3::ZERO));
        }
    }
    let mut volume = changed
        .map(|_| volume.at(Vec3::from(center)))
        .unwrap_or(volume);
    ui.add_space(GAP);
    let t = tokens(ui);
    for (i, (name, size)) in sizes.into_iter().enumerate() {
        if i == 0 {
            let label = if matches!(volume, Volume::Sphere { .. }) {
                text::RADIUS
            } else {
                text::SIZE
            };
            ui.label(theme::small(label).color(t.text_secondary));
        }
        if let Some(size) = metres_ui(ui, name, size, largest, true) {
            match &mut volume {
                Volume::Sphere { radius, .. } => *radius = size,
                Volume::Box { half, .. } => half[i] = 0.5 * size,
            }
            changed = Some(volume);
        }
    }
    if changed.is_some() {
        wishes.run(Command::SetVolume(volume));
    }
    true
}

fn metres_ui(ui: &mut Ui, name: &str, value: f32, largest: f32, positive: bool) -> Option<f32> {
    let spec = NumberSpec {
        unit: Unit::Meters,
        suffix: "",
        range: if positive { 1e-6..=1e6 } else { -1e6..=1e6 },
        speed: f64::from(largest.max(1e-6)) * 0.005,
        decimals: decimals(f64::from(largest)),
        default: if positive { f64::from(largest) } else { 0.0 },
        ..NumberSpec::unit_interval(name)
    };
    let (typed, _) = widgets::number(ui, f64::from(value), &spec, 58.0);
    typed.map(|value| value as f32)
}
