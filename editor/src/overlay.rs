//! Shapes that the viewport paints over the picture, in viewport pixels.

use glam::Vec2;

/// What a shape means; the theme gives it a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// A selection that replaces, or a neutral mark.
    #[default]
    Neutral,
    /// A selection that adds.
    Add,
    /// A selection that subtracts.
    Subtract,
    /// Belongs to a light.
    Light,
    /// Helps to read another shape; drawn quietly.
    Guide,
}

/// A polyline.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Corners, pixels.
    pub points: Vec<Vec2>,
    /// Whether the last corner joins the first.
    pub closed: bool,
    /// Meaning.
    pub tone: Tone,
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Top left corner, pixels.
    pub min: Vec2,
    /// Bottom right corner, pixels.
    pub max: Vec2,
    /// Meaning.
    pub tone: Tone,
}

/// A circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ring {
    /// Middle, pixels.
    pub center: Vec2,
    /// Radius, pixels.
    pub radius: f32,
    /// Meaning.
    pub tone: Tone,
}

/// Something to take hold of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handle {
    /// Middle, pixels.
    pub pos: Vec2,
    /// Meaning.
    pub tone: Tone,
    /// Whether a press would take hold of it now.
    pub hot: bool,
}

/// Everything to paint over the picture now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overlay {
    /// Polylines: lassos, the light's direction.
    pub lines: Vec<Line>,
    /// Selection rectangles.
    pub rects: Vec<Rect>,
    /// Brush, orbit pivot, light handle.
    pub rings: Vec<Ring>,
    /// Corners of a polygon, middle and sides of a volume.
    pub handles: Vec<Handle>,
}
