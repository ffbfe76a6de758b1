//! The edit law: every edit, applied twice, is the identity; undoing everything leads to the start and
//! redoing everything to the end; the scene is sound after each step.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use glam::{Quat, Vec3};
use proptest::prelude::*;
use scene::{
    AffineColor, CameraPose, Column, ColumnValues, DirectionalLight, Edit, Environment,
    GaussianCloud, Grade, History, Ink, Node, NodeId, PaintMode, Payload, Recipe, RowValues, Scene,
    SelectionSet, SplatFlags, SplatLayer, Transform,
    cloud::CloudParts,
    io::{self, Project},
    simplify::{self, Method},
};

/// An edit in terms that fit any scene; indices count nodes modulo.
#[derive(Debug, Clone)]
enum Op {
    Insert(Kind, Option<usize>),
    Remove(usize),
    Rename(usize, u8),
    Visible(usize, bool),
    Locked(usize, bool),
    Transform(usize, [f32; 4]),
    Lit(usize, bool),
    Light(usize, f32),
    Environment(f32),
    /// Names of sets, of which two may be the same.
    Sets(Vec<u8>),
    Move(usize, Option<usize>, usize),
    SetFlags(usize, Vec<(u32, u8)>),
    MapFlags(usize, u8),
    ReplaceLayer(usize, usize),
    SetRows(usize, Vec<u32>, u8),
    TransformRows(usize, Vec<u32>, [f32; 4]),
    MirrorRows(usize, Vec<u32>, usize),
    Grades(usize, Vec<f32>),
    /// A stroke of paint with a weight.
    Paint(usize, Vec<u32>, f32),
    /// To a share of the splats.
    Simplify(usize, f32),
    Batch(Vec<Op>),
    /// Names a node that never was.
    Recipe(usize, u8),
    Missing,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Group,
    Splats(usize),
    Light,
    Camera,
    Recipe,
}

fn op() -> impl Strategy<Value = Op> {
    let node = 0..12_usize;
    let parent = prop::option::of(0..12_usize);
    let kind = prop_oneof![
        2 => Just(Kind::Group),
        3 => (0..40_usize).prop_map(Kind::Splats),
        1 => Just(Kind::Light),
        1 => Just(Kind::Camera),
        2 => Just(Kind::Recipe),
    ];
    let pairs = prop::collection::vec((0..45_u32, 0..16_u8), 0..20);
    let rows = prop::collection::btree_set(0..45_u32, 0..12)
        .prop_map(|rows| rows.into_iter().collect::<Vec<u32>>());
    let leaf = prop_oneof![
        4 => (kind, parent.clone()).prop_map(|(kind, parent)| Op::Insert(kind, parent)),
        2 => node.clone().prop_map(Op::Remove),
        1 => (node.clone(), any::<u8>()).prop_map(|(n, name)| Op::Rename(n, name)),
        1 => (node.clone(), any::<bool>()).prop_map(|(n, on)| Op::Visible(n, on)),
        1 => (node.clone(), any::<bool>()).prop_map(|(n, on)| Op::Locked(n, on)),
        2 => (node.clone(), prop::array::uniform4(-2.0..2.0_f32)).prop_map(|(n, t)| Op::Transform(n, t)),
        1 => (node.clone(), any::<bool>()).prop_map(|(n, on)| Op::Lit(n, on)),
        1 => (node.clone(), -1.0..3.0_f32).prop_map(|(n, strength)| Op::Light(n, strength)),
        2 => (node.clone(), any::<u8>()).prop_map(|(n, seed)| Op::Recipe(n, seed)),
        1 => (-1.0..3.0_f32).prop_map(Op::Environment),
        1 => prop::collection::vec(0..6_u8, 0..4).prop_map(Op::Sets),
        3 => (node.clone(), parent, 0..5_usize).prop_map(|(n, p, i)| Op::Move(n, p, i)),
        2 => (node.clone(), pairs).prop_map(|(n, pairs)| Op::SetFlags(n, pairs)),
        2 => (node.clone(), any::<u8>()).prop_map(|(n, seed)| Op::MapFlags(n, seed)),
        1 => (node.clone(), 0..30_usize).prop_map(|(n, len)| Op::ReplaceLayer(n, len)),
        2 => (node.clone(), rows.clone(), any::<u8>()).prop_map(|(n, r, seed)| Op::SetRows(n, r, seed)),
        2 => (node.clone(), rows.clone(), prop::array::uniform4(-2.0..2.0_f32))
            .prop_map(|(n, r, t)| Op::TransformRows(n, r, t)),
        2 => (node.clone(), prop::collection::vec(-1.0..2.0_f32, 0..10))
            .prop_map(|(n, values)| Op::Grades(n, values)),
        1 => (node.clone(), rows.clone(), 0..3_usize)
            .prop_map(|(n, r, axis)| Op::MirrorRows(n, r, axis)),
        2 => (node.clone(), rows, 0.0..1.5_f32).prop_map(|(n, r, w)| Op::Paint(n, r, w)),
        1 => (node, 0.0..1.2_f32).prop_map(|(n, share)| Op::Simplify(n, share)),
        1 => Just(Op::Missing),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(Op::Batch)
    })
}

fn cloud(n: usize) -> GaussianCloud {
    cloud_of_degree(n, 0)
}

fn cloud_of_degree(n: usize, degree: u32) -> GaussianCloud {
    GaussianCloud::new(CloudParts {
        means: (0..n).map(|i| Vec3::splat(i as f32)).collect(),
        rotations: vec![Quat::IDENTITY; n],
        log_scales: vec![Vec3::ZERO; n],
        opacity_logits: vec![0.0; n],
        sh_degree: degree,
        sh: vec![0.25; 3 * n * scene::sh::coefficient_count(degree)],
        columns: vec![Column {
            name: "label".into(),
            width: 1,
            values: ColumnValues::U8(vec![1; n]),
        }],
    })
    .expect("a valid cloud")
}

fn node(kind: Kind) -> Node {
    let payload = match kind {
        Kind::Group => Payload::Group,
        Kind::Splats(n) => {
            let cloud = cloud_of_degree(n, u32::from(n % 3 == 0));
            Payload::Splats(SplatLayer::new(cloud, "test"))
        }
        Kind::Light => Payload::Light(DirectionalLight::default()),
        Kind::Camera => Payload::Camera(CameraPose { fov_y: 0.7 }),
        Kind::Recipe => Payload::Recipe(recipe(0)),
    };
    Node::new("node", payload)
}

fn recipe(seed: u8) -> Recipe {
    Recipe {
        maker: "city".into(),
        text: format!("seed {seed}"),
    }
}

/// The edit for a scene, `None` where the scene has nothing for it.
fn edit(scene: &Scene, op: &Op) -> Option<Edit> {
    let ids: Vec<NodeId> = scene.nodes().map(|(id, _)| id).collect();
    let pick = |index: usize| ids.get(index % ids.len().max(1)).copied();
    Some(match op {
        Op::Insert(kind, parent) => {
            let mut node = node(*kind);
            // Not always a group: the edit has to refuse the others.
            node.parent = parent.and_then(pick);
            Edit::insert(scene, node).1
        }
        Op::Remove(n) => Edit::remove(scene, pick(*n)?)?,
        Op::Rename(n, name) => Edit::rename(pick(*n)?, format!("name {name}")),
        Op::Visible(n, on) => Edit::set_visible(pick(*n)?, *on),
        Op::Locked(n, on) => Edit::set_locked(pick(*n)?, *on),
        Op::Transform(n, [x, y, angle, scale]) => {
            // Scales below zero are refused.
            let transform = Transform {
                translation: Vec3::new(*x, *y, 0.0),
                rotation: Quat::from_rotation_y(*angle),
                scale: *scale,
            };
            Edit::set_transform(pick(*n)?, transform)
        }
        Op::Lit(n, on) => Edit::set_lit(pick(*n)?, *on),
        Op::Light(n, intensity) => {
            let light = DirectionalLight {
                intensity: *intensity,
                ..DirectionalLight::default()
            };
            Edit::set_light(pick(*n)?, light)
        }
        Op::Environment(intensity) => Edit::set_environment(Environment {
            intensity: *intensity,
            ..Environment::default()
        }),
        Op::Sets(names) => {
            let sets = names.iter().map(|name| SelectionSet {
                name: format!("set {name}"),
                layers: vec![(NodeId(0), [u32::from(*name)].into_iter().collect())].into(),
            });
            Edit::set_selection_sets(sets.collect())
        }
        Op::Move(n, parent, index) => {
            Edit::move_to(scene, pick(*n)?, parent.and_then(pick), *index)?
        }
        Op::SetFlags(n, pairs) => {
            let (rows, values) = pairs.iter().map(|(r, f)| (*r, SplatFlags(*f))).unzip();
            Edit::set_flags(pick(*n)?, rows, values)
        }
        Op::MapFlags(n, seed) => Edit::map_flags(scene, pick(*n)?, |row, flags| {
            SplatFlags(flags.0 ^ (seed.rotate_left(row as u32 % 8) & 15))
        })?,
        Op::ReplaceLayer(n, len) => {
            Edit::replace_layer(pick(*n)?, SplatLayer::new(cloud(*len), ""))
        }
        Op::SetRows(n, rows, seed) => Edit::set_rows(
            pick(*n)?,
            rows.iter().copied().collect(),
            row_values(rows.len(), *seed),
        ),
        Op::TransformRows(n, rows, [x, y, angle, scale]) => {
            let transform = Transform {
                translation: Vec3::new(*x, *y, 0.5),
                rotation: Quat::from_rotation_x(*angle),
                scale: scale.exp(),
            };
            let rows = rows.iter().copied().collect();
            Edit::transform_rows(scene, pick(*n)?, rows, &transform)?
        }
        Op::Grades(n, values) => {
            // Opacities outside of 0..=1 and more than eight grades are refused.
            let grades = values.iter().map(|v| Grade {
                opacity: *v,
                exposure: *v,
                ..Grade::NEUTRAL
            });
            Edit::set_grades(pick(*n)?, grades.collect())
        }
        Op::MirrorRows(n, rows, axis) => {
            let rows = rows.iter().copied().collect();
            let plane = (Vec3::splat(0.3), [Vec3::X, Vec3::Y, Vec3::Z][*axis]);
            Edit::mirror_rows(scene, pick(*n)?, rows, plane)?
        }
        Op::Paint(n, rows, weight) => {
            let id = pick(*n)?;
            let cloud = &scene.node(id)?.splats()?.cloud;
            let ink = Ink::new(Vec3::X, PaintMode::Color, &AffineColor::IDENTITY);
            let mut sh = Vec::new();
            for row in rows.iter().filter(|row| (**row as usize) < cloud.len()) {
                let old = cloud.sh_of(*row as usize);
                let mut new = vec![0.0; old.len()];
                ink.over(old, *weight, &mut new);
                sh.extend(new);
            }
            // Rows that are not there are refused.
            let values = RowValues {
                sh: Some(sh),
                ..RowValues::default()
            };
            Edit::set_rows(id, rows.iter().copied().collect(), values)
        }
        Op::Simplify(n, share) => {
            let id = pick(*n)?;
            let layer = scene.node(id)?.splats()?;
            let target = (layer.cloud.len() as f32 * share) as usize;
            let all = |_| true;
            let simpler = simplify::layer(layer, all, (target, Method::Merge), &mut |_| Ok(()));
            Edit::replace_layer(id, simpler.ok()?)
        }
        Op::Batch(ops) => Edit::batch(ops.iter().filter_map(|op| edit(scene, op)).collect()),
        Op::Recipe(n, seed) => Edit::set_recipe(pick(*n)?, recipe(*seed)),
        Op::Missing => Edit::rename(NodeId(u64::MAX), "nobody"),
    })
}

/// Values for so many rows: some parameters only, sometimes not usable, sometimes too few.
fn row_values(n: usize, seed: u8) -> RowValues {
    let wave = |i: usize| ((i + usize::from(seed)) as f32 * 0.7).sin();
    let vectors = || (0..n).map(|i| Vec3::new(wave(i), wave(i + 1), wave(i + 2)));
    let has = |bit: u8| seed >> bit & 1 == 1;
    RowValues {
        means: has(0).then(|| vectors().collect()),
        rotations: has(1).then(|| (0..n).map(|i| Quat::from_rotation_z(wave(i))).collect()),
        log_scales: has(2).then(|| vectors().skip(usize::from(has(6))).collect()),
        opacity_logits: has(3).then(|| {
            let bad = if has(7) { f32::NAN } else { 0.0 };
            (0..n).map(|i| wave(i) + bad).collect()
        }),
        dc: has(4).then(|| vectors().collect()),
        sh: has(5).then(|| (0..3 * n).map(wave).collect()),
        normals: None,
    }
}

/// A scene that some steps have led to.
fn scene_after(ops: &[Op]) -> Scene {
    let mut scene = Scene::new();
    for op in ops {
        if let Some(mut edit) = edit(&scene, op) {
            let _ = edit.apply(&mut scene);
        }
    }
    scene
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_edit_applied_twice_is_the_identity(
        ops in prop::collection::vec(op(), 0..20),
        last in op(),
    ) {
        let mut scene = scene_after(&ops);
        prop_assert_eq!(scene.check_invariants(), Ok(()));
        let before = scene.clone();
        if let Some(mut edit) = edit(&scene, &last) {
            if edit.apply(&mut scene).is_ok() {
                prop_assert_eq!(scene.check_invariants(), Ok(()));
                let after = scene.clone();
                edit.apply(&mut scene).expect("what was applied can be taken back");
                prop_assert_eq!(&scene, &before, "undo");
                edit.apply(&mut scene).expect("what was taken back can be applied");
                prop_assert_eq!(&scene, &after, "redo");
            } else {
                prop_assert_eq!(&scene, &before, "a refused edit must change nothing");
            }
        }
    }

    #[test]
    fn undoing_all_is_the_start_and_redoing_all_the_end(
        ops in prop::collection::vec(op(), 1..30),
    ) {
        let mut scene = Scene::new();
        let mut history = History::new(usize::MAX);
        let mut states = vec![(history.revision(), scene.clone())];
        for op in &ops {
            let Some(edit) = edit(&scene, op) else { continue };
            if history.run(&mut scene, "step", edit).is_ok() {
                states.push((history.revision(), scene.clone()));
            }
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
        for (revision, state) in states.iter().rev().skip(1) {
            history.undo(&mut scene).expect("a step to undo");
            prop_assert_eq!(scene.check_invariants(), Ok(()));
            prop_assert_eq!(&scene, state);
            prop_assert_eq!(history.revision(), *revision);
        }
        prop_assert!(history.undo(&mut scene).is_none(), "nothing before the start");
        for (revision, state) in &states[1..] {
            history.redo(&mut scene).expect("a step to redo");
            prop_assert_eq!(&scene, state);
            prop_assert_eq!(history.revision(), *revision);
        }
        prop_assert!(history.redo(&mut scene).is_none(), "nothing after the end");
    }

    #[test]
    fn a_project_keeps_any_sequence_with_all_its_steps(
        ops in prop::collection::vec(op(), 1..16),
        back in 0..16_usize,
    ) {
        let mut scene = Scene::new();
        let mut history = History::new(usize::MAX);
        for op in &ops {
            if let Some(edit) = edit(&scene, op) {
                let _ = history.run(&mut scene, "step", edit);
            }
        }
        for _ in 0..back {
            history.undo(&mut scene);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.splatwright");
        let project = Project::snapshot(&scene, &history);
        io::save_project(&path, &project, &mut |_| Ok(())).expect("saved");
        let mut read = io::load_project(&path, &mut |_| Ok(())).expect("our own file");
        prop_assert_eq!(&read.scene, &scene);
        while history.redo(&mut scene).is_some() {
            prop_assert!(read.history.redo(&mut read.scene).is_some(), "a step to redo");
            prop_assert_eq!(&read.scene, &scene);
        }
        while history.undo(&mut scene).is_some() {
            prop_assert!(read.history.undo(&mut read.scene).is_some(), "a step to undo");
            prop_assert_eq!(&read.scene, &scene);
        }
    }

    #[test]
    fn streamed_layers_do_not_disturb_history(
        ops in prop::collection::vec((op(), any::<u8>()), 1..16),
    ) {
        let mut scene = Scene::new();
        let mut history = History::new(usize::MAX);
        let mut states = vec![scene.clone()];
        for (op, chance) in &ops {
            stream(&mut scene, *chance);
            prop_assert_eq!(scene.check_invariants(), Ok(()));
            if let Some(edit) = edit(&scene, op)
                && history.run(&mut scene, "step", edit).is_ok()
            {
                states.push(settled(&scene));
            }
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
        let mut chances = ops.iter().rev().map(|(_, chance)| *chance);
        while let Some(state) = states.pop() {
            prop_assert_eq!(settled(&scene), state);
            stream(&mut scene, chances.next().unwrap_or(0));
            history.undo(&mut scene);
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
    }

    #[test]
    fn arriving_layers_do_not_disturb_history(
        ops in prop::collection::vec(op(), 1..12),
        arrive_at in 0..12_usize,
        finishes in any::<bool>(),
    ) {
        let mut scene = Scene::new();
        let mut history = History::new(usize::MAX);
        let mut arriving = None;
        for (i, op) in ops.iter().enumerate() {
            if i == arrive_at {
                arriving = Some(scene.begin_incoming("new", "file", Transform::IDENTITY));
            }
            if let Some(id) = arriving {
                scene.extend_incoming(id, cloud(3)).expect("it is arriving");
            }
            if let Some(edit) = edit(&scene, op) {
                let _ = history.run(&mut scene, "step", edit);
            }
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
        if let Some(id) = arriving {
            if finishes {
                let edit = scene.finish_incoming(id).expect("it is arriving");
                history.record("arrive", edit);
            } else {
                scene.cancel_incoming(id);
            }
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
        let end = scene.clone();
        while history.undo(&mut scene).is_some() {
            prop_assert_eq!(scene.check_invariants(), Ok(()));
        }
        prop_assert_eq!(&scene, &Scene::new());
        while history.redo(&mut scene).is_some() {}
        prop_assert_eq!(&scene, &end);
    }
}

fn scene_with_layer(n: usize) -> (Scene, NodeId) {
    let mut scene = Scene::new();
    let (id, mut insert) = Edit::insert(&scene, node(Kind::Splats(n)));
    insert.apply(&mut scene).expect("a valid node");
    (scene, id)
}

#[test]
fn flags_of_neighbors_are_stored_in_a_few_bytes() {
    let (mut scene, id) = scene_with_layer(100_000);
    let mut edit = Edit::map_flags(&scene, id, |_, flags| flags.with(SplatFlags::SELECTED))
        .expect("all of them change");
    edit.apply(&mut scene).expect("the layer is there");
    assert!(edit.bytes() < 1000, "{} bytes for one run", edit.bytes());
}

#[test]
fn the_budget_forgets_the_oldest_steps_but_keeps_the_newest() {
    let (mut scene, id) = scene_with_layer(2);
    let mut history = History::new(3000);
    for i in 0..50 {
        let edit = Edit::rename(id, format!("name {i}"));
        history
            .run(&mut scene, "Rename", edit)
            .expect("it is there");
    }
    assert!(history.bytes() <= 3000, "{} bytes", history.bytes());
    assert!(history.applied() > 1, "some steps stay");
    let revision = history.revision();
    while history.undo(&mut scene).is_some() {}
    assert_ne!(
        history.revision(),
        0,
        "the forgotten start is another state"
    );
    while history.redo(&mut scene).is_some() {}
    assert_eq!(history.revision(), revision, "back at the end");

    let mut tiny = History::new(0);
    let edit = Edit::rename(id, "kept");
    tiny.run(&mut scene, "Rename", edit).expect("it is there");
    assert_eq!(tiny.undo_name(), Some("Rename"), "the newest step stays");
}

#[test]
fn arriving_layers_refuse_edits_until_they_are_complete() {
    let mut scene = Scene::new();
    let id = scene.begin_incoming("head", "photo", Transform::IDENTITY);
    scene.extend_incoming(id, cloud(5)).expect("it is arriving");
    let before = scene.clone();
    for mut edit in [
        Edit::rename(id, "other"),
        Edit::set_flags(id, vec![0], vec![SplatFlags::SELECTED]),
        Edit::remove(&scene, id).expect("it is there"),
    ] {
        edit.apply(&mut scene).expect_err("it is still arriving");
        assert_eq!(scene, before, "nothing changed");
    }
    scene.finish_incoming(id).expect("it is arriving");
    let mut rename = Edit::rename(id, "other");
    rename.apply(&mut scene).expect("it is complete");
    scene
        .extend_incoming(id, cloud(1))
        .expect_err("no longer arriving");
}

/// Lets the recipes of a scene bring a layer or take one away.
fn stream(scene: &mut Scene, chance: u8) {
    let recipes = scene.nodes().filter(|(_, node)| node.recipe().is_some());
    let recipes: Vec<NodeId> = recipes.map(|(id, _)| id).collect();
    for id in recipes {
        let first = scene.streamed(id).next();
        match (first, chance % 3) {
            (Some(old), 0) => drop(scene.cancel_incoming(old)),
            (_, 1) => {
                let made = scene.begin_streamed(id, "tile", Transform::IDENTITY, cloud(2));
                assert!(made.is_some(), "the recipe is there");
            }
            _ => {}
        }
    }
}

/// The scene without what its recipes made.
fn settled(scene: &Scene) -> Scene {
    let mut scene = scene.clone();
    let made = scene.nodes().map(|(id, _)| id);
    let made: Vec<NodeId> = made.filter(|id| scene.is_streamed(*id)).collect();
    for id in made {
        scene.cancel_incoming(id);
    }
    scene
}

#[test]
fn a_streamed_layer_that_is_kept_stands_beside_its_recipe() {
    let mut scene = Scene::new();
    let mut history = History::new(usize::MAX);
    let mut city = node(Kind::Recipe);
    city.transform.translation.x = 5.0;
    let (id, edit) = Edit::insert(&scene, city);
    history.run(&mut scene, "city", edit).expect("valid");
    let before = scene.clone();
    let (tile, _) = scene
        .begin_streamed(id, "tile", Transform::IDENTITY, cloud(4))
        .expect("the recipe is there");
    let mut rename = Edit::rename(tile, "other");
    rename.apply(&mut scene).expect_err("it is only passing");
    let edit = scene.keep_streamed(tile).expect("it is streamed");
    history.record("keep", edit);
    let kept = scene.node(tile).expect("it stays");
    assert_eq!((kept.parent, kept.transform.translation.x), (None, 5.0));
    assert!(scene.keep_streamed(tile).is_none(), "it is kept already");
    assert_eq!(scene.check_invariants(), Ok(()));
    history.undo(&mut scene);
    assert_eq!(scene, before, "as before");
    history.redo(&mut scene);
    assert_eq!(scene.layers().count(), 1, "and there again");
}

#[test]
fn cancelling_an_arriving_layer_leaves_no_trace() {
    let (mut scene, _) = scene_with_layer(4);
    let before = scene.clone();
    let id = scene.begin_incoming("head", "photo", Transform::IDENTITY);
    scene.extend_incoming(id, cloud(5)).expect("it is arriving");
    scene
        .replace_incoming(id, cloud(7))
        .expect("it is arriving");
    assert!(!scene.cancel_incoming(id).is_empty(), "the tree changed");
    assert_eq!(scene, before, "as if it had never been");
}

#[test]
fn ids_are_never_given_out_twice() {
    let mut scene = Scene::new();
    let (first, mut insert) = Edit::insert(&scene, node(Kind::Group));
    insert.apply(&mut scene).expect("a valid node");
    insert.apply(&mut scene).expect("taken back");
    let (second, _) = Edit::insert(&scene, node(Kind::Group));
    assert_ne!(first, second, "the first id lives on in history");
}
