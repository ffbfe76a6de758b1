//! The load rules of packages: every violation is refused with its own message.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

mod common;

use std::fs;
use std::path::Path;

use inference::package::seal;
use inference::{InferenceError, Package, PackageError};
use tempfile::TempDir;

/// A length-delimited field of a protocol buffer.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![
        number << 3 | 2,
        u8::try_from(content.len()).expect("a short field"),
    ];
    bytes.extend(content);
    bytes
}

/// `ValueInfoProto` of an `f32` tensor.
fn value_info(name: &str, shape: &[u8]) -> Vec<u8> {
    let dims: Vec<u8> = shape.iter().flat_map(|d| field(1, &[1 << 3, *d])).collect();
    let tensor = [vec![1 << 3, 1], field(2, &dims)].concat();
    [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
}

/// An ONNX graph that copies `x` to `y`, both `f32[1, 4]`.
fn identity_graph() -> Vec<u8> {
    let node = [field(1, b"x"), field(2, b"y"), field(4, b"Identity")].concat();
    let graph = [
        field(1, &node),
        field(2, b"g"),
        field(11, &value_info("x", &[1, 4])),
        field(12, &value_info("y", &[1, 4])),
    ]
    .concat();
    [vec![1 << 3, 8], field(7, &graph), field(8, &[2 << 3, 17])].concat()
}

const MANIFEST: &str = r#"
format = "splatpack/1"
id = "org.example.tiny"
version = "1.0.0"
title = "Tiny"
task = "portrait_to_head"
[license]
code = "MIT"
weights = "MIT"
commercial = "allowed"
attribution = ["nobody"]
[input]
kind = "image"
[[file]]
path = "graphs/copy.onnx"
bytes = 0
sha256 = ""
role = "graph"
[file.io]
inputs = [{ name = "x", dtype = "f32", shape = [1, 4] }]
outputs = [{ name = "y", dtype = "f32", shape = [1, "n"] }]
[[file]]
path = "LICENSE"
bytes = 0
sha256 = ""
role = "licence"
"#;

/// A sound package in a folder of its own.
fn tiny() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("graphs")).expect("a folder");
    write(&folder, "graphs/copy.onnx", &identity_graph());
    write(&folder, "LICENSE", b"MIT");
    write(&folder, "manifest.toml", MANIFEST.as_bytes());
    seal(folder.path()).expect("a sealed package");
    folder
}

fn write(folder: &TempDir, path: &str, content: &[u8]) {
    fs::write(folder.path().join(path), content).expect("a file");
}

/// Changes the manifest's text.
fn edit(folder: &TempDir, from: &str, to: &str) {
    let path = folder.path().join("manifest.toml");
    let text = fs::read_to_string(&path).expect("a manifest");
    assert!(text.contains(from), "{from} must be there to be replaced");
    fs::write(path, text.replacen(from, to, 1)).expect("a manifest");
}

fn error(folder: &TempDir) -> PackageError {
    Package::open(folder.path()).expect_err("the package must be refused")
}

#[test]
fn a_sound_package_opens_and_its_graph_runs() {
    let folder = tiny();
    let package = Package::open(folder.path()).expect("a sound package");
    assert_eq!(package.manifest().title, "Tiny", "the manifest");
    let Some(runtime) = common::runtime() else {
        return;
    };
    let session = package
        .session(&runtime, "graphs/copy.onnx")
        .expect("a session");
    let input = inference::Tensor {
        shape: vec![1, 4],
        values: vec![1.0, 2.0, 3.0, 4.0],
    };
    let mut session = session.lock().expect("no panic before");
    let outputs = session.run(&[("x", &input)]).expect("a run");
    assert_eq!(outputs, std::slice::from_ref(&input), "the copy");
    let nan = inference::Tensor {
        values: vec![f32::NAN; 4],
        ..input
    };
    let error = session.run(&[("x", &nan)]).expect_err("NaN");
    assert!(matches!(error, InferenceError::NotFinite { .. }), "{error}");
}

#[test]
fn a_graph_that_is_not_as_declared_is_refused_before_it_runs() {
    let Some(runtime) = common::runtime() else {
        return;
    };
    let declared = r#"{ name = "x", dtype = "f32", shape = [1, 4] }"#;
    for (wrong, part) in [
        (r#"{ name = "x", dtype = "f32", shape = [1, 5] }"#, "axis 1"),
        (r#"{ name = "x", dtype = "f32", shape = [4] }"#, "axes"),
        (r#"{ name = "x", dtype = "f16", shape = [1, 4] }"#, "type"),
        (
            r#"{ name = "z", dtype = "f32", shape = [1, 4] }"#,
            "named z",
        ),
    ] {
        let folder = tiny();
        edit(&folder, declared, wrong);
        let package = Package::open(folder.path()).expect("the files are sound");
        match package.session(&runtime, "graphs/copy.onnx") {
            Err(InferenceError::Package(e @ PackageError::GraphMismatch { .. })) => {
                assert!(e.to_string().contains(part), "{e} should say {part}");
            }
            other => panic!("{wrong}: {other:?}"),
        }
    }
}

#[test]
fn changed_missing_and_extra_files_are_refused() {
    let folder = tiny();
    write(&folder, "LICENSE", b"GPL");
    assert!(
        matches!(error(&folder), PackageError::WrongChecksum { .. }),
        "changed"
    );
    write(&folder, "LICENSE", b"MIT and more");
    assert!(
        matches!(error(&folder), PackageError::WrongSize { .. }),
        "longer"
    );
    fs::remove_file(folder.path().join("LICENSE")).expect("a file");
    assert!(
        matches!(error(&folder), PackageError::MissingFile { .. }),
        "missing"
    );
    write(&folder, "LICENSE", b"MIT");
    write(&folder, "graphs/more.py", b"print()");
    assert!(
        matches!(error(&folder), PackageError::Unlisted { .. }),
        "extra"
    );
}

#[test]
fn paths_that_leave_the_package_are_refused() {
    for path in [
        "../LICENSE",
        "/etc/passwd",
        "a/../LICENSE",
        "C:/x",
        "a\\\\b",
        "./LICENSE",
        "",
    ] {
        let folder = tiny();
        edit(&folder, "path = \"LICENSE\"", &format!("path = \"{path}\""));
        let error = error(&folder);
        assert!(
            matches!(error, PackageError::BadPath { .. }),
            "{path}: {error}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_refused() {
    let folder = tiny();
    let outside = tempfile::NamedTempFile::new().expect("a file");
    fs::write(outside.path(), b"MIT").expect("a file");
    let inside = folder.path().join("LICENSE");
    fs::remove_file(&inside).expect("a file");
    std::os::unix::fs::symlink(outside.path(), &inside).expect("a link");
    let error = error(&folder);
    assert!(matches!(error, PackageError::BadPath { .. }), "{error}");
}

#[test]
fn newer_formats_and_broken_manifests_are_told_apart() {
    let folder = tiny();
    edit(&folder, "splatpack/1", "splatpack/2");
    assert!(
        matches!(error(&folder), PackageError::UnknownFormat { .. }),
        "newer"
    );
    let folder = tiny();
    edit(&folder, "title = \"Tiny\"", "titel = \"Tiny\"");
    assert!(
        matches!(error(&folder), PackageError::Manifest { .. }),
        "unknown key"
    );
    let folder = tiny();
    write(&folder, "manifest.toml", b"= what");
    assert!(
        matches!(error(&folder), PackageError::Manifest { .. }),
        "no TOML"
    );
    let empty = tempfile::tempdir().expect("a folder");
    assert!(
        matches!(error(&empty), PackageError::NotAPackage { .. }),
        "no manifest"
    );
}

#[test]
fn a_package_must_say_its_licence() {
    let folder = tiny();
    edit(&folder, "attribution = [\"nobody\"]", "attribution = []");
    assert!(
        matches!(error(&folder), PackageError::Licence { .. }),
        "no makers"
    );
    let folder = tiny();
    edit(&folder, "role = \"licence\"", "role = \"table\"");
    assert!(
        matches!(error(&folder), PackageError::Licence { .. }),
        "no text"
    );
}

#[test]
fn graphs_with_foreign_operators_are_refused() {
    let folder = tiny();
    let foreign = [
        identity_graph(),
        field(8, &[field(1, b"com.evil"), vec![2 << 3, 1]].concat()),
    ];
    write(&folder, "graphs/copy.onnx", &foreign.concat());
    seal(folder.path()).expect("a sealed package");
    let error = error(&folder);
    assert!(
        matches!(error, PackageError::GraphRefused { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("com.evil"), "{error}");
}

#[test]
fn stages_are_checked_before_anything_runs() {
    let stage = |text: &str| {
        let folder = tiny();
        let path = folder.path().join("manifest.toml");
        let all = fs::read_to_string(&path).expect("a manifest") + text;
        fs::write(path, all).expect("a manifest");
        error(&folder)
    };
    let unknown =
        stage("[[stage]]\nid = \"s\"\nkind = \"dream\"\nin = [\"image\"]\nout = [\"d\"]\n");
    assert!(
        matches!(unknown, PackageError::UnknownStage { .. }),
        "{unknown}"
    );
    assert!(unknown.to_string().contains("dream"), "{unknown}");
    for bad in [
        "[[stage]]\nid = \"s\"\nkind = \"blendshapes\"\ngraph = \"graphs/copy.onnx\"\nin = [\"face\"]\nout = [\"face\"]\n",
        "[[stage]]\nid = \"s\"\nkind = \"blendshapes\"\ngraph = \"graphs/copy.onnx\"\nin = [\"image\"]\nout = [\"face\"]\n",
        "[[stage]]\nid = \"s\"\nkind = \"detect\"\ngraph = \"LICENSE\"\nfar_graph = \"LICENSE\"\nmin_score = 0.5\nin = [\"image\"]\nout = [\"faces\"]\n",
        "[[stage]]\nid = \"s\"\nkind = \"detect\"\nin = [\"image\"]\nout = [\"faces\"]\n",
        "[[stage]]\nkind = \"detect\"\n",
    ] {
        let error = stage(bad);
        assert!(
            matches!(error, PackageError::BadStage { .. }),
            "{bad}: {error}"
        );
    }
}

#[test]
fn sealing_lists_new_files_and_keeps_comments() {
    let folder = tiny();
    edit(&folder, "title = \"Tiny\"", "# a comment\ntitle = \"Tiny\"");
    fs::create_dir(folder.path().join("tables")).expect("a folder");
    write(&folder, "tables/t.npy", b"x");
    write(&folder, "LICENSE", b"Apache");
    seal(folder.path()).expect("a sealed package");
    let package = Package::open(folder.path()).expect("a sound package");
    assert_eq!(
        package.bytes("tables/t.npy").expect("listed"),
        b"x",
        "the new file"
    );
    let text = fs::read_to_string(folder.path().join("manifest.toml")).expect("a manifest");
    assert!(text.contains("# a comment"), "the comment stays");
}

#[test]
fn the_shipped_package_is_sealed() {
    let package = Package::open(&common::package_dir()).expect("run `splatwright package seal`");
    assert_eq!(package.manifest().id, "app.splatwright.portrait-head", "id");
    assert!(
        package.manifest().honesty.is_some(),
        "it says where it fails"
    );
    assert!(Path::new(package.folder()).is_dir(), "its folder");
}
