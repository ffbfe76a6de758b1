//! The few controls that every panel is made of, so that all panels look and speak alike.
//!
//! Each has an accessible name, and each disabled one tells why in its tooltip.

use egui::accesskit::Role;
use egui::{
    Align, Align2, Button, Color32, CornerRadius, DragValue, Frame, Layout, Margin, Rect, Response,
    Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::expression::{self, Unit};
use crate::icons;
use crate::theme::{self, GAP, ICON, RADIUS, ROW, Tokens, tokens};

/// Whether a control can be used; the reason why not is its tooltip.
pub type Enabled<'a> = Result<(), &'a str>;

/// What an icon button says about itself.
#[derive(Debug, Clone, Copy)]
pub struct IconButton<'a> {
    /// The icon.
    pub icon: &'a str,
    /// Accessible name, and first line of the tooltip.
    pub label: &'a str,
    /// Keys, shown in the tooltip.
    pub shortcut: Option<&'a str>,
    /// Whether it is on.
    pub active: bool,
    /// Whether it can be pressed.
    pub enabled: Enabled<'a>,
    /// Side of the icon, points.
    pub size: f32,
    /// Side of the button, points.
    pub side: f32,
}

impl<'a> IconButton<'a> {
    /// A button of the size of a row.
    pub fn new(icon: &'a str, label: &'a str) -> Self {
        Self {
            icon,
            label,
            shortcut: None,
            active: false,
            enabled: Ok(()),
            size: ICON,
            side: theme::FIELD,
        }
    }

    /// A button of the tool rail.
    pub fn tool(icon: &'a str, label: &'a str, shortcut: Option<&'a str>) -> Self {
        Self {
            shortcut,
            size: theme::TOOL_ICON,
            side: 36.0,
            ..Self::new(icon, label)
        }
    }

    /// Shown as on.
    pub fn active(mut self, active: bool) -> Self {
        self.active = active;
        self
    }

    /// Usable, or the reason why not.
    pub fn enabled(mut self, enabled: Enabled<'a>) -> Self {
        self.enabled = enabled;
        self
    }

    /// With its keys in the tooltip.
    pub fn shortcut(mut self, shortcut: Option<&'a str>) -> Self {
        self.shortcut = shortcut;
        self
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let usable = self.enabled.is_ok();
        let sense = if usable {
            Sense::click()
        } else {
            Sense::hover()
        };
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), sense);
        response
            .widget_info(|| WidgetInfo::selected(Role::Button, usable, self.active, self.label));
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response);
        }
        let title = match self.shortcut {
            Some(keys) => format!("{}   {keys}", self.label),
            None => self.label.to_owned(),
        };
        match self.enabled {
            Ok(()) => response.on_hover_text(title),
            Err(why) => response.on_hover_text(format!("{title}\n{why}")),
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response) {
        let t = tokens(ui);
        let radius = CornerRadius::same(RADIUS);
        let fill = if self.active {
            Some(t.accent_soft)
        } else if response.is_pointer_button_down_on() {
            Some(t.pressed)
        } else if response.hovered() && self.enabled.is_ok() {
            Some(t.hover)
        } else {
            None
        };
        if let Some(fill) = fill {
            ui.painter().rect_filled(rect, radius, fill);
        }
        if response.has_focus() {
            ui.painter()
                .rect_stroke(rect, radius, Stroke::new(1.0, t.accent), StrokeKind::Inside);
        }
        let color = if self.enabled.is_err() || !ui.is_enabled() {
            t.text_faint
        } else if self.active {
            t.accent_text
        } else if response.hovered() {
            t.text
        } else {
            t.text_secondary
        };
        paint_icon(ui, rect.center(), self.icon, self.size, color);
    }
}

/// Paints an icon around `center`.
pub fn paint_icon(ui: &Ui, center: egui::Pos2, icon: &str, size: f32, color: Color32) {
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        icon,
        theme::icon_font(size),
        color,
    );
}

/// An icon as a label, in a square of `side` points.
pub fn icon_label(ui: &mut Ui, icon: &str, size: f32, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size.max(ICON)), Sense::hover());
    paint_icon(ui, rect.center(), icon, size, color);
}

/// The one primary button of a card.
pub fn primary_button(ui: &mut Ui, text: &str, enabled: Enabled<'_>) -> Response {
    let t = tokens(ui);
    let button = Button::new(theme::strong(text).color(t.on_accent))
        .fill(t.accent)
        .stroke(Stroke::NONE)
        .corner_radius(RADIUS)
        .min_size(vec2(72.0, 28.0));
    let response = ui.add_enabled(enabled.is_ok(), button);
    if response.hovered() {
        ui.painter().rect_stroke(
            response.rect,
            RADIUS,
            Stroke::new(1.0, t.text),
            StrokeKind::Inside,
        );
    }
    explain(response, enabled)
}

/// A button beside the primary one.
pub fn secondary_button(ui: &mut Ui, text: &str, enabled: Enabled<'_>) -> Response {
    let button = Button::new(text)
        .corner_radius(RADIUS)
        .min_size(vec2(64.0, 28.0));
    let response = ui.add_enabled(enabled.is_ok(), button);
    explain(response, enabled)
}

/// A button for what destroys.
pub fn danger_button(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui);
    ui.add(
        Button::new(egui::RichText::new(text).color(t.danger_text))
            .stroke(Stroke::new(1.0, t.danger))
            .corner_radius(RADIUS)
            .min_size(vec2(64.0, 28.0)),
    )
}

fn explain(response: Response, enabled: Enabled<'_>) -> Response {
    match enabled {
        Ok(()) => response,
        Err(why) => response.on_disabled_hover_text(why),
    }
}

/// The frame of a card over the picture.
pub fn card_frame(t: &Tokens) -> Frame {
    Frame::new()
        .fill(t.card)
        .stroke(t.line())
        .corner_radius(10)
        .inner_margin(Margin::same(12))
        .shadow(egui::Shadow {
            offset: [0, 4],
            blur: 20,
            spread: 0,
            color: t.shadow,
        })
}

/// A section of a panel that folds; `folded` is where the fold is remembered.
pub fn section(
    ui: &mut Ui,
    folded: &mut std::collections::BTreeSet<String>,
    title: &str,
    add: impl FnOnce(&mut Ui),
) {
    let open = !folded.contains(title);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW + 2.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, open, title));
    let t = tokens(ui);
    let color = if response.hovered() {
        t.text
    } else {
        t.text_secondary
    };
    let caret = if open {
        icons::CARET_DOWN
    } else {
        icons::CARET_RIGHT
    };
    paint_icon(
        ui,
        pos2(rect.left() + 6.0, rect.center().y),
        caret,
        12.0,
        color,
    );
    ui.painter().text(
        pos2(rect.left() + 18.0, rect.center().y),
        Align2::LEFT_CENTER,
        title,
        theme::strong_font(),
        t.text,
    );
    if response.clicked() {
        if open {
            folded.insert(title.to_owned());
        } else {
            folded.remove(title);
        }
    }
    if open {
        ui.add_space(2.0);
        add(ui);
        ui.add_space(GAP);
    }
    ui.add_space(GAP);
    hairline(ui);
    ui.add_space(GAP);
}

/// A hairline across the panel, margins included.
pub fn hairline(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    let bleed = 12.0;
    ui.painter().hline(
        (rect.left() - bleed)..=(rect.right() + bleed),
        rect.center().y,
        tokens(ui).line(),
    );
}

/// Width of the label column of a form, points.
pub const LABEL_WIDTH: f32 = 84.0;

/// A row of a form: a quiet label, then what is set.
pub fn form_row<R>(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        ui.set_min_height(ROW);
        let t = tokens(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(LABEL_WIDTH, ROW), Sense::hover());
        let galley =
            ui.painter()
                .layout_no_wrap(label.to_owned(), theme::body_font(), t.text_secondary);
        ui.painter().galley(
            pos2(rect.left(), rect.center().y - galley.size().y / 2.0),
            galley,
            t.text_secondary,
        );
        ui.spacing_mut().item_spacing.x = GAP;
        add(ui)
    })
    .inner
}

/// A row of a form that only tells something.
pub fn value_row(ui: &mut Ui, label: &str, value: &str) -> Response {
    form_row(ui, label, |ui| ui.add(egui::Label::new(value).truncate()))
}

/// How a number is shown and scrubbed.
#[derive(Debug, Clone)]
pub struct NumberSpec<'a> {
    /// Accessible name.
    pub name: &'a str,
    /// What a plain number means.
    pub unit: Unit,
    /// Shown behind the number.
    pub suffix: &'a str,
    /// Smallest and largest value.
    pub range: std::ops::RangeInclusive<f64>,
    /// Change per point of scrubbing.
    pub speed: f64,
    /// Digits behind the point.
    pub decimals: usize,
    /// What a right click resets to.
    pub default: f64,
}

impl NumberSpec<'_> {
    /// A plain number from 0 to 1.
    pub fn unit_interval(name: &str) -> NumberSpec<'_> {
        NumberSpec {
            name,
            unit: Unit::Plain,
            suffix: "",
            range: 0.0..=1.0,
            speed: 0.005,
            decimals: 2,
            default: 1.0,
        }
    }
}

/// A number that scrubs, takes arithmetic and units, and resets on right click.
/// Returns the new value when it changed; the response tells whether a drag goes on.
pub fn number(
    ui: &mut Ui,
    value: f64,
    spec: &NumberSpec<'_>,
    width: f32,
) -> (Option<f64>, Response) {
    let mut edited = value;
    let unit = spec.unit;
    let response = ui.add_sized(
        vec2(width, theme::FIELD),
        DragValue::new(&mut edited)
            .speed(spec.speed)
            .range(spec.range.clone())
            .clamp_existing_to_range(false)
            .custom_formatter(|value, _| decimal(value, spec.decimals))
            .suffix(spec.suffix.to_owned())
            .update_while_editing(false)
            .custom_parser(move |text| expression::evaluate(text, unit)),
    );
    let response = response.accessible_name(spec.name);
    if response.secondary_clicked() {
        edited = spec.default;
    }
    let changed = (edited != value && edited.is_finite()).then_some(edited);
    (changed, response)
}

/// A number with so many digits behind the point; never a negative zero.
fn decimal(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if is_zero {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

/// A slider with its number, of the given whole width.
pub fn slider(
    ui: &mut Ui,
    value: f64,
    spec: &NumberSpec<'_>,
    shown: std::ops::RangeInclusive<f64>,
) -> (Option<f64>, Response) {
    let number_width = 60.0;
    let mut edited = value.clamp(*shown.start(), *shown.end());
    ui.spacing_mut().slider_width = (ui.available_width() - number_width - GAP).max(40.0);
    let response = ui
        .add(egui::Slider::new(&mut edited, shown.clone()).show_value(false))
        .accessible_name(spec.name);
    let mut changed = response.changed().then_some(edited);
    if response.secondary_clicked() {
        changed = Some(spec.default);
    }
    let (typed, number_response) = number(ui, value, spec, number_width);
    (typed.or(changed), response.union(number_response))
}

/// A switch with a name beside it; true when it was pressed.
pub fn switch(ui: &mut Ui, on: bool, label: &str, enabled: Enabled<'_>) -> bool {
    let usable = enabled.is_ok();
    let sense = if usable {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(34.0, ROW), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Switch, usable, on, label));
    let t = tokens(ui);
    let amount = ui.ctx().animate_bool_responsive(response.id, on);
    let track = Rect::from_center_size(rect.center(), vec2(30.0, 16.0));
    let fill = if on && usable { t.accent } else { t.pressed };
    ui.painter()
        .rect_filled(track, 8.0, if usable { fill } else { t.raised });
    let x = egui::lerp((track.left() + 8.0)..=(track.right() - 8.0), amount);
    let knob = if !usable {
        t.text_faint
    } else if on {
        t.on_accent
    } else {
        t.text
    };
    ui.painter()
        .circle_filled(pos2(x, track.center().y), 5.5, knob);
    let clicked = response.clicked();
    if response.has_focus() {
        ui.painter().rect_stroke(
            track.expand(2.0),
            10.0,
            Stroke::new(1.0, t.accent),
            StrokeKind::Inside,
        );
    }
    if let Err(why) = enabled {
        response.on_hover_text(why);
    }
    clicked
}

/// A list that drops down, of the given width.
pub fn combo<R>(
    ui: &mut Ui,
    name: &str,
    selected: &str,
    width: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let response = egui::ComboBox::from_id_salt(name)
        .selected_text(selected)
        .width(width)
        .icon(|ui, rect, visuals, _| {
            let color = visuals.fg_stroke.color;
            paint_icon(ui, rect.center(), icons::CARET_DOWN, 12.0, color);
        })
        .show_ui(ui, add);
    response.response.accessible_name(name);
    response.inner
}

/// A row of choices of which one is on; returns the one that was pressed.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, current: T, choices: &[(T, &str)]) -> Option<T> {
    let mut picked = None;
    ui.spacing_mut().item_spacing.x = 2.0;
    for (value, name) in choices {
        let on = *value == current;
        let t = tokens(ui);
        let text = egui::RichText::new(*name).color(if on { t.accent_text } else { t.text });
        let response = ui.add(
            Button::selectable(on, text)
                .corner_radius(RADIUS)
                .min_size(vec2(0.0, theme::FIELD)),
        );
        if response.clicked() && !on {
            picked = Some(*value);
        }
    }
    picked
}

/// A thin bar; `None` where the amount is unknown.
pub fn progress_bar(ui: &mut Ui, fraction: Option<f32>, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 4.0), Sense::hover());
    response.widget_info(|| WidgetInfo {
        value: fraction.map(f64::from),
        ..WidgetInfo::labeled(Role::ProgressIndicator, true, crate::text::PROGRESS)
    });
    let t = tokens(ui);
    ui.painter().rect_filled(rect, 2.0, t.pressed);
    let bar = match fraction {
        Some(fraction) => Rect::from_min_size(rect.min, vec2(rect.width() * fraction, 4.0)),
        None => {
            ui.ctx().request_repaint_after_secs(1.0 / 30.0);
            let phase = (ui.input(|i| i.time) * 0.6).fract() as f32;
            let left = egui::lerp((rect.left() - rect.width() * 0.3)..=rect.right(), phase);
            Rect::from_min_size(pos2(left, rect.top()), vec2(rect.width() * 0.3, 4.0))
                .intersect(rect)
        }
    };
    ui.painter().rect_filled(bar, 2.0, t.accent);
}

/// Lays out from the right edge (the buttons at the foot of a card).
pub fn right_to_left<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.with_layout(Layout::right_to_left(Align::Center), add)
        .inner
}

/// A count with thin spaces between thousands ("142 310").
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
}

/// A count in one short word ("142 k", "1.3 M").
pub fn short_count(count: usize) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..10_000 => format!("{:.1} k", count as f64 / 1e3),
        10_000..1_000_000 => format!("{} k", count / 1_000),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(grouped(999), "999", "short counts stay");
        assert_eq!(grouped(142_310), "142\u{2009}310", "one group");
        assert_eq!(grouped(1_000_000), "1\u{2009}000\u{2009}000", "two groups");
        assert_eq!(decimal(-0.001, 1), "0.0", "no negative zero");
        assert_eq!(decimal(-0.06, 1), "-0.1", "signs stay");
        assert_eq!(short_count(142_310), "142 k", "thousands");
        assert_eq!(short_count(1_310_000), "1.3 M", "millions");
    }
}
