//! Preferences: few, and all at once on one card.

use editor::NavigationPreset;
use egui::Ui;

use super::export_cards::title_ui;
use crate::cx::Wishes;
use crate::persist::{Backdrop, SelectionColor, Settings, ThemeChoice};
use crate::theme::{self, GAP, tokens};
use crate::view::ViewFacts;
use crate::widgets;
use crate::{icons, text};

/// The card.
pub fn show(ui: &mut Ui, settings: &mut Settings, view: &ViewFacts, wishes: &mut Wishes) {
    ui.set_width(498.0);
    title_ui(ui, icons::GEAR, text::PREFERENCES, wishes);
    widgets::form_row(ui, text::THEME, |ui| {
        let choices = [
            (ThemeChoice::Dark, text::THEME_DARK),
            (ThemeChoice::Light, text::THEME_LIGHT),
            (ThemeChoice::System, text::THEME_SYSTEM),
        ];
        if let Some(theme) = widgets::segmented(ui, settings.theme, &choices) {
            settings.theme = theme;
        }
    });
    scale_ui(ui, settings);
    backdrop_ui(ui, &mut settings.backdrop);
    widgets::form_row(ui, text::selection::SELECTION_COLOR, |ui| {
        let choices = SelectionColor::ALL.map(|color| (color, text::selection::color(color)));
        if let Some(color) = widgets::segmented(ui, settings.selection_color, &choices) {
            settings.selection_color = color;
        }
    });
    let navigation = &mut settings.editor.navigation;
    widgets::form_row(ui, text::NAVIGATION, |ui| {
        let choices = NavigationPreset::ALL.map(|preset| (preset, preset.name()));
        if let Some(preset) = widgets::segmented(ui, *navigation, &choices) {
            *navigation = preset;
        }
    });
    help_ui(ui, text::navigation_help(*navigation));
    switch_row(ui, text::FILTER, text::FILTER_MIP, &mut settings.mip_filter);
    switch_row(
        ui,
        text::MOTION,
        text::REDUCED_MOTION,
        &mut settings.editor.reduced_motion,
    );
    switch_row(ui, text::GUIDES, text::SAFE_FRAME, &mut settings.safe_frame);
    memory_ui(ui, settings, view);
}

/// How much splats may take where they are drawn, and in which format.
fn memory_ui(ui: &mut Ui, settings: &mut Settings, view: &ViewFacts) {
    widgets::form_row(ui, text::SPLAT_MEMORY, |ui| {
        let choices = [
            (None, text::AUTOMATIC),
            (Some(1_000), "1 GB"),
            (Some(2_000), "2 GB"),
            (Some(4_000), "4 GB"),
            (Some(8_000), "8 GB"),
            (Some(16_000), "16 GB"),
        ];
        if let Some(memory) = widgets::segmented(ui, settings.splat_memory_mb, &choices) {
            settings.splat_memory_mb = memory;
        }
    });
    let most = settings.splat_memory().bytes.unwrap_or(view.usual_bytes);
    help_ui(ui, &text::splat_memory_help(most, view.stats.scene_bytes));
    let compact = &mut settings.compact_harmonics;
    switch_row(ui, text::HARMONICS, text::COMPACT_HARMONICS, compact);
    help_ui(ui, text::COMPACT_HARMONICS_HELP);
}

/// What a row means, below it.
fn help_ui(ui: &mut Ui, help: &str) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.add_space(widgets::LABEL_WIDTH + ui.spacing().item_spacing.x);
        ui.add(egui::Label::new(theme::small(help).color(t.text_secondary)).wrap());
    });
    ui.add_space(GAP);
}

fn switch_row(ui: &mut Ui, label: &str, name: &str, on: &mut bool) {
    widgets::form_row(ui, label, |ui| {
        if widgets::switch(ui, *on, name, Ok(())) {
            *on = !*on;
        }
        ui.label(name);
    });
}

fn scale_ui(ui: &mut Ui, settings: &mut Settings) {
    widgets::form_row(ui, text::UI_SCALE, |ui| {
        let choices = [
            (75, "75 %"),
            (100, "100 %"),
            (125, "125 %"),
            (150, "150 %"),
            (200, "200 %"),
        ];
        let current = (settings.ui_scale * 100.0).round() as i32;
        if let Some(percent) = widgets::segmented(ui, current, &choices) {
            settings.ui_scale = percent as f32 / 100.0;
        }
    });
}

/// Choice of what is behind the splats; also used by the inspector.
pub fn backdrop_ui(ui: &mut Ui, backdrop: &mut Backdrop) {
    widgets::form_row(ui, text::BACKGROUND, |ui| {
        let color = match backdrop {
            Backdrop::Color(color) => *color,
            _ => super::export_settings::NEUTRAL,
        };
        let choices = [
            (0, text::BACKDROP_GRADIENT),
            (1, text::BACKDROP_NEUTRAL),
            (2, text::BACKDROP_CHECKER),
            (3, text::BACKDROP_COLOR),
            (4, text::BACKDROP_HORIZON),
            (5, text::BACKDROP_ENVIRONMENT),
        ];
        let current = match backdrop {
            Backdrop::Gradient => 0,
            Backdrop::Neutral => 1,
            Backdrop::Checker => 2,
            Backdrop::Color(_) => 3,
            Backdrop::Horizon { .. } => 4,
            Backdrop::Environment => 5,
        };
        if let Some(choice) = widgets::segmented(ui, current, &choices) {
            *backdrop = match choice {
                0 => Backdrop::Gradient,
                1 => Backdrop::Neutral,
                2 => Backdrop::Checker,
                4 => Backdrop::HORIZON,
                5 => Backdrop::Environment,
                _ => Backdrop::Color(color),
            };
        }
        if let Backdrop::Color(color) = backdrop {
            color_button(ui, color, text::BACKGROUND);
        }
    });
}

/// A color swatch that opens a picker; display-referred.
pub fn color_button(ui: &mut Ui, rgb: &mut [f32; 3], name: &str) -> bool {
    let mut bytes = rgb.map(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8);
    let response = ui.color_edit_button_srgb(&mut bytes).accessible_name(name);
    // A swatch in the color of the panel would not be seen.
    let t = tokens(ui);
    ui.painter().rect_stroke(
        response.rect,
        theme::RADIUS,
        t.line(),
        egui::StrokeKind::Inside,
    );
    let changed = response.changed();
    if changed {
        *rgb = bytes.map(|byte| f32::from(byte) / 255.0);
    }
    changed
}
