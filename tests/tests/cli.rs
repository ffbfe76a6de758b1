//! The command line, run as its users run it: a real process, no display.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::{Path, PathBuf};

use tests::studio::{self, run, run_ok};
use tests::{ply, root};

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A folder with `ball.ply` in it.
fn folder_with_ball() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let ball = folder.path().join("ball.ply");
    ply::write_ball(&ball, 2000);
    (folder, ball)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn help_names_every_command_and_gives_examples() {
    let help = run_ok(&["--help"]).stdout;
    for word in [
        "generate",
        "render",
        "turntable",
        "sheet",
        "info",
        "convert",
        "simplify",
        "bench",
        "package",
    ] {
        assert!(help.contains(word), "no {word} in\n{help}");
        let own = run_ok(&[word, "--help"]).stdout;
        assert!(own.contains("Usage"), "{word}: {own}");
    }
    assert!(help.contains("Examples"), "{help}");
}

#[test]
fn simplify_leaves_as_many_as_asked_for_and_says_how_alike_they_look() {
    let (folder, ball) = folder_with_ball();
    let out = text(&folder.path().join("fewer.ply"));
    let ball = text(&ball);
    let simplify = |more: &[&str]| {
        let arguments = [&["simplify", &ball, &out, "--psnr", "--software"], more].concat();
        let outcome = run_ok(&arguments);
        let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
        let info = run_ok(&["info", "--json", &out]).stdout;
        let info: serde_json::Value = serde_json::from_str(&info).unwrap();
        assert_eq!(info["splats"], json["after"], "{json}: {info}");
        (json["after"].clone(), json["psnr_db"].as_f64().unwrap())
    };
    let (left, merged) = simplify(&["--percent", "50"]);
    assert_eq!(left, 1000, "half of 2000");
    assert!(merged > 20.0, "{merged} dB");
    let (left, _) = simplify(&["--count", "300"]);
    assert_eq!(left, 300, "as many as asked for");
    let (_, by_chance) = simplify(&["--percent", "50", "--method", "random"]);
    assert!(merged > by_chance + 3.0, "{merged} and {by_chance} dB");

    let unclear = run(&["simplify", &ball, &out]);
    assert_eq!(unclear.code, Some(2), "how many? {}", unclear.stderr);
    let nothing = run(&["simplify", &ball, &out, "--percent", "0"]);
    assert_eq!(nothing.code, Some(1), "{}", nothing.stderr);
    assert!(nothing.stderr.contains("more than 0"), "{}", nothing.stderr);
}

#[test]
fn info_counts_splats_as_json() {
    let (_folder, ball) = folder_with_ball();
    let outcome = run_ok(&["info", "--json", &text(&ball)]);
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(json["splats"], 2000, "{json}");
    assert_eq!(json["sh_degree"], 0, "{json}");
    let right: f64 = json["to"][0].as_f64().unwrap();
    assert!((right - 0.1).abs() < 1e-3, "{json}");
}

#[test]
fn an_untouched_file_converts_to_itself() {
    let (folder, ball) = folder_with_ball();
    let copy = folder.path().join("copy.ply");
    run_ok(&["convert", &text(&ball), &text(&copy)]);
    assert!(
        std::fs::read(&ball).unwrap() == std::fs::read(&copy).unwrap(),
        "byte for byte"
    );
}

#[test]
fn a_rendered_ball_is_round_and_seen_from_the_side_asked_for() {
    let (folder, ball) = folder_with_ball();
    let out = folder.path().join("ball.png");
    let draw = |yaw: &str, backend: &[&str]| {
        let mut arguments = vec!["render", "--size", "96x64", "--transparent", "--yaw", yaw];
        arguments.extend(backend);
        let (ball, out) = (text(&ball), text(&out));
        arguments.extend([ball.as_str(), "-o", out.as_str()]);
        run_ok(&arguments);
        image::open(&out).unwrap().to_rgba8()
    };

    // The file's +X side is red, and files are turned half about Z when they are opened, so that
    // captures stand upright: red is seen from the right, blue from the left.
    let right = draw("-90", &["--software"]);
    assert_eq!(right.dimensions(), (96, 64), "the size asked for");
    let middle = right.get_pixel(48, 32).0;
    assert!(middle[0] > 150 && middle[2] < 100, "red: {middle:?}");
    assert!(middle[3] > 240, "opaque: {middle:?}");
    assert_eq!(right.get_pixel(1, 1).0[3], 0, "nothing in the corner");
    let left = draw("90", &["--software"]).get_pixel(48, 32).0;
    assert!(left[2] > 150 && left[0] < 100, "blue: {left:?}");

    // The same every time, and the same on the graphics device where there is one.
    assert!(right == draw("-90", &["--software"]), "repeatable");
    let other = draw("-90", &[]);
    let worst = right
        .as_raw()
        .iter()
        .zip(other.as_raw())
        .map(|(a, b)| a.abs_diff(*b))
        .max();
    assert!(worst <= Some(2), "the renderers differ by {worst:?}");
}

#[test]
fn light_from_one_side_darkens_the_other() {
    let (folder, ball) = folder_with_ball();
    let out = folder.path().join("lit.png");
    run_ok(&[
        "render",
        "--software",
        "--size",
        "64",
        "--light",
        "90,0,1.5",
        &text(&ball),
        "-o",
        &text(&out),
    ]);
    let lit = image::open(&out).unwrap().to_rgb8();
    let sum = |x: u32| {
        lit.get_pixel(x, 32)
            .0
            .iter()
            .map(|c| u32::from(*c))
            .sum::<u32>()
    };
    // The subject's left is the picture's right.
    assert!(sum(46) > sum(18) + 40, "{} and {}", sum(46), sum(18));
}

#[test]
fn turntables_come_as_mp4_gif_and_frames() {
    let (folder, ball) = folder_with_ball();
    for (name, magic) in [("turn.mp4", &b"ftyp"[..]), ("turn.gif", b"GIF89a")] {
        let out = folder.path().join(name);
        run_ok(&[
            "turntable",
            "--software",
            "--size",
            "63x47",
            "--seconds",
            "1",
            "--fps",
            "8",
            &text(&ball),
            "-o",
            &text(&out),
        ]);
        let bytes = std::fs::read(&out).unwrap();
        let has = |word: &[u8]| bytes.windows(word.len()).position(|w| w == word);
        assert!(has(magic) < Some(8), "{name} starts with its magic");
        if name.ends_with("mp4") {
            assert!(has(b"avc1").is_some(), "H.264");
            assert!(has(b"moov") < has(b"mdat"), "plays while it loads");
        }
    }

    let frames = folder.path().join("frames");
    run_ok(&[
        "turntable",
        "--software",
        "--size",
        "32",
        "--seconds",
        "0.5",
        "--fps",
        "8",
        "--transparent",
        &text(&ball),
        "-o",
        &text(&frames),
    ]);
    assert_eq!(
        names(&frames),
        ["0001.png", "0002.png", "0003.png", "0004.png"],
        "four frames"
    );
    let frame = |i: u32| {
        image::open(frames.join(format!("000{i}.png")))
            .unwrap()
            .to_rgba8()
    };
    assert!(frame(1) != frame(4), "the last view is not the first");
    assert_eq!(
        names(folder.path()),
        ["ball.ply", "frames", "turn.gif", "turn.mp4"],
        "nothing half done is left"
    );
}

#[test]
fn a_sheet_has_nine_views() {
    let (folder, ball) = folder_with_ball();
    let out = folder.path().join("sheet.png");
    run_ok(&[
        "sheet",
        "--software",
        "--size",
        "48",
        &text(&ball),
        "-o",
        &text(&out),
    ]);
    assert_eq!(image::image_dimensions(&out).unwrap(), (144, 144), "3 × 3");
}

#[test]
fn a_portrait_becomes_a_head() {
    if !studio::has_onnx_runtime() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let head = folder.path().join("head.ply");
    let shot = folder.path().join("head.png");
    let photo = root().join("assets/samples/astronaut.png");
    let outcome = run_ok(&[
        "generate",
        &text(&photo),
        "-o",
        &text(&head),
        "--screenshot",
        &text(&shot),
        "--json",
        "--size",
        "256",
        "--software",
        "--transparent",
    ]);
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    eprintln!("{json}");
    let splats = json["splats"].as_u64().unwrap();
    assert!((50_000..400_000).contains(&splats), "{splats} splats");
    assert_eq!(json["faces"], 1, "{json}");

    let shot = image::open(&shot).unwrap().to_rgba8();
    let covered = shot.pixels().filter(|p| p.0[3] > 128).count();
    let share = covered as f32 / shot.pixels().len() as f32;
    assert!(
        (0.15..0.9).contains(&share),
        "{share} of the picture is head"
    );
    let info = run_ok(&["info", "--json", &text(&head)]).stdout;
    for column in ["normal (3)", "label", "confidence"] {
        assert!(info.contains(column), "no {column} in {info}");
    }
}

/// Arguments that cannot work, and what the message must name.
fn hopeless(folder: &Path) -> Vec<(Vec<String>, &'static str)> {
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        text(&path)
    };
    let out = text(&folder.join("out.png"));
    let splats = text(&folder.join("out.ply"));
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();

    let ball = ply::ball(100);
    let truncated = put("truncated.ply", &ball[..ball.len() / 2]);
    let huge = put("huge.ply", ply::header(4_000_000_000).as_bytes());
    let mut nan = ball.clone();
    let first = ply::header(100).len();
    for i in 0..100 {
        nan[first + 68 * i..first + 68 * i + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    }
    let nan = put("nan.ply", &nan);
    let mesh = put(
        "mesh.ply",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n\
          property float z\nelement face 0\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n",
    );
    let nonsense = put("nonsense.ply", b"this is not a splat file");
    let not_a_picture = put("note.txt", b"dear diary");
    let broken_picture = put("broken.png", b"\x89PNG\r\n\x1a\nand then nothing");
    let tiny = folder.join("tiny.png");
    image::RgbImage::new(1, 1).save(&tiny).unwrap();
    let flat = folder.join("flat.png");
    image::RgbImage::from_pixel(300, 300, image::Rgb([90, 120, 90]))
        .save(&flat)
        .unwrap();
    let good = put("good.ply", &ball);

    let mut cases = vec![
        (words(&["info", "nowhere.ply"]), "nowhere.ply"),
        (words(&["render", &truncated, "-o", &out]), "truncated.ply"),
        (words(&["render", &huge, "-o", &out]), "huge.ply"),
        (words(&["info", &mesh]), "mesh.ply"),
        (words(&["render", &nan, "-o", &out]), "nan.ply"),
        (words(&["convert", &nonsense, &splats]), "nonsense.ply"),
        (words(&["info", &not_a_picture]), "note.txt"),
        (words(&["render", &good, "-o", "out.jpg"]), ".png"),
        (words(&["turntable", &good, "-o", "out.avi"]), ".mp4"),
        (
            words(&[
                "turntable",
                &good,
                "-o",
                &text(&folder.join("t.gif")),
                "--fps",
                "100",
            ]),
            "GIF",
        ),
        (words(&["render", &good, "-o", "/dev/null/x.png"]), "x.png"),
        (words(&["package", "verify", &text(folder)]), "manifest"),
    ];
    if studio::has_onnx_runtime() {
        for (picture, name) in [
            (broken_picture, "broken.png"),
            (text(&tiny), "1"),
            (text(&flat), "face"),
        ] {
            cases.push((words(&["generate", &picture, "-o", &splats]), name));
        }
    }
    cases
}

#[test]
fn hopeless_wishes_end_in_one_clear_message() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, must_name) in hopeless(folder.path()) {
        let outcome = run(&arguments);
        let message = outcome
            .stderr
            .lines()
            .find(|line| line.starts_with("splatwright: "));
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {}", outcome.stderr);
        assert!(
            message.is_some_and(|line| line.contains(must_name)),
            "{arguments:?} must name {must_name}: {}",
            outcome.stderr
        );
        assert!(
            !outcome.stderr.contains("panicked"),
            "{arguments:?}: {}",
            outcome.stderr
        );
        assert!(outcome.secs < 30.0, "{arguments:?} took {} s", outcome.secs);
    }
    let left: Vec<String> = names(folder.path())
        .into_iter()
        .filter(|name| name.starts_with("out") || name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "half results were left: {left:?}");
}

#[test]
fn a_missing_runtime_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = studio::settings();
    let output = studio::command(settings.path())
        .args([
            "generate",
            &text(&root().join("assets/samples/astronaut.png")),
        ])
        .args(["-o", &text(&folder.path().join("head.ply"))])
        .env("ORT_DYLIB_PATH", folder.path().join("libonnxruntime.so"))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("ONNX Runtime"), "{stderr}");
    assert!(names(folder.path()).is_empty(), "no file was begun");
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    assert_eq!(run(&["render"]).code, Some(2), "no file");
    assert_eq!(
        run(&["render", "a.ply", "-o", "b.png", "--size", "big"]).code,
        Some(2),
        "no size"
    );
}
