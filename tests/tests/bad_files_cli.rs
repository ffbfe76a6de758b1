//! What goes wrong around the program, seen from outside: a full disk, odd pictures, a damaged package.
//! Each ends in one clear message and loses nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::{Path, PathBuf};

use tests::studio::{self, run, run_ok};
use tests::{ply, root};

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn message(stderr: &str) -> String {
    let mut lines = stderr.lines();
    lines
        .find(|line| line.starts_with("splatwright: "))
        .unwrap_or_default()
        .to_owned()
}

/// Runs the studio with files that may not grow beyond one block.
#[cfg(unix)]
fn run_on_full_disk(arguments: &[String]) -> std::process::Output {
    let settings = studio::settings();
    let limited = studio::command(settings.path());
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(limited.get_program())
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .env("SPLATWRIGHT_CONFIG", settings.path())
        .output()
        .unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, 2_000);
    for (name, words) in [
        ("old.ply", vec!["convert", "", "OUT"]),
        ("old.png", vec!["render", "", "-o", "OUT", "--software"]),
    ] {
        let old = folder.path().join(name);
        std::fs::write(&old, "the artist's only copy").unwrap();
        let arguments: Vec<String> = words
            .iter()
            .map(|word| match *word {
                "" => text(&ball),
                "OUT" => text(&old),
                word => word.to_owned(),
            })
            .collect();
        let output = run_on_full_disk(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
        assert!(message(&stderr).contains(name), "{name}: {stderr}");
        assert!(!stderr.contains("panicked"), "{name}: {stderr}");
        let kept = std::fs::read(&old).unwrap();
        assert_eq!(kept, b"the artist's only copy", "{name} is untouched");
    }
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 3, "nothing half written lies about");
}

#[test]
fn odd_pictures_are_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let sample = image::open(root().join("assets/samples/astronaut.png")).unwrap();
    let small = sample.thumbnail(160, 120);
    let odd = [
        ("gray.png", image::DynamicImage::from(small.to_luma8())),
        ("sixteen.png", image::DynamicImage::from(small.to_rgb16())),
        (
            "gray-alpha-sixteen.png",
            image::DynamicImage::from(small.to_luma_alpha16()),
        ),
        ("float.tiff", image::DynamicImage::from(small.to_rgb32f())),
    ];
    for (name, picture) in odd {
        let path = folder.path().join(name);
        picture.save(&path).unwrap();
        let outcome = run_ok(&["info", "--json", &text(&path)]);
        let width = format!("\"width\":{}", small.width());
        assert!(
            outcome.stdout.contains(&width),
            "{name}: {}",
            outcome.stdout
        );
    }
}

#[test]
fn a_picture_beyond_all_memory_is_refused_at_once() {
    // A PNG header that claims 20 000 × 20 000 pixels, and the beginning of its data.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.png");
    let row = vec![0_u8; 20_000 * 3];
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    image::ImageEncoder::write_image(encoder, &row, 20_000, 1, image::ExtendedColorType::Rgb8)
        .unwrap();
    // The height stands in bytes 20..24, the checksum of the header behind it.
    bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    std::fs::write(&path, bytes).unwrap();
    let outcome = run(&["info", &text(&path)]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let line = message(&outcome.stderr);
    assert!(
        line.contains("20000×20000") && line.contains("make it smaller"),
        "{line}"
    );
    assert!(outcome.secs < 10.0, "at once, not after {} s", outcome.secs);
}

/// The checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The first graph below a folder.
fn a_graph(folder: &Path) -> Option<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::path);
    entries
        .iter()
        .map(std::fs::DirEntry::path)
        .find_map(|path| {
            if path.is_dir() {
                a_graph(&path)
            } else {
                path.extension()
                    .is_some_and(|e| e == "onnx")
                    .then_some(path)
            }
        })
}

#[test]
fn a_package_that_was_changed_is_not_run() {
    if !studio::has_onnx_runtime() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    copy_folder(&root().join("assets/models/portrait-head"), &package);
    let graph = a_graph(&package).unwrap();
    // The same length, one other bit: only the checksum can tell.
    let mut bytes = std::fs::read(&graph).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&graph, bytes).unwrap();
    let out = folder.path().join("head.ply");
    let outcome = run(&[
        "generate",
        &text(&root().join("assets/samples/astronaut.png")),
        "-o",
        &text(&out),
        "--package",
        &text(&package),
    ]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let name = graph.file_name().unwrap().to_string_lossy().into_owned();
    let line = message(&outcome.stderr);
    assert!(line.contains(&name) && line.contains("install"), "{line}");
    assert!(!out.exists(), "no file was begun");
}
