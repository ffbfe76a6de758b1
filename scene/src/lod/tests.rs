use glam::{Quat, Vec3};

use super::*;
use crate::{
    Column, ColumnValues, GaussianCloud, SplatFlags,
    cloud::{CloudParts, logit},
    sh,
};

/// Splats on a wavy sheet, colored by place, opaque enough to cover it.
fn sheet(n: usize) -> GaussianCloud {
    let side = (n as f32).sqrt().ceil() as usize;
    let at = |i: usize| {
        let (x, y) = (
            (i % side) as f32 / side as f32,
            (i / side) as f32 / side as f32,
        );
        Vec3::new(x, y, 0.1 * (9.0 * x).sin())
    };
    let size = (0.7 / side as f32).ln();
    GaussianCloud::new(CloudParts {
        means: (0..n).map(at).collect(),
        rotations: vec![Quat::IDENTITY; n],
        log_scales: vec![Vec3::new(size, size, size - 3.0); n],
        opacity_logits: vec![logit(0.8); n],
        sh_degree: 0,
        sh: (0..n)
            .flat_map(|i| sh::dc_from_color(at(i)).to_array())
            .collect(),
        columns: vec![Column {
            name: String::from("label"),
            width: 1,
            values: ColumnValues::U8((0..n).map(|i| u8::from(i < n / 2)).collect()),
        }],
    })
    .unwrap()
}

fn build(cloud: &GaussianCloud) -> LodTree {
    let flags = vec![SplatFlags::NONE; cloud.len()];
    LodTree::build(cloud, &flags, &|| false).unwrap()
}

/// Opacity times area: what is seen from afar.
fn mass(cloud: &GaussianCloud) -> f64 {
    let of = |row: usize| {
        let mut s = cloud.scale(row).to_array();
        s.sort_by(f32::total_cmp);
        f64::from(cloud.opacity(row)) * f64::from(s[1]) * f64::from(s[2])
    };
    (0..cloud.len()).map(of).sum()
}

#[test]
fn every_row_is_in_one_leaf() {
    let cloud = sheet(30_000);
    let tree = build(&cloud);
    let mut seen: Vec<u32> = (0..tree.nodes().len())
        .flat_map(|node| tree.leaf_rows(node).to_vec())
        .collect();
    assert_eq!(seen, tree.rows(), "leaves are in the order of the rows");
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..30_000), "each row once");
}

#[test]
fn inner_nodes_hold_a_quarter_and_err_more_towards_the_root() {
    let cloud = sheet(30_000);
    let tree = build(&cloud);
    for node in 0..tree.nodes().len() {
        let children = tree.children(node);
        if children.is_empty() {
            assert_eq!(tree.nodes()[node].error, 0.0, "a leaf is exact");
            continue;
        }
        let below: usize = children.clone().map(|c| tree.count(c)).sum();
        assert!(
            tree.count(node) <= below.div_ceil(4),
            "{} of {below}",
            tree.count(node)
        );
        for child in children {
            assert!(
                tree.nodes()[child].error < tree.nodes()[node].error,
                "{child} under {node}"
            );
        }
    }
}

#[test]
fn merging_keeps_the_mass_of_a_closed_sheet_and_its_colors() {
    let cloud = sheet(10_000);
    let tree = build(&cloud);
    let root = &tree.nodes()[0].splats;
    let kept = mass(root) / mass(&cloud);
    // Each point is covered three times over: transmittances multiply where opacities would add.
    assert!((0.4..=1.0).contains(&kept), "{kept} of the mass is left");
    for row in 0..root.len() {
        let off = root.base_color(row).distance(root.means()[row]);
        assert!(
            off < 0.05,
            "splat {row} took the color of a place {off} away"
        );
    }
}

#[test]
fn hidden_rows_are_in_no_merged_splat() {
    let cloud = sheet(10_000);
    let mut flags = vec![SplatFlags::NONE; cloud.len()];
    for (row, flag) in flags.iter_mut().enumerate() {
        if cloud.means()[row].x > 0.5 {
            *flag = SplatFlags::HIDDEN;
        }
    }
    let tree = LodTree::build(&cloud, &flags, &|| false).unwrap();
    let farthest = tree.nodes()[0]
        .splats
        .means()
        .iter()
        .map(|m| m.x)
        .fold(0.0, f32::max);
    assert!(farthest <= 0.5, "a merged splat at x = {farthest}");
}

#[test]
fn refreshing_is_building_anew() {
    let cloud = sheet(20_000);
    let mut tree = build(&cloud);
    let mut flags = vec![SplatFlags::NONE; cloud.len()];
    let changed: Vec<u32> = (100..900).collect();
    for row in &changed {
        flags[*row as usize] = SplatFlags::DELETED;
    }
    let stale = tree.refresh(&changed, &cloud, &flags).unwrap();
    assert!(
        stale.len() < tree.nodes().len(),
        "only some nodes are stale"
    );
    let anew = LodTree::build(&cloud, &flags, &|| false).unwrap();
    for (node, (a, b)) in tree.nodes().iter().zip(anew.nodes()).enumerate() {
        assert_eq!(a.splats, b.splats, "node {node}");
        assert_eq!((a.low, a.high), (b.low, b.high), "node {node}");
    }
}

#[test]
fn a_cancelled_build_stops() {
    assert!(LodTree::build(&sheet(10_000), &[], &|| true).is_err());
}

#[test]
fn small_and_empty_clouds_are_one_leaf() {
    assert_eq!(build(&GaussianCloud::default()).nodes().len(), 1);
    let tree = build(&sheet(100));
    assert_eq!((tree.nodes().len(), tree.count(0)), (1, 100));
}

#[test]
fn splats_at_the_ends_of_the_number_range_stay_finite() {
    let mut parts = sheet(5000).into_parts();
    parts.means[7] = Vec3::splat(3e38);
    parts.means[8] = Vec3::splat(-3e38);
    parts.log_scales[9] = Vec3::splat(80.0);
    parts.log_scales[10] = Vec3::splat(-80.0);
    parts.opacity_logits[11] = -300.0;
    let cloud = GaussianCloud::new(parts).unwrap();
    let root = build(&cloud).nodes()[0].splats.clone();
    let checked = GaussianCloud::new(root.into_parts());
    assert!(checked.is_ok(), "{checked:?}");
}

#[test]
fn reduce_reaches_its_target_and_leaves_small_clouds_alone() {
    let cloud = sheet(1000);
    assert_eq!(reduce(&cloud, &[], 123).cloud.len(), 123);
    assert_eq!(reduce(&cloud, &[], 2000).cloud, cloud);
}

#[test]
fn merged_splats_know_the_share_of_what_is_marked() {
    let cloud = sheet(30_000);
    let mut flags = vec![SplatFlags::NONE; cloud.len()];
    flags[..500].fill(SplatFlags::HIDDEN);
    let tree = LodTree::build(&cloud, &flags, &|| false).unwrap();
    let all = tree.shares(&|row| row >= 500);
    let half = tree.shares(&|row| cloud.means()[row as usize].x < 0.5);
    let none = tree.shares(&|_| false);
    for (node, of_node) in tree.nodes().iter().enumerate() {
        if tree.children(node).is_empty() {
            continue;
        }
        assert!(none[node].is_empty(), "nothing is marked");
        assert_eq!(all[node], vec![255; tree.count(node)], "all is marked");
        for (i, share) in half[node].iter().enumerate() {
            let x = of_node.splats.means()[i].x;
            let expected = if x < 0.45 {
                Some(255)
            } else {
                (x > 0.55).then_some(0)
            };
            assert!(expected.is_none_or(|e| e == *share), "{share} at {x}");
        }
    }
    assert!(half.iter().flatten().any(|s| *s > 0 && *s < 255), "edges");
}
