//! Simplification: shown, kept or not, one step.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{Command, EditCommand, Editor, Request};
use glam::Vec3;
use scene::{NodeId, simplify::Method};
use stage::{add_layer, cloud, editor, grid};

fn splats(editor: &Editor) -> usize {
    editor.scene().layers().map(|(.., l)| l.cloud.len()).sum()
}

fn show(editor: &mut Editor, share: f64) {
    let to = editor.to_simplify();
    let target = (to.splats() as f64 * share) as usize;
    let simpler = to.simplified(target, Method::Merge, &mut |_| Ok(()));
    editor.show_simplified(simpler.expect("nobody cancels"));
}

fn two_layers() -> (Editor, NodeId, NodeId) {
    let (mut editor, first) = editor();
    let moved = grid().into_iter().map(|p| p + Vec3::X * 3.0).collect();
    let second = add_layer(&mut editor, "second", cloud(moved, true), false);
    (editor, first, second)
}

#[test]
fn what_is_shown_is_no_step_until_it_is_kept() {
    let (mut editor, ..) = two_layers();
    let (before, steps) = (editor.scene().clone(), editor.history().applied());
    let asked = editor.run(Command::Edit(EditCommand::Simplify)).requests;
    assert_eq!(asked, [Request::SimplifyDialog], "the card opens");
    show(&mut editor, 0.5);
    assert!((24..=26).contains(&splats(&editor)), "live");
    assert_eq!(editor.history().applied(), steps, "no step");
    editor.run(Command::Edit(EditCommand::EndPreview));
    assert_eq!(editor.scene(), &before, "thought better of");

    show(&mut editor, 0.5);
    editor.run(Command::Edit(EditCommand::AcceptSimplified));
    assert_eq!(
        editor.history().applied(),
        steps + 1,
        "one step for both layers"
    );
    let after = editor.scene().clone();
    editor.run(Command::Undo);
    assert_eq!(editor.scene(), &before, "undone to the last bit");
    editor.run(Command::Redo);
    assert_eq!(editor.scene(), &after, "and redone");
}

#[test]
fn any_other_change_ends_what_is_only_shown() {
    let (mut editor, ..) = two_layers();
    let before = editor.scene().clone();
    for command in [Command::Save, Command::Undo, Command::SelectAll] {
        show(&mut editor, 0.4);
        assert!(editor.shows_simplified(), "shown");
        editor.run(command.clone());
        assert!(!editor.shows_simplified(), "{command:?}");
        if command == Command::Save {
            assert_eq!(editor.scene(), &before, "what is saved is the original");
        }
    }
    let kept = editor.run(Command::Edit(EditCommand::AcceptSimplified));
    assert!(
        kept.message.is_some_and(|m| m.contains("simpler")),
        "it says why not"
    );
}

#[test]
fn only_selected_splats_and_unlocked_layers_are_simplified() {
    let (mut editor, first, second) = two_layers();
    editor.run(Command::ToggleLock(second));
    assert_eq!(
        editor.to_simplify().splats(),
        25,
        "the locked layer does not count"
    );
    editor.run(Command::ToggleLock(second));
    editor.run(Command::ToggleLock(first));
    editor.run(Command::SelectAll);
    editor.run(Command::ToggleLock(first));
    let to = editor.to_simplify();
    assert!(to.only_selected(), "some are selected");
    assert_eq!(to.splats(), 25, "those of the second layer");
    assert!(
        (to.bytes_a_splat() - 68.0).abs() < 1e-9,
        "14 numbers and a normal"
    );
    show(&mut editor, 0.2);
    let of = |id| {
        let layer = editor.scene().node(id).and_then(|n| n.splats());
        layer.map(|l| l.cloud.len())
    };
    assert_eq!((of(first), of(second)), (Some(25), Some(5)), "splats left");
}
