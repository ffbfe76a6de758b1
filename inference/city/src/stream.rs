//! A city around a moving eye: patches are made ahead of it on threads of their own and given up behind it.
//!
//! The splats themselves are somebody else's: [`Streamer::update`] says what to show and what to drop. What is
//! shown covers the ground once at every moment: a patch goes when all that replaces it has come.

mod patch;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use glam::DVec3;

pub use patch::{COARSEST, FINEST, Patch, TILE_LEVEL};
pub use wanted::{Reach, wanted};

/// Makes the splats of a patch. Called on several threads; asks now and then whether it is still wanted.
pub type Maker<T> = dyn Fn(Patch, &dyn Fn() -> bool) -> Option<T> + Send + Sync;

/// What [`Streamer::update`] asks for, in this order.
#[derive(Debug)]
pub struct Change<T> {
    /// No longer shown.
    pub drop: Vec<Patch>,
    /// To be shown from now on.
    pub show: Vec<(Patch, T)>,
}

impl<T> Default for Change<T> {
    fn default() -> Self {
        Self {
            drop: Vec::new(),
            show: Vec::new(),
        }
    }
}

/// Keeps a city around an eye.
pub struct Streamer<T: Send + 'static> {
    shared: Arc<Shared<T>>,
    reach: Reach,
    shown: BTreeSet<Patch>,
    /// Made, waiting for its neighbors; `None` where nothing stands.
    ready: BTreeMap<Patch, Option<T>>,
}

impl<T: Send + 'static> std::fmt::Debug for Streamer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streamer")
            .field("shown", &self.shown.len())
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}

struct Shared<T> {
    orders: Mutex<Orders<T>>,
    changed: Condvar,
    maker: Box<Maker<T>>,
}

struct Orders<T> {
    /// To be made, the most urgent last.
    waiting: Vec<Patch>,
    /// Being made.
    running: BTreeSet<Patch>,
    made: Vec<(Patch, Option<T>)>,
    /// Everything that is wanted; what is not may be given up half-way.
    wanted: BTreeSet<Patch>,
    ended: bool,
}

impl<T> Shared<T> {
    fn orders(&self) -> MutexGuard<'_, Orders<T>> {
        // A maker that panics does so without the lock.
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut orders = self.orders();
        loop {
            if orders.ended {
                return;
            }
            let Some(patch) = orders.waiting.pop() else {
                orders = self
                    .changed
                    .wait(orders)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            orders.running.insert(patch);
            drop(orders);
            let alive = || {
                let orders = self.orders();
                !orders.ended && orders.wanted.contains(&patch)
            };
            let made = (self.maker)(patch, &alive);
            let whole = alive();
            orders = self.orders();
            orders.running.remove(&patch);
            if whole {
                orders.made.push((patch, made));
            }
        }
    }
}

impl<T: Send + 'static> Streamer<T> {
    /// Starts `threads` threads that make patches.
    pub fn new(reach: Reach, threads: usize, maker: Box<Maker<T>>) -> Self {
        let shared = Arc::new(Shared {
            orders: Mutex::new(Orders {
                waiting: Vec::new(),
                running: BTreeSet::new(),
                made: Vec::new(),
                wanted: BTreeSet::new(),
                ended: false,
            }),
            changed: Condvar::new(),
            maker,
        });
        for _ in 0..threads.max(1) {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new().name("city".to_owned());
            // Where the system gives no more threads, those that there are do the work.
            drop(thread.spawn(move || shared.work()));
        }
        Self {
            shared,
            reach,
            shown: BTreeSet::new(),
            ready: BTreeMap::new(),
        }
    }

    /// How much is made.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Changes how much is made; the next update follows.
    pub fn set_reach(&mut self, reach: Reach) {
        self.reach = reach;
    }

    /// What is shown.
    pub fn shown(&self) -> &BTreeSet<Patch> {
        &self.shown
    }

    /// Patches that are still to be made.
    pub fn missing(&self) -> usize {
        let orders = self.shared.orders();
        orders.waiting.len() + orders.running.len()
    }

    /// Whether everything wanted is shown.
    pub fn is_settled(&self) -> bool {
        self.missing() == 0 && self.ready.is_empty()
    }

    /// Makes everything anew that lies in or holds one of these, after the plan changed there. What is shown
    /// stays until the new is there.
    pub fn remake(&mut self, changed: impl Fn(Patch) -> bool) {
        self.ready.retain(|patch, _| !changed(*patch));
        let again: Vec<Patch> = self.shown.iter().copied().filter(|p| changed(*p)).collect();
        let mut orders = self.shared.orders();
        orders.made.retain(|(patch, _)| !changed(*patch));
        for patch in again {
            if !orders.waiting.contains(&patch) {
                orders.waiting.push(patch);
            }
        }
        drop(orders);
        self.shared.changed.notify_all();
    }

    /// Follows the eye (metres, plan frame, z up): orders what is missing, takes over what was made. `ahead` is
    /// where the eye will be soon; what it will want comes after what it wants now. At most `most` patches are
    /// shown at once.
    pub fn update(&mut self, eye: DVec3, ahead: DVec3, most: usize) -> Change<T> {
        let now = wanted(eye, &self.reach, &self.shown);
        let target: BTreeSet<Patch> = now.iter().copied().collect();
        let mut urgent = now;
        if ahead != eye {
            let soon = wanted(ahead, &self.reach, &self.shown);
            urgent.extend(soon.into_iter().filter(|patch| !target.contains(patch)));
        }
        self.exchange(&urgent);
        self.settle(&target, most)
    }

    /// Puts the list of orders in order and takes what was made.
    fn exchange(&mut self, urgent: &[Patch]) {
        let mut orders = self.shared.orders();
        for (patch, made) in std::mem::take(&mut orders.made) {
            self.ready.insert(patch, made);
        }
        orders.wanted = urgent.iter().copied().collect();
        self.ready.retain(|patch, _| orders.wanted.contains(patch));
        let again = std::mem::take(&mut orders.waiting);
        let remade: BTreeSet<Patch> = again
            .into_iter()
            .filter(|p| self.shown.contains(p))
            .collect();
        let missing = urgent.iter().rev().filter(|patch| {
            let had = self.shown.contains(patch) && !remade.contains(patch);
            !had && !self.ready.contains_key(patch) && !orders.running.contains(patch)
        });
        orders.waiting = missing.copied().collect();
        let any = !orders.waiting.is_empty();
        drop(orders);
        if any {
            self.shared.changed.notify_all();
        }
    }

    /// Shows what is ready wherever the ground stays covered once.
    fn settle(&mut self, target: &BTreeSet<Patch>, most: usize) -> Change<T> {
        let mut change = Change::default();
        let has = |patch: &Patch, ready: &BTreeMap<Patch, Option<T>>, shown: &BTreeSet<Patch>| {
            ready.contains_key(patch) || shown.contains(patch)
        };
        // What lies out of reach or under nothing that is wanted goes at once.
        let gone: Vec<Patch> = self
            .shown
            .iter()
            .copied()
            .filter(|s| !target.iter().any(|t| t.holds(*s) || s.holds(*t)))
            .collect();
        for patch in gone {
            self.shown.remove(&patch);
            change.drop.push(patch);
        }
        let mut arrived: Vec<Patch> = self
            .ready
            .keys()
            .copied()
            .filter(|p| target.contains(p))
            .collect();
        arrived.sort_by_key(|patch| patch.level);
        for patch in arrived {
            if change.show.len() >= most || !self.ready.contains_key(&patch) {
                continue;
            }
            // Everything that must come and go together: an old coarse one against all wanted below it, or the
            // old fine ones against this.
            let over = self
                .shown
                .iter()
                .copied()
                .find(|s| s.level < patch.level && s.holds(patch));
            let (old, new): (Vec<Patch>, Vec<Patch>) = match over {
                Some(over) => (
                    vec![over],
                    target.iter().copied().filter(|t| over.holds(*t)).collect(),
                ),
                None => (
                    self.shown
                        .iter()
                        .copied()
                        .filter(|s| patch.holds(*s))
                        .collect(),
                    vec![patch],
                ),
            };
            if !new.iter().all(|p| has(p, &self.ready, &self.shown)) {
                continue;
            }
            for patch in old {
                self.shown.remove(&patch);
                change.drop.push(patch);
            }
            for patch in new {
                if let Some(made) = self.ready.remove(&patch) {
                    self.shown.insert(patch);
                    change.show.extend(made.map(|made| (patch, made)));
                }
            }
        }
        change
    }
}

impl<T: Send + 'static> Drop for Streamer<T> {
    fn drop(&mut self) {
        // Nobody waits for the patch that a thread is at: it notices, or its result goes with it.
        self.shared.orders().ended = true;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
