//! What is there: Gaussian clouds, the scene graph, edits with history, and files.
//!
//! Knows nothing of windows, GPUs or networks. Everything that changes a [`Scene`] is an
//! [`Edit`], and every edit undoes itself.

pub mod bake;
pub mod camera;
pub mod clean;
pub mod cloud;
pub mod combine;
pub mod dirty;
pub mod edit;
pub mod flags;
pub mod grade;
pub mod history;
pub mod incoming;
pub mod io;
pub mod light;
pub mod lod;
pub mod nearest;
pub mod neighbors;
pub mod node;
pub mod oklab;
pub mod paint;
pub mod rasterizer;
pub mod region;
pub mod rows;
pub mod scene;
pub mod selection_set;
pub mod sh;
pub mod simplify;
pub mod sink;
mod store;
pub mod transform;
pub mod upright;
pub mod view_mode;

pub use camera::{PinholeCamera, Projection};
pub use cloud::{CloudError, Column, ColumnValues, GaussianCloud};
pub use dirty::Dirty;
pub use edit::{Edit, EditError, RowValues};
pub use flags::SplatFlags;
pub use grade::{AffineColor, Grade, MOST_GRADES};
pub use history::History;
pub use incoming::IncomingError;
pub use light::{DirectionalLight, Environment};
pub use lod::{LodError, LodNode, LodTree};
pub use nearest::PointTree;
pub use neighbors::Neighborhood;
pub use node::{CameraPose, Node, NodeId, Payload, Recipe, SplatLayer};
pub use paint::{Ink, PaintMode};
pub use rasterizer::{PixelImage, Rasterizer};
pub use region::{Footprint, Region, RegionMask, RegionQuery};
pub use rows::RowSet;
pub use scene::Scene;
pub use selection_set::SelectionSet;
pub use sink::{Cancelled, Listen, Progress, Sink};
pub use transform::Transform;
pub use upright::Plane;
pub use view_mode::ViewMode;
