//! What an artist sets once.

use serde::{Deserialize, Serialize};

use crate::{
    input::{Button, Modifiers},
    paint_options::PaintOptions,
    select_options::SelectOptions,
    target::Pivot,
    view_options::ViewOptions,
};

/// Which program's mouse habits the viewport follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum NavigationPreset {
    /// Left or middle orbits, right pans, middle with Shift pans.
    #[default]
    Splatwright,
    /// Middle orbits, with Shift pans, with Ctrl zooms.
    Blender,
    /// Alt with left orbits, with middle pans, with right zooms.
    Maya,
    /// Right looks around (with WASD), middle pans, Alt with left orbits.
    Unreal,
}

impl NavigationPreset {
    /// Every preset.
    pub const ALL: [Self; 4] = [Self::Splatwright, Self::Blender, Self::Maya, Self::Unreal];

    /// Name as shown to the artist.
    pub fn name(self) -> &'static str {
        match self {
            // Its habits are the ones that most artists of splats have.
            Self::Splatwright => "SuperSplat",
            Self::Blender => "Blender",
            Self::Maya => "Maya",
            Self::Unreal => "Unreal",
        }
    }

    /// What a drag with this button does; `None` leaves it to the tool.
    pub(crate) fn action(self, button: Button, modifiers: Modifiers) -> Option<Navigation> {
        use Button::{Middle, Primary, Secondary};
        let Modifiers { shift, ctrl, alt } = modifiers;
        match self {
            Self::Splatwright | Self::Blender if button == Middle => Some(match (shift, ctrl) {
                (true, _) => Navigation::Pan,
                (false, true) => Navigation::Zoom,
                (false, false) => Navigation::Orbit,
            }),
            Self::Splatwright if button == Secondary => Some(Navigation::Pan),
            Self::Maya | Self::Unreal if alt => Some(match button {
                Primary => Navigation::Orbit,
                Middle => Navigation::Pan,
                Secondary => Navigation::Zoom,
            }),
            Self::Unreal if button == Secondary => Some(Navigation::Look),
            Self::Unreal if button == Middle => Some(Navigation::Pan),
            _ => None,
        }
    }
}

/// Ways to move the camera by dragging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Navigation {
    Orbit,
    Pan,
    Zoom,
    Look,
}

/// Preferences of the editor, stored by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Mouse habits.
    pub navigation: NavigationPreset,
    /// Radians per viewport height of dragging.
    pub orbit_speed: f32,
    /// Share of the distance that one wheel notch covers, 0..1.
    pub zoom_step: f32,
    /// Scene radii per second.
    pub fly_speed: f32,
    /// Zoom towards what is under the cursor instead of the middle.
    pub zoom_to_cursor: bool,
    /// Orbit around what is under the cursor instead of the middle.
    pub orbit_around_cursor: bool,
    /// No easing.
    pub reduced_motion: bool,
    /// Full vertical angle of the view, radians.
    pub fov_y: f32,
    /// Radius of the selection brush, points.
    pub brush_radius: f32,
    /// Selection tools leave alone what lies behind the surface that is seen.
    pub select_surface: bool,
    /// Selection tools take splats whose ellipses they touch, not only their centres.
    pub select_ellipses: bool,
    /// Thresholds of selection tools.
    pub select: SelectOptions,
    /// Brush and color of the painting tools.
    pub paint: PaintOptions,
    /// Memory for undo, bytes.
    pub history_bytes: usize,
    /// How the viewport shows splats.
    pub view: ViewOptions,
    /// Handles follow the layer's own axes, not the world's.
    pub local_axes: bool,
    /// About which point things are turned and scaled.
    pub pivot: Pivot,
}

impl Settings {
    /// Takes over what commands change, from the settings of a running editor: the shell keeps and
    /// stores them, and must not put them back.
    pub fn take_over_commands(&mut self, now: &Self) {
        self.brush_radius = now.brush_radius;
        self.select_surface = now.select_surface;
        self.select_ellipses = now.select_ellipses;
        self.select = now.select;
        self.paint = now.paint;
        self.view = now.view;
        self.local_axes = now.local_axes;
        self.pivot = now.pivot;
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            navigation: NavigationPreset::default(),
            orbit_speed: std::f32::consts::PI,
            zoom_step: 0.12,
            fly_speed: 0.8,
            zoom_to_cursor: true,
            orbit_around_cursor: true,
            reduced_motion: false,
            fov_y: 0.7,
            brush_radius: 32.0,
            select_surface: true,
            select_ellipses: false,
            select: SelectOptions::default(),
            paint: PaintOptions::default(),
            history_bytes: 1 << 30,
            view: ViewOptions::default(),
            local_axes: false,
            pivot: Pivot::default(),
        }
    }
}
