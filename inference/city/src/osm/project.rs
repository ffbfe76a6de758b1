//! Degrees to metres around a city.

use glam::DVec2;

use super::OsmError;
use super::data::{Features, LonLat, Shape};
use crate::finite::FinitePlan;

/// An equirectangular projection with the metres that a degree has at its middle on the WGS 84 ellipsoid: right to
/// 0.1 % within 30 km.
#[derive(Debug, Clone, Copy)]
pub(super) struct Projection {
    middle: LonLat,
    metres: DVec2,
}

impl Projection {
    /// Around the middle of a map. Maps over the date line are one piece; maps of more than 30 km are refused.
    pub(super) fn of(features: &Features) -> Result<(Self, DVec2, DVec2), OsmError> {
        let corners: Vec<LonLat> = match features.bounds {
            Some((low, high)) => vec![low, high],
            None => features
                .all
                .iter()
                .flat_map(|feature| places(&feature.shape))
                .collect(),
        };
        let Some(&first) = corners.first() else {
            return Err(OsmError::Empty);
        };
        if let Some(far) = corners
            .iter()
            .find(|p| !(p.lon.abs() <= 360.0 && p.lat.abs() <= 90.0))
        {
            return Err(OsmError::Broken {
                what: format!(
                    "its coordinates ({}, {}) are no degrees; save it in WGS 84 (EPSG:4326)",
                    far.lon, far.lat
                ),
            });
        }
        let inf = f64::INFINITY;
        let (mut low, mut high) = (DVec2::splat(inf), DVec2::splat(-inf));
        for p in &corners {
            let p = DVec2::new(first.lon + turn(p.lon - first.lon), p.lat);
            (low, high) = (low.min(p), high.max(p));
        }
        let middle = 0.5 * (low + high);
        let projection = Self::around(LonLat {
            lon: middle.x,
            lat: middle.y,
        });
        let half = 0.5 * (high - low) * projection.metres;
        let largest = 2.0 * half.max_element();
        if largest > f64::from(FinitePlan::LARGEST) {
            return Err(OsmError::TooLarge {
                what: format!("{:.0} km wide", largest / 1000.0),
            });
        }
        Ok((projection, -half, half))
    }

    fn around(middle: LonLat) -> Self {
        let lat = middle.lat.clamp(-89.0, 89.0).to_radians();
        // Series of the ellipsoid's radii (WGS 84), metres a degree.
        let north = 111_132.954 - 559.822 * (2.0 * lat).cos() + 1.175 * (4.0 * lat).cos();
        let east = 111_412.84 * lat.cos() - 93.5 * (3.0 * lat).cos() + 0.118 * (5.0 * lat).cos();
        Self {
            middle,
            metres: DVec2::new(east, north),
        }
    }

    /// Metres east and north of the middle.
    pub(super) fn apply(&self, place: LonLat) -> DVec2 {
        DVec2::new(
            turn(place.lon - self.middle.lon),
            place.lat - self.middle.lat,
        ) * self.metres
    }
}

/// The same angle in -180..180 degrees.
fn turn(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

fn places(shape: &Shape) -> Vec<LonLat> {
    match shape {
        Shape::Point(place) => vec![*place],
        Shape::Line(line) => line.clone(),
        Shape::Area { outer, .. } => outer.clone(),
    }
}
