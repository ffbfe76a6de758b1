//! GeoJSON (RFC 7946): footprints with heights or levels in their properties, and lines and points with tags.

use serde_json::Value;

use super::OsmError;
use super::data::{Feature, Features, LonLat, Shape, Tags};

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Features, OsmError> {
    let root: Value = serde_json::from_slice(bytes).map_err(|error| OsmError::Broken {
        what: format!("it is no JSON ({error})"),
    })?;
    let mut features = Features::default();
    let list: Vec<&Value> = match root.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => root
            .get("features")
            .and_then(Value::as_array)
            .map(|list| list.iter().collect())
            .unwrap_or_default(),
        Some("Feature") => vec![&root],
        _ => {
            return Err(OsmError::Broken {
                what: "it is JSON, but no GeoJSON FeatureCollection".to_owned(),
            });
        }
    };
    let mut unread = 0;
    for (index, feature) in list.into_iter().enumerate() {
        let tags = tags(feature.get("properties"));
        let before = features.all.len();
        if let Some(geometry) = feature.get("geometry") {
            add(geometry, &tags, index as u64, &mut features, 0);
        }
        unread += usize::from(features.all.len() == before);
    }
    if unread > 0 {
        features.warnings.push(format!(
            "{unread} features without a shape that can be read were left out"
        ));
    }
    Ok(features)
}

/// Properties as tags; the names that other tools give to heights and levels become OpenStreetMap's.
fn tags(properties: Option<&Value>) -> Tags {
    let Some(Value::Object(map)) = properties else {
        return Tags::default();
    };
    let mut tags = Tags::default();
    for (key, value) in map {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(true) => "yes".to_owned(),
            _ => continue,
        };
        let key = match key.to_lowercase().as_str() {
            "building_height" | "building:height" | "bldg_height" | "hoehe" | "hoogte" => {
                "height".to_owned()
            }
            "levels" | "num_floors" | "floors" | "building_levels" | "storeys" => {
                "building:levels".to_owned()
            }
            "min_floor" | "min_level" => "building:min_level".to_owned(),
            "roof_shape" => "roof:shape".to_owned(),
            key => key.to_owned(),
        };
        tags.0.push((key, text));
    }
    tags
}

fn add(geometry: &Value, tags: &Tags, id: u64, features: &mut Features, depth: u8) {
    let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
    let mut push = |shape: Option<Shape>, part: usize, areal: bool| {
        let Some(shape) = shape else { return };
        let mut tags = tags.clone();
        // A file of polygons that says nothing else is one of footprints.
        let known = [
            "building",
            "building:part",
            "natural",
            "landuse",
            "leisure",
            "highway",
            "amenity",
            "water",
            "waterway",
            "place",
            "area",
        ];
        if areal && !known.iter().any(|key| tags.get(key).is_some()) {
            tags.0.push(("building".to_owned(), "yes".to_owned()));
        }
        features.all.push(Feature {
            id: (id << 16) + part as u64,
            tags,
            shape,
        });
    };
    match geometry.get("type").and_then(Value::as_str) {
        Some("Point") => push(place(coordinates).map(Shape::Point), 0, false),
        Some("LineString") => push(line(coordinates).map(Shape::Line), 0, false),
        Some("Polygon") => push(rings(coordinates), 0, true),
        Some(kind @ ("MultiPolygon" | "MultiLineString" | "MultiPoint")) => {
            for (part, one) in coordinates.as_array().into_iter().flatten().enumerate() {
                match kind {
                    "MultiPolygon" => push(rings(one), part, true),
                    "MultiLineString" => push(line(one).map(Shape::Line), part, false),
                    _ => push(place(one).map(Shape::Point), part, false),
                }
            }
        }
        Some("GeometryCollection") if depth < 4 => {
            let parts = geometry.get("geometries").and_then(Value::as_array);
            for (part, one) in parts.into_iter().flatten().enumerate() {
                add(one, tags, (id << 8) + part as u64, features, depth + 1);
            }
        }
        _ => {}
    }
}

fn place(value: &Value) -> Option<LonLat> {
    let pair = value.as_array()?;
    Some(LonLat {
        lon: pair.first()?.as_f64()?,
        lat: pair.get(1)?.as_f64()?,
    })
}

fn line(value: &Value) -> Option<Vec<LonLat>> {
    value.as_array()?.iter().map(place).collect()
}

fn rings(value: &Value) -> Option<Shape> {
    let mut rings = value.as_array()?.iter().filter_map(line);
    Some(Shape::Area {
        outer: rings.next()?,
        holes: rings.collect(),
    })
}
