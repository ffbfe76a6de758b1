//! How fine each part of a city is made.

use glam::Vec3;

/// Strides are powers of two between these, metres.
const FINEST: f32 = 0.03125;
const COARSEST: f32 = 4.0;

/// The rule for strides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Detail {
    /// One stride everywhere, metres: a level of detail.
    Stride(f32),
    /// Fine near a camera, coarse far from it.
    View(Viewpoint),
}

/// A camera for which a city is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewpoint {
    /// Its place in the frame of the layout.
    pub eye: Vec3,
    /// Unit direction in which it looks, and the cosine of the angle around it that is seen; what lies outside is
    /// made coarse. Nothing for a camera that turns.
    pub gaze: Option<(Vec3, f32)>,
    /// Focal length in pixels.
    pub focal_px: f32,
    /// Wanted size of a stride in pixels; 1.6 is sharp.
    pub pixels: f32,
    /// The finest stride to use, metres.
    pub finest: f32,
}

impl Detail {
    /// The stride for a surface of this radius around a place that looks along `normal` (nothing for all around).
    pub fn stride(&self, at: Vec3, radius: f32, normal: Option<Vec3>) -> f32 {
        let view = match self {
            Self::Stride(stride) => return *stride,
            Self::View(view) => view,
        };
        let to = at - view.eye;
        let distance = to.length();
        let near = (distance - radius).max(0.5);
        let mut wanted = view.pixels * near / view.focal_px;
        if let Some((gaze, cos)) = view.gaze
            && distance > radius + 6.0
        {
            // The cone widened by what the radius covers.
            let widened = cos.clamp(-1.0, 1.0).acos() + (radius / distance).min(1.0).asin();
            if to.dot(gaze) < widened.min(3.1).cos() * distance {
                wanted = wanted.max(2.0);
            }
        }
        if let Some(normal) = normal
            && to.dot(normal) > radius
        {
            wanted = (2.0 * wanted).min(wanted.max(1.0));
        }
        power_of_two(wanted.max(view.finest))
    }
}

/// The nearest power of two in the range of strides.
fn power_of_two(stride: f32) -> f32 {
    2.0_f32.powf(stride.log2().round()).clamp(FINEST, COARSEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_is_coarse_and_backs_are_coarser() {
        let detail = Detail::View(Viewpoint {
            eye: Vec3::ZERO,
            gaze: None,
            focal_px: 830.0,
            pixels: 1.6,
            finest: 0.0625,
        });
        let stride = |x: f32, normal| detail.stride(Vec3::new(x, 0.0, 0.0), 0.0, normal);
        assert_eq!(stride(20.0, None), 0.0625, "street level");
        assert_eq!(stride(130.0, None), 0.25, "across the square");
        assert_eq!(
            stride(20.0, Some(Vec3::X)),
            0.0625,
            "a wall seen from behind"
        );
        assert_eq!(stride(9000.0, None), 4.0, "the horizon");
    }
}
