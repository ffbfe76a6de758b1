//! What the readers of maps hand over: features with tags, in degrees.

use std::collections::HashMap;

use super::OsmError;

/// Degrees east and north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LonLat {
    pub(super) lon: f64,
    pub(super) lat: f64,
}

/// What is said of a thing: keys and values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tags(pub(super) Vec<(String, String)>);

impl Tags {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }

    /// Whether a key has one of the values.
    pub(super) fn is(&self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|value| values.contains(&value))
    }

    /// Whether a key is there and its value is not `no`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value != "no")
    }
}

/// Where a feature is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// One place.
    Point(LonLat),
    /// An open or closed line.
    Line(Vec<LonLat>),
    /// Rings, outer and inner as their source says; the last point need not be the first.
    Area {
        outer: Vec<LonLat>,
        holes: Vec<Vec<LonLat>>,
    },
}

/// A thing on the map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    /// The same whenever the file is read.
    pub(super) id: u64,
    pub(super) tags: Tags,
    pub(super) shape: Shape,
}

/// A map as a file holds it.
#[derive(Debug, Default)]
pub(super) struct Features {
    pub(super) all: Vec<Feature>,
    /// South-western and north-eastern corner, where the file says what it covers.
    pub(super) bounds: Option<(LonLat, LonLat)>,
    /// What could not be used, in words.
    pub(super) warnings: Vec<String>,
}

/// A line of nodes.
#[derive(Debug, Default)]
pub(super) struct Way {
    pub(super) id: i64,
    pub(super) nodes: Vec<i64>,
    pub(super) tags: Tags,
}

/// Several ways as one thing.
#[derive(Debug, Default)]
pub(super) struct Relation {
    pub(super) id: i64,
    /// Way and role.
    pub(super) members: Vec<(i64, String)>,
    pub(super) tags: Tags,
}

/// Nodes, ways and relations of OpenStreetMap, as `.osm` and `.osm.pbf` hold them.
#[derive(Debug, Default)]
pub(super) struct Elements {
    pub(super) nodes: HashMap<i64, LonLat>,
    pub(super) tagged: Vec<(i64, Tags)>,
    pub(super) ways: Vec<Way>,
    pub(super) relations: Vec<Relation>,
    pub(super) bounds: Option<(LonLat, LonLat)>,
}

/// A map with more nodes than this is a country, not a city.
const MOST_NODES: usize = 12_000_000;

impl Elements {
    /// Keeps a node, if it lies on the earth.
    pub(super) fn node(&mut self, id: i64, at: LonLat, tags: Tags) -> Result<(), OsmError> {
        if !(at.lon.abs() <= 360.0 && at.lat.abs() <= 90.0) {
            return Ok(());
        }
        if self.nodes.len() >= MOST_NODES {
            return Err(OsmError::TooLarge {
                what: format!("more than {MOST_NODES} nodes"),
            });
        }
        self.nodes.insert(id, at);
        if !tags.0.is_empty() {
            self.tagged.push((id, tags));
        }
        Ok(())
    }
}
