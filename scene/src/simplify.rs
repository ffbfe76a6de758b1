//! Fewer splats that look like many from where an artist looks, not only from afar.
//!
//! In rounds, each splat looks for the one among its nearest neighbors with which merging changes the
//! picture least, and the cheapest pairs are merged: a merged splat has mass, mean and covariance of the
//! two (moment matching, as in [`lod::reduce`](crate::lod::reduce)). What a pair costs is how much less
//! its Gaussian tells than the two did (Runnalls 2007, eq. 16) and how far their colors lie apart, both
//! weighed by what the splats contribute to a picture, opacity times area: what is hardly seen goes
//! first, into what is seen beside it.
//!
//! Dropping the least important and dropping by chance are there to be compared with.

use std::sync::Arc;

use glam::{Mat3, Vec3};
use rayon::prelude::*;

use crate::{
    Cancelled, GaussianCloud, PointTree, Progress, SplatFlags, SplatLayer,
    lod::reduce::{Cluster, END, gather, trace},
};

/// How splats become fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Neighbors are merged.
    #[default]
    Merge,
    /// Those that contribute least are dropped.
    DropLeast,
    /// Evenly, by chance.
    Random,
}

/// Neighbors among which a splat looks for a partner.
const NEIGHBORS: usize = 8;
/// Of a round's splats at most this part disappears, so that expensive pairs may find better partners.
const MERGED_PER_ROUND: f32 = 0.12;
/// A splat is taken to be at least this thick, as a part of its size: how thin a surface is does not show.
const THICKNESS: f32 = 0.1;
/// What a nat of shape costs, beside the square of a color difference of 1.
const SHAPE: f32 = 0.05;

/// A cloud of `target` splats (at least one) that looks like the given one; the given one where it has no
/// more. More are left where splats are too far away from each other for single precision.
///
/// O(N log N) for each of a few rounds, parallel, deterministic. `report` hears how far it is and may end it.
pub fn simplify(
    cloud: &GaussianCloud,
    target: usize,
    method: Method,
    report: &mut dyn FnMut(Progress) -> Result<(), Cancelled>,
) -> Result<GaussianCloud, Cancelled> {
    let target = target.max(1);
    if cloud.len() <= target {
        return Ok(cloud.clone());
    }
    match method {
        Method::Merge => merge(cloud, target, report),
        Method::DropLeast => {
            let mass = |row| Cluster::of(cloud, row, 0.0).mass();
            Ok(keep_most(cloud, target, mass))
        }
        Method::Random => Ok(keep_most(cloud, target, |row| {
            // SplitMix64 (Steele et al. 2014).
            let z = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 40) as f32
        })),
    }
}

fn keep_most(
    cloud: &GaussianCloud,
    target: usize,
    value: impl Fn(usize) -> f32 + Sync + Send,
) -> GaussianCloud {
    let values: Vec<f32> = (0..cloud.len()).into_par_iter().map(value).collect();
    let mut rows: Vec<usize> = (0..cloud.len()).collect();
    rows.select_nth_unstable_by(target - 1, |a, b| {
        values[*b].total_cmp(&values[*a]).then(a.cmp(b))
    });
    rows.truncate(target);
    rows.sort_unstable();
    cloud.gathered(&rows)
}

fn merge(
    cloud: &GaussianCloud,
    target: usize,
    report: &mut dyn FnMut(Progress) -> Result<(), Cancelled>,
) -> Result<GaussianCloud, Cancelled> {
    let rows = (0..cloud.len()).into_par_iter();
    let mut clusters: Vec<Cluster> = rows.map(|row| Cluster::of(cloud, row, 0.0)).collect();
    let mut next = vec![END; cloud.len()];
    let all = (cloud.len() - target) as u64;
    while clusters.len() > target {
        let left = (clusters.len() - target) as u64;
        report(Progress::new("Merging splats", all - left, all))?;
        let wanted = (clusters.len() as f32 * MERGED_PER_ROUND).ceil() as usize;
        let wanted = wanted.min(clusters.len() - target);
        if merge_round(&mut clusters, &mut next, wanted) == 0 {
            break;
        }
    }
    report(Progress::new("Merging splats", all, all))?;
    Ok(gather(cloud, &clusters, &next).cloud)
}

/// A pair and what merging it costs.
type Pair = (f32, u32, u32);

/// Merges up to `wanted` pairs, the cheapest first; how many it were.
fn merge_round(clusters: &mut Vec<Cluster>, next: &mut [u32], wanted: usize) -> usize {
    let mut pairs = partners(clusters);
    pairs.par_sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut taken = vec![false; clusters.len()];
    let mut gone = vec![false; clusters.len()];
    let mut merged = 0;
    for (_, a, b) in pairs {
        let (a, b) = (a as usize, b as usize);
        if merged == wanted {
            break;
        }
        if taken[a] || taken[b] {
            continue;
        }
        (taken[a], taken[b], gone[b]) = (true, true, true);
        let (kept, added) = (clusters[a], clusters[b]);
        next[kept.last as usize] = added.first;
        clusters[a] = kept.merged(&added);
        merged += 1;
    }
    let mut gone = gone.into_iter();
    clusters.retain(|_| !gone.next().unwrap_or(false));
    merged
}

/// For each splat the pair with its best partner.
fn partners(clusters: &[Cluster]) -> Vec<Pair> {
    let means: Vec<Vec3> = clusters.iter().map(|c| c.mean).collect();
    let tree = PointTree::new(&means);
    let shapes: Vec<f32> = clusters
        .par_iter()
        .map(|c| log_volume(&c.covariance))
        .collect();
    let best = |found: &mut Vec<_>, i: usize| -> Option<Pair> {
        tree.nearest(means[i], NEIGHBORS + 1, f32::MAX, found);
        let others = found
            .iter()
            .map(|near| near.index as usize)
            .filter(|j| *j != i);
        let costs = others.map(|j| {
            let cost = cost((&clusters[i], shapes[i]), (&clusters[j], shapes[j]));
            (cost, i.min(j) as u32, i.max(j) as u32)
        });
        let finite = costs.filter(|pair| pair.0.is_finite());
        finite.min_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))))
    };
    let rows = (0..clusters.len()).into_par_iter();
    rows.map_init(Vec::new, best).flatten().collect()
}

/// What a picture loses by merging two splats.
fn cost((a, log_a): (&Cluster, f32), (b, log_b): (&Cluster, f32)) -> f32 {
    let (mass_a, mass_b) = (a.mass(), b.mass());
    let (wa, wb) = (mass_a / (mass_a + mass_b), mass_b / (mass_a + mass_b));
    let apart = a.mean - b.mean;
    let between = Mat3::from_cols(apart * apart.x, apart * apart.y, apart * apart.z);
    let together = a.covariance * wa + b.covariance * wb + between * (wa * wb);
    let lost = 0.5 * (log_volume(&together) - wa * log_a - wb * log_b);
    let recolored = wa * wb * a.color.distance_squared(b.color);
    (mass_a + mass_b) * (SHAPE * lost.max(0.0) + recolored)
}

/// Logarithm of the determinant of a covariance that is not thinner than it may be.
fn log_volume(covariance: &Mat3) -> f32 {
    let size = trace(covariance);
    if !(size > 0.0) || !size.is_finite() {
        return f32::NEG_INFINITY;
    }
    // Of a sphere of one unit nothing overflows.
    let unit = *covariance * (1.0 / size) + Mat3::IDENTITY * (THICKNESS * THICKNESS);
    unit.determinant().max(f32::MIN_POSITIVE).ln() + 3.0 * size.ln()
}

/// A layer in which of the splats that `takes` names so many are left. The others stay as they are, before
/// the simpler ones; those that are deleted go, and with them what only parts of the layer were graded by.
pub fn layer(
    layer: &SplatLayer,
    takes: impl Fn(SplatFlags) -> bool,
    (target, method): (usize, Method),
    report: &mut dyn FnMut(Progress) -> Result<(), Cancelled>,
) -> Result<SplatLayer, Cancelled> {
    // Merged splats cannot have two grades.
    let parts = layer.flags.iter().any(|flags| flags.grade() > 0);
    let source = if parts {
        layer.clone().with_grades_baked()
    } else {
        layer.clone()
    };
    let rows = |wanted: bool| -> Vec<usize> {
        let alive = |f: &SplatFlags| !f.intersects(SplatFlags::DELETED);
        let rows = source.flags.iter().enumerate();
        rows.filter(|(_, flags)| alive(flags) && takes(**flags) == wanted)
            .map(|(row, _)| row)
            .collect()
    };
    let (stay, go) = (rows(false), rows(true));
    // All of them are alike in what makes them be taken.
    let flags = go
        .first()
        .map_or(SplatFlags::NONE, |row| source.flags[*row]);
    let simple = simplify(&source.cloud.gathered(&go), target, method, report)?;
    let mut kept_flags: Vec<SplatFlags> = stay.iter().map(|row| source.flags[*row]).collect();
    kept_flags.resize(stay.len() + simple.len(), flags);
    let cloud = if stay.is_empty() {
        simple
    } else {
        joined(source.cloud.gathered(&stay), simple)
    };
    Ok(SplatLayer {
        cloud: Arc::new(cloud),
        flags: kept_flags,
        ..source
    })
}

/// The splats of two clouds that were parts of one.
fn joined(first: GaussianCloud, second: GaussianCloud) -> GaussianCloud {
    let (mut parts, more) = (first.into_parts(), second.into_parts());
    parts.means.extend(more.means);
    parts.rotations.extend(more.rotations);
    parts.log_scales.extend(more.log_scales);
    parts.opacity_logits.extend(more.opacity_logits);
    parts.sh.extend(more.sh);
    for (column, more) in parts.columns.iter_mut().zip(more.columns) {
        column.values.extend(more.values);
    }
    GaussianCloud::from_checked(parts)
}

#[cfg(test)]
mod tests {
    use glam::Quat;

    use super::*;
    use crate::{cloud::CloudParts, sh};

    /// A square of disks of two colors, a few of them hardly seen.
    fn square(side: usize) -> GaussianCloud {
        let n = side * side;
        let at = |i: usize| Vec3::new((i % side) as f32, (i / side) as f32, 0.0) * 0.1;
        let color = |i: usize| {
            if i % side < side / 2 {
                Vec3::X
            } else {
                Vec3::Y
            }
        };
        GaussianCloud::new(CloudParts {
            means: (0..n).map(at).collect(),
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::new(-2.5, -2.5, -6.0); n],
            opacity_logits: (0..n)
                .map(|i| if i % 7 == 3 { -4.0 } else { 2.0 })
                .collect(),
            sh_degree: 0,
            sh: (0..n)
                .flat_map(|i| sh::dc_from_color(color(i)).to_array())
                .collect(),
            columns: Vec::new(),
        })
        .unwrap()
    }

    fn mass(cloud: &GaussianCloud) -> f32 {
        (0..cloud.len())
            .map(|row| Cluster::of(cloud, row, 0.0).mass())
            .sum()
    }

    fn simple(cloud: &GaussianCloud, target: usize, method: Method) -> GaussianCloud {
        simplify(cloud, target, method, &mut |_| Ok(())).unwrap()
    }

    #[test]
    fn every_method_leaves_as_many_as_asked_for_and_the_same_again() {
        let cloud = square(20);
        for method in [Method::Merge, Method::DropLeast, Method::Random] {
            for target in [1, 57, 200, 399] {
                let simpler = simple(&cloud, target, method);
                assert_eq!(simpler.len(), target, "{method:?}");
                assert_eq!(simpler, simple(&cloud, target, method), "{method:?} again");
            }
            assert_eq!(
                simple(&cloud, 400, method),
                cloud,
                "{method:?}: no more to leave"
            );
        }
        assert!(
            simple(&GaussianCloud::default(), 3, Method::Merge).is_empty(),
            "nothing"
        );
    }

    #[test]
    fn merging_keeps_what_a_picture_gets_and_its_colors_apart() {
        let cloud = square(20);
        let half = simple(&cloud, 200, Method::Merge);
        let part = mass(&half) / mass(&cloud);
        // They overlap, and what covers each other counts once.
        assert!((0.75..1.1).contains(&part), "{part} of the mass is left");
        for row in 0..half.len() {
            let color = half.base_color(row);
            let mixed = color.x.min(color.y);
            assert!(mixed < 0.05, "{row} is mixed: {color}");
        }
    }

    #[test]
    fn what_is_hardly_seen_goes_first() {
        let cloud = square(20);
        let bright = |c: &GaussianCloud| (0..c.len()).filter(|row| c.opacity(*row) > 0.5).count();
        let before = bright(&cloud);
        let simpler = simple(&cloud, cloud.len() - 50, Method::Merge);
        let after = bright(&simpler);
        // By chance it would be 300.
        assert!(after >= 320, "{after} of {before} are left");
    }

    #[test]
    fn it_ends_when_nobody_wants_it_any_more() {
        let stop = simplify(&square(20), 10, Method::Merge, &mut |_| Err(Cancelled));
        assert_eq!(stop, Err(Cancelled), "at the first report");
    }

    #[test]
    fn only_what_is_taken_becomes_simpler() {
        let mut source = SplatLayer::new(square(20), "");
        source.flags[..100].fill(SplatFlags::LOCKED);
        source.flags[100..120].fill(SplatFlags::DELETED);
        source.flags[120..].fill(SplatFlags::SELECTED);
        let takes = |flags: SplatFlags| flags.intersects(SplatFlags::SELECTED);
        let simpler = layer(&source, takes, (50, Method::Merge), &mut |_| Ok(())).unwrap();
        assert_eq!(simpler.flags.len(), 150, "100 stay and 50 are left");
        assert_eq!(simpler.flags[..100], source.flags[..100], "as they were");
        assert!(
            simpler.flags[100..]
                .iter()
                .all(|f| *f == SplatFlags::SELECTED),
            "selected"
        );
        let stay: Vec<usize> = (0..100).collect();
        let kept = source.cloud.gathered(&stay);
        assert_eq!(simpler.cloud.gathered(&stay), kept, "to the last bit");
    }
}
