//! Selections by neighbors, by data and by name.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/capture.rs"]
mod capture;
#[path = "support/stage.rs"]
mod stage;

use capture::{Capture, STEP, capture};
use editor::{Command, DataRange, Modifiers, Quantity, SelectOp, ToolKind};

fn near_neighbors() -> Capture {
    let mut capture = capture();
    let mut options = capture.editor.settings().select;
    options.reach = Some(1.2 * STEP);
    capture.editor.run(Command::SetSelectOptions(options));
    capture
}

/// Selects single splats.
fn select(c: &mut Capture, rows: &[usize]) {
    c.editor.run(Command::SetTool(ToolKind::Box));
    for (i, row) in rows.iter().enumerate() {
        let modifiers = if i == 0 {
            Modifiers::NONE
        } else {
            Modifiers::SHIFT
        };
        c.click(c.pixel(c.mean(*row)), modifiers);
        let volume = editor::Volume::Sphere {
            center: c.mean(*row),
            radius: 0.4 * STEP,
        };
        c.editor.run(Command::SetVolume(volume));
    }
    assert_eq!(c.selected(), rows, "to begin with");
}

#[test]
fn growing_takes_neighbors_and_shrinking_gives_them_back() {
    let mut c = near_neighbors();
    let middle = 220;
    select(&mut c, &[middle]);
    c.editor.run(Command::GrowSelection);
    let mut cross = [middle - 21, middle - 1, middle, middle + 1, middle + 21];
    cross.sort_unstable();
    assert_eq!(c.selected(), cross, "four neighbors");
    c.editor.run(Command::GrowSelection);
    assert_eq!(c.selected().len(), 13, "and theirs");
    c.editor.run(Command::ShrinkSelection);
    assert_eq!(c.selected(), cross, "the rim goes");
    c.editor.run(Command::Undo);
    c.editor.run(Command::Undo);
    assert_eq!(c.selected(), cross, "each is one step");
}

#[test]
fn what_hangs_together_is_selected_and_what_is_small_too() {
    let mut c = near_neighbors();
    let ball = c.ball.clone();
    select(&mut c, &[ball[26]]);
    c.editor.run(Command::SelectConnected);
    assert_eq!(c.selected(), ball, "the ball hovers");
    let said = c.editor.run(Command::SelectSmallParts).message;
    assert_eq!(said.as_deref(), Some("1 of 2 parts are small"), "said");
    assert_eq!(c.selected(), ball, "27 are fewer than 100");
}

#[test]
fn similar_splats_are_like_any_of_the_selected() {
    let mut c = near_neighbors();
    let (red, green) = (c.red[0], c.green[0]);
    select(&mut c, &[red]);
    c.editor.run(Command::SelectSimilarColor);
    assert_eq!(
        c.selected().len(),
        c.red.len() + c.ball.len(),
        "all red ones"
    );
    select(&mut c, &[red, green]);
    c.editor.run(Command::SelectSimilarColor);
    assert_eq!(c.selected().len(), 468, "red and green");
    select(&mut c, &[red]);
    c.editor.run(Command::SelectSimilarSize);
    assert_eq!(c.selected().len(), 468, "all are of one size");
    c.editor.run(Command::SelectLabel(2, SelectOp::Subtract));
    assert_eq!(c.selected().len(), 441, "without the ball's label");
}

#[test]
fn a_range_of_data_is_one_step_however_long_it_is_dragged() {
    let mut c = near_neighbors();
    let steps = c.editor.history().applied();
    let range = |low: f32, high: f32| DataRange {
        quantity: Quantity::Z,
        low,
        high,
    };
    c.editor.run(Command::SelectRange(
        range(0.1, f32::INFINITY),
        SelectOp::Replace,
    ));
    assert_eq!(c.selected(), c.ball, "above the floor");
    for i in 0..10 {
        c.editor
            .run(Command::AdjustRange(0.1, 0.42 + i as f32 * 0.01));
    }
    assert_eq!(c.selected().len(), 18, "two of the ball's three layers");
    assert_eq!(c.editor.history().applied(), steps + 1, "one step");
    for (low, high) in [(f32::NAN, 1.0), (1.0, 0.0), (0.0, f32::NAN)] {
        let said = c.editor.run(Command::AdjustRange(low, high)).message;
        assert!(
            said.is_some_and(|m| m.contains("not a usable")),
            "{low} {high}"
        );
        assert_eq!(c.selected().len(), 18, "and nothing is lost");
    }
    c.editor
        .run(Command::SelectRange(range(-1.0, 0.1), SelectOp::Add));
    assert_eq!(c.selected().len(), 459, "the floor too");
    c.editor.run(Command::SetAdjustOp(SelectOp::Subtract));
    assert_eq!(c.selected().len(), 18, "or not");
    c.editor.run(Command::Undo);
    assert!(
        c.selected().is_empty(),
        "what changes nothing leaves no step"
    );
}

#[test]
fn histograms_count_every_splat_once_and_name_what_there_is() {
    let mut c = near_neighbors();
    let ball = c.ball.clone();
    select(&mut c, &[ball[0]]);
    let quantities = Quantity::all(c.editor.scene());
    assert!(
        !quantities.contains(&Quantity::Harmonics),
        "degree 0 has none"
    );
    assert!(
        quantities.contains(&Quantity::Column("normal".into(), 2)),
        "columns"
    );
    for quantity in quantities {
        for by_powers in [false, true] {
            let Some(histogram) = c.editor.histogram(&quantity, by_powers) else {
                continue;
            };
            let counted: u32 = histogram.all.iter().sum();
            assert_eq!(counted as usize, histogram.splats, "{quantity:?}");
            assert!(by_powers || histogram.splats == 468, "{quantity:?}: all");
            let selected: u32 = histogram.selected.iter().sum();
            assert!(by_powers || selected == 1, "{quantity:?}: one");
            let there = histogram.value_at(histogram.fraction_of(histogram.high) * 0.5);
            assert!(
                (histogram.fraction_of(there) - 0.5).abs() < 1e-3,
                "{quantity:?}"
            );
        }
    }
}

#[test]
fn saved_selections_are_recalled_renamed_and_forgotten_with_undo() {
    let mut c = near_neighbors();
    let start = c.editor.scene().clone();
    let before = c.editor.history().applied();
    c.editor.run(Command::SelectLabel(2, SelectOp::Replace));
    let said = c.editor.run(Command::SaveSelection(None)).message;
    assert!(said.is_some_and(|m| m.contains("Selection 1")), "said");
    c.editor.run(Command::RenameSelection(
        "Selection 1".into(),
        "Ball".into(),
    ));
    c.editor.run(Command::SelectAll);
    c.editor
        .run(Command::RecallSelection("Ball".into(), SelectOp::Subtract));
    assert_eq!(c.selected().len(), 441, "all but the ball");
    c.editor
        .run(Command::RecallSelection("Ball".into(), SelectOp::Replace));
    assert_eq!(c.selected(), c.ball, "the ball");
    c.editor.run(Command::DeleteSelection);
    c.editor
        .run(Command::RecallSelection("Ball".into(), SelectOp::Replace));
    assert!(c.selected().is_empty(), "what is gone is not selected");
    c.editor.run(Command::ForgetSelection("Ball".into()));
    assert!(c.editor.scene().selection_sets().is_empty(), "forgotten");
    while c.editor.history().applied() > before {
        c.editor.run(Command::Undo);
    }
    assert_eq!(c.editor.scene(), &start, "everything undone");
    let said = c
        .editor
        .run(Command::RecallSelection("none".into(), SelectOp::Add))
        .message;
    assert!(said.is_some(), "a set that is not there");
}
