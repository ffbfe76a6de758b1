//! Packs nodes of a level-of-detail tree on a thread of its own, the most wanted first.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use scene::{GaussianCloud, LodTree};

use crate::pack::{PackedRows, Stored};

/// Packed nodes that may wait to be taken: what a slow frame uploads at most.
const MOST_READY: usize = 96;

/// What nodes are made of.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) cloud: Arc<GaussianCloud>,
    pub(crate) tree: Arc<LodTree>,
    /// What is packed of each splat.
    pub(crate) stored: Stored,
}

impl Source {
    /// A node's splats, packed.
    pub(crate) fn pack(&self, node: usize) -> PackedRows {
        if self.tree.children(node).is_empty() {
            return PackedRows::of(&self.cloud, self.tree.leaf_rows(node), self.stored);
        }
        let splats = &self.tree.nodes()[node].splats;
        let rows: Vec<u32> = (0..splats.len() as u32).collect();
        PackedRows::of(splats, &rows, self.stored)
    }
}

/// The thread, and what it is to do.
#[derive(Debug)]
pub(crate) struct Loader {
    desk: Arc<Desk>,
    works: bool,
}

#[derive(Debug)]
struct Desk {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Debug)]
struct State {
    source: Arc<Source>,
    wanted: VecDeque<u32>,
    /// The node that is being packed.
    packing: Option<u32>,
    ready: VecDeque<(u32, PackedRows)>,
    closed: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The lists are whole after every statement: a panic elsewhere does not spoil them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut state = self.lock();
        while !state.closed {
            let has_room = state.ready.len() < MOST_READY;
            let next = if has_room {
                state.wanted.pop_front()
            } else {
                None
            };
            let Some(node) = next else {
                state = self
                    .news
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.packing = Some(node);
            let source = Arc::clone(&state.source);
            drop(state);
            let packed = source.pack(node as usize);
            state = self.lock();
            state.packing = None;
            // What was made of an older cloud is out of date.
            if Arc::ptr_eq(&source, &state.source) {
                state.ready.push_back((node, packed));
            }
        }
    }
}

impl Loader {
    /// A thread that packs nodes of this source.
    pub(crate) fn start(source: Arc<Source>) -> Self {
        let desk = Arc::new(Desk {
            state: Mutex::new(State {
                source,
                wanted: VecDeque::new(),
                packing: None,
                ready: VecDeque::new(),
                closed: false,
            }),
            news: Condvar::new(),
        });
        let of_thread = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name(String::from("pages"))
            .spawn(move || of_thread.work());
        if let Err(error) = &thread {
            log::error!("the thread that prepares splats cannot start: {error}");
        }
        Self {
            desk,
            works: thread.is_ok(),
        }
    }

    /// Whether there is a thread at all.
    pub(crate) fn works(&self) -> bool {
        self.works
    }

    /// Packs from another source from now on.
    pub(crate) fn change(&self, source: Arc<Source>) {
        let mut state = self.desk.lock();
        state.source = source;
        state.wanted.clear();
        state.ready.clear();
    }

    /// The nodes that are wanted now, most wanted first; earlier wishes are forgotten.
    pub(crate) fn want(&self, nodes: impl Iterator<Item = u32>) {
        let mut state = self.desk.lock();
        let State {
            packing,
            ready,
            wanted,
            ..
        } = &mut *state;
        wanted.clear();
        wanted.extend(
            nodes.filter(|n| *packing != Some(*n) && !ready.iter().any(|(node, _)| node == n)),
        );
        drop(state);
        self.desk.news.notify_one();
    }

    /// A node that is packed, if there is one.
    pub(crate) fn take(&self) -> Option<(u32, PackedRows)> {
        let taken = self.desk.lock().ready.pop_front();
        self.desk.news.notify_one();
        taken
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.desk.lock().closed = true;
        self.desk.news.notify_one();
    }
}
