//! Splat files: round trips to the last bit, and a fuzzer that runs for `FUZZ_SECONDS`.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/splat_files.rs"]
mod splat_files;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use glam::{Quat, Vec3};
use proptest::prelude::*;
use scene::{
    Cancelled, Column, ColumnValues, GaussianCloud, Progress, Sink, SplatFlags, SplatLayer,
    Transform,
    io::{self, IoError, SaveOptions},
};
use splat_files::{
    GOOD, Random, any_layout, layer, load_bytes, mutate, plain, random_cloud, saved,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_saved_cloud_loads_back_bit_for_bit(seed in any::<u64>(), n in 1..200_usize, degree in 0..=4_u32) {
        let cloud = random_cloud(seed, n, degree);
        let bytes = saved(&SplatLayer::new(cloud.clone(), "test"), &Transform::IDENTITY);
        let (back, loaded) = load_bytes(&bytes).expect("our own file");
        prop_assert_eq!(&back, &cloud);
        prop_assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        prop_assert_eq!(loaded.bounds, cloud.bounds());
    }

    #[test]
    fn an_untouched_file_of_any_layout_saves_back_byte_for_byte(seed in any::<u64>()) {
        let file = any_layout(seed);
        let (cloud, loaded) = load_bytes(&file).expect("a valid file");
        let again = saved(&layer(cloud, &loaded), &Transform::IDENTITY);
        prop_assert_eq!(again, file);
    }

    #[test]
    fn deleting_splats_keeps_the_other_rows_and_the_order_of_properties(seed in any::<u64>()) {
        let file = any_layout(seed);
        let (cloud, loaded) = load_bytes(&file).expect("a valid file");
        let mut layer = layer(cloud.clone(), &loaded);
        for flags in layer.flags.iter_mut().step_by(3) {
            *flags = flags.with(SplatFlags::DELETED);
        }
        prop_assume!(layer.alive() > 0);
        let (kept, _) = load_bytes(&saved(&layer, &Transform::IDENTITY)).expect("our own file");
        prop_assert_eq!(kept, cloud.subset(|row| row % 3 != 0));
    }
}

#[test]
fn every_real_file_saves_back_byte_for_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/splats");
    let files = [
        "loaders.gl/train-1000.ply",
        "metalsplatter/test-splat.3-points-from-train.ply",
        "derived/playbot_31k_sh2.ply",
        "derived/plant_113k_sh0.ply",
        "derived/garden_138k_sfm_init.ply",
    ];
    for file in files.map(|file| folder.join(file)) {
        if !file.exists() {
            println!("skipped: {} is not here", file.display());
            continue;
        }
        let (cloud, loaded) = io::load_all(&file).expect("a real file");
        assert!(
            cloud.len() >= 3,
            "{}: {} splats",
            file.display(),
            cloud.len()
        );
        let again = saved(&layer(cloud, &loaded), &Transform::IDENTITY);
        let same = again == fs::read(&file).expect("there");
        assert!(same, "{} came back different", file.display());
    }
}

#[test]
fn transforms_are_baked_and_layers_joined() {
    let a = SplatLayer::new(random_cloud(3, 20, 3), "a");
    let mut b = SplatLayer::new(random_cloud(4, 10, 1), "b");
    b.flags[0] = SplatFlags::DELETED;
    let transform = Transform {
        translation: Vec3::new(1.0, 2.0, 3.0),
        rotation: Quat::from_rotation_x(0.7),
        scale: 2.0,
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("both.ply");
    let layers = [(&a, &transform), (&b, &Transform::IDENTITY)];
    let report = io::save(&path, &layers, &SaveOptions::default()).expect("saved");
    assert_eq!(report.splats, 29, "the deleted one is left out");
    let (cloud, _) = io::load_all(&path).expect("our own file");
    let mut expected = a.cloud.transformed(&transform);
    expected
        .append(b.cloud.subset(|row| row != 0))
        .expect("they fit");
    assert_eq!(cloud, expected, "baked, joined, padded to degree 3");
}

#[test]
fn options_leave_out_bands_and_columns() {
    let layer = SplatLayer::new(random_cloud(5, 10, 3), "a");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("small.ply");
    let options = SaveOptions {
        max_sh_degree: 1,
        extra_columns: false,
    };
    io::save(&path, &[(&layer, &Transform::IDENTITY)], &options).expect("saved");
    let (cloud, _) = io::load_all(&path).expect("our own file");
    assert_eq!(
        (cloud.sh_degree(), cloud.columns().len()),
        (1, 0),
        "as asked"
    );
    assert_eq!(cloud.means(), layer.cloud.means(), "the rest is the same");
}

#[test]
fn new_columns_follow_the_layout_of_the_file() {
    let (cloud, loaded) = load_bytes(&plain(&[GOOD; 3])).expect("a valid file");
    let mut parts = cloud.into_parts();
    parts.columns.push(Column {
        name: "label".into(),
        width: 1,
        values: ColumnValues::U8(vec![1, 2, 3]),
    });
    let cloud = GaussianCloud::new(parts).expect("a valid cloud");
    let bytes = saved(&layer(cloud.clone(), &loaded), &Transform::IDENTITY);
    let (back, _) = load_bytes(&bytes).expect("our own file");
    assert_eq!(back, cloud, "the new column is written too");
}

#[test]
fn a_layer_of_another_degree_forgets_the_layout() {
    let (cloud, loaded) = load_bytes(&plain(&[GOOD; 2])).expect("valid");
    let mut wider = cloud;
    wider.append(random_cloud(2, 1, 2)).expect("they fit");
    let layer = SplatLayer {
        layout: loaded.layout.clone(),
        cloud: Arc::new(wider.clone()),
        ..SplatLayer::new(wider.clone(), "a")
    };
    let (back, _) = load_bytes(&saved(&layer, &Transform::IDENTITY)).expect("our own file");
    assert_eq!(back, wider, "everything is written");
}

#[test]
fn parts_are_pages_and_a_cancelled_reading_stops() {
    struct Stop {
        parts: Vec<usize>,
        after: usize,
        progress: Vec<Progress>,
    }
    impl Sink<GaussianCloud> for Stop {
        fn push(&mut self, part: GaussianCloud) -> Result<(), Cancelled> {
            self.parts.push(part.len());
            if self.parts.len() >= self.after {
                return Err(Cancelled);
            }
            Ok(())
        }
        fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
            self.progress.push(progress);
            Ok(())
        }
    }
    let bytes = plain(&vec![GOOD; 140_000]);
    let mut sink = Stop {
        parts: vec![],
        after: 9,
        progress: vec![],
    };
    io::load_ply_bytes(&bytes, &mut sink).expect("valid");
    assert_eq!(sink.parts, [65_536, 65_536, 8_928], "pages");
    let fractions: Vec<_> = sink.progress.iter().map(|p| p.fraction()).collect();
    assert_eq!(
        fractions.last(),
        Some(&Some(1.0)),
        "all bytes: {fractions:?}"
    );

    let mut sink = Stop {
        parts: vec![],
        after: 2,
        progress: vec![],
    };
    let error = io::load_ply_bytes(&bytes, &mut sink).expect_err("cancelled");
    assert!(matches!(error, IoError::Cancelled(_)), "{error}");
    assert_eq!(sink.parts.len(), 2, "stopped at once");
}

/// Whatever the bytes are: an error with words, or a sound cloud that saves and loads again.
fn check_hostile(bytes: &[u8]) {
    match load_bytes(bytes) {
        Err(error) => assert!(!error.to_string().is_empty(), "an error without words"),
        Ok((cloud, loaded)) => {
            let n = cloud.len();
            GaussianCloud::new(cloud.clone().into_parts()).expect("a loaded cloud is sound");
            assert_eq!(loaded.splats, n, "the number of splats handed over");
            if n > 0 {
                let again = saved(&layer(cloud, &loaded), &Transform::IDENTITY);
                let (back, _) = load_bytes(&again).expect("what we write we can read");
                assert_eq!(back.len(), n, "as many splats");
            }
        }
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ply")
}

#[test]
fn every_file_that_once_crashed_is_harmless_now() {
    let Ok(entries) = fs::read_dir(fixtures()) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("listed").path();
        check_hostile(&fs::read(&path).expect("read"));
    }
}

/// Mutates valid files for `FUZZ_SECONDS` (default 2); a crash is written to the fixtures.
#[test]
fn fuzzing_finds_no_crash() {
    let seconds = std::env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(2));
    let mut rounds = 0_u64;
    while Instant::now() < end {
        rounds += 1;
        let mut random = Random(rounds.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut bytes = any_layout(random.next());
        for _ in 0..=random.below(6) {
            mutate(&mut bytes, &mut random);
        }
        if catch_unwind(AssertUnwindSafe(|| check_hostile(&bytes))).is_err() {
            let path = fixtures().join(format!("crash-{rounds}.ply"));
            fs::create_dir_all(fixtures()).expect("a folder");
            fs::write(&path, &bytes).expect("written");
            panic!("round {rounds} crashed; the file is {}", path.display());
        }
    }
    println!("{rounds} files tried");
}
