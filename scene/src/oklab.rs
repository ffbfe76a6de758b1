//! Colors in OKLab, where equal distances look about equally different (Ottosson 2020).

use glam::{Mat3, Vec3};

/// Cone responses of linear sRGB; Ottosson 2020, “A perceptual color space for image processing”.
const LMS_FROM_LINEAR: Mat3 = Mat3::from_cols_array(&[
    0.412_221_46,
    0.211_903_5,
    0.088_302_46,
    0.536_332_55,
    0.680_699_5,
    0.281_718_85,
    0.051_445_995,
    0.107_396_96,
    0.629_978_7,
]);
/// Lightness and two opponent axes of the cube roots of cone responses.
const LAB_FROM_ROOTS: Mat3 = Mat3::from_cols_array(&[
    0.210_454_26,
    1.977_998_5,
    0.025_904_037,
    0.793_617_8,
    -2.428_592_2,
    0.782_771_77,
    -0.004_072_047,
    0.450_593_7,
    -0.808_675_77,
]);

/// The inverses, as published beside them.
const ROOTS_FROM_LAB: Mat3 = Mat3::from_cols_array(&[
    1.0,
    1.0,
    1.0,
    0.396_337_78,
    -0.105_561_346,
    -0.089_484_18,
    0.215_803_76,
    -0.063_854_17,
    -1.291_485_5,
]);
/// See [`ROOTS_FROM_LAB`].
const LINEAR_FROM_LMS: Mat3 = Mat3::from_cols_array(&[
    4.076_741_7,
    -1.268_438,
    -0.004_196_086_3,
    -3.307_711_6,
    2.609_757_4,
    -0.703_418_6,
    0.230_969_94,
    -0.341_319_38,
    1.707_614_7,
]);

/// OKLab (lightness 0..=1, green to red, blue to yellow) of a display-referred sRGB color; what lies
/// outside 0..=1 is shown clipped, hence compared clipped.
pub fn from_display(color: Vec3) -> Vec3 {
    let linear = color.clamp(Vec3::ZERO, Vec3::ONE);
    let linear = Vec3::from(linear.to_array().map(linear_from_display));
    let lms = LMS_FROM_LINEAR * linear;
    LAB_FROM_ROOTS * Vec3::from(lms.to_array().map(f32::cbrt))
}

/// The display-referred sRGB color of OKLab coordinates, clipped to 0..=1; the inverse of [`from_display`].
pub fn to_display(lab: Vec3) -> Vec3 {
    let light = linear(lab).clamp(Vec3::ZERO, Vec3::ONE);
    Vec3::from(light.to_array().map(display_from_linear))
}

/// The hue of a color at another lightness, as colorful as a display can show it there, and no more than
/// it was.
pub fn with_lightness(lab: Vec3, lightness: f32) -> Vec3 {
    const HALVINGS: usize = 10;
    let at = |part: f32| Vec3::new(lightness, lab.y * part, lab.z * part);
    let shows = |part: f32| {
        let light = linear(at(part));
        light.min_element() >= -1e-4 && light.max_element() <= 1.0001
    };
    if shows(1.0) {
        return at(1.0);
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if shows(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    at(low)
}

/// Linear sRGB of OKLab coordinates, which may lie outside of 0..=1.
fn linear(lab: Vec3) -> Vec3 {
    let roots = ROOTS_FROM_LAB * lab;
    LINEAR_FROM_LMS * (roots * roots * roots)
}

/// The sRGB transfer function, from light to display.
fn display_from_linear(value: f32) -> f32 {
    if value <= 0.003_130_8 {
        12.92 * value
    } else {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    }
}

/// The sRGB transfer function, from display to light.
fn linear_from_display(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// Hue 0..1 (red at 0), saturation and value of a display color.
pub fn hsv(color: Vec3) -> Vec3 {
    let c = color.clamp(Vec3::ZERO, Vec3::ONE);
    let (high, low) = (c.max_element(), c.min_element());
    let range = high - low;
    if range <= 0.0 {
        return Vec3::new(0.0, 0.0, high);
    }
    let hue = if high == c.x {
        (c.y - c.z) / range
    } else if high == c.y {
        2.0 + (c.z - c.x) / range
    } else {
        4.0 + (c.x - c.y) / range
    };
    Vec3::new((hue / 6.0).rem_euclid(1.0), range / high, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colors_have_their_published_coordinates() {
        // White, and the table of the CSS Color 4 specification for red, green and blue.
        for (color, expected) in [
            (Vec3::ONE, Vec3::new(1.0, 0.0, 0.0)),
            (Vec3::X, Vec3::new(0.627_96, 0.224_86, 0.125_85)),
            (Vec3::Y, Vec3::new(0.866_44, -0.233_89, 0.179_5)),
            (Vec3::Z, Vec3::new(0.452_01, -0.032_46, -0.311_53)),
        ] {
            let lab = from_display(color);
            let off = lab.distance(expected);
            assert!(off < 1e-3, "{color}: {lab} is {off} from {expected}");
        }
        assert_eq!(from_display(Vec3::splat(-1.0)), Vec3::ZERO, "clipped");
    }

    #[test]
    fn colors_come_back() {
        for i in 0..27_u8 {
            let color = Vec3::new(f32::from(i % 3), f32::from(i / 3 % 3), f32::from(i / 9)) * 0.5;
            let back = to_display(from_display(color));
            assert!(back.distance(color) < 2e-3, "{color} became {back}");
        }
    }

    #[test]
    fn another_lightness_keeps_the_hue_inside_of_what_is_shown() {
        let blue = from_display(Vec3::Z);
        for lightness in [0.1, 0.5, 0.95] {
            let lab = with_lightness(blue, lightness);
            assert!((lab.x - lightness).abs() < 1e-6, "the lightness asked for");
            let (hue, expected) = (lab.z.atan2(lab.y), blue.z.atan2(blue.y));
            assert!((hue - expected).abs() < 1e-4, "{hue} instead of {expected}");
            let back = from_display(to_display(lab));
            assert!(back.distance(lab) < 5e-3, "{lab} is shown as {back}");
        }
    }

    #[test]
    fn hue_goes_around_from_red_to_red() {
        for (color, expected) in [
            (Vec3::X, 0.0),
            (Vec3::new(1.0, 1.0, 0.0), 1.0 / 6.0),
            (Vec3::Y, 1.0 / 3.0),
            (Vec3::Z, 2.0 / 3.0),
            (Vec3::new(1.0, 0.0, 1.0), 5.0 / 6.0),
        ] {
            let hue = hsv(color).x;
            assert!((hue - expected).abs() < 1e-6, "{color}: {hue}");
        }
        assert_eq!(hsv(Vec3::splat(0.5)), Vec3::new(0.0, 0.0, 0.5), "gray");
    }
}
