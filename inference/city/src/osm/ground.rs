//! Which features are ground, and what kind.

use super::data::Tags;
use crate::layout::AreaKind;

/// What a polygon covers the ground with, and its place in the order of painting: later ones lie on earlier ones.
pub(super) fn ground(tags: &Tags) -> Option<(AreaKind, u8)> {
    let below = tags.is("location", &["underground"])
        || tags.is("parking", &["underground", "multi-storey"]);
    if below || tags.has("building") || tags.has("indoor") {
        return None;
    }
    if tags.is("natural", &["water", "bay", "wetland"])
        || tags.is("landuse", &["basin", "reservoir", "pond"])
        || tags.is("waterway", &["riverbank", "dock"])
        || tags.is("leisure", &["swimming_pool"])
        || tags.is("amenity", &["fountain"])
    {
        return Some((AreaKind::Water, 3));
    }
    if tags.is("amenity", &["parking"]) {
        return Some((AreaKind::Asphalt, 4));
    }
    let paved =
        tags.is("area", &["yes"]) && tags.is("highway", &["pedestrian", "footway", "platform"]);
    if paved || tags.is("place", &["square"]) || tags.is("amenity", &["marketplace"]) {
        return Some((AreaKind::Square, 1));
    }
    if tags.is(
        "natural",
        &["wood", "scrub", "grassland", "heath", "shrubbery"],
    ) || tags.is(
        "landuse",
        &[
            "grass",
            "forest",
            "meadow",
            "village_green",
            "recreation_ground",
            "cemetery",
            "orchard",
            "allotments",
            "flowerbed",
        ],
    ) || tags.is("leisure", &["garden", "pitch", "playground", "dog_park"])
    {
        return Some((AreaKind::Park, 2));
    }
    if tags.is("leisure", &["park", "golf_course", "nature_reserve"]) {
        return Some((AreaKind::Park, 0));
    }
    if tags.is(
        "landuse",
        &["construction", "brownfield", "railway", "quarry"],
    ) || tags.is(
        "natural",
        &["sand", "beach", "bare_rock", "shingle", "scree"],
    ) {
        return Some((AreaKind::Bare, 1));
    }
    None
}

/// Whether trees are to be strewn where the map has none.
pub(super) fn wooded(tags: &Tags) -> bool {
    tags.is("leisure", &["park", "garden"])
        || tags.is("natural", &["wood"])
        || tags.is("landuse", &["forest", "cemetery", "village_green"])
}
