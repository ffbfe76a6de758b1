//! What the transform tools and measuring have in the bar of the tool in hand.

use editor::{Command, EditCommand, Pivot, ToolKind};
use egui::Ui;

use crate::cx::{Cx, Wishes};
use crate::expression::Unit;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton, NumberSpec};
use crate::{icons, text};

/// Whether a tool moves or measures.
pub fn has_options(tool: ToolKind) -> bool {
    tool.is_transform() || tool == ToolKind::Measure
}

/// About which axes and which point things are moved.
pub fn frame_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let settings = cx.editor.settings();
    let axes = [(false, text::AXES_WORLD), (true, text::AXES_LOCAL)];
    let local = Command::Edit(EditCommand::ToggleLocalAxes);
    ui.label(theme::small(text::AXES).color(tokens(ui).text_secondary));
    if widgets::segmented(ui, settings.local_axes, &axes).is_some() {
        wishes.run(local);
    }
    ui.add_space(GAP);
    ui.label(theme::small(text::PIVOT).color(tokens(ui).text_secondary));
    let name = text::pivot(settings.pivot);
    widgets::combo(ui, text::PIVOT, name, 150.0, |ui| {
        for pivot in Pivot::ALL {
            let command = Command::Edit(EditCommand::SetPivot(pivot));
            let on = settings.pivot == pivot;
            let row = ui.selectable_label(on, text::pivot(pivot));
            if row.on_hover_text(command.info().help).clicked() {
                wishes.run(command);
            }
        }
    });
    let pick = Command::Edit(EditCommand::PickPivot);
    let button = IconButton::new(icons::TARGET, pick.info().name);
    if button
        .active(cx.editor.is_picking_pivot())
        .show(ui)
        .clicked()
    {
        wishes.run(pick);
    }
}

/// What can be done at once: mirrors, or what picked points are good for.
pub fn actions_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    if cx.editor.tool() == ToolKind::Measure {
        level_ui(ui, cx, wishes);
        return;
    }
    for axis in 0..3 {
        let command = Command::Edit(EditCommand::Mirror(axis));
        small_button(ui, cx, wishes, command, text::MIRRORS[axis]);
    }
}

/// The distance of two picked points.
pub fn length_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let points = cx.editor.points();
    if let [a, b, ..] = &points[..] {
        let length = a.distance(*b);
        ui.label(theme::small(text::LENGTH).color(tokens(ui).text_secondary));
        let spec = NumberSpec {
            unit: Unit::Meters,
            suffix: " m",
            range: 1e-6..=1e6,
            speed: f64::from(length) * 0.005,
            decimals: 3,
            default: f64::from(length),
            ..NumberSpec::unit_interval(text::LENGTH)
        };
        let (value, response) = widgets::number(ui, f64::from(length), &spec, 88.0);
        let response = response.on_hover_text(text::LENGTH_HELP);
        let command = value.map(|v| Command::Edit(EditCommand::RescaleTo(v as f32)));
        super::inspector::change(wishes, &response, text::STEP_RESCALE, command);
    } else {
        ui.label(theme::small(text::PICK_POINTS).color(tokens(ui).text_secondary));
    }
}

fn level_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    for (command, name) in [
        (EditCommand::LevelSurface, text::LEVEL_SURFACE),
        (EditCommand::LevelPoints, text::LEVEL_POINTS),
        (EditCommand::GuessUp, text::GUESS_UP),
        (EditCommand::PutOnGround, text::ON_GROUND),
    ] {
        small_button(ui, cx, wishes, Command::Edit(command), name);
    }
    super::tool_options::gap(ui);
    small_button(
        ui,
        cx,
        wishes,
        Command::Edit(EditCommand::ClearPoints),
        text::CLEAR,
    );
}

/// A button with fewer words than the command has elsewhere.
fn small_button(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, command: Command, name: &str) {
    let button = egui::Button::new(theme::small(name));
    super::command_button(ui, cx, wishes, command, button);
}
