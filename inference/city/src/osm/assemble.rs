//! Nodes, ways and relations become points, lines and polygons.

use std::collections::HashMap;

use super::data::{Elements, Feature, Features, LonLat, Relation, Shape, Tags, Way};

/// Keys whose closed ways are areas.
const AREA_KEYS: [&str; 8] = [
    "building",
    "building:part",
    "landuse",
    "leisure",
    "amenity",
    "place",
    "water",
    "area:highway",
];

/// Kinds of `natural` that are lines even when they close.
const NATURAL_LINES: [&str; 4] = ["coastline", "tree_row", "cliff", "ridge"];

/// The features of a map. What refers to nodes outside the file is used as far as it goes.
pub(super) fn features(elements: Elements) -> Features {
    let mut features = Features {
        bounds: elements.bounds,
        ..Features::default()
    };
    for (id, tags) in &elements.tagged {
        features.all.push(Feature {
            id: feature_id(*id, 0),
            tags: tags.clone(),
            shape: Shape::Point(elements.nodes[id]),
        });
    }
    let ways: HashMap<i64, &Way> = elements.ways.iter().map(|way| (way.id, way)).collect();
    for way in &elements.ways {
        if let Some(shape) = way_shape(way, &elements.nodes) {
            features.all.push(Feature {
                id: feature_id(way.id, 1),
                tags: way.tags.clone(),
                shape,
            });
        }
    }
    let mut open = 0;
    for relation in &elements.relations {
        if relation.tags.is("type", &["multipolygon"]) {
            polygons(
                relation,
                &ways,
                &elements.nodes,
                &mut features.all,
                &mut open,
            );
        }
    }
    if open > 0 {
        features.warnings.push(format!(
            "outlines that did not close and were closed: {open}"
        ));
    }
    features
}

/// A number for nodes, ways and relations alike.
fn feature_id(id: i64, kind: u64) -> u64 {
    (id as u64).wrapping_mul(4).wrapping_add(kind)
}

fn places(nodes: &[i64], known: &HashMap<i64, LonLat>) -> Vec<LonLat> {
    nodes
        .iter()
        .filter_map(|id| known.get(id).copied())
        .collect()
}

fn way_shape(way: &Way, nodes: &HashMap<i64, LonLat>) -> Option<Shape> {
    if way.tags.0.is_empty() {
        return None;
    }
    let line = places(&way.nodes, nodes);
    let closed = way.nodes.len() > 3 && way.nodes.first() == way.nodes.last();
    Some(if closed && is_area(&way.tags) {
        Shape::Area {
            outer: line,
            holes: Vec::new(),
        }
    } else {
        Shape::Line(line)
    })
}

fn is_area(tags: &Tags) -> bool {
    match tags.get("area") {
        Some("yes") => return true,
        Some("no") => return false,
        _ => {}
    }
    let natural = tags
        .get("natural")
        .is_some_and(|kind| !NATURAL_LINES.contains(&kind));
    natural
        || tags.is("waterway", &["riverbank", "dock"])
        || tags.is("railway", &["platform"])
        || AREA_KEYS.iter().any(|key| tags.has(key))
}

/// The polygons of a relation: rings joined of its ways, every hole in the outline around it.
fn polygons(
    relation: &Relation,
    ways: &HashMap<i64, &Way>,
    nodes: &HashMap<i64, LonLat>,
    features: &mut Vec<Feature>,
    open: &mut usize,
) {
    let members = |inner: bool| -> Vec<&[i64]> {
        relation
            .members
            .iter()
            .filter(|(_, role)| (role == "inner") == inner)
            .filter_map(|(id, _)| ways.get(id))
            .map(|way| way.nodes.as_slice())
            .collect()
    };
    let rings = |inner: bool, open: &mut usize| -> Vec<Vec<LonLat>> {
        join(members(inner), open)
            .iter()
            .map(|ring| places(ring, nodes))
            .filter(|ring| ring.len() >= 3)
            .collect()
    };
    let outers = rings(false, open);
    let mut holes = rings(true, open);
    for (part, outer) in outers.into_iter().enumerate() {
        let (own, others) = holes.into_iter().partition(|hole| holds(&outer, hole[0]));
        holes = others;
        features.push(Feature {
            id: feature_id(relation.id, 2).wrapping_add((part as u64) << 48),
            tags: relation.tags.clone(),
            shape: Shape::Area { outer, holes: own },
        });
    }
}

/// Joins ways at their ends until rings close; what stays open is closed by a straight line.
fn join(mut ways: Vec<&[i64]>, open: &mut usize) -> Vec<Vec<i64>> {
    ways.retain(|way| way.len() >= 2);
    let mut rings = Vec::new();
    while let Some(first) = ways.pop() {
        let mut ring = first.to_vec();
        while ring.first() != ring.last() {
            let end = ring.last();
            let Some(next) = ways
                .iter()
                .position(|way| way.first() == end || way.last() == end)
            else {
                *open += 1;
                break;
            };
            let way = ways.swap_remove(next);
            if way.first() == end {
                ring.extend(&way[1..]);
            } else {
                ring.extend(way[..way.len() - 1].iter().rev());
            }
        }
        rings.push(ring);
    }
    rings
}

fn holds(ring: &[LonLat], point: LonLat) -> bool {
    (0..ring.len())
        .map(|i| (ring[i], ring[(i + 1) % ring.len()]))
        .filter(|(a, b)| (a.lat <= point.lat) != (b.lat <= point.lat))
        .filter(|(a, b)| {
            a.lon + (point.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon) > point.lon
        })
        .count()
        % 2
        == 1
}
