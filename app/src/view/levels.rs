//! Levels of detail for large layers, built on a thread once a layer rests.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use renderer::Residency;
use scene::{Dirty, GaussianCloud, LodError, LodTree, NodeId, Scene, SplatFlags, SplatLayer};

use crate::background::{Background, Wake};

/// Layers of fewer splats are drawn fast enough as they are.
const LARGE: usize = Residency::LARGE;
/// Where more than one row in so many changed, a new tree is built: an old one fits ever worse.
const REFRESHED: usize = 4;
/// So long after its last change a layer gets its levels.
const REST: Duration = Duration::from_millis(800);

/// A tree for the renderer.
pub(super) type Tree = (NodeId, Arc<LodTree>);

/// What a tree was made of.
#[derive(Debug, Clone)]
struct Made {
    node: NodeId,
    cloud: Arc<GaussianCloud>,
    /// `[N / 64]` which splats were drawn.
    drawn: Arc<[u64]>,
}

impl Made {
    /// Whether the layer is still what this was made of, as far as was noted.
    fn still_holds(&self, scene: &Scene, known: &[Known]) -> bool {
        let layer = scene.node(self.node).and_then(|node| node.splats());
        let known = known.iter().find(|known| known.node == self.node);
        layer.zip(known).is_some_and(|(layer, known)| {
            Arc::ptr_eq(&layer.cloud, &self.cloud) && *known.drawn == *self.drawn
        })
    }

    /// The rows that another state of the layer has otherwise; none where nothing is comparable.
    fn rows_unlike(&self, other: &Self) -> Option<Vec<u32>> {
        let mut rows = if Arc::ptr_eq(&self.cloud, &other.cloud) {
            Vec::new()
        } else {
            self.cloud.rows_unlike(&other.cloud)?
        };
        let words = self.drawn.iter().zip(other.drawn.iter());
        for (i, (a, b)) in (0u32..).zip(words) {
            let bits = a ^ b;
            rows.extend(
                (0..64)
                    .filter(|bit| bits >> bit & 1 == 1)
                    .map(|bit| 64 * i + bit),
            );
        }
        Some(rows)
    }
}

/// What was noted of a large layer: a change is looked at where it is, not everywhere.
#[derive(Debug)]
struct Known {
    node: NodeId,
    cloud: Arc<GaussianCloud>,
    /// `[N / 64]` which splats are drawn.
    drawn: Vec<u64>,
}

impl Known {
    fn of(node: NodeId, layer: &SplatLayer) -> Self {
        Self {
            node,
            cloud: Arc::clone(&layer.cloud),
            drawn: drawn(&layer.flags).collect(),
        }
    }

    /// Takes over rows of the layer whose flags changed.
    fn take(&mut self, flags: &[SplatFlags], rows: Range<usize>) {
        let words = rows.start / 64..rows.end.min(flags.len()).div_ceil(64);
        let Some(own) = self.drawn.get_mut(words.clone()) else {
            return;
        };
        let new = drawn(&flags[words.start * 64..flags.len().min(words.end * 64)]);
        own.iter_mut().zip(new).for_each(|(own, new)| *own = new);
    }
}

/// A tree that was handed to the renderer.
#[derive(Debug, Clone)]
struct Built {
    made: Made,
    tree: Arc<LodTree>,
    /// Whether the layer is still what it was made of.
    holds: bool,
}

struct Job {
    made: Made,
    cancelled: Arc<AtomicBool>,
    work: Background<(), LodTree>,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Builds one tree at a time.
pub(super) struct Levels {
    built: Vec<Built>,
    known: Vec<Known>,
    job: Option<Job>,
    last_change: Option<Instant>,
    wake: Wake,
}

impl Levels {
    pub(super) fn new(wake: Wake) -> Self {
        Self {
            built: Vec::new(),
            known: Vec::new(),
            job: None,
            last_change: None,
            wake,
        }
    }

    /// Forgets all trees: another scene or renderer takes over.
    pub(super) fn forget(&mut self) {
        self.built.clear();
        self.known.clear();
        self.job = None;
    }

    /// Notes what changed; when to look again, if anything is to be built.
    pub(super) fn note(
        &mut self,
        scene: &Scene,
        dirty: &[Dirty],
        now: Instant,
    ) -> Option<Duration> {
        let splats = |d: &Dirty| {
            matches!(
                d,
                Dirty::Cloud { .. } | Dirty::Colors { .. } | Dirty::Flags { .. }
            )
        };
        if !dirty.iter().any(splats) {
            return None;
        }
        self.built
            .retain(|built| scene.node(built.made.node).is_some());
        self.know(scene, dirty);
        for built in &mut self.built {
            built.holds = built.made.still_holds(scene, &self.known);
        }
        let holds = |job: &Job| job.made.still_holds(scene, &self.known);
        if self.job.as_ref().is_some_and(|job| !holds(job)) {
            self.job = None;
        }
        self.last_change = Some(now);
        self.next(scene).map(|_| REST)
    }

    /// Takes over which splats of large layers are drawn.
    fn know(&mut self, scene: &Scene, dirty: &[Dirty]) {
        let layer = |node| scene.node(node).and_then(|n| n.splats());
        self.known.retain_mut(|known| {
            let Some(layer) = layer(known.node).filter(|l| Arc::ptr_eq(&l.cloud, &known.cloud))
            else {
                return false;
            };
            for change in dirty {
                match change {
                    Dirty::Flags { node, rows } | Dirty::Cloud { node, rows }
                        if *node == known.node =>
                    {
                        known.take(&layer.flags, rows.clone());
                    }
                    _ => {}
                }
            }
            true
        });
        for (node, _, layer) in scene.layers() {
            if is_large(layer) && !self.known.iter().any(|known| known.node == node) {
                self.known.push(Known::of(node, layer));
            }
        }
    }

    /// A finished tree; starts to build the next one where layers rest.
    pub(super) fn poll(&mut self, scene: &Scene, now: Instant) -> Option<Tree> {
        let finished = self.job.as_ref().and_then(|job| job.work.result());
        if let Some(result) = finished {
            let made = self.job.take()?.made.clone();
            match result {
                Ok(tree) if made.still_holds(scene, &self.known) => {
                    let (node, tree) = (made.node, Arc::new(tree));
                    self.built.retain(|built| built.made.node != node);
                    self.built.push(Built {
                        made,
                        tree: Arc::clone(&tree),
                        holds: true,
                    });
                    return Some((node, tree));
                }
                Ok(_) => {}
                Err(error) => log::warn!("levels of detail were not built: {error:#}"),
            }
        }
        let rests = self.last_change.is_some_and(|then| now >= then + REST);
        if self.job.is_none() && rests {
            self.know(scene, &[]);
            self.job = self
                .next(scene)
                .and_then(|(node, layer)| self.start(node, layer));
        }
        None
    }

    /// The next layer that should have a tree.
    fn next<'a>(&self, scene: &'a Scene) -> Option<(NodeId, &'a SplatLayer)> {
        let mut layers = scene.layers();
        let wanted = layers.find(|(node, _, layer)| {
            is_large(layer) && !self.built.iter().any(|b| b.made.node == *node && b.holds)
        });
        wanted.map(|(node, _, layer)| (node, layer))
    }

    fn start(&self, node: NodeId, layer: &SplatLayer) -> Option<Job> {
        let known = self.known.iter().find(|known| known.node == node)?;
        let made = Made {
            node,
            cloud: Arc::clone(&known.cloud),
            drawn: known.drawn.as_slice().into(),
        };
        let (new, flags) = (made.clone(), layer.flags.clone());
        let old = self.built.iter().find(|b| b.made.node == node).cloned();
        let cancelled = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&cancelled);
        let work = Background::start("levels", self.wake.clone(), move |_| {
            let stop = || stop.load(Ordering::Relaxed);
            Ok(tree_of(&new, &flags, old.as_ref(), &stop)?)
        });
        Some(Job {
            made,
            cancelled,
            work,
        })
    }
}

/// Whether a layer should have levels of detail.
fn is_large(layer: &SplatLayer) -> bool {
    layer.cloud.len() >= LARGE && !layer.incoming
}

/// The tree of a state of a layer: an old one with what changed made anew, or a new one.
fn tree_of(
    new: &Made,
    flags: &[SplatFlags],
    old: Option<&Built>,
    cancelled: &(impl Fn() -> bool + Sync),
) -> Result<LodTree, LodError> {
    let start = Instant::now();
    let unlike = old.and_then(|old| Some((old, old.made.rows_unlike(new)?)));
    let n = new.cloud.len();
    let tree = match unlike {
        Some((old, rows)) if rows.len() <= n / REFRESHED => {
            let mut tree = LodTree::clone(&old.tree);
            let nodes = tree.refresh(&rows, &new.cloud, flags)?.len();
            let ms = start.elapsed().as_millis();
            log::info!("levels of {n} splats: {nodes} parts refreshed in {ms} ms");
            tree
        }
        _ => {
            // Where the Gaussians are too many for the memory, so are the merged ones.
            let folder = new.cloud.is_on_disk().then(crate::scratch::folder);
            let folder = folder.and_then(|made| {
                made.inspect_err(|error| log::warn!("levels stay in memory: {error:#}"))
                    .ok()
            });
            let tree = LodTree::build_in(folder.as_deref(), &new.cloud, flags, cancelled)?;
            log::info!(
                "levels of {n} splats: built in {} ms",
                start.elapsed().as_millis()
            );
            tree
        }
    };
    Ok(tree)
}

/// One bit a splat: whether it is drawn.
fn drawn(flags: &[SplatFlags]) -> impl Iterator<Item = u64> + '_ {
    let never = SplatFlags::HIDDEN.with(SplatFlags::DELETED).0;
    flags.chunks(64).map(move |flags| {
        // Most words are of splats that are drawn: those are found in wide registers.
        let any = flags.iter().fold(0, |any, f| any | f.0);
        if any & never == 0 && flags.len() == 64 {
            return u64::MAX;
        }
        let bits = flags.iter().enumerate();
        bits.fold(0, |bits, (i, f)| bits | u64::from(f.is_drawn()) << i)
    })
}

#[cfg(test)]
mod tests {
    use glam::{Quat, Vec3};
    use scene::{Edit, Node, Payload, cloud::CloudParts};

    use super::*;

    fn large_scene() -> (Scene, NodeId) {
        let n = LARGE;
        let cloud = GaussianCloud::new(CloudParts {
            means: (0..n).map(|i| Vec3::new(i as f32, 0.0, 0.0)).collect(),
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::ZERO; n],
            opacity_logits: vec![1.0; n],
            sh_degree: 0,
            sh: vec![0.5; 3 * n],
            columns: Vec::new(),
        });
        let layer = SplatLayer::new(cloud.unwrap(), "");
        let mut scene = Scene::new();
        let (node, mut edit) = Edit::insert(&scene, Node::new("large", Payload::Splats(layer)));
        edit.apply(&mut scene).unwrap();
        (scene, node)
    }

    fn wait_for_tree(levels: &mut Levels, scene: &Scene, at: Instant) -> Option<Tree> {
        let patience = Instant::now() + Duration::from_secs(30);
        while Instant::now() < patience {
            if let Some(tree) = levels.poll(scene, at) {
                return Some(tree);
            }
            levels.job.as_ref()?;
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    #[test]
    fn a_layer_that_rests_gets_a_tree_and_a_deleted_splat_refreshes_it() {
        let (mut scene, node) = large_scene();
        let mut levels = Levels::new(Arc::new(|| {}));
        let start = Instant::now();
        let rested = start + 2 * REST;
        let cloud = Dirty::Cloud {
            node,
            rows: 0..LARGE,
        };
        assert_eq!(levels.note(&scene, &[cloud], start), Some(REST));
        assert!(
            levels.poll(&scene, start).is_none() && levels.job.is_none(),
            "not yet"
        );
        let (_, first) = wait_for_tree(&mut levels, &scene, rested).unwrap();
        assert!(levels.next(&scene).is_none(), "it has one");

        let mut select = Edit::set_flags(node, vec![3], vec![SplatFlags::SELECTED]);
        let dirty = select.apply(&mut scene).unwrap();
        assert_eq!(
            levels.note(&scene, &dirty, rested),
            None,
            "a selection changes nothing"
        );
        let mut delete = Edit::set_flags(node, vec![3], vec![SplatFlags::DELETED]);
        let dirty = delete.apply(&mut scene).unwrap();
        assert_eq!(
            levels.note(&scene, &dirty, rested),
            Some(REST),
            "to be refreshed"
        );
        let (_, tree) = wait_for_tree(&mut levels, &scene, rested + 2 * REST).unwrap();
        assert!(
            std::ptr::eq(tree.rows(), first.rows()),
            "only what changed is made anew"
        );
    }
}
