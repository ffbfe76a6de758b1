//! Unsaved work is put aside while the artist works, and offered again after a crash.

use std::time::{Duration, Instant};

use egui::Context;

use super::App;
use crate::background::Background;
use crate::cx::Wish;
use crate::notify::{Offer, Tone};
use crate::recovery::{self, Keeper, Leftover, Recovered};
use crate::{fallback_fonts, persist, text};

/// So long the scene must have been left alone before it is put aside.
const QUIET: Duration = Duration::from_secs(2);
/// And so long it is from one time to the next.
const APART: Duration = Duration::from_secs(10);

/// What is put aside, and what earlier runs left.
#[derive(Default)]
pub(super) struct Aside {
    /// Between two writings; then the thread has it.
    keeper: Option<Keeper>,
    /// Revision that is being written.
    writing: Option<(u64, Background<(), Keeping>)>,
    /// Revision that was seen last, and since when.
    seen: Option<(u64, Instant)>,
    kept: Option<(u64, Instant)>,
    failed: bool,
    looking: Option<Background<(), Option<Leftover>>>,
    leftover: Option<Leftover>,
    reading: Option<Background<(), Recovered>>,
    fonts: Option<Background<(), Vec<fallback_fonts::Fallback>>>,
}

/// The keeper comes back from its thread also where it failed.
struct Keeping {
    keeper: Option<Keeper>,
    problem: Option<anyhow::Error>,
}

impl Aside {
    /// Forgets everything at a clean end.
    pub(super) fn close(&mut self, recovered: bool) {
        if recovered && let Some(left) = self.leftover.take() {
            left.remove();
        }
        // A writing thread must not write again behind the removal.
        if let Some((_, work)) = self.writing.take() {
            let patience = Instant::now();
            while patience.elapsed() < Duration::from_secs(5) {
                if let Some(result) = work.result() {
                    self.keeper = result.ok().and_then(|kept| kept.keeper);
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        if let Some(keeper) = self.keeper.take() {
            recovery::remove(keeper.folder());
        }
    }
}

impl App {
    /// Looks for what earlier runs left, and for fonts, once the window is there.
    pub(super) fn look_around(&mut self) {
        self.aside.looking = Some(Background::start("leftover", self.wake.clone(), |_| {
            Ok(recovery::leftover(&root()))
        }));
        let fonts = Background::start("fonts", self.wake.clone(), |_| Ok(fallback_fonts::read()));
        self.aside.fonts = Some(fonts);
    }

    /// Hears the threads, and puts the scene aside where it is time to.
    pub(super) fn put_aside(&mut self, ctx: &Context) {
        if self.clock.frames == 2 {
            self.look_around();
        }
        self.hear_leftover(ctx);
        self.hear_keeper();
        let revision = self.editor.history().revision();
        if !self.document.is_unsaved(&self.editor) {
            if self.aside.kept.take().is_some() {
                self.document.autosaved = None;
                if let Some(keeper) = &mut self.aside.keeper {
                    keeper.clear();
                }
            }
            return;
        }
        let now = Instant::now();
        if self.aside.seen.is_none_or(|(seen, _)| seen != revision) {
            self.aside.seen = Some((revision, now));
        }
        if self.document.autosaved.is_some() {
            // The line in the menu bar counts in tens of seconds.
            ctx.request_repaint_after(Duration::from_secs(10));
        }
        let is_kept = self.aside.kept.is_some_and(|(kept, _)| kept == revision);
        // What is only shown must not be kept.
        let in_between = self.editor.is_dragging() || self.editor.shows_simplified();
        if is_kept || self.aside.writing.is_some() || in_between {
            return;
        }
        let quiet = self
            .aside
            .seen
            .map_or(QUIET, |(_, since)| now.duration_since(since));
        let apart = self
            .aside
            .kept
            .map_or(APART, |(_, when)| now.duration_since(when));
        let wait = QUIET.saturating_sub(quiet).max(APART.saturating_sub(apart));
        if !wait.is_zero() {
            ctx.request_repaint_after(wait);
            return;
        }
        self.start_keeping(revision);
    }

    fn start_keeping(&mut self, revision: u64) {
        let scene = self.editor.scene().clone();
        let name = self.document.name();
        let keeper = self.aside.keeper.take();
        let work = Background::start("aside", self.wake.clone(), move |_| {
            let mut keeper = match keeper.map_or_else(|| Keeper::open(&root()), Ok) {
                Ok(keeper) => keeper,
                Err(error) => {
                    return Ok(Keeping {
                        keeper: None,
                        problem: Some(error),
                    });
                }
            };
            let problem = keeper.keep(&scene, &name).err();
            Ok(Keeping {
                keeper: Some(keeper),
                problem,
            })
        });
        self.aside.writing = Some((revision, work));
    }

    fn hear_keeper(&mut self) {
        let Some((revision, work)) = &self.aside.writing else {
            return;
        };
        let Some(result) = work.result() else {
            return;
        };
        let now = Instant::now();
        self.aside.kept = Some((*revision, now));
        self.aside.writing = None;
        let problem = match result {
            Ok(kept) => {
                self.aside.keeper = kept.keeper;
                kept.problem
            }
            Err(error) => Some(error),
        };
        match problem {
            None => {
                self.document.autosaved = Some(now);
                self.aside.failed = false;
                // What was recovered is safe in this run's own folder now.
                if self.aside.reading.is_none()
                    && let Some(left) = self.aside.leftover.take_if(|_| self.recovered)
                {
                    left.remove();
                }
            }
            // Once is enough; the next change tries again silently.
            Some(error) if !self.aside.failed => {
                self.aside.failed = true;
                self.front.notices.error(text::AUTOSAVE_FAILED, &error);
            }
            Some(error) => log::warn!("not put aside: {error:#}"),
        }
    }

    fn hear_leftover(&mut self, ctx: &Context) {
        if let Some(result) = self.aside.fonts.as_ref().and_then(Background::result) {
            self.aside.fonts = None;
            fallback_fonts::install(ctx, result.unwrap_or_default());
        }
        if let Some(result) = self.aside.looking.as_ref().and_then(Background::result) {
            self.aside.looking = None;
            if let Ok(Some(left)) = result {
                let offer = Offer {
                    label: text::RECOVER.to_owned(),
                    wish: Wish::Recover,
                };
                let detail = text::recovery_detail(&left.name, left.age);
                self.front
                    .notices
                    .offer(Tone::Question, text::RECOVERY_TITLE, detail, Some(offer));
                self.aside.leftover = Some(left);
            }
        }
        if let Some(result) = self.aside.reading.as_ref().and_then(Background::result) {
            self.aside.reading = None;
            match result {
                Ok(found) => self.bring_back(found),
                Err(error) => self.front.notices.error(text::RECOVERY_FAILED, &error),
            }
        }
    }

    /// Starts to read what an earlier run left.
    pub(super) fn recover(&mut self) {
        let Some(left) = &self.aside.leftover else {
            return;
        };
        let folder = left.folder().to_owned();
        let read = Background::start("recover", self.wake.clone(), move |_| {
            Leftover::read(&folder)
        });
        self.aside.reading = Some(read);
    }

    fn bring_back(&mut self, found: Recovered) {
        let outcome = self
            .editor
            .restore(text::STEP_RECOVER, found.nodes, found.environment);
        self.digest(outcome);
        self.recovered = true;
        if self.document.opened.is_none() {
            // A name to suggest for saving; the place is the artist's to choose.
            self.document.opened = Some(found.name.into());
        }
        self.front.state.welcome_done = true;
        self.front.notices.show(Tone::Success, text::RECOVERED, "");
    }
}

fn root() -> std::path::PathBuf {
    persist::config_folder().join("recovery")
}
