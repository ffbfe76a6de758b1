//! Levels of detail for large layers, built on a thread once a layer rests.

use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scene::{Dirty, GaussianCloud, LodTree, NodeId, Scene, SplatFlags, SplatLayer};

use crate::background::{Background, Wake};

/// Layers of fewer splats are drawn fast enough as they are.
const LARGE: usize = 200_000;
/// So long after its last change a layer gets its levels.
const REST: Duration = Duration::from_millis(800);

/// A tree for the renderer.
pub(super) type Tree = (NodeId, Arc<LodTree>);

/// What a tree was made of.
#[derive(Debug, Clone)]
struct Made {
    node: NodeId,
    cloud: Arc<GaussianCloud>,
    /// Which splats were drawn.
    drawn: u64,
}

impl Made {
    fn of(node: NodeId, layer: &SplatLayer) -> Self {
        Self {
            node,
            cloud: Arc::clone(&layer.cloud),
            drawn: drawn(&layer.flags),
        }
    }

    fn still_holds(&self, scene: &Scene) -> bool {
        let layer = scene.node(self.node).and_then(|node| node.splats());
        layer.is_some_and(|l| Arc::ptr_eq(&l.cloud, &self.cloud) && drawn(&l.flags) == self.drawn)
    }
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
    made: Vec<Made>,
    job: Option<Job>,
    last_change: Option<Instant>,
    wake: Wake,
}

impl Levels {
    pub(super) fn new(wake: Wake) -> Self {
        Self {
            made: Vec::new(),
            job: None,
            last_change: None,
            wake,
        }
    }

    /// Forgets all trees: another scene or renderer takes over.
    pub(super) fn forget(&mut self) {
        self.made.clear();
        self.job = None;
    }

    /// Notes what changed; when to look again, if anything is to be built.
    pub(super) fn note(
        &mut self,
        scene: &Scene,
        dirty: &[Dirty],
        now: Instant,
    ) -> Option<Duration> {
        let splats = |d: &Dirty| matches!(d, Dirty::Cloud { .. } | Dirty::Flags { .. });
        if !dirty.iter().any(splats) {
            return None;
        }
        self.made.retain(|made| made.still_holds(scene));
        if self
            .job
            .as_ref()
            .is_some_and(|job| !job.made.still_holds(scene))
        {
            self.job = None;
        }
        self.last_change = Some(now);
        self.next(scene).map(|_| REST)
    }

    /// A finished tree; starts to build the next one where layers rest.
    pub(super) fn poll(&mut self, scene: &Scene, now: Instant) -> Option<Tree> {
        let finished = self.job.as_ref().and_then(|job| job.work.result());
        if let Some(result) = finished {
            let made = self.job.take()?.made.clone();
            match result {
                Ok(tree) if made.still_holds(scene) => {
                    let node = made.node;
                    self.made.push(made);
                    return Some((node, Arc::new(tree)));
                }
                Ok(_) => {}
                Err(error) => log::warn!("levels of detail were not built: {error:#}"),
            }
        }
        let rests = self.last_change.is_some_and(|then| now >= then + REST);
        if self.job.is_none() && rests {
            self.job = self
                .next(scene)
                .map(|(node, layer)| self.start(node, layer));
        }
        None
    }

    /// The next layer that should have a tree.
    fn next<'a>(&self, scene: &'a Scene) -> Option<(NodeId, &'a SplatLayer)> {
        let mut layers = scene.layers();
        let wanted = layers.find(|(node, _, layer)| {
            layer.cloud.len() >= LARGE
                && !layer.incoming
                && !self.made.iter().any(|made| made.node == *node)
        });
        wanted.map(|(node, _, layer)| (node, layer))
    }

    fn start(&self, node: NodeId, layer: &SplatLayer) -> Job {
        let made = Made::of(node, layer);
        let (cloud, flags) = (Arc::clone(&layer.cloud), layer.flags.clone());
        let cancelled = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&cancelled);
        let work = Background::start("levels", self.wake.clone(), move |_| {
            let tree = LodTree::build(&cloud, &flags, &|| stop.load(Ordering::Relaxed))?;
            Ok(tree)
        });
        Job {
            made,
            cancelled,
            work,
        }
    }
}

/// A number for the set of splats that are drawn.
fn drawn(flags: &[SplatFlags]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for flags in flags.chunks(64) {
        let bits = flags.iter().enumerate();
        hasher.write_u64(bits.fold(0, |bits, (i, f)| bits | u64::from(f.is_drawn()) << i));
    }
    hasher.finish()
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
    fn a_layer_that_rests_gets_a_tree_and_a_deleted_splat_takes_it_away() {
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
        assert!(wait_for_tree(&mut levels, &scene, rested).is_some());
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
            "to be built anew"
        );
        assert!(levels.made.is_empty());
    }
}
