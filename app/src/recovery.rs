//! Unsaved work, put aside so that a crash or a power cut does not take it.
//!
//! Every run of the window has a folder of its own below `recovery` in the settings folder. It holds
//! each layer as a PLY file with the state of its splats beside it, and `scene.json`, which names them
//! and is written last; so the folder describes a whole scene at every moment. A lock on a file in the
//! folder lasts as long as the process: a folder that nobody locks was left by a run that crashed. A
//! clean exit removes the folder. History is not kept.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use scene::{
    CameraPose, DirectionalLight, Environment, GaussianCloud, Grade, Node, NodeId, Payload, Recipe,
    Scene, SplatFlags, SplatLayer, Transform,
};
use serde::{Deserialize, Serialize};

/// Left-over folders beyond these are too old to be missed.
const MOST_LEFT: usize = 4;

/// A scene as `scene.json` has it.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    version: u32,
    name: String,
    environment: Environment,
    nodes: Vec<SavedNode>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedNode {
    id: NodeId,
    parent: Option<NodeId>,
    name: String,
    transform: Transform,
    visible: bool,
    locked: bool,
    content: Content,
}

#[derive(Debug, Serialize, Deserialize)]
enum Content {
    Group,
    Camera(CameraPose),
    Light(DirectionalLight),
    Recipe(Recipe),
    Splats {
        /// Name of its PLY file without the ending; none for a layer without splats.
        file: Option<String>,
        lit: bool,
        source: String,
        #[serde(default)]
        grades: Vec<Grade>,
    },
}

/// A scene that was put aside, as it is read back.
#[derive(Debug)]
pub struct Recovered {
    /// Name of the scene for the artist.
    pub name: String,
    /// Nodes with their old names, in the order of the tree; parents are old names too.
    pub nodes: Vec<(NodeId, Node)>,
    /// The light from everywhere.
    pub environment: Environment,
}

/// A folder that an earlier run left, and that this run has locked.
#[derive(Debug)]
pub struct Leftover {
    folder: PathBuf,
    /// Held so that no other window offers the same work.
    _lock: File,
    /// Name of the scene for the artist.
    pub name: String,
    /// How long ago it was written.
    pub age: Option<Duration>,
}

impl Leftover {
    /// Reads the scene. Slow; call it on a thread with [`Self::folder`].
    pub fn read(folder: &Path) -> Result<Recovered> {
        let saved = read_saved(folder)?;
        let mut nodes = Vec::new();
        for node in saved.nodes {
            let payload = match node.content {
                Content::Group => Payload::Group,
                Content::Camera(pose) => Payload::Camera(pose),
                Content::Light(light) => Payload::Light(light),
                Content::Recipe(recipe) => Payload::Recipe(recipe),
                Content::Splats {
                    file,
                    lit,
                    source,
                    grades,
                } => {
                    let mut layer = read_layer(folder, file.as_deref(), source)?;
                    layer.lit = lit && layer.cloud.column_f32("normal", 3).is_some();
                    layer.grades = grades;
                    Payload::Splats(layer)
                }
            };
            let node_in_tree = Node {
                name: node.name,
                transform: node.transform,
                visible: node.visible,
                locked: node.locked,
                payload,
                parent: node.parent,
            };
            nodes.push((node.id, node_in_tree));
        }
        Ok(Recovered {
            name: saved.name,
            nodes,
            environment: saved.environment,
        })
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes it: its work is safe elsewhere.
    pub fn remove(self) {
        remove(&self.folder);
    }
}

fn read_layer(folder: &Path, file: Option<&str>, source: String) -> Result<SplatLayer> {
    let Some(file) = file else {
        return Ok(SplatLayer::new(GaussianCloud::default(), source));
    };
    // The name comes from a file; it must not lead out of the folder.
    let plain = file.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ensure!(plain, "the layer's file has a strange name: {file}");
    let path = folder.join(file).with_extension("ply");
    let (cloud, loaded) = scene::io::load_all(&path)?;
    let mut layer = SplatLayer::new(cloud, source);
    layer.layout = loaded.layout;
    let flags = fs::read(path.with_extension("flags")).unwrap_or_default();
    if flags.len() == layer.flags.len() {
        layer.flags = flags.into_iter().map(SplatFlags).collect();
    }
    Ok(layer)
}

fn read_saved(folder: &Path) -> Result<Saved> {
    let path = folder.join("scene.json");
    let bytes =
        fs::read(&path).with_context(|| format!("it cannot be read: {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("it is damaged: {}", path.display()))
}

/// The newest work that crashed runs left below `root`, locked. Older folders are removed.
pub fn leftover(root: &Path) -> Option<Leftover> {
    let mut found: Vec<(SystemTime, Leftover)> = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let folder = entry.path();
        let Ok(lock) = File::open(folder.join("lock")) else {
            continue;
        };
        // A lock that another window holds, or a disk that knows none: leave it alone.
        if lock.try_lock().is_err() {
            continue;
        }
        match read_saved(&folder) {
            Ok(saved) if !saved.nodes.is_empty() => {
                let written = fs::metadata(folder.join("scene.json")).and_then(|m| m.modified());
                let written = written.unwrap_or(SystemTime::UNIX_EPOCH);
                let left = Leftover {
                    age: written.elapsed().ok(),
                    name: saved.name,
                    folder,
                    _lock: lock,
                };
                found.push((written, left));
            }
            // Nothing was put aside before the end, so nothing is lost.
            _ => remove(&folder),
        }
    }
    found.sort_by_key(|(written, _)| std::cmp::Reverse(*written));
    if found.len() > MOST_LEFT {
        for (_, old) in found.split_off(MOST_LEFT) {
            old.remove();
        }
    }
    found.into_iter().next().map(|(_, newest)| newest)
}

/// A layer file that is on disk already.
#[derive(Debug, Clone)]
struct Written {
    cloud: Arc<GaussianCloud>,
    flags: Vec<SplatFlags>,
    file: String,
}

/// Writes this run's scene aside. Lives on the thread that writes, between two writings in the window.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    /// Held until the process ends.
    _lock: Option<File>,
    written: Vec<Written>,
    next: u64,
}

impl Keeper {
    /// Opens a folder of this run's own below `root`.
    pub fn open(root: &Path) -> Result<Self> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let stamp = now.map_or(0, |now| now.as_millis());
        let folder = root.join(format!("{}-{stamp}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("no folder {}", folder.display()))?;
        let lock = File::create(folder.join("lock"))?;
        // A disk without locks keeps the work as well; only nobody may take it for left over.
        let held = match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => None,
        };
        Ok(Self {
            folder,
            _lock: held,
            written: Vec::new(),
            next: 0,
        })
    }

    /// Where it writes.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a scene aside. Layers that have not changed since the last time are not written again.
    pub fn keep(&mut self, scene: &Scene, name: &str) -> Result<()> {
        let mut written = Vec::new();
        let mut nodes = Vec::new();
        for (id, node) in scene.nodes() {
            let content = match &node.payload {
                // What still arrives will come again when the job is started again.
                Payload::Splats(layer) if layer.incoming => continue,
                Payload::Splats(layer) => {
                    let file = self.write_layer(layer)?;
                    let name = file.as_ref().map(|file| file.file.clone());
                    written.extend(file);
                    Content::Splats {
                        file: name,
                        lit: layer.lit,
                        source: layer.source.clone(),
                        grades: layer.grades.clone(),
                    }
                }
                Payload::Group => Content::Group,
                Payload::Camera(pose) => Content::Camera(*pose),
                Payload::Light(light) => Content::Light(*light),
                Payload::Recipe(recipe) => Content::Recipe(recipe.clone()),
            };
            nodes.push(SavedNode {
                id,
                parent: node.parent,
                name: node.name.clone(),
                transform: node.transform,
                visible: node.visible,
                locked: node.locked,
                content,
            });
        }
        let saved = Saved {
            version: 1,
            name: name.to_owned(),
            environment: scene.environment().clone(),
            nodes,
        };
        let beside = self.folder.join("scene.json.new");
        fs::write(&beside, serde_json::to_vec(&saved)?)?;
        fs::rename(&beside, self.folder.join("scene.json"))?;
        // Only now are the old files nobody's.
        let old = std::mem::replace(&mut self.written, written);
        for file in old {
            if !self.written.iter().any(|new| new.file == file.file) {
                let path = self.folder.join(&file.file).with_extension("ply");
                drop(fs::remove_file(path.with_extension("flags")));
                drop(fs::remove_file(path));
            }
        }
        Ok(())
    }

    fn write_layer(&mut self, layer: &SplatLayer) -> Result<Option<Written>> {
        let same = |w: &&Written| Arc::ptr_eq(&w.cloud, &layer.cloud) && w.flags == layer.flags;
        if let Some(there) = self.written.iter().find(same) {
            return Ok(Some(there.clone()));
        }
        if layer.alive() == 0 {
            return Ok(None);
        }
        self.next += 1;
        let file = format!("layer-{}", self.next);
        let path = self.folder.join(&file).with_extension("ply");
        let options = scene::io::SaveOptions::default();
        scene::io::save(&path, &[(layer, &Transform::IDENTITY)], &options)?;
        let alive: Vec<u8> = layer
            .flags
            .iter()
            .filter(|flags| !flags.intersects(SplatFlags::DELETED))
            // A preview is nothing to come back to.
            .map(|flags| flags.without(SplatFlags::MARKED).0)
            .collect();
        fs::write(path.with_extension("flags"), alive)?;
        Ok(Some(Written {
            cloud: Arc::clone(&layer.cloud),
            flags: layer.flags.clone(),
            file,
        }))
    }

    /// Forgets what was put aside: the scene is on disk under a name, or given up.
    pub fn clear(&mut self) {
        drop(fs::remove_file(self.folder.join("scene.json")));
        for file in std::mem::take(&mut self.written) {
            let path = self.folder.join(&file.file).with_extension("ply");
            drop(fs::remove_file(path.with_extension("flags")));
            drop(fs::remove_file(path));
        }
    }
}

/// Removes a recovery folder.
pub fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        log::warn!("{} cannot be removed: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;
    use scene::Edit;

    fn scene_of(layer: SplatLayer) -> Scene {
        let mut scene = Scene::new();
        let (group, mut edit) = Edit::insert(&scene, Node::new("things", Payload::Group));
        edit.apply(&mut scene).unwrap();
        let mut node = Node::new("ball", Payload::Splats(layer));
        node.parent = Some(group);
        node.transform = Transform::from_translation(Vec3::X);
        let (_, mut edit) = Edit::insert(&scene, node);
        edit.apply(&mut scene).unwrap();
        scene
    }

    fn three_splats() -> SplatLayer {
        let cloud = GaussianCloud::new(scene::cloud::CloudParts {
            means: vec![Vec3::ZERO, Vec3::X, Vec3::Y],
            rotations: vec![glam::Quat::IDENTITY; 3],
            log_scales: vec![Vec3::splat(-3.0); 3],
            opacity_logits: vec![1.0; 3],
            sh: vec![0.5; 9],
            sh_degree: 0,
            columns: Vec::new(),
        });
        SplatLayer::new(cloud.unwrap(), "test")
    }

    #[test]
    fn what_a_crash_leaves_is_found_and_is_the_same_scene() {
        let root = tempfile::tempdir().unwrap();
        let mut layer = three_splats();
        layer.flags[0] = SplatFlags::DELETED;
        layer.flags[2] = SplatFlags::HIDDEN;
        let mut keeper = Keeper::open(root.path()).unwrap();
        keeper.keep(&scene_of(layer), "my scene").unwrap();
        assert!(leftover(root.path()).is_none(), "its window is still open");
        drop(keeper);

        let left = leftover(root.path()).expect("left over");
        assert_eq!(left.name, "my scene", "its name");
        assert!(leftover(root.path()).is_none(), "not offered twice");
        let back = Leftover::read(left.folder()).unwrap();
        let ball = &back.nodes[1].1;
        assert_eq!(ball.parent, Some(back.nodes[0].0), "in its group");
        assert_eq!(
            ball.transform,
            Transform::from_translation(Vec3::X),
            "place"
        );
        let layer = ball.splats().unwrap();
        assert_eq!(
            layer.cloud.means(),
            [Vec3::X, Vec3::Y],
            "without the deleted"
        );
        assert_eq!(
            layer.flags,
            [SplatFlags::NONE, SplatFlags::HIDDEN],
            "states"
        );
        left.remove();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "gone");
    }

    #[test]
    fn unchanged_layers_are_not_written_again_and_old_files_go() {
        let root = tempfile::tempdir().unwrap();
        let mut keeper = Keeper::open(root.path()).unwrap();
        let layer = three_splats();
        keeper.keep(&scene_of(layer.clone()), "a").unwrap();
        keeper.keep(&scene_of(layer.clone()), "a").unwrap();
        assert_eq!(keeper.next, 1, "written once");
        let mut less = layer;
        less.flags[0] = SplatFlags::DELETED;
        keeper.keep(&scene_of(less), "a").unwrap();
        let mut files: Vec<_> = fs::read_dir(keeper.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let wanted = ["layer-2.flags", "layer-2.ply", "lock", "scene.json"];
        assert_eq!(files, wanted, "nothing that is not needed");
    }
}
