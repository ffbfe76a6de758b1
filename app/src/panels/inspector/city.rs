//! A city: the sliders of its layout, its light, how finely it is made, and what is there of it.

use city::{CityRecipe, CityStyle, Source};
use editor::{Command, EditCommand};
use egui::Ui;
use scene::{NodeId, Recipe};

use super::control::Control;
use crate::cities;
use crate::cx::{Cx, Wishes};
use crate::panels::command_button;
use crate::persist::Settings;
use crate::text::{self, city as words};
use crate::widgets::{self, NumberSpec, grouped};

const CONTROLS: [Control<CityStyle>; 13] = [
    Control::new(
        words::DENSITY,
        |s| s.density,
        |s, v| s.density = v,
        (0.0, 1.0),
    ),
    Control::new(words::HEIGHT, |s| s.height, |s, v| s.height = v, (0.5, 2.5)),
    Control::new(words::TOWERS, |s| s.towers, |s, v| s.towers = v, (0.0, 1.0)),
    Control::new(
        words::BLOCK_SIZE,
        |s| s.block_size,
        |s, v| s.block_size = v,
        (0.6, 1.8),
    ),
    Control::new(words::RADIAL, |s| s.radial, |s, v| s.radial = v, (0.0, 1.0)),
    Control::new(
        words::ORGANIC,
        |s| s.organic,
        |s, v| s.organic = v,
        (0.0, 1.0),
    ),
    Control::new(
        words::SPACING,
        |s| 0.001 * s.center_spacing,
        |s, v| s.center_spacing = 1000.0 * v,
        (1.2, 8.0),
    ),
    Control::new(
        words::COURTYARDS,
        |s| s.courtyards,
        |s, v| s.courtyards = v,
        (0.0, 1.0),
    ),
    Control::new(
        words::INDUSTRY,
        |s| s.industry,
        |s, v| s.industry = v,
        (0.0, 1.0),
    ),
    Control::new(words::GREEN, |s| s.green, |s, v| s.green = v, (0.0, 1.0)),
    Control::new(words::WATER, |s| s.water, |s, v| s.water = v, (0.0, 1.0)),
    Control::new(
        words::TREES,
        |s| s.street_trees,
        |s, v| s.street_trees = v,
        (0.0, 1.0),
    ),
    Control::new(words::CARS, |s| s.cars, |s, v| s.cars = v, (0.0, 1.0)),
];

/// Everything about a city.
pub(super) fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
    recipe: &Recipe,
) {
    let Ok(read) = cx.cities.read(id, recipe) else {
        ui.label(words::UNREADABLE);
        return;
    };
    widgets::section(
        ui,
        &mut settings.folded,
        words::SECTION_LAYOUT,
        |ui| match &read.source {
            Source::Style(style) => style_ui(ui, wishes, id, &read, style),
            Source::Map { name, layout } => {
                widgets::value_row(ui, words::MAP, name);
                widgets::value_row(ui, words::BUILDINGS, &grouped(layout.buildings.len()));
            }
        },
    );
    widgets::section(ui, &mut settings.folded, words::SECTION_LIGHT, |ui| {
        let mut dusk = read.dusk;
        if ui.checkbox(&mut dusk, words::DUSK).changed() {
            run(wishes, set(id, &read, |r| r.dusk = dusk));
        }
    });
    let detail = &mut settings.city_detail;
    widgets::section(ui, &mut settings.folded, words::SECTION_PARTS, |ui| {
        widgets::form_row(ui, words::DETAIL, |ui| {
            let spec = NumberSpec {
                range: 0.25..=2.0,
                default: 1.0,
                ..NumberSpec::unit_interval(words::DETAIL)
            };
            if let (Some(value), _) = widgets::slider(ui, f64::from(*detail), &spec, 0.25..=2.0) {
                *detail = value as f32;
            }
        });
        if let Some(facts) = cx.cities.facts(id, cx.editor) {
            let parts = if facts.missing > 0 {
                words::parts_to_come(facts.shown, facts.missing)
            } else {
                grouped(facts.shown)
            };
            widgets::value_row(ui, words::SECTION_PARTS, &parts);
            widgets::value_row(ui, text::SPLATS, &grouped(facts.splats));
        }
        let keep = Command::Edit(EditCommand::KeepCityPart);
        let button = egui::Button::new(keep.info().name);
        command_button(ui, cx, wishes, keep, button);
    });
}

fn style_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, read: &CityRecipe, style: &CityStyle) {
    widgets::form_row(ui, words::SEED, |ui| {
        let mut seed = style.seed;
        let number = egui::DragValue::new(&mut seed).update_while_editing(false);
        if ui.add(number).changed() {
            run(wishes, set_style(id, read, |s| s.seed = seed));
        }
        if ui.button(words::NEXT_SEED).clicked() {
            run(
                wishes,
                set_style(id, read, |s| s.seed = s.seed.wrapping_add(1)),
            );
        }
    });
    for control in &CONTROLS {
        control.row(ui, wishes, style, words::STEP, |style| {
            set_style(id, read, |s| *s = style)
        });
    }
}

fn set_style(
    id: NodeId,
    read: &CityRecipe,
    change: impl FnOnce(&mut CityStyle),
) -> Option<Command> {
    set(id, read, |recipe| {
        if let Source::Style(style) = &mut recipe.source {
            change(style);
        }
    })
}

fn run(wishes: &mut Wishes, command: Option<Command>) {
    if let Some(command) = command {
        wishes.run(command);
    }
}

/// Nothing where the recipe cannot be written, which cannot be.
fn set(id: NodeId, read: &CityRecipe, change: impl FnOnce(&mut CityRecipe)) -> Option<Command> {
    let mut recipe = read.clone();
    change(&mut recipe);
    let recipe = cities::write(&recipe).ok()?;
    Some(Command::Edit(EditCommand::SetRecipe(id, recipe)))
}
