//! Colors of the harmonics from an eye that stays: while only lights, selections or the view's direction
//! change, they are read instead of computed.

use super::Renderer;
use crate::{Frame, ViewMode, buffer::Storage, layout::ChunkView};

/// An eye that moved by less than this share of its distance to the layer's origin stayed: no half changes
/// by more than its last bit.
const SAME_EYE: f32 = 4e-6;

/// For which frames the kept colors hold.
#[derive(Debug, Default)]
pub(super) struct Harmonics {
    /// Of the last frame on screen.
    seen: Option<Key>,
    /// Of the colors that are kept.
    kept: Option<Key>,
}

/// What the colors depend on.
#[derive(Debug, Clone, PartialEq)]
struct Key {
    /// Count of the changes to the splats.
    geometry: u64,
    /// Count of the changes to colors alone.
    painted: u64,
    max_sh_degree: u32,
    /// Of each chunk, object frame: the eye, or the direction of parallel rays.
    eyes: Vec<[f32; 3]>,
    orthographic: bool,
}

impl Key {
    fn holds_for(&self, other: &Self) -> bool {
        let near = |a: &[f32; 3], b: &[f32; 3]| {
            let [a, b] = [a, b].map(|v| glam::Vec3::from(*v));
            a.distance(b) <= SAME_EYE * a.length()
        };
        let same = Self {
            eyes: other.eyes.clone(),
            ..self.clone()
        };
        same == *other
            && self.eyes.len() == other.eyes.len()
            && self.eyes.iter().zip(&other.eyes).all(|(a, b)| near(a, b))
    }
}

impl Renderer {
    /// Decides whether this frame reads kept colors; true where they must be computed before. They are
    /// kept from the second frame on that is drawn from one eye, and dropped once the eye has moved.
    pub(super) fn know_colors(
        &mut self,
        frame: &Frame,
        chunk_views: &[ChunkView],
        on_screen: bool,
    ) -> bool {
        let degree = chunk_views.iter().map(|c| c.sh_degree).max().unwrap_or(0);
        let shows_them = frame.view == ViewMode::Color && frame.max_sh_degree.min(degree) > 0;
        if !on_screen || !shows_them {
            return false;
        }
        let key = self.key(frame, chunk_views);
        let holds = |k: &Option<Key>| k.as_ref().is_some_and(|k| k.holds_for(&key));
        if holds(&self.harmonics.kept) && self.buffers.colors.len() == chunk_views.len() {
            self.buffers.colors_known = true;
            return false;
        }
        let stays = holds(&self.harmonics.seen);
        self.harmonics.seen = Some(key.clone());
        self.harmonics.kept = None;
        self.buffers.colors.clear();
        if !stays {
            return false;
        }
        let device = &self.gpu.device;
        let made = self.gpu.try_allocate(|| {
            chunk_views
                .iter()
                .map(|c| Storage::new(device, "colors", c.sh_stride as usize))
                .collect()
        });
        let Some(colors) = made else {
            return false;
        };
        self.buffers.colors = colors;
        self.buffers.colors_known = true;
        self.harmonics.kept = Some(key);
        true
    }

    fn key(&self, frame: &Frame, chunk_views: &[ChunkView]) -> Key {
        let orthographic = frame.camera.projection == scene::Projection::Orthographic;
        let eye = |c: &ChunkView| {
            let [x, y, z, _] = if orthographic {
                c.view_from_object[2]
            } else {
                c.eye
            };
            [x, y, z]
        };
        Key {
            geometry: self.layers.geometry,
            painted: self.layers.painted,
            max_sh_degree: frame.max_sh_degree,
            eyes: chunk_views.iter().map(eye).collect(),
            orthographic,
        }
    }
}
