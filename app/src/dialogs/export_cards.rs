//! The cards for screenshots and turntables: what will be made, then where to.

use egui::Ui;

use super::export_settings::{
    ExportBackground, ScreenshotSettings, TurntableKind, TurntableSettings,
};
use crate::choose::Purpose;
use crate::cx::{Cx, Wish, Wishes};
use crate::expression::Unit;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec};
use crate::{icons, text};

/// Sides that may be typed, pixels.
const SIDES: std::ops::RangeInclusive<f64> = 16.0..=16_384.0;

/// Title row with a cross.
pub fn title_ui(ui: &mut Ui, icon: &str, title: &str, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        let t = tokens(ui);
        widgets::icon_label(ui, icon, 18.0, t.text_secondary);
        ui.label(theme::heading(title));
        widgets::right_to_left(ui, |ui| {
            let close = widgets::IconButton::new(icons::CLOSE, text::CLOSE);
            if close.show(ui).clicked() {
                wishes.push(Wish::CloseCard);
            }
        });
    });
    ui.add_space(GAP * 2.0);
}

/// The screenshot card.
pub fn screenshot_ui(
    ui: &mut Ui,
    settings: &mut ScreenshotSettings,
    cx: &Cx<'_>,
    wishes: &mut Wishes,
) {
    ui.set_width(340.0);
    title_ui(ui, icons::CAMERA, text::SCREENSHOT, wishes);
    let viewport = cx.view.shown.map_or([1920, 1080], |frame| {
        [frame.camera.width, frame.camera.height]
    });
    size_ui(ui, &mut settings.size, viewport);
    background_ui(ui, &mut settings.background, false);
    widgets::form_row(ui, text::SMOOTHING, |ui| {
        let choices = [(1, text::SMOOTHING_NONE), (2, "2 × 2"), (4, "4 × 4")];
        if let Some(side) = widgets::segmented(ui, settings.supersample, &choices) {
            settings.supersample = side;
        }
    });
    widgets::form_row(ui, text::COLOR_DEPTH, |ui| {
        let choices = [(false, text::EIGHT_BITS), (true, text::SIXTEEN_BITS)];
        if let Some(deep) = widgets::segmented(ui, settings.deep, &choices) {
            settings.deep = deep;
        }
    });
    ui.add_space(GAP * 3.0);
    footer_ui(ui, cx, wishes, Purpose::SaveScreenshot);
}

/// The turntable card.
pub fn turntable_ui(
    ui: &mut Ui,
    settings: &mut TurntableSettings,
    cx: &Cx<'_>,
    wishes: &mut Wishes,
) {
    ui.set_width(340.0);
    title_ui(ui, icons::FILM, text::TURNTABLE, wishes);
    widgets::form_row(ui, text::FORMAT, |ui| {
        let kinds = [
            (TurntableKind::Mp4, text::FORMAT_MP4),
            (TurntableKind::Gif, text::FORMAT_GIF),
            (TurntableKind::Frames, text::FORMAT_FRAMES),
        ];
        if let Some(kind) = widgets::segmented(ui, settings.kind, &kinds) {
            settings.kind = kind;
        }
    });
    size_ui(ui, &mut settings.size, [1080, 1080]);
    time_ui(ui, settings);
    camera_ui(ui, settings);
    background_ui(
        ui,
        &mut settings.background,
        settings.kind == TurntableKind::Mp4,
    );
    ui.add_space(GAP * 2.0);
    let summary = text::turntable_summary(settings.frames(), settings.seconds);
    ui.label(theme::small(summary).color(tokens(ui).text_secondary));
    ui.add_space(GAP * 3.0);
    footer_ui(ui, cx, wishes, settings.kind.purpose());
}

fn size_ui(ui: &mut Ui, size: &mut [u32; 2], viewport: [u32; 2]) {
    widgets::form_row(ui, text::SIZE, |ui| {
        for (i, name) in [(0, text::WIDTH), (1, text::HEIGHT)] {
            let spec = NumberSpec {
                suffix: " px",
                range: SIDES,
                speed: 2.0,
                decimals: 0,
                default: f64::from(viewport[i]),
                ..NumberSpec::unit_interval(name)
            };
            if let (Some(value), _) = widgets::number(ui, f64::from(size[i]), &spec, 90.0) {
                size[i] = value.round() as u32;
            }
        }
    });
    widgets::form_row(ui, text::PRESET, |ui| {
        let current = text::size_name(*size).unwrap_or(text::CUSTOM_SIZE);
        widgets::combo(ui, text::PRESET, current, 188.0, |ui| {
            let view_name = text::viewport_size(viewport);
            if ui.selectable_label(*size == viewport, view_name).clicked() {
                *size = viewport;
            }
            for (name, preset) in text::SIZES {
                let label = text::size_label(name, *preset);
                if ui.selectable_label(*size == *preset, label).clicked() {
                    *size = *preset;
                }
            }
        });
    });
}

fn time_ui(ui: &mut Ui, settings: &mut TurntableSettings) {
    widgets::form_row(ui, text::DURATION, |ui| {
        let seconds = NumberSpec {
            unit: Unit::Seconds,
            suffix: " s",
            range: 0.5..=120.0,
            speed: 0.05,
            decimals: 1,
            default: 6.0,
            ..NumberSpec::unit_interval(text::DURATION)
        };
        if let (Some(value), _) = widgets::number(ui, f64::from(settings.seconds), &seconds, 90.0) {
            settings.seconds = value as f32;
        }
        let fps = NumberSpec {
            suffix: " fps",
            range: 1.0..=120.0,
            speed: 0.2,
            decimals: 0,
            default: 30.0,
            ..NumberSpec::unit_interval(text::FRAME_RATE)
        };
        if let (Some(value), _) = widgets::number(ui, f64::from(settings.fps), &fps, 90.0) {
            settings.fps = value.round() as f32;
        }
    });
}

fn camera_ui(ui: &mut Ui, settings: &mut TurntableSettings) {
    widgets::form_row(ui, text::ELEVATION, |ui| {
        let elevation = NumberSpec {
            unit: Unit::Degrees,
            suffix: "°",
            range: -80.0..=80.0,
            speed: 0.2,
            decimals: 0,
            default: 5.0,
            ..NumberSpec::unit_interval(text::ELEVATION)
        };
        let value = f64::from(settings.elevation_deg);
        if let (Some(value), _) = widgets::number(ui, value, &elevation, 90.0) {
            settings.elevation_deg = value as f32;
        }
    });
    widgets::form_row(ui, text::FRAMING, |ui| {
        let choices = [
            (false, text::FRAME_EVERYTHING),
            (true, text::FRAME_THIS_VIEW),
        ];
        if let Some(from_view) = widgets::segmented(ui, settings.from_view, &choices) {
            settings.from_view = from_view;
        }
    });
    widgets::form_row(ui, text::DIRECTION, |ui| {
        let choices = [(false, text::TURN_LEFT), (true, text::TURN_RIGHT)];
        if let Some(clockwise) = widgets::segmented(ui, settings.clockwise, &choices) {
            settings.clockwise = clockwise;
        }
    });
}

fn background_ui(ui: &mut Ui, background: &mut ExportBackground, opaque: bool) {
    if opaque && *background == ExportBackground::Transparent {
        *background = ExportBackground::Viewport;
    }
    widgets::form_row(ui, text::BACKGROUND, |ui| {
        let now = text::export_background(*background);
        widgets::combo(ui, text::BACKGROUND, now, 188.0, |ui| {
            for choice in [
                ExportBackground::Viewport,
                ExportBackground::Transparent,
                ExportBackground::White,
                ExportBackground::Black,
            ] {
                let label = text::export_background(choice);
                let usable = !(opaque && choice == ExportBackground::Transparent);
                let button = egui::Button::selectable(*background == choice, label);
                let response = ui
                    .add_enabled(usable, button)
                    .on_disabled_hover_text(text::MP4_IS_OPAQUE);
                if response.clicked() {
                    *background = choice;
                }
            }
        });
    });
}

fn footer_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, purpose: Purpose) {
    let something = cx
        .editor
        .scene()
        .layers()
        .any(|(id, _, layer)| cx.editor.scene().is_visible(id) && !layer.cloud.is_empty());
    let enabled = if something {
        Ok(())
    } else {
        Err(text::NOTHING_TO_EXPORT)
    };
    ui.horizontal(|ui| {
        widgets::right_to_left(ui, |ui| {
            if widgets::primary_button(ui, text::SAVE_AS_BUTTON, enabled).clicked() {
                wishes.push(Wish::Choose(purpose));
            }
            if widgets::secondary_button(ui, text::CANCEL, Ok(())).clicked() {
                wishes.push(Wish::CloseCard);
            }
        });
    });
}
