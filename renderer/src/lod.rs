//! Which nodes of the level-of-detail trees draw a frame.
//!
//! A node stands in for what is below it where its splats lie less than a tolerance, in pixels, from
//! those that they stand for (Luebke et al. 2003, ch. 4.2). Where a budget of splats does not reach for
//! that, nodes are refined worst first, so that the error left is as even as the budget allows.

use std::{cmp::Ordering, collections::BinaryHeap};

use glam::Vec3;
use scene::{LodNode, LodTree};

/// How much more error is allowed at the edge of the picture than in its middle, where artists look.
const EDGE_SLACK: f32 = 1.5;

/// From where one layer is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Eye {
    /// Object frame.
    pub(crate) position: Vec3,
    /// Object frame, unit.
    pub(crate) forward: Vec3,
    /// Focal length, px; where rays are parallel, pixels an object unit.
    pub(crate) focal_px: f32,
    /// Half the picture's diagonal, px.
    pub(crate) half_diagonal_px: f32,
    /// Object frame.
    pub(crate) near: f32,
    /// Whether rays are parallel.
    pub(crate) is_parallel: bool,
}

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// Error in the middle of the picture that nobody sees, px. Below 0 draws the leaves.
    pub(crate) tolerance_px: f32,
    /// Splats at most, as far as the roots allow.
    pub(crate) budget: usize,
}

/// Nodes that together draw every layer once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cut {
    /// Layer and node, in order.
    pub(crate) nodes: Vec<(u32, u32)>,
    /// Splats in all of them.
    pub(crate) splats: usize,
    /// Largest error left, px.
    pub(crate) error_px: f32,
}

/// One layer's tree, from where it is seen, and what may be seen at all.
pub(crate) struct Viewed<'a> {
    /// Number among all drawn layers.
    pub(crate) layer: usize,
    pub(crate) tree: &'a LodTree,
    pub(crate) eye: Eye,
    /// By node.
    pub(crate) may_see: &'a dyn Fn(usize) -> bool,
    /// Nodes whose splats are no longer those of what is below: drawn only where nothing else fits.
    pub(crate) is_stale: &'a dyn Fn(usize) -> bool,
    /// Nodes at most: what there is room for.
    pub(crate) most_nodes: usize,
}

impl Viewed<'_> {
    fn candidate(&self, at: usize, node: usize) -> Option<Candidate> {
        let LodNode {
            low, high, error, ..
        } = self.tree.nodes()[node].as_ref();
        if !(low.x <= high.x) || !(self.may_see)(node) {
            return None;
        }
        let error_px = if (self.is_stale)(node) {
            f32::INFINITY
        } else {
            self.eye.error_px(*low, *high, *error)
        };
        Some(Candidate {
            error_px,
            at: at as u32,
            node: node as u32,
        })
    }
}

impl Eye {
    /// What an error of a node's splats looks like in the picture's middle.
    fn error_px(&self, low: Vec3, high: Vec3, error: f32) -> f32 {
        if self.is_parallel {
            return error * self.focal_px;
        }
        let nearest = self.position.clamp(low, high) - self.position;
        let distance = nearest.length().max(self.near);
        let slope = match nearest.try_normalize() {
            // Of the angle to the view axis, the tangent.
            Some(d) => {
                let along = d.dot(self.forward).max(1e-3);
                (1.0 - along * along).max(0.0).sqrt() / along
            }
            None => 0.0,
        };
        let eccentricity = (slope * self.focal_px / self.half_diagonal_px).min(1.0);
        error * self.focal_px / distance / (1.0 + EDGE_SLACK * eccentricity * eccentricity)
    }
}

/// A node that may be refined; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    error_px: f32,
    /// Place among the viewed.
    at: u32,
    node: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let of = |c: &Self| (c.at, c.node);
        self.error_px
            .total_cmp(&other.error_px)
            .then_with(|| of(other).cmp(&of(self)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Chooses the nodes of all layers; what may not be seen is left out.
pub(crate) fn cut(layers: &[Viewed<'_>], limits: Limits) -> Cut {
    let mut heap = BinaryHeap::new();
    let mut cut = Cut::default();
    let mut nodes = vec![1; layers.len()];
    for (at, viewed) in layers.iter().enumerate() {
        if let Some(root) = viewed.candidate(at, 0) {
            cut.splats += viewed.tree.count(0);
            heap.push(root);
        }
    }
    while let Some(worst) = heap.pop() {
        let viewed = &layers[worst.at as usize];
        let node = worst.node as usize;
        let children: Vec<Candidate> = viewed
            .tree
            .children(node)
            .filter_map(|child| viewed.candidate(worst.at as usize, child))
            .collect();
        let below: usize = children
            .iter()
            .map(|c| viewed.tree.count(c.node as usize))
            .sum();
        let splats = cut.splats - viewed.tree.count(node) + below;
        let is_leaf = viewed.tree.children(node).is_empty();
        let wanted = !is_leaf && worst.error_px > limits.tolerance_px;
        let has_room = nodes[worst.at as usize] + children.len() <= viewed.most_nodes + 1;
        if wanted && has_room && splats <= limits.budget {
            cut.splats = splats;
            nodes[worst.at as usize] += children.len();
            nodes[worst.at as usize] -= 1;
            heap.extend(children);
            continue;
        }
        cut.error_px = cut.error_px.max(worst.error_px);
        cut.nodes.push((viewed.layer as u32, worst.node));
        if wanted && has_room {
            // The budget is spent: all others are better than this one already.
            let rest = heap.drain();
            cut.nodes
                .extend(rest.map(|c| (layers[c.at as usize].layer as u32, c.node)));
        }
    }
    cut.nodes.sort_unstable();
    cut
}

#[cfg(test)]
mod tests {
    use glam::Quat;
    use scene::{GaussianCloud, cloud::CloudParts};

    use super::*;

    /// A long street of small splats along +Z.
    fn street() -> GaussianCloud {
        let n = 60_000;
        let means = (0..n).map(|i| {
            let (x, z) = ((i % 60) as f32 / 60.0, (i / 60) as f32 / 10.0);
            Vec3::new(x - 0.5, -0.5, z)
        });
        GaussianCloud::new(CloudParts {
            means: means.collect(),
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::splat(-4.0); n],
            opacity_logits: vec![2.0; n],
            sh_degree: 0,
            sh: vec![0.5; 3 * n],
            columns: Vec::new(),
        })
        .unwrap()
    }

    fn tree() -> LodTree {
        LodTree::build(&street(), &[], &|| false).unwrap()
    }

    const EYE: Eye = Eye {
        position: Vec3::new(0.0, 0.0, -1.0),
        forward: Vec3::Z,
        focal_px: 800.0,
        half_diagonal_px: 700.0,
        near: 0.01,
        is_parallel: false,
    };

    fn cut_of(tree: &LodTree, limits: Limits) -> Cut {
        let may_see = |_: usize| true;
        let viewed = Viewed {
            layer: 0,
            tree,
            eye: EYE,
            may_see: &may_see,
            is_stale: &|_| false,
            most_nodes: usize::MAX - 1,
        };
        cut(&[viewed], limits)
    }

    fn leaves_under(tree: &LodTree, node: usize) -> Vec<usize> {
        let children = tree.children(node);
        if children.is_empty() {
            vec![node]
        } else {
            children.flat_map(|c| leaves_under(tree, c)).collect()
        }
    }

    #[test]
    fn each_leaf_is_stood_for_once_whatever_the_detail() {
        let tree = tree();
        for (tolerance_px, budget) in [
            (0.0, usize::MAX),
            (1.0, usize::MAX),
            (0.0, 20_000),
            (9.0, 1),
        ] {
            let cut = cut_of(
                &tree,
                Limits {
                    tolerance_px,
                    budget,
                },
            );
            let mut leaves: Vec<usize> = cut
                .nodes
                .iter()
                .flat_map(|n| leaves_under(&tree, n.1 as usize))
                .collect();
            leaves.sort_unstable();
            assert_eq!(
                leaves,
                leaves_under(&tree, 0),
                "tolerance {tolerance_px}, budget {budget}"
            );
            let splats: usize = cut.nodes.iter().map(|n| tree.count(n.1 as usize)).sum();
            assert_eq!(splats, cut.splats);
        }
    }

    #[test]
    fn near_nodes_are_finer_than_far_ones() {
        let tree = tree();
        let cut = cut_of(
            &tree,
            Limits {
                tolerance_px: 1.0,
                budget: usize::MAX,
            },
        );
        let is_leaf = |n: &&(u32, u32)| tree.children(n.1 as usize).is_empty();
        let nearest = |n: &(u32, u32)| tree.nodes()[n.1 as usize].low.z;
        let fine = cut
            .nodes
            .iter()
            .filter(is_leaf)
            .map(nearest)
            .fold(0.0, f32::max);
        let coarse = cut
            .nodes
            .iter()
            .filter(|n| !is_leaf(n))
            .map(nearest)
            .fold(f32::MAX, f32::min);
        assert!(
            fine <= coarse + 8.0,
            "leaves up to {fine} m, merged from {coarse} m"
        );
        assert!(
            cut.splats < 60_000 && cut.error_px <= 1.0,
            "{} splats, {} px",
            cut.splats,
            cut.error_px
        );
    }

    #[test]
    fn a_budget_is_kept_and_more_of_it_errs_less() {
        let tree = tree();
        let mut last = f32::INFINITY;
        for budget in [6_000, 12_000, 24_000, 48_000] {
            let cut = cut_of(
                &tree,
                Limits {
                    tolerance_px: 0.0,
                    budget,
                },
            );
            assert!(cut.splats <= budget, "{} of {budget}", cut.splats);
            assert!(
                cut.error_px <= last,
                "{budget} splats err by {} px, fewer by {last}",
                cut.error_px
            );
            last = cut.error_px;
        }
    }

    #[test]
    fn what_is_out_of_sight_is_left_out() {
        let tree = tree();
        let may_see = |node: usize| tree.nodes()[node].low.z < 20.0;
        let viewed = Viewed {
            layer: 0,
            tree: &tree,
            eye: EYE,
            may_see: &may_see,
            is_stale: &|_| false,
            most_nodes: usize::MAX - 1,
        };
        let cut = cut(
            &[viewed],
            Limits {
                tolerance_px: 0.0,
                budget: usize::MAX,
            },
        );
        assert!(cut.splats < 20_000, "{}", cut.splats);
        assert!(!cut.nodes.is_empty());
    }
}
