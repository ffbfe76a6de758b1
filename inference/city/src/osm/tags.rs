//! What tags say about heights, uses, roofs and streets (<https://wiki.openstreetmap.org/wiki/Simple_3D_Buildings>).

use super::data::Tags;
use crate::layout::{BuildingUse, Family, RoadClass, RoofShape};

/// Metres from floor to floor where only levels are known.
const FLOOR: f32 = 3.3;
/// What the ground floor and the attic wall add, metres.
const PLINTH: f32 = 1.2;
/// The tallest building that is believed, metres.
const TALLEST: f32 = 900.0;

/// Heights of a building above the ground, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heights {
    pub(super) base: f32,
    pub(super) eaves: f32,
    pub(super) levels: Option<f32>,
    /// Whether the tags said something that cannot be.
    pub(super) wrong: bool,
}

/// Heights from tags, or from the area of the ground (m²) where they are silent or wrong.
pub(super) fn heights(tags: &Tags, area: f32) -> Heights {
    let mut wrong = false;
    let mut sane = |key: &str, largest: f32| {
        let value = length(tags.get(key)?);
        let good = value.filter(|&v| v > 0.0 && v <= largest);
        wrong |= good.is_none() && value != Some(0.0);
        good
    };
    let height = sane("height", TALLEST);
    let levels = sane("building:levels", 250.0);
    let roof_levels = sane("roof:levels", 20.0).unwrap_or(0.0);
    let roof_height = sane("roof:height", 150.0);
    let base = sane("min_height", TALLEST)
        .or_else(|| sane("building:min_level", 250.0).map(|level| level * FLOOR))
        .unwrap_or(0.0);

    let flat = roof(tags).is_none_or(|roof| roof == RoofShape::Flat);
    let total = height.map(|height| {
        let guess = if flat {
            0.0
        } else {
            (0.25 * area.sqrt()).clamp(1.0, 6.0)
        };
        (height - roof_height.unwrap_or(guess.max(roof_levels * FLOOR))).max(height * 0.3)
    });
    let canopy = tags.is("building", &["roof", "carport"]);
    let usual = if canopy {
        4.5
    } else if area < 60.0 {
        3.5
    } else {
        10.0 + 4.0 * (area / 400.0).min(2.0)
    };
    let eaves = total
        .or_else(|| levels.map(|levels| levels * FLOOR + PLINTH))
        .unwrap_or(usual);
    let open = if canopy {
        (eaves - 0.6).max(base)
    } else {
        base
    };
    let bottomless = open >= eaves - 0.3;
    Heights {
        base: if bottomless { 0.0 } else { open },
        eaves,
        levels,
        wrong: wrong || (bottomless && open > 0.0),
    }
}

/// A length in metres: `12`, `12.5 m`, `12,5`, `40 ft`, `40'`, `5'10"`.
pub(super) fn length(text: &str) -> Option<f32> {
    let text = text.trim().replace(',', ".");
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let number: f32 = text[..end].parse().ok().filter(|n: &f32| n.is_finite())?;
    match text[end..].trim() {
        "" | "m" | "metres" | "meters" => Some(number),
        "cm" => Some(number * 0.01),
        "km" => Some(number * 1000.0),
        "ft" | "feet" | "'" => Some(number * 0.3048),
        rest => {
            let inches = rest
                .strip_prefix('\'')?
                .trim_end_matches(['"', '\''])
                .trim();
            Some(number * 0.3048 + inches.parse::<f32>().ok()? * 0.0254)
        }
    }
}

/// Shape of the roof.
pub(super) fn roof(tags: &Tags) -> Option<RoofShape> {
    Some(
        match tags
            .get("roof:shape")
            .or_else(|| tags.get("building:roof:shape"))?
        {
            "flat" => RoofShape::Flat,
            "gabled" | "saltbox" | "gabled_row" | "crosspitched" | "cross_gabled" => {
                RoofShape::Gabled
            }
            "hipped" | "half-hipped" | "side_hipped" | "hipped-and-gabled" => RoofShape::Hipped,
            "mansard" | "gambrel" => RoofShape::Mansard,
            "pyramidal" | "cone" | "spire" => RoofShape::Pyramid,
            "dome" | "onion" | "round" => RoofShape::Dome,
            "skillion" | "lean_to" | "shed" => RoofShape::Shed,
            _ => return None,
        },
    )
}

/// Material of the façade.
pub(super) fn family(tags: &Tags) -> Option<Family> {
    let material = tags
        .get("building:facade:material")
        .or_else(|| tags.get("building:material"))?;
    Some(match material {
        "brick" | "bricks" | "clay" => Family::Brick,
        "plaster" | "render" | "stucco" | "wood" | "timber_framing" => Family::Plaster,
        "stone" | "sandstone" | "limestone" | "granite" | "marble" | "masonry" => Family::Stone,
        "concrete" | "cement_block" | "panel" | "metal" | "steel" => Family::Concrete,
        "glass" | "mirror" => Family::Glass,
        _ => return None,
    })
}

/// What a building of an area (m²) and height is for.
pub(super) fn usage(tags: &Tags, area: f32, height: f32) -> BuildingUse {
    let kind = tags
        .get("building")
        .filter(|kind| *kind != "yes")
        .or_else(|| tags.get("building:part").filter(|kind| *kind != "yes"))
        .unwrap_or_default();
    let place = [
        "place_of_worship",
        "townhall",
        "theatre",
        "courthouse",
        "library",
        "arts_centre",
        "monastery",
    ];
    let sight = ["museum", "gallery", "attraction"];
    if tags.is("amenity", &place) || tags.is("tourism", &sight) || tags.has("historic") {
        return BuildingUse::Landmark;
    }
    match kind {
        "church" | "cathedral" | "chapel" | "mosque" | "temple" | "synagogue" | "shrine"
        | "monastery" | "basilica" | "museum" | "castle" | "palace" | "tower" | "government"
        | "civic" | "public" | "train_station" | "stadium" | "university" => BuildingUse::Landmark,
        "house" | "detached" | "semidetached_house" | "terrace" | "bungalow" | "farm" | "cabin"
        | "villa" => BuildingUse::House,
        "garage" | "garages" | "shed" | "kiosk" | "hut" | "roof" | "carport" | "toilets"
        | "service" | "entrance" | "underpass_entrance" | "pavilion" | "greenhouse" | "utility" => {
            BuildingUse::Shed
        }
        "industrial" | "warehouse" | "factory" | "hangar" | "manufacture" | "depot"
        | "supermarket" => BuildingUse::Industrial,
        "office" | "commercial" => BuildingUse::Office,
        "" if area < 60.0 && height < 7.0 => BuildingUse::Shed,
        "" if area < 220.0 && height < 9.0 => BuildingUse::House,
        _ => BuildingUse::Apartments,
    }
}

/// Class and width (metres) of a street, or nothing for what is none.
pub(super) fn street(tags: &Tags) -> Option<(RoadClass, f32)> {
    let kind = tags.get("highway")?;
    let below = tags
        .get("layer")
        .and_then(|l| l.parse::<i32>().ok())
        .unwrap_or(0)
        < 0;
    let inside = tags.is("indoor", &["yes"])
        || tags.is("footway", &["sidewalk", "crossing", "traffic_island"]);
    if below || inside || (tags.has("tunnel")) || tags.is("area", &["yes"]) {
        return None;
    }
    let base = kind.strip_suffix("_link").unwrap_or(kind);
    let (class, usual) = match base {
        "motorway" | "trunk" | "primary" => (RoadClass::Avenue, 16.0),
        "secondary" => (RoadClass::Street, 14.0),
        "tertiary" => (RoadClass::Street, 12.0),
        "residential" | "unclassified" | "living_street" => (RoadClass::Residential, 9.5),
        "service" | "track" | "bus_guideway" | "busway" => (RoadClass::Service, 4.5),
        "pedestrian" => (RoadClass::Pedestrian, 8.0),
        "footway" | "path" | "cycleway" | "bridleway" => (RoadClass::Pedestrian, 2.5),
        _ => return None,
    };
    let lanes = tags.get("lanes").and_then(|l| l.parse::<f32>().ok());
    let oneway = tags.is("oneway", &["yes", "1", "-1"]) || tags.is("junction", &["roundabout"]);
    let carries = class >= RoadClass::Residential;
    let width = tags
        .get("width")
        .and_then(length)
        .or_else(|| lanes.filter(|_| carries).map(|lanes| lanes * 3.3 + 1.0))
        .unwrap_or(if oneway && carries {
            usual * 0.6
        } else {
            usual
        });
    let (low, high) = if carries { (4.0, 40.0) } else { (1.5, 20.0) };
    Some((class, width.clamp(low, high)))
}
