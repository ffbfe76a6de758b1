//! Every color, size and text style of the window, in one place (the tokens of the design paper).
//!
//! Nothing else in the app names a color. Dark is the default; light has the same roles.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::style::{HandleShape, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, FontTweak,
    Margin, RichText, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals,
};

/// Height of a row in lists, forms and menus, points.
pub const ROW: f32 = 26.0;
/// Height of a button or a field inside a row, points.
pub const FIELD: f32 = 24.0;
/// Corner radius of cards, fields and buttons, points.
pub const RADIUS: u8 = 6;
/// The unit of all distances, points.
pub const GAP: f32 = 4.0;
/// Side of an icon in a row, points.
pub const ICON: f32 = 16.0;
/// Side of an icon in the tool rail, points.
pub const TOOL_ICON: f32 = 20.0;
/// Seconds that a panel takes to slide.
pub const SLIDE_SECS: f32 = 0.12;

/// The named colors of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Behind everything: menu bar, tool rail, status bar, gaps.
    pub background: Color32,
    /// Side panels and menus.
    pub panel: Color32,
    /// Fields, buttons, cards.
    pub raised: Color32,
    /// A raised thing under the pointer.
    pub hover: Color32,
    /// A raised thing that is pressed.
    pub pressed: Color32,
    /// The one line between things.
    pub hairline: Color32,
    /// Outline of a field under the pointer.
    pub outline: Color32,
    /// What is read.
    pub text: Color32,
    /// Labels and second lines; at least 4.5:1 on a panel.
    pub text_secondary: Color32,
    /// Disabled things and ornaments.
    pub text_faint: Color32,
    /// The one accent: active things, primary buttons.
    pub accent: Color32,
    /// The accent as a text color (readable on a panel).
    pub accent_text: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The accent as a quiet fill behind an active row or tool.
    pub accent_soft: Color32,
    /// Second color of selections, and of notices.
    pub sky: Color32,
    /// Trouble, and what destroys.
    pub danger: Color32,
    /// Text in the danger color, readable on a panel.
    pub danger_text: Color32,
    /// It worked.
    pub success: Color32,
    /// Axis X.
    pub axis_x: Color32,
    /// Axis Y.
    pub axis_y: Color32,
    /// Axis Z.
    pub axis_z: Color32,
    /// Cards over the viewport.
    pub card: Color32,
    /// Over the viewport while a modal card asks.
    pub scrim: Color32,
    /// Color of every shadow.
    pub shadow: Color32,
}

/// Dark, the default.
pub const DARK: Tokens = Tokens {
    background: Color32::from_rgb(18, 18, 20),
    panel: Color32::from_rgb(27, 28, 31),
    raised: Color32::from_rgb(36, 37, 41),
    hover: Color32::from_rgb(46, 48, 53),
    pressed: Color32::from_rgb(56, 58, 64),
    hairline: Color32::from_rgb(52, 54, 59),
    outline: Color32::from_rgb(78, 81, 88),
    text: Color32::from_rgb(232, 232, 232),
    text_secondary: Color32::from_rgb(168, 168, 168),
    text_faint: Color32::from_rgb(112, 112, 112),
    accent: Color32::from_rgb(255, 176, 64),
    accent_text: Color32::from_rgb(255, 176, 64),
    on_accent: Color32::from_rgb(28, 20, 8),
    accent_soft: Color32::from_rgb(64, 51, 33),
    sky: Color32::from_rgb(86, 180, 233),
    danger: Color32::from_rgb(213, 94, 0),
    danger_text: Color32::from_rgb(255, 138, 66),
    success: Color32::from_rgb(88, 186, 120),
    axis_x: Color32::from_rgb(230, 74, 74),
    axis_y: Color32::from_rgb(120, 190, 70),
    axis_z: Color32::from_rgb(74, 134, 232),
    card: Color32::from_rgba_premultiplied(27, 28, 31, 246),
    scrim: Color32::from_rgba_premultiplied(4, 4, 5, 150),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 110),
};

/// Light.
pub const LIGHT: Tokens = Tokens {
    background: Color32::from_rgb(226, 227, 231),
    panel: Color32::from_rgb(243, 244, 246),
    raised: Color32::from_rgb(255, 255, 255),
    hover: Color32::from_rgb(232, 234, 238),
    pressed: Color32::from_rgb(216, 219, 225),
    hairline: Color32::from_rgb(208, 210, 216),
    outline: Color32::from_rgb(160, 164, 173),
    text: Color32::from_rgb(26, 27, 30),
    text_secondary: Color32::from_rgb(84, 86, 92),
    text_faint: Color32::from_rgb(138, 141, 148),
    accent: Color32::from_rgb(246, 162, 40),
    accent_text: Color32::from_rgb(146, 84, 0),
    on_accent: Color32::from_rgb(34, 22, 4),
    accent_soft: Color32::from_rgb(250, 228, 194),
    sky: Color32::from_rgb(20, 112, 168),
    danger: Color32::from_rgb(190, 78, 0),
    danger_text: Color32::from_rgb(168, 66, 0),
    success: Color32::from_rgb(30, 126, 66),
    axis_x: Color32::from_rgb(208, 48, 48),
    axis_y: Color32::from_rgb(84, 148, 40),
    axis_z: Color32::from_rgb(44, 100, 204),
    card: Color32::from_rgba_premultiplied(243, 244, 246, 250),
    scrim: Color32::from_rgba_premultiplied(12, 12, 14, 96),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 48),
};

/// Colors of what is painted over the picture. They do not follow the theme: a picture has none.
pub mod overlay {
    use egui::Color32;

    /// Selection outlines, brush ring, drag frames.
    pub const ACCENT: Color32 = Color32::from_rgb(255, 176, 64);
    /// A selection that adds.
    pub const ADD: Color32 = Color32::from_rgb(86, 180, 233);
    /// A selection that takes away.
    pub const SUBTRACT: Color32 = Color32::from_rgb(255, 120, 60);
    /// The dark line under every bright one, so that both read on any picture.
    pub const SHADE: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 150);
    /// Labels and quiet lines over the picture.
    pub const QUIET: Color32 = Color32::from_rgba_premultiplied(190, 190, 190, 190);
    /// Text on the picture and on the balls of the axis gizmo.
    pub const INK: Color32 = Color32::from_rgb(20, 20, 22);
    /// The disc behind the axis gizmo while it is hovered.
    pub const DISC: Color32 = Color32::from_rgba_premultiplied(30, 30, 32, 90);
    /// Outside of the safe frame.
    pub const OUTSIDE: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 120);
    /// Handles along the axes, as in the axis gizmo.
    pub const AXIS_X: Color32 = Color32::from_rgb(238, 82, 82);
    /// See [`AXIS_X`].
    pub const AXIS_Y: Color32 = Color32::from_rgb(132, 204, 78);
    /// See [`AXIS_X`].
    pub const AXIS_Z: Color32 = Color32::from_rgb(84, 146, 245);
    /// Behind numbers beside the pointer.
    pub const PLATE: Color32 = Color32::from_rgba_premultiplied(14, 14, 16, 215);
    /// The light's handle.
    pub const LIGHT: Color32 = Color32::from_rgb(255, 222, 150);
    /// No tint.
    pub const WHITE: Color32 = Color32::WHITE;
}

impl Tokens {
    /// The tokens of the theme that is on.
    pub fn of(visuals: &Visuals) -> &'static Self {
        if visuals.dark_mode { &DARK } else { &LIGHT }
    }

    /// A hairline.
    pub fn line(&self) -> Stroke {
        Stroke::new(1.0, self.hairline)
    }
}

/// The tokens of the theme of `ui`.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    Tokens::of(ui.visuals())
}

/// An opaque display color from numbers in 0..=1 (a light's color swatch, for example).
pub fn swatch(rgb: [f32; 3]) -> Color32 {
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    Color32::from_rgb(byte(rgb[0]), byte(rgb[1]), byte(rgb[2]))
}

/// `color` with its alpha multiplied by `amount` in 0..=1.
pub fn faded(color: Color32, amount: f32) -> Color32 {
    color.gamma_multiply(amount.clamp(0.0, 1.0))
}

/// The family of headings and strong text.
pub fn semibold() -> FontFamily {
    FontFamily::Name(Arc::from("semibold"))
}

/// The family of icons.
pub fn icon_family() -> FontFamily {
    FontFamily::Name(Arc::from("icons"))
}

/// Body text, 13 points.
pub fn body_font() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Second lines and labels, 11 points.
pub fn small_font() -> FontId {
    FontId::new(11.0, FontFamily::Proportional)
}

/// Headings, 15 points semibold.
pub fn heading_font() -> FontId {
    FontId::new(15.0, semibold())
}

/// Strong body text, 13 points semibold.
pub fn strong_font() -> FontId {
    FontId::new(13.0, semibold())
}

/// An icon of the given size.
pub fn icon_font(size: f32) -> FontId {
    FontId::new(size, icon_family())
}

/// Strong body text.
pub fn strong(text: impl Into<String>) -> RichText {
    RichText::new(text).font(strong_font())
}

/// A heading.
pub fn heading(text: impl Into<String>) -> RichText {
    RichText::new(text).font(heading_font())
}

/// A second line.
pub fn small(text: impl Into<String>) -> RichText {
    RichText::new(text).font(small_font())
}

/// Installs fonts and both themes.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for (theme, tokens) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.set_style_of(theme, style(theme, tokens));
    }
}

fn fonts() -> FontDefinitions {
    // egui's own fonts stay as the last resort (monospace, and letters that Inter lacks).
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8], tweak: FontTweak| {
        fonts.font_data.insert(
            name.to_owned(),
            Arc::new(FontData::from_static(bytes).tweak(tweak)),
        );
    };
    let regular = include_bytes!("../../assets/fonts/Inter-Regular.otf");
    let semibold_bytes = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
    let icons = include_bytes!("../../assets/icons/Phosphor.ttf");
    add("Inter", regular, FontTweak::default());
    add("Inter SemiBold", semibold_bytes, FontTweak::default());
    add("Phosphor", icons, FontTweak::default());

    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let with_fallback = |first: &[&str]| {
        let mut family: Vec<String> = first.iter().map(|name| (*name).to_owned()).collect();
        family.extend(fallback.iter().cloned());
        family
    };
    fonts.families.insert(
        FontFamily::Proportional,
        with_fallback(&["Inter", "Phosphor"]),
    );
    fonts
        .families
        .insert(semibold(), with_fallback(&["Inter SemiBold", "Phosphor"]));
    fonts
        .families
        .insert(icon_family(), with_fallback(&["Phosphor", "Inter"]));
    fonts
}

fn style(theme: Theme, tokens: &Tokens) -> Style {
    let mut style = Style {
        text_styles: BTreeMap::from([
            (TextStyle::Small, small_font()),
            (TextStyle::Body, body_font()),
            (TextStyle::Button, body_font()),
            (TextStyle::Heading, heading_font()),
            (
                TextStyle::Monospace,
                FontId::new(12.0, FontFamily::Monospace),
            ),
        ]),
        animation_time: SLIDE_SECS,
        visuals: visuals(theme, tokens),
        compact_menu_style: true,
        ..Style::default()
    };
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 4.0);
    spacing.button_padding = Vec2::new(8.0, 4.0);
    spacing.interact_size = Vec2::new(36.0, FIELD);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.menu_width = 240.0;
    spacing.indent = 16.0;
    spacing.slider_width = 120.0;
    spacing.slider_rail_height = 4.0;
    spacing.combo_width = 80.0;
    spacing.combo_height = 340.0;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 8.0;
    spacing.tooltip_width = 300.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_allocated_width: 0.0,
        ..ScrollStyle::floating()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    #[cfg(debug_assertions)]
    {
        style.debug.show_unaligned = false;
    }
    style
}

fn visuals(theme: Theme, t: &Tokens) -> Visuals {
    let mut v = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    let radius = CornerRadius::same(RADIUS);
    let widget = |fill: Color32, stroke: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, stroke),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    v.widgets = Widgets {
        noninteractive: widget(t.panel, t.hairline, t.text),
        inactive: widget(t.raised, t.hairline, t.text),
        hovered: widget(t.hover, t.outline, t.text),
        active: widget(t.pressed, t.accent, t.text),
        open: widget(t.hover, t.outline, t.text),
    };
    v.selection = Selection {
        bg_fill: t.accent_soft,
        stroke: Stroke::new(1.0, t.accent_text),
    };
    v.override_text_color = None;
    v.weak_text_color = Some(t.text_secondary);
    v.hyperlink_color = t.accent_text;
    v.faint_bg_color = t.raised;
    v.extreme_bg_color = t.background;
    v.text_edit_bg_color = Some(t.background);
    v.code_bg_color = t.raised;
    v.warn_fg_color = t.accent_text;
    v.error_fg_color = t.danger_text;
    v.window_corner_radius = CornerRadius::same(10);
    v.menu_corner_radius = CornerRadius::same(8);
    v.window_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.hairline);
    v.panel_fill = t.panel;
    v.window_shadow = Shadow {
        offset: [0, 8],
        blur: 28,
        spread: 0,
        color: t.shadow,
    };
    v.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: t.shadow,
    };
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);
    v.slider_trailing_fill = true;
    v.handle_shape = HandleShape::Circle;
    v.indent_has_left_vline = false;
    v.collapsing_header_frame = false;
    v.disabled_alpha = 0.45;
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let linear = |byte: u8| {
            let v = f32::from(byte) / 255.0;
            if v <= 0.040_45 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_every_surface() {
        /// WCAG 2.2, success criterion 1.4.3.
        const READABLE: f32 = 4.5;
        for t in [&DARK, &LIGHT] {
            for (text, surface) in [
                (t.text, t.background),
                (t.text, t.panel),
                (t.text, t.raised),
                (t.text, t.hover),
                (t.text, t.accent_soft),
                (t.text_secondary, t.panel),
                (t.text_secondary, t.background),
                (t.text_secondary, t.raised),
                (t.accent_text, t.panel),
                (t.danger_text, t.panel),
                (t.on_accent, t.accent),
            ] {
                let ratio = contrast(text, surface);
                assert!(
                    ratio >= READABLE,
                    "{text:?} on {surface:?} is only {ratio:.2}"
                );
            }
        }
    }
}
