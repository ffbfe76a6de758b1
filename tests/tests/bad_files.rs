//! Files that are damaged, hostile or something else: each ends in one clear message or is repaired.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/splat_files.rs"]
mod splat_files;

use std::{fs, path::Path};

use glam::Quat;
use scene::{
    GaussianCloud, SplatLayer, Transform,
    io::{self, IoError, PlyError, SaveOptions, Warning},
};
use splat_files::{GOOD, layer, load_bytes, plain, plain_header, random_cloud, saved, with};

fn ply_error(bytes: &[u8]) -> PlyError {
    match load_bytes(bytes) {
        Err(IoError::Ply { problem, .. }) => problem,
        other => panic!("expected a PLY error, got {other:?}"),
    }
}

#[test]
fn rows_that_are_no_numbers_are_left_out_and_counted() {
    let nan = f32::NAN;
    let rows = [
        GOOD,
        with(0, nan),
        with(3, f32::INFINITY),
        with(7, f32::INFINITY),
        with(10, nan),
        with(6, nan),
        with(1, 5.0),
    ];
    let (cloud, loaded) = load_bytes(&plain(&rows)).expect("the rest is fine");
    assert_eq!(cloud.len(), 2, "the good ones");
    assert_eq!(cloud.means()[1].y, 5.0, "in order");
    assert_eq!(loaded.warnings.count(Warning::NotFinite), 5, "counted");
    let again = saved(&layer(cloud.clone(), &loaded), &Transform::IDENTITY);
    assert_eq!(
        load_bytes(&again).expect("our own file").0,
        cloud,
        "saves what is there"
    );
}

#[test]
fn rows_with_an_obvious_meaning_are_repaired_and_counted() {
    let mut zero_rotation = GOOD;
    zero_rotation[10..14].fill(0.0);
    let mut tiny_rotation = GOOD;
    tiny_rotation[10..14].copy_from_slice(&[0.0, 1e-30, 0.0, 0.0]);
    let rows = [
        zero_rotation,
        tiny_rotation,
        with(7, f32::NEG_INFINITY),
        with(8, 1e30),
        with(6, f32::INFINITY),
    ];
    let (cloud, loaded) = load_bytes(&plain(&rows)).expect("repaired");
    assert_eq!(cloud.len(), 5, "all stay");
    assert_eq!(cloud.raw_rotations()[0], Quat::IDENTITY, "no direction");
    assert_eq!(
        cloud.raw_rotations()[1],
        Quat::from_xyzw(1.0, 0.0, 0.0, 0.0),
        "tiny is a direction"
    );
    assert!(
        cloud.scale(2).is_finite() && cloud.scale(3).is_finite(),
        "scales in range"
    );
    assert!(cloud.opacity(4) > 0.999, "infinite means opaque");
    let count = |warning| loaded.warnings.count(warning);
    assert_eq!(count(Warning::ZeroRotation), 1, "{}", loaded.warnings);
    assert_eq!(count(Warning::ClampedScale), 2, "{}", loaded.warnings);
    assert_eq!(count(Warning::InfiniteOpacity), 1, "{}", loaded.warnings);
    GaussianCloud::new(cloud.into_parts()).expect("a sound cloud");
}

#[test]
fn claims_that_the_bytes_do_not_hold_are_refused_at_once() {
    let mut huge = plain_header(u64::from(u32::MAX) - 1).into_bytes();
    huge.extend([0; 64]);
    assert!(
        matches!(ply_error(&huge), PlyError::Truncated { .. }),
        "4 G rows"
    );
    let mut absurd = plain_header(u64::MAX).into_bytes();
    absurd.extend([0; 64]);
    assert!(
        matches!(ply_error(&absurd), PlyError::Truncated { .. }),
        "overflow"
    );
    let ascii = plain_header(4_000_000_000).replace("binary_little_endian", "ascii");
    assert!(
        matches!(ply_error(ascii.as_bytes()), PlyError::Truncated { .. }),
        "text"
    );
    let mut short = plain(&[GOOD; 10]);
    short.truncate(short.len() - 1);
    let error = ply_error(&short).to_string();
    assert!(
        error.contains("10") && error.contains("cut short"),
        "{error}"
    );

    let list =
        "ply\nformat binary_little_endian 1.0\nelement junk 1\nproperty list uint double a\n";
    let mut list = plain_header(1)
        .replace("ply\nformat binary_little_endian 1.0\n", list)
        .into_bytes();
    list.extend([0xff; 20]);
    assert!(
        matches!(ply_error(&list), PlyError::Truncated { .. }),
        "a list of 4 G"
    );
}

#[test]
fn other_files_say_what_they_are() {
    let mesh = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n";
    assert!(
        ply_error(mesh.as_bytes()).to_string().contains("a mesh"),
        "mesh"
    );
    let points = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\nend_header\n0 0 0 1\n";
    assert!(
        ply_error(points.as_bytes())
            .to_string()
            .contains("point cloud"),
        "points"
    );
    let no_color = plain_header(1).replace("property float f_dc_1\n", "");
    let error = ply_error(no_color.as_bytes()).to_string();
    assert!(
        error.contains("f_dc_1"),
        "missing harmonics are named: {error}"
    );
    assert!(matches!(ply_error(b"plyx"), PlyError::NotPly), "not a PLY");
    assert!(matches!(ply_error(b""), PlyError::NotPly), "empty");
    assert!(
        matches!(ply_error(b"ply\nformat ascii 1.0\n"), PlyError::NoHeaderEnd),
        "no end"
    );
    let twice = plain_header(0).replace("float y\n", "float x\n");
    assert!(
        matches!(ply_error(twice.as_bytes()), PlyError::DuplicateProperty),
        "x twice"
    );
    let word = plain_header(1).replace("binary_little_endian", "ascii")
        + "1 2 3 four 5 6 7 8 9 10 11 12 13 14\n";
    let error = ply_error(word.as_bytes()).to_string();
    assert!(error.contains("four"), "the bad word is shown: {error}");
}

#[test]
fn a_compressed_file_says_that_it_is_compressed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/splats");
    let file = folder.join("playcanvas-engine/guitar.compressed.ply");
    if !file.exists() {
        println!("skipped: {} is not here", file.display());
        return;
    }
    let error = io::load_all(&file)
        .expect_err("it is compressed")
        .to_string();
    assert!(error.contains("compressed"), "{error}");
    assert!(
        error.contains("guitar.compressed.ply"),
        "which file: {error}"
    );
}

#[test]
fn an_empty_file_of_splats_is_empty() {
    let (cloud, loaded) = load_bytes(plain_header(0).as_bytes()).expect("valid");
    assert!(cloud.is_empty(), "no splats");
    assert_eq!(loaded.warnings.count(Warning::Empty), 1, "and it says so");
}

#[test]
fn incomplete_harmonics_are_kept_but_not_shown() {
    let header = plain_header(1).replace(
        "end_header",
        "property float f_rest_0\nproperty float f_rest_1\nend_header",
    );
    let mut bytes = header.into_bytes();
    bytes.extend(
        GOOD.iter()
            .chain(&[0.5, 0.25])
            .flat_map(|v| v.to_le_bytes()),
    );
    let (cloud, loaded) = load_bytes(&bytes).expect("valid");
    assert_eq!(cloud.sh_degree(), 0, "two of nine are no degree");
    assert_eq!(
        loaded.warnings.count(Warning::IncompleteHarmonics),
        1,
        "said"
    );
    let again = saved(&layer(cloud, &loaded), &Transform::IDENTITY);
    assert_eq!(again, bytes, "and kept");
}

#[test]
fn files_that_are_not_there_or_unknown_or_unwritable_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.ply");
    let error = io::load_all(&missing).expect_err("not there").to_string();
    assert!(
        error.contains("missing.ply") && error.contains("opened"),
        "{error}"
    );
    let picture = folder.path().join("cat.jpg");
    fs::write(&picture, b"\xff\xd8\xff").expect("written");
    let error = io::load_all(&picture).expect_err("a picture").to_string();
    assert!(
        error.contains(".ply") && error.contains("cat.jpg"),
        "{error}"
    );
    let error = io::load_all(folder.path())
        .expect_err("a folder")
        .to_string();
    assert!(error.contains("opened"), "{error}");

    let cloud = SplatLayer::new(random_cloud(1, 3, 0), "a");
    let layers = [(&cloud, &Transform::IDENTITY)];
    let nowhere = folder.path().join("no/such/folder/a.ply");
    let error = io::save(&nowhere, &layers, &SaveOptions::default()).expect_err("no folder");
    assert!(error.to_string().contains("untouched"), "{error}");
    let error = io::save(&missing, &[], &SaveOptions::default()).expect_err("nothing");
    assert!(matches!(error, IoError::NothingToSave { .. }), "{error}");
}
