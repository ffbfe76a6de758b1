//! Neighborhoods against looking at every pair, and their time.

use glam::Vec3;

use super::Neighborhood;

/// Clumps of very different density, as captures have them, on both sides of the origin.
fn clumps(n: usize) -> Vec<Vec3> {
    let mut state = 7_u32;
    let mut random = || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let point = |i: usize| {
        let size = [0.01, 0.2, 3.0][i % 3];
        let center = Vec3::splat((i % 7) as f32 - 3.0);
        let mut one = || random() - 0.5;
        center + Vec3::new(one(), one(), one()) * size
    };
    (0..n).map(point).collect()
}

fn slow_components(points: &[Vec3], reach: f32) -> Vec<usize> {
    let mut names: Vec<usize> = (0..points.len()).collect();
    loop {
        let mut changed = false;
        for i in 0..points.len() {
            for j in 0..points.len() {
                if names[j] < names[i] && points[i].distance_squared(points[j]) <= reach * reach {
                    names[i] = names[j];
                    changed = true;
                }
            }
        }
        if !changed {
            return names;
        }
    }
}

#[test]
fn components_are_those_of_all_pairs() {
    let points = clumps(700);
    for reach in [0.003, 0.05, 0.3, 1.0, 50.0] {
        let expected = slow_components(&points, reach);
        let actual = Neighborhood::new(&points, reach).components();
        for i in 0..points.len() {
            for j in 0..points.len() {
                let (a, b) = (expected[i] == expected[j], actual[i] == actual[j]);
                assert_eq!(a, b, "points {i} and {j} at a reach of {reach}");
            }
        }
    }
}

#[test]
fn what_is_near_is_near_in_all_pairs() {
    let points = clumps(900);
    let sources: Vec<bool> = (0..points.len()).map(|i| i % 11 == 3).collect();
    for reach in [0.003, 0.05, 0.3, 1.0] {
        let near = Neighborhood::new(&points, reach).near(&sources);
        for (i, p) in points.iter().enumerate() {
            let expected = points.iter().zip(&sources).any(|(other, is_source)| {
                *is_source && other.distance_squared(*p) <= reach * reach
            });
            assert_eq!(near[i], expected, "point {i} at a reach of {reach}");
        }
    }
}

#[test]
fn hostile_distances_and_far_points_leave_everything_alone() {
    let points = [Vec3::ZERO, Vec3::splat(3e30), Vec3::splat(-3e30), Vec3::ONE];
    for reach in [0.0, -1.0, f32::NAN, f32::INFINITY, 0.5] {
        let names = Neighborhood::new(&points, reach).components();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), 4, "reach {reach}: {names:?}");
    }
    assert!(Neighborhood::new(&[], 1.0).components().is_empty(), "none");
}

/// `cargo test --release -p scene -- --ignored --nocapture neighbors`
#[test]
#[ignore = "prints times"]
fn time_of_five_million() {
    for n in [1_250_000, 5_000_000] {
        let points = clumps(n);
        let start = std::time::Instant::now();
        let hood = Neighborhood::new(&points, 0.004);
        let built = start.elapsed();
        let components = hood.components();
        let joined = start.elapsed();
        let sources: Vec<bool> = (0..n).map(|i| i % 100 == 0).collect();
        let near = hood.near(&sources).iter().filter(|near| **near).count();
        let all = start.elapsed();
        println!(
            "{n}: sorted {built:?}, components {:?}, near {:?} ({near}, {})",
            joined - built,
            all - joined,
            components[0]
        );
    }
}
