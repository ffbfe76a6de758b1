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
    /// Along or about the first axis.
    X,
    /// Along or about the second axis.
    Y,
    /// Along or about the third axis.
    Z,
    /// A handle that belongs to no axis.
    View,
    /// A handle under the pointer or in the hand.
    Hot,
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

/// How a [`Shape`] is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// A line from the first corner to the last.
    Open,
    /// A line around.
    Closed,
    /// An area; convex.
    Filled,
}

/// A part of a handle.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Corners, pixels.
    pub points: Vec<Vec2>,
    /// Line or area.
    pub paint: Paint,
    /// Width of the line, points.
    pub width: f32,
    /// 0..=1.
    pub opacity: f32,
    /// Meaning.
    pub tone: Tone,
}

impl Shape {
    /// A line.
    pub fn open(points: Vec<Vec2>, tone: Tone, width: f32) -> Self {
        Self {
            points,
            paint: Paint::Open,
            width,
            opacity: 1.0,
            tone,
        }
    }

    /// A line that ends where it began.
    pub fn closed(points: Vec<Vec2>, tone: Tone, width: f32) -> Self {
        Self {
            paint: Paint::Closed,
            ..Self::open(points, tone, width)
        }
    }

    /// A convex area.
    pub fn filled(points: Vec<Vec2>, tone: Tone, opacity: f32) -> Self {
        Self {
            paint: Paint::Filled,
            opacity,
            ..Self::open(points, tone, 0.0)
        }
    }
}

/// A line of text beside a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The point, pixels.
    pub at: Vec2,
    /// What it says.
    pub text: String,
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
    /// Handles.
    pub shapes: Vec<Shape>,
    /// Numbers and names.
    pub labels: Vec<Label>,
    /// Corners of a polygon, middle and sides of a volume.
    pub handles: Vec<Handle>,
}
