//! The things of a scene and how they hang together.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    GaussianCloud, Grade, SplatFlags, Transform,
    grade::is_graded,
    io::{
        PlyLayout,
        project::{flag_bytes, shared_cloud, shared_layout},
    },
};

/// Names a node for the life of its scene; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NodeId(pub u64);

/// A splat layer: Gaussians and the state of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplatLayer {
    /// The Gaussians; shared, so that saving and drawing never copy them.
    #[serde(with = "shared_cloud")]
    pub cloud: Arc<GaussianCloud>,
    /// `[N]` state of each splat.
    #[serde(with = "flag_bytes")]
    pub flags: Vec<SplatFlags>,
    /// Whether the scene's lights shade this layer (it needs the `normal` column).
    pub lit: bool,
    /// Where it came from, for the inspector ("astronaut.png · Portrait head").
    pub source: String,
    /// Still arriving: drawn, not editable.
    #[serde(skip)]
    pub incoming: bool,
    /// How its colors are shown: the first for all splats, the others for those that have their number
    /// (see [`SplatFlags::grade`]). Empty where nothing is graded.
    #[serde(default)]
    pub grades: Vec<Grade>,
    /// How the PLY file that it came from was laid out, so that it saves back as it came.
    #[serde(with = "shared_layout")]
    pub layout: Option<Arc<PlyLayout>>,
}

impl SplatLayer {
    /// A finished, unlit layer of a cloud.
    pub fn new(cloud: GaussianCloud, source: impl Into<String>) -> Self {
        let flags = vec![SplatFlags::NONE; cloud.len()];
        Self {
            cloud: Arc::new(cloud),
            flags,
            lit: false,
            source: source.into(),
            incoming: false,
            grades: Vec::new(),
            layout: None,
        }
    }

    /// Splats that still exist (not deleted).
    pub fn alive(&self) -> usize {
        self.flags
            .iter()
            .filter(|f| !f.intersects(SplatFlags::DELETED))
            .count()
    }

    /// The layer as files hold it: grades are part of its colors.
    pub fn baked(&self) -> Cow<'_, GaussianCloud> {
        if !is_graded(&self.grades) {
            return Cow::Borrowed(&self.cloud);
        }
        let rows = (0_u32..).take(self.cloud.len()).collect();
        let slot = |row: usize| self.flags[row].grade();
        let mut values = self.cloud.graded_rows(&rows, &self.grades, slot);
        let mut parts = GaussianCloud::clone(&self.cloud).into_parts();
        parts.sh = values.sh.take().unwrap_or_default();
        parts.opacity_logits = values.opacity_logits.take().unwrap_or_default();
        Cow::Owned(GaussianCloud::from_checked(parts))
    }

    /// The layer with its grades in its colors, as files hold it.
    pub fn with_grades_baked(mut self) -> Self {
        if is_graded(&self.grades) {
            self.cloud = Arc::new(self.baked().into_owned());
            self.flags.iter_mut().for_each(|f| *f = f.with_grade(0));
        }
        self.grades.clear();
        self
    }

    /// Splats that are selected.
    pub fn selected(&self) -> usize {
        self.flags
            .iter()
            .filter(|f| f.intersects(SplatFlags::SELECTED) && !f.intersects(SplatFlags::DELETED))
            .count()
    }
}

/// A saved view.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CameraPose {
    /// Full vertical angle, radians.
    pub fov_y: f32,
}

/// What makes splats on demand, in the words of its maker: kept, undone and saved here, understood elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Who can read it ("city").
    pub maker: String,
    /// What the maker needs to make the same splats again, as it wrote it down.
    pub text: String,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Payload {
    /// Holds other nodes.
    Group,
    /// Gaussians.
    Splats(SplatLayer),
    /// A saved view: the node's transform is `world_from_camera` with the camera looking along −Z, Y up.
    Camera(CameraPose),
    /// A directional light.
    Light(crate::DirectionalLight),
    /// Splats that are made where the artist looks: arriving layers below it that come and go without history.
    Recipe(Recipe),
}

/// One row of the scene tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Shown to the artist.
    pub name: String,
    /// `parent_from_node`.
    pub transform: Transform,
    /// Drawn at all (with everything below it).
    pub visible: bool,
    /// Refuses edits (with everything below it).
    pub locked: bool,
    /// What it is.
    pub payload: Payload,
    /// The group it is in; `None` at the top.
    pub parent: Option<NodeId>,
}

impl Node {
    /// A visible, unlocked node at the top of the tree.
    pub fn new(name: impl Into<String>, payload: Payload) -> Self {
        Self {
            name: name.into(),
            transform: Transform::IDENTITY,
            visible: true,
            locked: false,
            payload,
            parent: None,
        }
    }

    /// The splat layer, if it is one.
    pub fn splats(&self) -> Option<&SplatLayer> {
        match &self.payload {
            Payload::Splats(layer) => Some(layer),
            _ => None,
        }
    }

    /// The recipe, if it is one.
    pub fn recipe(&self) -> Option<&Recipe> {
        match &self.payload {
            Payload::Recipe(recipe) => Some(recipe),
            _ => None,
        }
    }
}
