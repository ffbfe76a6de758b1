//! Words about cities.

words! {
    SECTION_LAYOUT = "Layout";
    SECTION_LIGHT = "Light";
    SECTION_PARTS = "Parts";
    SEED = "Seed";
    NEXT_SEED = "Another";
    RADIAL = "Radial";
    ORGANIC = "Organic";
    BLOCK_SIZE = "Blocks";
    DENSITY = "Density";
    HEIGHT = "Height";
    TOWERS = "Towers";
    SPACING = "Centers, km";
    GREEN = "Green";
    WATER = "Water";
    COURTYARDS = "Courtyards";
    INDUSTRY = "Industry";
    TREES = "Street trees";
    CARS = "Cars";
    DETAIL = "Detail";
    DUSK = "Evening, lamps on";
    MAP = "Map";
    BUILDINGS = "Buildings";
    UNREADABLE = "This city comes from another version and cannot be changed here";
    STEP = "Change city";
}

/// “12, 3 to come”
pub fn parts_to_come(shown: usize, missing: usize) -> String {
    format!("{shown}, {missing} to come")
}
