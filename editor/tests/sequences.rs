//! Any sequence of commands and events: sound after each, back to the start by undo, and to the end by redo.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use std::sync::Arc;

use editor::{
    Button, Command, DataRange, EditCommand, Editor, Input, Key, Modifiers, Pick, Quantity,
    SelectOp, SelectOptions, ToolKind, Volume,
};
use glam::{Vec2, Vec3};
use proptest::prelude::*;
use scene::{
    DirectionalLight, Environment, Grade, NodeId, RegionMask, Transform, clean::Ailment,
    simplify::Method,
};
use stage::{SIZE, Sees, add_layer, cloud, editor, grid};

const SIMPLIFY: Command = Command::Edit(EditCommand::Simplify);

/// A wish or event in terms that fit any scene; indices count modulo.
#[derive(Debug, Clone)]
enum Step {
    Simple(usize),
    OnNode(usize, usize),
    Move(usize, Option<usize>, usize),
    Press(Vec2, Button, Modifiers),
    PointTo(Vec2, Modifiers),
    Release(Vec2, Button, Modifiers),
    Key(char, Modifiers),
    Escape,
    Select(usize, f32),
    Tick,
    Arrive(bool),
    /// Shows a share of the splats.
    Simplify(f32),
}

fn step() -> impl Strategy<Value = Step> {
    let pos = || (0.0..800.0_f32, 0.0..600.0_f32).prop_map(|(x, y)| Vec2::new(x, y));
    let button = || {
        prop_oneof![
            4 => Just(Button::Primary),
            1 => Just(Button::Secondary),
            1 => Just(Button::Middle),
        ]
    };
    let modifiers = || {
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(shift, ctrl, alt)| Modifiers {
            shift,
            ctrl,
            alt,
        })
    };
    prop_oneof![
        6 => (0..140_usize).prop_map(Step::Simple),
        5 => (0..13_usize, 0..12_usize).prop_map(|(what, node)| Step::OnNode(what, node)),
        2 => (0..12_usize, prop::option::of(0..12_usize), 0..4_usize)
            .prop_map(|(node, parent, index)| Step::Move(node, parent, index)),
        4 => (pos(), button(), modifiers()).prop_map(|(p, b, m)| Step::Press(p, b, m)),
        6 => (pos(), modifiers()).prop_map(|(p, m)| Step::PointTo(p, m)),
        4 => (pos(), button(), modifiers()).prop_map(|(p, b, m)| Step::Release(p, b, m)),
        2 => (prop::char::range('A', 'Z'), modifiers()).prop_map(|(key, m)| Step::Key(key, m)),
        1 => Just(Step::Escape),
        4 => (0..9_usize, 0.0..1.0_f32).prop_map(|(what, amount)| Step::Select(what, amount)),
        1 => Just(Step::Tick),
        1 => any::<bool>().prop_map(Step::Arrive),
        1 => (0.1..1.0_f32).prop_map(Step::Simplify),
    ]
}

fn on_node(what: usize, id: NodeId) -> Command {
    let transform = Transform {
        scale: 1.5,
        ..Transform::IDENTITY
    };
    match what {
        0 => Command::RenameNode(id, "other".into()),
        1 => Command::DeleteNode(id),
        2 => Command::DuplicateNode(id),
        3 => Command::SetTransform(id, transform),
        4 => Command::ToggleVisible(id),
        5 => Command::ToggleLock(id),
        6 => Command::SetLit(id, true),
        7 => Command::SetLight(id, DirectionalLight::default()),
        8 => Command::SelectNode(Some(id)),
        10 => Command::Edit(EditCommand::SetGrade(
            id,
            Grade {
                exposure: 0.5,
                ..Grade::NEUTRAL
            },
        )),
        11 => Command::Edit(EditCommand::BakeGrade(id)),
        12 => Command::Edit(EditCommand::StripHarmonics(id, 0)),
        _ => Command::SetEnvironment(Environment::uniform(0.1)),
    }
}

/// Selections that go on to be changed, and those with names.
fn selecting(what: usize, amount: f32) -> Command {
    let range = DataRange {
        quantity: [Quantity::X, Quantity::Opacity, Quantity::Distance][what % 3].clone(),
        low: amount - 0.5,
        high: f32::INFINITY,
    };
    let op = [SelectOp::Replace, SelectOp::Add, SelectOp::Intersect][(amount * 2.9) as usize];
    let name = || String::from("Selection 1");
    match what {
        0 => Command::SelectRange(range, op),
        1 => Command::AdjustRange(-amount, amount),
        2 => Command::SetAdjustOp(op),
        3 => Command::SetVolume(Volume::Sphere {
            center: Vec3::X * amount,
            radius: amount,
        }),
        4 => Command::SetSelectOptions(SelectOptions {
            tolerance: amount,
            reach: Some(amount),
            ..SelectOptions::default()
        }),
        5 => Command::RecallSelection(name(), op),
        6 => Command::RenameSelection(name(), "other".into()),
        7 => Command::ForgetSelection(name()),
        _ => Command::ClosePolygon,
    }
}

/// Marks as a search leaves them that ran a while ago: some of layers that are gone, some past the end.
fn every_third(editor: &Editor) -> Arc<RegionMask> {
    let layers = editor.scene().layers();
    let marked = layers.map(|(id, ..)| (id, vec![0x4924_9249; 2]));
    let gone = (NodeId(u64::MAX), vec![1]);
    Arc::new(RegionMask {
        layers: marked.chain([gone]).collect(),
    })
}

fn act(editor: &mut Editor, step: &Step) {
    let ids: Vec<NodeId> = editor.scene().nodes().map(|(id, _)| id).collect();
    let pick = |index: usize| ids.get(index % ids.len().max(1)).copied();
    let seen = ids.first().map(|id| Pick {
        node: *id,
        row: 3,
        point: Vec3::ZERO,
        depth: 2.0,
    });
    let marks = every_third(editor);
    let mut sees = Sees(seen);
    let mut input = |input: Input| editor.input(&input, &mut sees);
    match *step {
        Step::Simple(index) => {
            let mut all = Command::all_simple();
            all.extend([
                Command::RotateLight(0.1, 0.2),
                Command::RotateEnvironment(0.3),
                Command::BeginGesture("Scrub".into()),
                Command::CommitGesture,
                Command::AbortGesture,
                Command::SetTool(ToolKind::Brush),
                Command::SetTool(ToolKind::Light),
                Command::SetTool(ToolKind::Move),
                Command::SetTool(ToolKind::Rotate),
                Command::SetTool(ToolKind::Scale),
                Command::SetTool(ToolKind::Paint),
                Command::SetTool(ToolKind::Clone),
                Command::Edit(EditCommand::RescaleTo(2.0)),
                Command::Edit(EditCommand::Preview(Arc::clone(&marks))),
                Command::Edit(EditCommand::Cure(Ailment::Duplicate, Arc::clone(&marks))),
                Command::Edit(EditCommand::Cure(Ailment::Giant, marks)),
            ]);
            editor.run(all[index % all.len()].clone());
        }
        Step::OnNode(what, node) => {
            if let Some(id) = pick(node) {
                editor.run(on_node(what, id));
            }
        }
        Step::Move(node, parent, index) => {
            if let Some(id) = pick(node) {
                editor.run(Command::MoveNode(id, parent.and_then(pick), index));
            }
        }
        Step::Press(pos, button, modifiers) => {
            input(Input::PointerPressed {
                pos,
                button,
                modifiers,
            });
        }
        Step::PointTo(pos, modifiers) => {
            input(Input::PointerMoved { pos, modifiers });
        }
        Step::Release(pos, button, modifiers) => {
            input(Input::PointerReleased {
                pos,
                button,
                modifiers,
            });
        }
        Step::Key(key, modifiers) => {
            let key = Key::Char(key);
            input(Input::KeyPressed { key, modifiers });
            input(Input::KeyReleased { key, modifiers });
        }
        Step::Escape => {
            let modifiers = Modifiers::NONE;
            input(Input::KeyPressed {
                key: Key::Escape,
                modifiers,
            });
        }
        Step::Select(what, amount) => {
            editor.run(selecting(what, amount));
        }
        Step::Tick => {
            editor.tick(0.05);
        }
        Step::Simplify(share) => {
            if !editor.shows_simplified() && editor.enabled(&SIMPLIFY).is_ok() {
                let to = editor.to_simplify();
                let target = (to.splats() as f32 * share) as usize;
                let layers = to.simplified(target, Method::Merge, &mut |_| Ok(()));
                editor.show_simplified(layers.expect("nobody cancels"));
            }
        }
        Step::Arrive(lit) => {
            add_layer(editor, "arrived", cloud(grid(), true), lit);
        }
    }
}

/// Ends what is under way, so that only whole steps are left.
fn settle(editor: &mut Editor) {
    for _ in 0..2 {
        if editor.is_dragging() {
            editor.run(Command::Undo);
        }
    }
    editor.run(Command::CommitGesture);
    // What is drawn red is no state of the document.
    editor.run(Command::Edit(EditCommand::EndPreview));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_sequence_undoes_to_the_start_and_redoes_to_the_end(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut editor, _) = editor();
        for _ in 0..editor.history().applied() {
            editor.run(Command::Undo);
        }
        let start = editor.scene().clone();
        for step in &steps {
            act(&mut editor, step);
            prop_assert_eq!(editor.scene().check_invariants(), Ok(()), "after {:?}", step);
            let camera = editor.camera(SIZE);
            prop_assert!(camera.eye().is_finite(), "lost after {:?}", step);
            let down = camera.view_from_world.matrix3.row(1);
            prop_assert!(down.y < 1e-5, "upside down after {:?}", step);
        }
        settle(&mut editor);
        let end = editor.scene().clone();
        let undone = editor.history().applied();
        for _ in 0..undone {
            editor.run(Command::Undo);
            prop_assert_eq!(editor.scene().check_invariants(), Ok(()));
        }
        prop_assert_eq!(editor.history().applied(), 0, "every step can be undone");
        prop_assert_eq!(editor.scene(), &start, "all undone");
        for _ in 0..undone {
            editor.run(Command::Redo);
        }
        prop_assert_eq!(editor.scene(), &end, "all redone");
    }
}
