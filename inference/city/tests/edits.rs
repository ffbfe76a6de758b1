//! What an artist changes stays changed, and nothing else does.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use city::{
    AreaKind, BuildingUse, CityStyle, EditedPlan, Edits, Ground, Layout, Paint, Painted, Plan,
    ProceduralPlan, RoadClass, Tile, rasterize,
};
use glam::{DVec2, Vec2};

const HOME: Tile = Tile { x: 0, y: 0 };

fn city() -> Arc<dyn Plan> {
    Arc::new(ProceduralPlan::new(CityStyle::default()))
}

fn square(low: f64, high: f64) -> Vec<DVec2> {
    [(low, low), (high, low), (high, high), (low, high)]
        .map(|(x, y)| DVec2::new(x, y))
        .to_vec()
}

fn edited(edits: &Edits) -> Arc<Layout> {
    EditedPlan::new(city(), edits.clone()).layout(HOME)
}

#[test]
fn one_building_changes_alone() {
    let before = city().layout(HOME);
    let [a, b] = [&before.buildings[3], &before.buildings[4]];
    let mut edits = Edits::default();
    edits.building(a.id).height = Some(33.0);
    edits.building(a.id).style = Some(9);
    edits.building(b.id).deleted = true;
    let after = edited(&edits);
    assert_eq!(after.buildings.len() + 1, before.buildings.len());
    for old in &before.buildings {
        let new = after.buildings.iter().find(|n| n.id == old.id);
        match new {
            None => assert_eq!(old.id, b.id, "only what was deleted is gone"),
            Some(new) if old.id == a.id => assert_eq!((new.height, new.style), (33.0, 9)),
            Some(new) => assert_eq!(new, old),
        }
    }
    let text = serde_json::to_string(&edits).expect("edits are data");
    let back: Edits = serde_json::from_str(&text).expect("and come back");
    assert_eq!(back, edits);
}

#[test]
fn painted_water_takes_houses_and_leaves_what_is_locked() {
    let before = city().layout(HOME);
    let stays = before
        .buildings
        .iter()
        .find(|b| {
            b.footprint
                .outer
                .iter()
                .all(|p| p.cmpgt(Vec2::splat(45.0)).all() && p.cmplt(Vec2::splat(195.0)).all())
        })
        .expect("a building there");
    let mut edits = Edits::default();
    edits.building(stays.id).locked = true;
    edits.painted.push(Painted {
        what: Paint::Ground {
            kind: AreaKind::Water,
            streets: false,
        },
        points: square(40.0, 200.0),
    });
    let after = edited(&edits);
    let maps = rasterize(&after, 1.0);
    let mut wet = 0;
    for y in 41..199 {
        for x in 41..199 {
            let cell = maps.cell_at(Vec2::new(x as f32, y as f32)).expect("inside");
            wet += usize::from(maps.ground[cell] == Ground::Water);
        }
    }
    assert!(wet > 158 * 158 * 97 / 100, "{wet} m² are water");
    assert!(
        after.buildings.iter().any(|b| b.id == stays.id),
        "what is locked stays"
    );
    assert!(after.buildings.len() < before.buildings.len());
    assert_eq!(Edits::tiles_of(&edits.painted[0]).len(), 9);
}

#[test]
fn a_painted_street_breaks_through_the_same_from_both_tiles() {
    let mut edits = Edits::default();
    edits.painted.push(Painted {
        what: Paint::Road {
            class: RoadClass::Street,
            width: 14.0,
        },
        points: vec![DVec2::new(20.0, 90.0), DVec2::new(480.0, 130.0)],
    });
    let plan = EditedPlan::new(city(), edits);
    let (west, east) = (plan.layout(HOME), plan.layout(Tile { x: 1, y: 0 }));
    for (layout, x) in [(&west, 100.0), (&east, 100.0)] {
        let maps = rasterize(layout, 0.5);
        let along = (x + layout.origin.x - 20.0) / 460.0;
        let cell = maps
            .cell_at(Vec2::new(x as f32, (90.0 + 40.0 * along) as f32))
            .expect("inside");
        assert_eq!(maps.ground[cell], Ground::Carriageway);
        assert_eq!(maps.instances[cell], 0);
    }
    let ids = |layout: &Layout| {
        let mut ids: Vec<u64> = layout
            .buildings
            .iter()
            .filter(|b| {
                let x = layout.origin.x + f64::from(b.footprint.outer[0].x);
                (200.0..310.0).contains(&x) && (0.0..256.0).contains(&b.footprint.outer[0].y)
            })
            .map(|b| b.id)
            .collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&west), ids(&east));
    let roads = |layout: &Layout| layout.roads.iter().map(|r| r.id).collect::<Vec<_>>();
    let own = roads(&west).pop().expect("the street");
    assert!(roads(&east).contains(&own), "one street in both tiles");
}

#[test]
fn zones_change_uses_and_nonsense_changes_nothing() {
    let mut edits = Edits::default();
    edits.painted.push(Painted {
        what: Paint::Zone {
            usage: BuildingUse::Office,
            height: Some(50.0),
        },
        points: square(-100.0, 300.0),
    });
    let after = edited(&edits);
    for building in after.buildings.iter().filter(|b| !b.context) {
        assert_eq!(building.usage, BuildingUse::Office);
        assert!((39.0..61.0).contains(&building.height) || building.base > 0.0);
    }

    let mut nonsense = Edits::default();
    for points in [
        vec![],
        vec![DVec2::NAN; 5],
        vec![DVec2::ZERO; 4],
        square(1e12, 2e12),
    ] {
        for what in [
            Paint::Road {
                class: RoadClass::Avenue,
                width: f32::NAN,
            },
            Paint::Ground {
                kind: AreaKind::Park,
                streets: true,
            },
            Paint::Zone {
                usage: BuildingUse::House,
                height: Some(f32::NAN),
            },
        ] {
            nonsense.painted.push(Painted {
                what,
                points: points.clone(),
            });
        }
    }
    nonsense.building(1).height = Some(f32::NAN);
    assert_eq!(*edited(&nonsense), *city().layout(HOME));
}
