//! Cities around the camera: every recipe of the scene has a streamer that brings patches and takes them away.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use city::stream::{Patch, Reach, Streamer};
use city::{CityMaker, CityRecipe, Decoder, place_of};
use editor::{Editor, Outcome};
use glam::{DVec2, DVec3, Vec3};
use inference::{CityDecoder, Package, Runtime};
use scene::{GaussianCloud, NodeId, Recipe, Scene, Transform};

use crate::assets;
use crate::background::Wake;

/// Who reads the recipes of cities.
pub const MAKER: &str = "city";
/// How far ahead of a flying camera patches are ordered, seconds.
const AHEAD: f64 = 1.5;
/// Patches that one frame takes over: each is uploaded in slices, this is for what the scene itself does.
const A_FRAME: usize = 4;
/// A recipe that changed is followed once it has stayed the same for so long: a slider gives one every frame.
const SETTLES: Duration = Duration::from_millis(250);
/// A camera that moves less between two looks stands still, metres.
const STILL: f64 = 0.01;

/// What a processor that draws can keep up with, and what a graphics card can.
const SOFTWARE: (f32, f32, u8) = (0.6, 700.0, 4);
const DEVICE: (f32, f32, u8) = (0.8, 1400.0, 6);

/// All cities of the window.
pub struct Cities {
    live: BTreeMap<NodeId, City>,
    /// Recipes that were told to be of no use.
    unreadable: BTreeMap<NodeId, Recipe>,
    painter: Arc<Painter>,
    wake: Wake,
    /// How fine cities are made, 1 as usual.
    pub detail: f32,
}

/// The network that paints façades, loaded by the first thread that needs it.
struct Painter {
    decoder: OnceLock<Option<Arc<dyn Decoder>>>,
    /// What the artist should know, once.
    problem: Mutex<Option<String>>,
}

/// One city.
struct City {
    recipe: Recipe,
    read: CityRecipe,
    streamer: Streamer<GaussianCloud>,
    layers: BTreeMap<Patch, NodeId>,
    /// Layers of the recipe as it was, until the new ones cover them.
    old: BTreeMap<Patch, NodeId>,
    eye: Option<(DVec3, Instant)>,
    /// What the recipe has become, and since when.
    next: Option<(Recipe, Instant)>,
}

/// What the status line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CityFacts {
    /// Patches that are shown.
    pub shown: usize,
    /// Patches that are to come.
    pub missing: usize,
    /// Splats of the shown ones.
    pub splats: usize,
}

impl Cities {
    /// No city yet; `wake` is called when a patch is there.
    pub fn new(wake: Wake) -> Self {
        Self {
            live: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            painter: Arc::new(Painter {
                decoder: OnceLock::new(),
                problem: Mutex::default(),
            }),
            wake,
            detail: 1.0,
        }
    }

    /// Something that the artist should know, once.
    pub fn take_problem(&self) -> Option<String> {
        let problem = self.painter.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The state of a city.
    pub fn facts(&self, id: NodeId, editor: &Editor) -> Option<CityFacts> {
        let city = self.live.get(&id)?;
        let layers = city
            .layers
            .values()
            .filter_map(|id| editor.scene().node(*id));
        Some(CityFacts {
            shown: city.layers.len(),
            missing: city.streamer.missing(),
            splats: layers
                .filter_map(|node| node.splats())
                .map(|layer| layer.cloud.len())
                .sum(),
        })
    }

    /// The patch of a city that is shown at a place, metres in the frame of its plan, with its layer.
    pub fn patch_at(&self, id: NodeId, place: DVec2) -> Option<(Patch, NodeId)> {
        let layers = &self.live.get(&id)?.layers;
        let here = Patch::at(city::stream::FINEST, place);
        let found = layers.iter().find(|(patch, _)| patch.holds(here));
        found.map(|(patch, layer)| (*patch, *layer))
    }

    /// Gives a patch away that becomes somebody else's layer; the rest goes on under the new recipe.
    pub fn let_go(&mut self, id: NodeId, patch: Patch, without: &Recipe) {
        if let Some(city) = self.live.get_mut(&id)
            && let Ok(read) = read(without)
        {
            city.layers.remove(&patch);
            city.recipe = without.clone();
            city.read = read;
        }
    }

    /// Follows the scene and the camera, which stands at `eye` (world frame).
    pub fn update(&mut self, editor: &mut Editor, eye: Vec3, software: bool) -> Outcome {
        self.heed(editor.scene());
        let reach = self.reach(software);
        let mut outcome = Outcome::default();
        for (id, city) in &mut self.live {
            if editor.scene().is_visible(*id) {
                outcome.merge(city.follow(*id, editor, eye, &reach));
            }
        }
        outcome
    }

    /// What a recipe of the scene says.
    pub fn read<'a>(&'a self, id: NodeId, recipe: &Recipe) -> Result<Cow<'a, CityRecipe>> {
        match self.live.get(&id).filter(|city| city.recipe == *recipe) {
            Some(city) => Ok(Cow::Borrowed(&city.read)),
            None => read(recipe).map(Cow::Owned),
        }
    }

    /// Begins, changes and ends cities as the scene has them.
    fn heed(&mut self, scene: &Scene) {
        let recipe_of = |id: NodeId| scene.node(id)?.recipe().filter(|r| r.maker == MAKER);
        self.live.retain(|id, _| recipe_of(*id).is_some());
        self.unreadable.retain(|id, _| recipe_of(*id).is_some());
        let found = scene
            .nodes()
            .filter_map(|(id, _)| Some((id, recipe_of(id)?)));
        let mut rest = Vec::new();
        for (id, recipe) in found {
            let known = match self.live.get_mut(&id) {
                Some(city) => city.is_made_of(recipe),
                None => self.unreadable.get(&id) == Some(recipe),
            };
            match known {
                true => {}
                false if self.live.get(&id).is_some_and(City::is_still_changing) => (self.wake)(),
                false => rest.push((id, recipe.clone())),
            }
        }
        for (id, recipe) in rest {
            self.begin(id, recipe);
        }
    }

    fn reach(&self, software: bool) -> Reach {
        let (sharpness, distance, finest) = if software { SOFTWARE } else { DEVICE };
        Reach {
            sharpness: sharpness * self.detail,
            distance: distance * self.detail.max(0.5),
            finest,
            ..Reach::default()
        }
    }

    /// Starts a city, or starts it anew from a changed recipe; one that cannot be read is told once.
    fn begin(&mut self, id: NodeId, recipe: Recipe) {
        let read = match read(&recipe) {
            Ok(read) => read,
            Err(error) => {
                self.painter.report(format!("{error:#}"));
                self.live.remove(&id);
                self.unreadable.insert(id, recipe);
                return;
            }
        };
        let before = self.live.remove(&id);
        let maker = OnceLock::new();
        let (painter, wake) = (Arc::clone(&self.painter), self.wake.clone());
        let (plan_of, light) = (read.clone(), read.light());
        let make = move |patch: Patch, alive: &dyn Fn() -> bool| {
            let maker =
                maker.get_or_init(|| CityMaker::new(plan_of.plan(), painter.decoder(), light));
            // A panic must not take the thread with it: the patch stays empty, the city goes on.
            let made = catch_unwind(AssertUnwindSafe(|| maker.make(patch, alive)));
            wake();
            match made {
                Ok(Ok(made)) => made,
                Ok(Err(error)) => {
                    painter.report(error.to_string());
                    None
                }
                Err(_) => {
                    let place = patch.origin();
                    painter.report(format!(
                        "A part of the city could not be made by a programming error; please report it with the seed or the map, and this place: {} m, {:.0} {:.0}",
                        patch.stride(),
                        place.x,
                        place.y
                    ));
                    None
                }
            }
        };
        let mut old = BTreeMap::new();
        if let Some(before) = before {
            old.extend(before.old.iter().map(|(patch, id)| (*patch, *id)));
            old.extend(before.layers.iter().map(|(patch, id)| (*patch, *id)));
        }
        let city = City {
            recipe,
            read,
            streamer: Streamer::new(Reach::default(), 1, Box::new(make)),
            layers: BTreeMap::new(),
            old,
            eye: None,
            next: None,
        };
        self.live.insert(id, city);
    }
}

impl City {
    /// Whether this is the recipe it follows; remembers what it should follow otherwise.
    fn is_made_of(&mut self, recipe: &Recipe) -> bool {
        if self.recipe == *recipe {
            self.next = None;
            return true;
        }
        if self.next.as_ref().is_none_or(|(next, _)| next != recipe) {
            self.next = Some((recipe.clone(), Instant::now()));
        }
        false
    }

    /// Whether a hand is still on a slider.
    fn is_still_changing(&self) -> bool {
        let since = self.next.as_ref().map(|(_, since)| since.elapsed());
        since.is_some_and(|since| since < SETTLES)
    }

    fn follow(&mut self, id: NodeId, editor: &mut Editor, eye: Vec3, reach: &Reach) -> Outcome {
        let world_from_city = editor.scene().world_from_node(id);
        let local = world_from_city.inverse().point(eye);
        let here = DVec3::new(f64::from(local.x), f64::from(-local.z), f64::from(local.y));
        let now = Instant::now();
        let ahead = match self.eye {
            Some((before, then)) if before.distance(here) > STILL => {
                let seconds = now.duration_since(then).as_secs_f64().clamp(1e-3, 1.0);
                here + (here - before) / seconds * AHEAD
            }
            _ => here,
        };
        self.eye = Some((here, now));
        let mut reach = reach.clone();
        reach.bounds = self.read.plan_bounds();
        reach.kept.clone_from(&self.read.kept);
        if *self.streamer.reach() != reach {
            self.streamer.set_reach(reach);
        }
        let change = self.streamer.update(here, ahead, A_FRAME);
        let mut outcome = Outcome::default();
        for (patch, cloud) in change.show {
            let place = Transform {
                translation: place_of(patch),
                ..Transform::IDENTITY
            };
            let name = format!("{} m, {} {}", patch.stride(), patch.x, patch.y);
            if let Some((layer, shown)) = editor.stream_in(id, &name, place, cloud) {
                outcome.merge(shown);
                if let Some(before) = self.layers.insert(patch, layer) {
                    outcome.merge(editor.cancel_incoming(before));
                }
            }
            let covered = |old: &Patch| patch.holds(*old) || old.holds(patch);
            outcome.merge(drop_layers(&mut self.old, editor, covered));
        }
        for patch in change.drop {
            // What was shown anew under the same name came first.
            if self.streamer.shown().contains(&patch) {
                continue;
            }
            if let Some(layer) = self.layers.remove(&patch) {
                outcome.merge(editor.cancel_incoming(layer));
            }
        }
        if self.streamer.is_settled() && !self.layers.is_empty() {
            outcome.merge(drop_layers(&mut self.old, editor, |_| true));
        }
        outcome
    }
}

fn drop_layers(
    layers: &mut BTreeMap<Patch, NodeId>,
    editor: &mut Editor,
    gone: impl Fn(&Patch) -> bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    layers.retain(|patch, layer| {
        if gone(patch) {
            outcome.merge(editor.cancel_incoming(*layer));
        }
        !gone(patch)
    });
    outcome
}

impl Painter {
    fn decoder(&self) -> Option<Arc<dyn Decoder>> {
        let load = || -> Result<Arc<dyn Decoder>> {
            let dir: PathBuf = assets::find(assets::CITY_PACKAGE)?;
            let package = Package::open(&dir)?;
            let runtime = Runtime::load(None)?;
            Ok(Arc::new(CityDecoder::open(runtime.as_ref(), &package)?))
        };
        let known = self.decoder.get_or_init(|| match load() {
            Ok(decoder) => Some(decoder),
            Err(error) => {
                self.report(format!(
                    "Façades are drawn without their network, more slowly: {error:#}"
                ));
                None
            }
        });
        known.clone()
    }

    fn report(&self, problem: String) {
        log::warn!("city: {problem}");
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }
}

/// The city of a recipe.
pub fn read(recipe: &Recipe) -> Result<CityRecipe> {
    let read: CityRecipe = serde_json::from_str(&recipe.text)
        .context("this city cannot be read; it may come from another version")?;
    anyhow::ensure!(
        read.version <= city::recipe::RECIPE_VERSION,
        "this city comes from a newer Splatwright; update to see it"
    );
    Ok(read)
}

/// A city as the scene keeps it.
pub fn write(recipe: &CityRecipe) -> Result<Recipe> {
    Ok(Recipe {
        maker: MAKER.to_owned(),
        text: serde_json::to_string(recipe)?,
    })
}
