//! Cities: added from a seed or a map, followed by the camera, and parts of them kept.

use std::path::PathBuf;

use city::{CityRecipe, CityStyle, Source, osm, stream::Patch};
use editor::Outcome;
use glam::{DVec2, Vec3};
use scene::NodeId;

use super::App;
use crate::background::{Background, Event};
use crate::cities;
use crate::jobs::{ReadingMap, Task};
use crate::notify::{Tone, sentence};
use crate::{export, recent, text};

/// How much of a new city is in view, metres.
const FIRST_LOOK: f32 = 150.0;
/// Warnings of a map that are told; the rest is counted.
const TOLD: usize = 4;

impl App {
    /// Lets the cities follow the camera.
    pub(super) fn follow_cities(&mut self) {
        let eye = self.editor.camera_control().view().eye;
        let software = self.view.facts().software;
        self.cities.detail = self.settings.city_detail;
        let outcome = self.cities.update(&mut self.editor, eye, software);
        if outcome != Outcome::default() {
            self.digest(outcome);
        }
        if let Some(problem) = self.cities.take_problem() {
            self.front
                .notices
                .show(Tone::Info, text::CITY, sentence(&problem));
        }
    }

    /// Adds a city from a seed that no other of the scene has.
    pub(super) fn new_city(&mut self) {
        let seeds: Vec<u64> = self
            .city_recipes()
            .filter_map(|(_, r)| seed_of(&r))
            .collect();
        let seed = (CityStyle::default().seed..).find(|seed| !seeds.contains(seed));
        let style = CityStyle {
            seed: seed.unwrap_or_default(),
            ..CityStyle::default()
        };
        self.add_city(
            text::CITY.to_owned(),
            &CityRecipe::new(Source::Style(style)),
        );
    }

    fn city_recipes(&self) -> impl Iterator<Item = (NodeId, CityRecipe)> + '_ {
        let nodes = self.editor.scene().nodes();
        nodes.filter_map(|(id, node)| Some((id, cities::read(node.recipe()?).ok()?)))
    }

    fn add_city(&mut self, name: String, recipe: &CityRecipe) {
        match cities::write(recipe) {
            Ok(written) => {
                let middle = recipe.middle().as_vec2();
                let center = Vec3::new(middle.x, 0.0, -middle.y);
                let outcome = self.editor.add_recipe(&name, written, center, FIRST_LOOK);
                self.digest(outcome);
            }
            Err(error) => self.front.notices.error(text::CITY.to_owned(), &error),
        }
    }

    /// Reads a map that will become a city.
    pub(super) fn open_map(&mut self, path: PathBuf) {
        let source = path.clone();
        let work =
            Background::<(), _>::start("map", self.wake.clone(), move |_| Ok(osm::load(&source)?));
        let file = recent::file_name(&path);
        let task = Task::Map(ReadingMap { work, path });
        self.jobs.add(text::READING_MAP, file, task);
    }

    pub(super) fn poll_map(
        &mut self,
        reading: &mut ReadingMap,
        reports: &mut Vec<scene::Progress>,
    ) -> bool {
        let file = recent::file_name(&reading.path);
        for event in reading.work.poll() {
            match event {
                Event::Progress(progress) => reports.push(progress),
                Event::Part(()) => {}
                Event::Done(Ok(map)) => {
                    let name = reading.path.file_name().map_or_else(
                        || file.clone(),
                        |name| {
                            name.to_string_lossy()
                                .split('.')
                                .next()
                                .unwrap_or("")
                                .to_owned()
                        },
                    );
                    let layout = Box::new(map.plan.whole().clone());
                    let source = Source::Map {
                        name: file.clone(),
                        layout,
                    };
                    self.add_city(name, &CityRecipe::new(source));
                    if !map.warnings.is_empty() {
                        let title = text::opened_with_notes(&file);
                        let mut told = map.warnings;
                        told.truncate(TOLD);
                        self.front
                            .notices
                            .show(Tone::Info, title, sentence(&told.join("; ")));
                    }
                    return false;
                }
                Event::Done(Err(error)) => {
                    if !export::is_cancelled(&error) {
                        self.front.notices.error(text::cannot_open(&file), &error);
                    }
                    return false;
                }
            }
        }
        true
    }

    /// Makes the patch in the middle of the view an ordinary layer, and leaves it out of the city.
    pub(super) fn keep_city_part(&mut self) {
        let Some(id) = self.editor.selected_node() else {
            return;
        };
        let node = self.editor.scene().node(id);
        let Some(mut recipe) = node.and_then(|n| cities::read(n.recipe()?).ok()) else {
            return;
        };
        let world_from_city = self.editor.scene().world_from_node(id);
        let target = self.editor.camera_control().view().target();
        let local = world_from_city.inverse().point(target);
        let place = DVec2::new(f64::from(local.x), f64::from(-local.z));
        let found: Option<(Patch, NodeId)> = self.cities.patch_at(id, place);
        let Some((patch, layer)) = found else {
            self.front.flash = Some((text::NO_CITY_PART.to_owned(), std::time::Instant::now()));
            return;
        };
        recipe.kept.push(patch);
        match cities::write(&recipe) {
            Ok(without) => {
                self.cities.let_go(id, patch, &without);
                let outcome = self.editor.keep_streamed(layer, id, without);
                self.digest(outcome);
            }
            Err(error) => self.front.notices.error(text::CITY.to_owned(), &error),
        }
    }
}

fn seed_of(recipe: &CityRecipe) -> Option<u64> {
    match &recipe.source {
        Source::Style(style) => Some(style.seed),
        Source::Map { .. } => None,
    }
}
