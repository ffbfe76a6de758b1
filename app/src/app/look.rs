//! What the cards of clean-up look for: on its own thread, anew whenever the question or the scene changes.

use std::time::{Duration, Instant};

use editor::{Command, EditCommand, Finding, Found, Search};
use egui::Context;
use scene::{Progress, clean::FloaterRules};

use super::App;
use crate::background::{Background, Event};
use crate::dialogs::Card;

/// So long a question must stay the same before it is asked: a slider on its way asks many.
const REST: Duration = Duration::from_millis(120);

/// How far a search is, and what the last one found; for the cards.
#[derive(Debug, Default)]
pub struct Looked {
    /// While it looks: what it does.
    pub progress: Option<Progress>,
    /// Rules that fit the scene, where they were asked for.
    pub suggested: Option<FloaterRules>,
    /// What ails splats.
    pub findings: Vec<Finding>,
}

/// The search that is under way.
#[derive(Default)]
pub(super) struct Look {
    pub(super) looked: Looked,
    /// Dropping it cancels.
    work: Option<Background<(), Found>>,
    /// What was asked last, of which state of the scene, and when.
    asked: Option<(Search, u64, Instant)>,
    /// Whether the search for it was started or given up.
    settled: bool,
}

impl App {
    /// Starts, hears and ends searches as the open card wants them.
    pub(super) fn look(&mut self, ctx: &Context) {
        let wanted = match &self.front.card {
            Card::CleanUp(card) => Search::Floaters(card.rules),
            Card::Doctor(_) => Search::Ailments,
            _ => {
                self.front.look = Look::default();
                return;
            }
        };
        let now = Instant::now();
        let revision = self.editor.history().revision();
        let look = &mut self.front.look;
        let known = look
            .asked
            .filter(|(s, r, _)| (*s, *r) == (wanted, revision));
        let since = match known {
            Some((.., since)) => since,
            None => {
                look.asked = Some((wanted, revision, now));
                look.settled = false;
                look.work = None;
                look.looked.progress = Some(Progress::new("", 0, 0));
                now
            }
        };
        if !look.settled {
            match REST.checked_sub(now.duration_since(since)) {
                // The first question of a card need not wait.
                Some(left) if !left.is_zero() && look.looked.is_known(&wanted) => {
                    ctx.request_repaint_after(left);
                }
                _ => {
                    look.settled = true;
                    let scene = self.editor.scene().clone();
                    let wake = self.wake.clone();
                    look.work = Some(Background::start("look", wake, move |sink| {
                        Ok(wanted.run(&scene, &mut |progress| sink.progress(progress))?)
                    }));
                }
            }
        }
        self.hear_look();
    }

    fn hear_look(&mut self) {
        let Some(work) = self.front.look.work.take() else {
            return;
        };
        for event in work.poll() {
            match event {
                Event::Progress(progress) => self.front.look.looked.progress = Some(progress),
                Event::Part(()) => {}
                Event::Done(found) => {
                    self.front.look.looked.progress = None;
                    match found {
                        Ok(found) => self.found(found),
                        Err(error) => log::warn!("no search: {error:#}"),
                    }
                    return;
                }
            }
        }
        self.front.look.work = Some(work);
    }

    fn found(&mut self, found: Found) {
        match found {
            Found::Floaters(rules, marks) => {
                self.front.look.looked.suggested = Some(rules);
                if let Card::CleanUp(card) = &mut self.front.card
                    && card.rules.is_none()
                {
                    card.rules = Some(rules);
                    // They are the answer already.
                    if let Some((search, ..)) = &mut self.front.look.asked {
                        *search = Search::Floaters(card.rules);
                    }
                }
                self.run(Command::Edit(EditCommand::Preview(marks)));
            }
            Found::Ailments(findings) => self.front.look.looked.findings = findings,
        }
    }

    /// Gives up the search that is under way; what is drawn red stays.
    pub(super) fn stop_looking(&mut self) {
        self.front.look.work = None;
        self.front.look.settled = true;
        self.front.look.looked.progress = None;
    }
}

impl Looked {
    /// Whether such a question was answered before.
    fn is_known(&self, search: &Search) -> bool {
        match search {
            Search::Floaters(_) => self.suggested.is_some(),
            Search::Ailments => !self.findings.is_empty(),
        }
    }
}
