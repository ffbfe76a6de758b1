//! The drawer of data: how often a quantity takes which values, and selection of a range of them.
//!
//! The range that is dragged is selected in the scene while it is dragged; all of it is one step.

use editor::data::BARS;
use editor::{Command, DataRange, Histogram, Quantity, SelectOp};
use egui::{
    Align2, CursorIcon, Frame, Margin, Panel, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::State;
use super::tool_options::{decimals, op_ui};
use crate::cx::{Cx, Wishes};
use crate::icons;
use crate::persist::Settings;
use crate::text::{self, selection as words};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton, NumberSpec, grouped};

/// How near the end of a range is taken hold of, points.
const GRIP: f32 = 6.0;
/// Width of the column beside the bars, points.
const COLUMN: f32 = 250.0;

/// What is shown and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// What is measured.
    pub quantity: Quantity,
    /// Whether bars are as wide in powers of ten.
    pub by_powers: bool,
    log_counts: bool,
    op: SelectOp,
    drag: Option<RangeDrag>,
}

/// A range under the hand, fractions of the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
struct RangeDrag {
    /// The end that stays.
    anchor: f32,
    /// The selection was begun; further moves change it.
    begun: bool,
    op: SelectOp,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            quantity: Quantity::Opacity,
            by_powers: false,
            log_counts: false,
            op: SelectOp::Replace,
            drag: None,
        }
    }
}

/// Shows the drawer below the viewport.
pub fn drawer(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    settings: &mut Settings,
    wishes: &mut Wishes,
) {
    let t = tokens(ui);
    Panel::bottom("data")
        .frame(
            Frame::new()
                .fill(t.panel)
                .inner_margin(Margin::symmetric(12, 6)),
        )
        .default_size(208.0)
        .size_range(150.0..=420.0)
        .resizable(true)
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(theme::strong(words::DATA));
                ui.label(theme::small(words::DATA_HINT).color(t.text_secondary));
                widgets::right_to_left(ui, |ui| {
                    if IconButton::new(icons::CLOSE, text::CLOSE)
                        .show(ui)
                        .clicked()
                    {
                        settings.data_open = false;
                    }
                });
            });
            ui.add_space(GAP);
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(COLUMN);
                    choices_ui(ui, cx, &mut state.data, wishes);
                });
                ui.add_space(GAP * 3.0);
                match cx.histogram.filter(|h| h.quantity == state.data.quantity) {
                    Some(histogram) => chart_ui(ui, cx, histogram, &mut state.data, wishes),
                    None => {
                        ui.label(theme::small(words::DATA_NOTHING).color(t.text_secondary));
                    }
                }
            });
        });
}

fn choices_ui(ui: &mut Ui, cx: &Cx<'_>, choices: &mut Choices, wishes: &mut Wishes) {
    widgets::form_row(ui, words::MEASURE, |ui| {
        let width = ui.available_width();
        widgets::combo(ui, words::MEASURE, &choices.quantity.name(), width, |ui| {
            for quantity in Quantity::all(cx.editor.scene()) {
                let on = quantity == choices.quantity;
                if ui.selectable_label(on, quantity.name()).clicked() {
                    choices.by_powers = quantity.spreads();
                    choices.quantity = quantity;
                }
            }
        });
    });
    let range = cx
        .editor
        .data_range()
        .filter(|range| range.quantity == choices.quantity);
    widgets::form_row(ui, text::SELECTED, |ui| {
        let now = match range {
            Some(_) => cx.editor.adjusting().unwrap_or(choices.op),
            None => choices.op,
        };
        if let Some(op) = op_ui(ui, now) {
            choices.op = op;
            if range.is_some() {
                wishes.run(Command::SetAdjustOp(op));
            }
        }
    });
    if let Some(histogram) = cx.histogram {
        ends_ui(ui, histogram, choices, range, wishes);
    }
    ui.horizontal(|ui| {
        ui.checkbox(&mut choices.by_powers, words::BY_POWERS);
        ui.checkbox(&mut choices.log_counts, words::LOG_COUNTS);
    });
}

/// The ends of the range as numbers.
fn ends_ui(
    ui: &mut Ui,
    histogram: &Histogram,
    choices: &Choices,
    range: Option<&DataRange>,
    wishes: &mut Wishes,
) {
    let (low, high) = range.map_or((f32::NEG_INFINITY, f32::INFINITY), |r| (r.low, r.high));
    let mut ends = [low.max(histogram.low), high.min(histogram.high)];
    let mut changed = false;
    let spread = f64::from(histogram.high - histogram.low);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for (i, name) in [words::FROM, words::TO].into_iter().enumerate() {
            let spec = NumberSpec {
                suffix: choices.quantity.unit(),
                range: f64::from(f32::MIN)..=f64::from(f32::MAX),
                speed: spread * 0.002,
                decimals: decimals(spread),
                default: f64::from([histogram.low, histogram.high][i]),
                ..NumberSpec::unit_interval(name)
            };
            let t = tokens(ui);
            ui.label(theme::small(name).color(t.text_secondary));
            if let (Some(value), _) = widgets::number(ui, f64::from(ends[i]), &spec, 84.0) {
                ends[i] = value as f32;
                changed = true;
            }
        }
    });
    if !changed {
        return;
    }
    let begun = range.is_some();
    set_range(wishes, begun, &choices.quantity, ends.into(), choices.op);
}

/// Selects a range, or moves the ends of the one that is being selected.
fn set_range(
    wishes: &mut Wishes,
    begun: bool,
    quantity: &Quantity,
    (low, high): (f32, f32),
    op: SelectOp,
) {
    wishes.run(if begun {
        Command::AdjustRange(low, high)
    } else {
        let quantity = quantity.clone();
        Command::SelectRange(
            DataRange {
                quantity,
                low,
                high,
            },
            op,
        )
    });
}

fn chart_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    histogram: &Histogram,
    choices: &mut Choices,
    wishes: &mut Wishes,
) {
    let size = ui.available_size() - vec2(0.0, 4.0);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let name = choices.quantity.name();
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Image, true, &name));
    // Room for the numbers below the bars.
    let rect = Rect::from_min_max(whole.min, whole.max - vec2(0.0, 18.0));
    let range = cx.editor.data_range();
    let range = range.filter(|range| range.quantity == histogram.quantity);
    let ends = range.map(|range| [range.low, range.high].map(|v| histogram.fraction_of(v)));
    paint_bars(ui, rect, histogram, choices.log_counts);
    if let Some(ends) = ends {
        paint_range(ui, rect, ends);
    }
    paint_axis(ui, rect, histogram);
    count_ui(ui, rect, histogram, range.is_some());

    let at = |pos: Pos2| (pos.x - rect.left()) / rect.width().max(1.0);
    let near = |fraction: f32, pos: Pos2| {
        let x = rect.left() + fraction.clamp(0.0, 1.0) * rect.width();
        (pos.x - x).abs() < GRIP
    };
    let grip = |pos: Pos2| {
        let [low, high] = ends?;
        if near(high, pos) {
            Some(low)
        } else {
            near(low, pos).then_some(high)
        }
    };
    if let Some(pos) = response.hover_pos() {
        let icon = if grip(pos).is_some() {
            CursorIcon::ResizeHorizontal
        } else {
            CursorIcon::Crosshair
        };
        ui.ctx().set_cursor_icon(icon);
    }
    let pressed = ui.input(|i| i.pointer.press_origin());
    if response.drag_started() || response.clicked() {
        let from = pressed.or(response.interact_pointer_pos());
        choices.drag = from.map(|pos| begin(ui, grip(pos), at(pos), choices.op));
    }
    if let (Some(drag), Some(pos)) = (&mut choices.drag, response.interact_pointer_pos()) {
        pull(drag, at(pos), histogram, wishes);
    }
    if response.drag_stopped() || response.clicked() {
        choices.drag = None;
    }
}

/// A press: the other end of the range that is there, or a new one.
fn begin(ui: &Ui, other_end: Option<f32>, at: f32, op: SelectOp) -> RangeDrag {
    let keys = ui.input(|i| i.modifiers);
    let keys = SelectOp::from_modifiers(editor::Modifiers {
        shift: keys.shift,
        ctrl: keys.command || keys.ctrl,
        alt: keys.alt,
    });
    RangeDrag {
        anchor: other_end.unwrap_or(at),
        begun: other_end.is_some(),
        op: if keys == SelectOp::Replace { op } else { keys },
    }
}

/// Selects from the anchor to the pointer, at least one bar.
fn pull(drag: &mut RangeDrag, at: f32, histogram: &Histogram, wishes: &mut Wishes) {
    let bar = 1.0 / BARS as f32;
    let floor = |fraction: f32| (fraction / bar).floor() * bar;
    let (low, high) = (drag.anchor.min(at), drag.anchor.max(at));
    let (low, high) = if high - low < bar {
        (floor(low), floor(low) + bar)
    } else {
        (low, high)
    };
    let (low, high) = (histogram.value_at(low), histogram.value_at(high));
    set_range(
        wishes,
        drag.begun,
        &histogram.quantity,
        (low, high),
        drag.op,
    );
    drag.begun = true;
}

fn paint_bars(ui: &Ui, rect: Rect, histogram: &Histogram, log_counts: bool) {
    let t = tokens(ui);
    ui.painter().rect_filled(rect, 4.0, t.background);
    let height = |count: u32| {
        let count = count as f32;
        if log_counts {
            count.ln_1p()
        } else {
            count.sqrt()
        }
    };
    let most = histogram.all.iter().copied().max().unwrap_or(1).max(1);
    let most = height(most);
    let width = rect.width() / BARS as f32;
    let bars = histogram.all.iter().zip(&histogram.selected);
    for (i, (all, selected)) in bars.enumerate() {
        let left = rect.left() + i as f32 * width;
        for (count, color) in [(*all, t.outline), (*selected, t.accent)] {
            if count > 0 {
                let high = (height(count) / most * (rect.height() - 6.0)).max(1.0);
                let bar = Rect::from_min_max(
                    pos2(left, rect.bottom() - high),
                    pos2(left + width.max(1.5) - 0.5, rect.bottom()),
                );
                ui.painter().rect_filled(bar, 0.0, color);
            }
        }
    }
}

fn paint_range(ui: &Ui, rect: Rect, ends: [f32; 2]) {
    let t = tokens(ui);
    let [low, high] = ends.map(|f| rect.left() + f.clamp(0.0, 1.0) * rect.width());
    let inside = Rect::from_min_max(pos2(low, rect.top()), pos2(high, rect.bottom()));
    ui.painter()
        .rect_filled(inside, 0.0, theme::faded(t.accent, 0.12));
    for x in [low, high] {
        let line = Stroke::new(1.5, t.accent);
        ui.painter().vline(x, rect.y_range(), line);
        let grip = Rect::from_center_size(pos2(x, rect.center().y), vec2(5.0, 22.0));
        ui.painter().rect_filled(grip, 2.0, t.accent);
    }
}

fn paint_axis(ui: &Ui, rect: Rect, histogram: &Histogram) {
    let t = tokens(ui);
    let unit = histogram.quantity.unit();
    for i in 0..=4 {
        let fraction = i as f32 / 4.0;
        let value = match i {
            0 => histogram.low,
            4 => histogram.high,
            _ => histogram.value_at(fraction),
        };
        let (align, x) = match i {
            0 => (Align2::LEFT_TOP, rect.left()),
            4 => (Align2::RIGHT_TOP, rect.right()),
            _ => (Align2::CENTER_TOP, rect.left() + fraction * rect.width()),
        };
        let at = pos2(x, rect.bottom() + 4.0);
        let label = format!("{}{unit}", short(value));
        ui.painter()
            .text(at, align, label, theme::small_font(), t.text_secondary);
    }
}

/// A number in few digits.
fn short(value: f32) -> String {
    let size = value.abs();
    if size > 0.0 && !(1e-3..1e5).contains(&size) {
        format!("{value:.1e}")
    } else {
        let digits = (2.0 - size.max(1e-3).log10().floor()).clamp(0.0, 4.0) as usize;
        format!("{value:.digits$}")
    }
}

fn count_ui(ui: &Ui, rect: Rect, histogram: &Histogram, has_range: bool) {
    let t = tokens(ui);
    let selected: u32 = histogram.selected.iter().sum();
    let line = if has_range {
        text::selected_of(&grouped(selected as usize), &grouped(histogram.splats))
    } else {
        text::splat_count(&grouped(histogram.splats))
    };
    let at = rect.right_top() + vec2(-8.0, 6.0);
    ui.painter().text(
        at,
        Align2::RIGHT_TOP,
        line,
        theme::small_font(),
        t.text_secondary,
    );
}
