//! Copies, merging, mirrors, crops, groups, placement and grades.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use std::sync::Arc;

use editor::{
    Button, Command, EditCommand as E, Editor, Finding, Found, Input, Modifiers, Search, ToolKind,
};
use glam::{Quat, Vec2, Vec3};
use scene::{
    Cancelled, Grade, NodeId, RegionMask, SplatFlags, SplatLayer, Transform,
    clean::{Ailment, FloaterRules},
};
use stage::{Sees, add_layer, around, cloud, drag, editor, grid, selected_rows};

fn run(editor: &mut Editor, command: E) -> Option<String> {
    editor.run(Command::Edit(command)).message
}

fn layer(editor: &Editor, id: NodeId) -> &SplatLayer {
    let node = editor.scene().node(id).expect("it is there");
    node.splats().expect("a layer")
}

fn layers(editor: &Editor) -> Vec<NodeId> {
    editor.scene().layers().map(|(id, ..)| id).collect()
}

/// Selects the splat in the middle of the grid.
fn select_one(editor: &mut Editor) {
    editor.run(Command::SetTool(ToolKind::Rect));
    let (from, to) = around(editor, Vec3::ZERO);
    drag(editor, from, to, Modifiers::NONE);
    assert_eq!(editor.selected_splats(), 1, "one of the grid");
}

/// Clicks points with the measuring tool.
fn click_points(editor: &mut Editor, points: &[Vec3]) {
    editor.run(Command::SetTool(ToolKind::Measure));
    let node = layers(editor)[0];
    for point in points {
        let pos = Vec2::new(400.0, 300.0);
        let mut sees = Sees(Some(editor::Pick {
            node,
            row: 0,
            point: *point,
            depth: 2.0,
        }));
        let (button, modifiers) = (Button::Primary, Modifiers::NONE);
        editor.input(
            &Input::PointerPressed {
                pos,
                button,
                modifiers,
            },
            &mut sees,
        );
        editor.input(
            &Input::PointerReleased {
                pos,
                button,
                modifiers,
            },
            &mut sees,
        );
    }
    assert_eq!(
        editor.points().len(),
        points.len(),
        "all of them are picked"
    );
}

#[test]
fn copies_go_to_layers_of_their_own_also_in_another_scene() {
    let (mut editor, id) = editor();
    let start = editor.scene().clone();
    select_one(&mut editor);
    run(&mut editor, E::Copy);
    run(&mut editor, E::Paste);
    let pasted = *layers(&editor).last().expect("two layers");
    assert_eq!(
        layer(&editor, pasted).cloud.means(),
        &[Vec3::ZERO],
        "in its place"
    );
    assert_eq!(editor.selected_splats(), 1, "only what came is selected");
    assert_eq!(selected_rows(&editor, id), [0; 0], "and nothing else");
    assert_eq!(editor.selected_node(), Some(pasted), "ready to be moved");

    run(&mut editor, E::Cut);
    assert_eq!(layer(&editor, pasted).alive(), 0, "cut out");
    let mut other = Editor::new();
    other.set_clipboard(editor.take_clipboard());
    run(&mut other, E::Paste);
    assert_eq!(other.scene().layers().count(), 1, "across documents");
    while editor.enabled(&Command::Undo).is_ok() {
        editor.run(Command::Undo);
    }
    assert_eq!(editor.scene().layers().count(), 0, "everything undoes");
    let steps = editor.history().entries().len();
    for _ in 0..steps {
        editor.run(Command::Redo);
    }
    assert_ne!(editor.scene(), &start, "and redoes");
}

#[test]
fn merging_keeps_every_splat_where_it_was() {
    let (mut editor, first) = editor();
    let second = add_layer(&mut editor, "second", cloud(grid(), false), false);
    let placed = Transform {
        translation: Vec3::new(0.3, 1.0, -0.2),
        rotation: Quat::from_rotation_y(0.7),
        scale: 1.5,
    };
    editor.run(Command::SetTransform(second, placed));
    editor.run(Command::SetTransform(
        first,
        Transform {
            scale: 0.5,
            ..placed
        },
    ));
    let world = |editor: &Editor| -> Vec<Vec3> {
        let layers = editor.scene().layers();
        let points = layers.flat_map(|(id, _, layer)| {
            let at = editor.scene().world_from_node(id);
            layer
                .cloud
                .means()
                .iter()
                .map(move |m| at.point(*m))
                .collect::<Vec<_>>()
        });
        points.collect()
    };
    let before = (editor.scene().clone(), world(&editor));
    editor.run(Command::SelectNode(Some(first)));
    run(&mut editor, E::Merge);
    assert_eq!(
        layers(&editor),
        [first],
        "one layer in the place of the first"
    );
    for (a, b) in before.1.iter().zip(world(&editor)) {
        assert!(a.distance(b) < 1e-5, "{a} became {b}");
    }
    assert!(
        layer(&editor, first).cloud.column("normal").is_some(),
        "columns are unified"
    );
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before.0, "one step");
}

#[test]
fn mirrors_reverse_at_the_pivot_and_twice_is_back() {
    let (mut editor, id) = editor();
    select_one(&mut editor);
    let before = layer(&editor, id).cloud.clone();
    editor.run(Command::Edit(E::PivotAt(Vec3::new(0.2, 0.0, 0.0))));
    run(&mut editor, E::Mirror(0));
    let mirrored = layer(&editor, id).cloud.means()[12];
    assert!(
        (mirrored - Vec3::new(0.4, 0.0, 0.0)).length() < 1e-6,
        "{mirrored}"
    );
    assert_eq!(
        layer(&editor, id).cloud.means()[11],
        before.means()[11],
        "others stay"
    );
    run(&mut editor, E::Mirror(0));
    let back = layer(&editor, id).cloud.means()[12];
    assert!(back.length() < 1e-6, "{back}");
}

#[test]
fn cropping_deletes_the_rest_and_leaves_locked_splats_alone() {
    let (mut editor, id) = editor();
    select_one(&mut editor);
    editor.run(Command::LockSelection);
    editor.run(Command::SetTool(ToolKind::Rect));
    let (from, to) = around(&editor, Vec3::new(0.25, 0.0, 0.0));
    drag(&mut editor, from, to, Modifiers::NONE);
    editor.run(Command::ClipToSelection);
    run(&mut editor, E::CropToSelection);
    assert_eq!(
        layer(&editor, id).alive(),
        2,
        "the selected and the locked one"
    );
    editor.run(Command::Undo);
    run(&mut editor, E::CropToClip);
    assert_eq!(layer(&editor, id).alive(), 2, "the same by the box");
    let locked = |f: &&SplatFlags| f.intersects(SplatFlags::LOCKED);
    assert_eq!(
        layer(&editor, id).flags.iter().filter(locked).count(),
        1,
        "still locked"
    );
}

#[test]
fn ungrouping_moves_nothing_in_the_world() {
    let (mut editor, id) = editor();
    editor.run(Command::SelectNode(Some(id)));
    editor.run(Command::AddGroup);
    let group = editor
        .scene()
        .node(id)
        .and_then(|n| n.parent)
        .expect("in a group");
    let placed = Transform {
        scale: 2.0,
        ..Transform::from_translation(Vec3::X)
    };
    editor.run(Command::SetTransform(group, placed));
    let before = editor.scene().clone();
    editor.run(Command::SelectNode(Some(group)));
    run(&mut editor, E::Ungroup);
    assert!(editor.scene().node(group).is_none(), "the group is gone");
    assert_eq!(
        editor.scene().node(id).and_then(|n| n.parent),
        None,
        "its layer is not"
    );
    assert_eq!(editor.scene().world_from_node(id), placed, "where it was");
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "one step");
}

#[test]
fn measured_lengths_become_real_and_three_points_level() {
    let (mut editor, id) = editor();
    click_points(
        &mut editor,
        &[Vec3::new(-0.5, 0.0, 0.0), Vec3::new(0.5, 0.0, 0.0)],
    );
    let wrong = run(&mut editor, E::RescaleTo(f32::NAN)).expect("it says why");
    assert!(wrong.contains("NaN"), "{wrong}");
    run(&mut editor, E::RescaleTo(3.0));
    let world = editor.scene().world_from_node(id);
    assert!((world.scale - 3.0).abs() < 1e-6, "{world:?}");
    assert!(
        (editor.points()[1] - editor.points()[0]).length() - 3.0 < 1e-5,
        "points follow"
    );
    editor.run(Command::Undo);
    let apart = editor.points()[1] - editor.points()[0];
    assert!(
        (apart - Vec3::X).length() < 1e-6,
        "also back, with what is undone: {apart}"
    );
    editor.run(Command::Redo);

    let line = [Vec3::ZERO, Vec3::X, Vec3::X * 2.0];
    run(&mut editor, E::ClearPoints);
    click_points(&mut editor, &line);
    let steps = editor.history().applied();
    let wrong = run(&mut editor, E::LevelPoints).expect("it says why");
    assert!(wrong.contains("one line"), "{wrong}");
    assert_eq!(editor.history().applied(), steps, "nothing happened");

    // The grid stands upright and faces the viewer; its plane is to become the floor.
    run(&mut editor, E::ClearPoints);
    click_points(&mut editor, &[Vec3::ZERO, Vec3::X, Vec3::Y]);
    run(&mut editor, E::LevelPoints);
    let up = editor.scene().world_from_node(id).rotation * Vec3::Z;
    assert!(
        (up - Vec3::Y).length() < 1e-5,
        "what faced the viewer faces up: {up}"
    );
}

#[test]
fn origins_move_and_splats_stay() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTransform(
        id,
        Transform::from_translation(Vec3::new(2.0, 3.0, 4.0)),
    ));
    let before = layer(&editor, id).cloud.means()[0] + Vec3::new(2.0, 3.0, 4.0);
    run(&mut editor, E::OriginToBase);
    let world = editor.scene().world_from_node(id);
    assert!(
        (world.translation - Vec3::new(2.0, 2.5, 4.0)).length() < 1e-5,
        "{world:?}"
    );
    let after = world.point(layer(&editor, id).cloud.means()[0]);
    assert!(after.distance(before) < 1e-5, "{before} to {after}");
    run(&mut editor, E::PutOnGround);
    let world = editor.scene().world_from_node(id);
    assert!(
        world.translation.length() < 1e-5,
        "it stands at the origin: {world:?}"
    );
    let said = run(&mut editor, E::GuessUp).expect("it says why");
    assert!(said.contains("No level surface"), "{said}");
}

#[test]
fn a_grade_is_of_the_selection_or_of_the_layer_and_bakes() {
    let (mut editor, id) = editor();
    let bright = Grade {
        exposure: 1.0,
        ..Grade::NEUTRAL
    };
    let start = editor.scene().clone();
    run(&mut editor, E::SetGrade(id, bright));
    assert_eq!(layer(&editor, id).grades, [bright], "of the layer");
    select_one(&mut editor);
    assert_eq!(
        editor.grade_in_hand(id).map(|g| g.grade),
        Some(Grade::NEUTRAL),
        "not yet its own"
    );
    let grey = Grade {
        saturation: 0.0,
        ..Grade::NEUTRAL
    };
    run(&mut editor, E::SetGrade(id, grey));
    assert_eq!(layer(&editor, id).flags[12].grade(), 1, "its own number");
    assert_eq!(
        layer(&editor, id).grades,
        [bright, grey],
        "after the layer's"
    );
    run(&mut editor, E::SetGrade(id, Grade { hue: 1.0, ..grey }));
    assert_eq!(layer(&editor, id).grades.len(), 2, "changed in place");
    let bad = Grade {
        contrast: f32::NAN,
        ..Grade::NEUTRAL
    };
    let steps = editor.history().applied();
    assert!(
        run(&mut editor, E::SetGrade(id, bad)).is_some(),
        "it says why"
    );
    assert_eq!(editor.history().applied(), steps, "nothing happened");

    let shown = layer(&editor, id).baked().into_owned();
    run(&mut editor, E::BakeGrade(id));
    assert_eq!(*layer(&editor, id).cloud, shown, "what was shown");
    assert!(layer(&editor, id).grades.is_empty(), "and nothing to show");
    assert_eq!(layer(&editor, id).flags[12].grade(), 0, "no number either");
    while editor.history().applied() > 1 {
        editor.run(Command::Undo);
    }
    assert_eq!(editor.scene(), &start, "all the way back");
}

fn search(editor: &Editor, search: Search) -> Found {
    let found = search.run(editor.scene(), &mut |_| Ok(()));
    found.expect("nobody cancels")
}

fn found_floaters(editor: &Editor) -> Arc<RegionMask> {
    match search(editor, Search::Floaters(Some(FloaterRules::default()))) {
        Found::Floaters(_, mask) => mask,
        found => panic!("{found:?}"),
    }
}

fn finding(editor: &Editor, ailment: Ailment) -> Finding {
    let Found::Ailments(findings) = search(editor, Search::Ailments) else {
        panic!("no ailments");
    };
    let finding = findings.into_iter().find(|f| f.ailment == ailment);
    finding.expect("every ailment is told")
}

#[test]
fn a_search_stops_when_it_is_told_to() {
    let (editor, _) = editor();
    for wanted in [Search::Floaters(None), Search::Ailments] {
        let mut heard = 0;
        let found = wanted.run(editor.scene(), &mut |_| {
            heard += 1;
            if heard < 2 { Ok(()) } else { Err(Cancelled) }
        });
        assert_eq!(found, Err(Cancelled), "{wanted:?}");
        assert_eq!(heard, 2, "{wanted:?} goes no further");
    }
}

#[test]
fn floaters_are_shown_first_and_removed_in_one_step() {
    let (mut editor, id) = editor();
    let mut means: Vec<Vec3> = (0..900)
        .map(|i| Vec3::new((i % 30) as f32, (i / 30) as f32, 0.0) * 0.02)
        .collect();
    means.push(Vec3::new(0.3, 0.3, 3.0));
    means.push(means[0]);
    let capture = add_layer(&mut editor, "capture", cloud(means, false), false);
    editor.run(Command::ToggleLock(id));
    let before = editor.scene().clone();
    let steps = editor.history().applied();
    let floaters = found_floaters(&editor);
    run(&mut editor, E::Preview(Arc::clone(&floaters)));
    assert_eq!(editor.marked_splats(), 1, "the one that floats");
    assert_eq!(editor.history().applied(), steps, "nothing happened yet");
    run(&mut editor, E::EndPreview);
    assert_eq!(editor.scene(), &before, "and nothing is left of it");

    run(&mut editor, E::Preview(Arc::clone(&floaters)));
    editor.run(Command::SelectAll);
    assert_eq!(
        editor.marked_splats(),
        0,
        "another command ends the preview"
    );
    editor.run(Command::Undo);
    assert_eq!(
        editor.scene(),
        &before,
        "which leaves no trace in the history"
    );

    run(&mut editor, E::Preview(floaters));
    let said = run(&mut editor, E::AcceptPreview).expect("it says how many");
    assert!(said.starts_with("1 splats"), "{said}");
    assert!(
        layer(&editor, capture).flags[900].intersects(SplatFlags::DELETED),
        "removed"
    );
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "one step");

    let twins = finding(&editor, Ailment::Duplicate);
    assert_eq!(twins.splats, 1, "{twins:?}");
    run(&mut editor, E::Cure(Ailment::Duplicate, twins.mask));
    assert_eq!(
        layer(&editor, capture).alive(),
        901,
        "the second one is gone"
    );
    let strays = finding(&editor, Ailment::Stray).mask;
    run(&mut editor, E::Preview(strays));
    run(&mut editor, E::SelectPreview);
    assert_eq!(editor.marked_splats(), 0, "marks become a selection");
}
