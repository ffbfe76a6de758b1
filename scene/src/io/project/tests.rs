//! A project comes back as it was, and whatever is wrong with a file is told.

use std::{
    fs,
    io::Cursor,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use glam::{Quat, Vec3};

use super::{Project, ProjectError, load_project, read, save_project};
use crate::{
    Cancelled, Column, ColumnValues, Edit, GaussianCloud, History, Node, NodeId, Payload,
    RowValues, Scene, SplatFlags, SplatLayer, Transform,
    cloud::CloudParts,
    io::{self, IoError},
};

fn cloud(n: usize, degree: u32) -> GaussianCloud {
    let k = crate::sh::coefficient_count(degree);
    let wave = |i: usize, f: f32| (i as f32 * f).sin();
    GaussianCloud::new(CloudParts {
        means: (0..n).map(|i| Vec3::splat(wave(i, 0.7))).collect(),
        rotations: (0..n)
            .map(|i| Quat::from_rotation_x(wave(i, 0.3)) * 1.5)
            .collect(),
        log_scales: (0..n).map(|i| Vec3::splat(-3.0 + wave(i, 0.9))).collect(),
        opacity_logits: (0..n).map(|i| wave(i, 1.1)).collect(),
        sh_degree: degree,
        sh: (0..n * k * 3).map(|i| wave(i, 1.7)).collect(),
        columns: vec![
            Column {
                name: "normal".into(),
                width: 3,
                values: ColumnValues::F32((0..3 * n).map(|i| wave(i, 0.2)).collect()),
            },
            Column {
                name: "when".into(),
                width: 1,
                values: ColumnValues::F64((0..n).map(|i| i as f64 / 7.0).collect()),
            },
            Column {
                name: "label".into(),
                width: 2,
                values: ColumnValues::U8((0..2 * n).map(|i| i as u8).collect()),
            },
        ],
    })
    .expect("a valid cloud")
}

/// Two layers that share a cloud, in a group; six steps, of which two are taken back.
fn document() -> (Scene, History) {
    let (mut scene, mut history) = (Scene::new(), History::new(usize::MAX));
    let mut run = |scene: &mut Scene, edit: Edit| {
        history.run(scene, "step", edit).expect("a valid step");
    };
    let (group, edit) = Edit::insert(&scene, Node::new("things", Payload::Group));
    run(&mut scene, edit);
    let layer = SplatLayer::new(cloud(500, 3), "file.ply");
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let mut node = Node::new(name, Payload::Splats(layer.clone()));
        node.parent = Some(group);
        let (id, edit) = Edit::insert(&scene, node);
        run(&mut scene, edit);
        ids.push(id);
    }
    let flags = Edit::map_flags(&scene, ids[0], |row, flags| {
        flags.with(SplatFlags(row as u8 % 16))
    });
    run(&mut scene, flags.expect("a change"));
    let other = SplatLayer::new(cloud(70, 1), "other");
    run(&mut scene, Edit::replace_layer(ids[1], other));
    run(
        &mut scene,
        Edit::set_transform(group, Transform::from_translation(Vec3::X)),
    );
    history.undo(&mut scene);
    history.undo(&mut scene);
    (scene, history)
}

fn saved(project: &Project) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.splatwright");
    save_project(&path, project, &mut |_| Ok(())).expect("saved");
    fs::read(path).expect("there")
}

fn loaded(bytes: &[u8]) -> Result<Project, ProjectError> {
    match read::read(Cursor::new(bytes), &mut |_| Ok(())) {
        Ok(project) => Ok(project),
        Err(read::Stop::Project(problem)) => Err(problem),
        Err(read::Stop::Cancelled(_)) => panic!("nobody cancelled"),
    }
}

#[test]
fn scene_history_and_attachments_come_back() {
    let (scene, history) = document();
    let mut project = Project::snapshot(&scene, &history);
    project
        .attachments
        .insert("view.json".into(), b"{}".to_vec());
    let mut back = loaded(&saved(&project)).expect("our own file");
    assert_eq!(back.scene, scene, "the scene");
    assert_eq!(
        back.attachments, project.attachments,
        "what the shell keeps"
    );
    assert_eq!(
        back.history.revision(),
        history.revision(),
        "the place in time"
    );
    let names: Vec<_> = back.history.entries().collect();
    assert_eq!(names, history.entries().collect::<Vec<_>>(), "the steps");

    let mut twin = project.clone();
    for _ in 0..4 {
        back.history.undo(&mut back.scene).expect("a step");
        twin.history.undo(&mut twin.scene).expect("a step");
        assert_eq!(back.scene, twin.scene, "undone alike");
    }
    for _ in 0..6 {
        back.history.redo(&mut back.scene).expect("a step");
        twin.history.redo(&mut twin.scene).expect("a step");
        assert_eq!(back.scene, twin.scene, "redone alike");
    }
}

#[test]
fn a_shared_cloud_is_written_once_and_shared_again() {
    let (scene, history) = document();
    let bytes = saved(&Project::snapshot(&scene, &history));
    let one = cloud(500, 3).bytes();
    assert!(bytes.len() < 2 * one, "{} bytes for {one}", bytes.len());
    let back = loaded(&bytes).expect("our own file");
    let clouds: Vec<_> = back.scene.layers().map(|(.., l)| &l.cloud).collect();
    assert!(Arc::ptr_eq(clouds[0], clouds[1]), "one cloud, two layers");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (scene, history) = document();
    let project = Project::snapshot(&scene, &history);
    assert_eq!(saved(&project), saved(&project), "bit for bit");
}

#[test]
fn a_layer_from_a_file_still_saves_byte_for_byte() {
    let text = "ply\nformat ascii 1.0\ncomment of an artist\nelement vertex 1\nproperty float x\n\
                property float y\nproperty float z\nproperty float f_dc_0\nproperty float f_dc_1\n\
                property float f_dc_2\nproperty float opacity\nproperty float scale_0\n\
                property float scale_1\nproperty float scale_2\nproperty float rot_0\n\
                property float rot_1\nproperty float rot_2\nproperty float rot_3\nend_header\n\
                1 2 3 0.50 0 0 1 -3 -3 -3 1 0 0 0\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ply");
    fs::write(&path, text).expect("written");
    let (cloud, opened) = io::load_all(&path).expect("a valid file");
    let mut layer = SplatLayer::new(cloud, "a.ply");
    layer.layout = opened.layout;
    let mut scene = Scene::new();
    let (_, mut edit) = Edit::insert(&scene, Node::new("a", Payload::Splats(layer)));
    edit.apply(&mut scene).expect("a valid node");
    let bytes = saved(&Project::snapshot(&scene, &History::new(0)));
    let back = loaded(&bytes).expect("our own file");
    let (.., layer) = back.scene.layers().next().expect("the layer");
    let options = io::SaveOptions::default();
    io::save(&path, &[(layer, &Transform::IDENTITY)], &options).expect("saved");
    assert_eq!(fs::read_to_string(&path).expect("there"), text, "its text");
}

#[test]
fn what_still_arrives_is_left_out() {
    let (mut scene, history) = document();
    let before = scene.clone();
    let id = scene.begin_incoming("new", "file", Transform::IDENTITY);
    scene.extend_incoming(id, cloud(3, 0)).expect("it arrives");
    let back = loaded(&saved(&Project::snapshot(&scene, &history))).expect("our own file");
    assert_eq!(back.scene, before, "only what is complete");
}

#[test]
fn a_cancelled_saving_leaves_the_old_file() {
    let (scene, history) = document();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.splatwright");
    fs::write(&path, "old").expect("written");
    let project = Project::snapshot(&scene, &history);
    let error = save_project(&path, &project, &mut |_| Err(Cancelled)).expect_err("cancelled");
    assert!(matches!(error, IoError::Cancelled(_)), "{error}");
    assert_eq!(fs::read(&path).expect("there"), b"old", "as it was");
    assert_eq!(
        fs::read_dir(folder.path()).expect("listed").count(),
        1,
        "alone"
    );
}

/// The file with one entry replaced.
fn with_entry(bytes: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..old.len() {
        let mut entry = old.by_index(index).expect("an entry");
        let entry_name = entry.name().expect("a name").into_owned();
        let mut data = Vec::new();
        entry.read_to_end(&mut data).expect("read");
        let data = if entry_name == name {
            content.to_vec()
        } else {
            data
        };
        new.start_file(entry_name, options).expect("started");
        new.write_all(&data).expect("written");
    }
    new.finish().expect("finished").into_inner()
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let (scene, history) = document();
    let bytes = saved(&Project::snapshot(&scene, &history));
    let manifest = |text: &str| with_entry(&bytes, "manifest.json", text.as_bytes());
    let newer = manifest(r#"{"format": "splatwright-project", "version": 7}"#);
    let cases = [
        (b"ply\n".to_vec(), "not a Splatwright project"),
        (
            manifest(r#"{"format": "other", "version": 1}"#),
            "not a Splatwright project",
        ),
        (newer, "newer Splatwright (version 7"),
        (
            with_entry(&bytes, "scene.mpk", b"nonsense"),
            "damaged: its scene",
        ),
        (
            with_entry(&bytes, "clouds/0.bin", b"short"),
            "clouds/0.bin has not the size",
        ),
    ];
    for (bytes, wanted) in cases {
        let error = loaded(&bytes).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
    }
    let repacked = with_entry(&bytes, "none", b"");
    let back = loaded(&repacked).expect("packed again by another program");
    assert_eq!(back.scene, scene, "compressed clouds can be read");
}

#[test]
fn steps_that_do_not_fit_are_dropped_and_the_scene_opens() {
    let (scene, history) = document();
    let mut project = Project::snapshot(&scene, &history);
    let mut stranger = History::new(usize::MAX);
    stranger.record("of another scene", Edit::rename(NodeId(99), "x"));
    project.history = stranger;
    let back = loaded(&saved(&project)).expect("our own file");
    assert_eq!(back.scene, scene, "the work is there");
    assert_eq!(back.history.entries().len(), 0, "without steps");
}

/// Cut and changed files: an error with words or a sound scene, never a panic.
#[test]
fn damaged_files_do_no_harm() {
    let (scene, history) = document();
    let bytes = saved(&Project::snapshot(&scene, &history));
    let check = |bytes: &[u8]| match loaded(bytes) {
        Err(error) => assert!(!error.to_string().is_empty(), "an error without words"),
        Ok(project) => project.scene.check_invariants().expect("a sound scene"),
    };
    for cut in (0..bytes.len()).step_by(bytes.len() / 60) {
        check(&bytes[..cut]);
    }
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..400 {
        let mut changed = bytes.clone();
        for _ in 0..3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // The entries that steer the reading lie at both ends.
            let near = (random >> 8) as usize % 3000;
            let at = if random & 1 == 0 {
                near
            } else {
                changed.len() - 1 - near
            };
            changed[at] = (random >> 40) as u8;
        }
        check(&changed);
    }
}

#[test]
fn a_missing_file_is_named() {
    let path = PathBuf::from("/nowhere/at/all.splatwright");
    let error = load_project(&path, &mut |_| Ok(())).expect_err("not there");
    assert!(error.to_string().contains("all.splatwright"), "{error}");
}

#[test]
fn selections_with_names_come_back_and_so_do_their_steps() {
    let (mut scene, mut history) = document();
    let id = scene.layers().map(|(id, ..)| id).next().expect("a layer");
    let rows = || (3..9_u32).chain([40, 41, 77]).collect();
    let sets = vec![crate::SelectionSet {
        name: "ears".into(),
        layers: vec![(id, rows())].into(),
    }];
    let edit = Edit::set_selection_sets(sets);
    history.run(&mut scene, "Save", edit).expect("a valid step");
    let mut back = loaded(&saved(&Project::snapshot(&scene, &history))).expect("our own file");
    assert_eq!(back.scene.selection_sets(), scene.selection_sets(), "kept");
    assert_eq!(back.scene.selection_sets()[0].len(), 9, "all rows");
    back.history.undo(&mut back.scene);
    assert!(back.scene.selection_sets().is_empty(), "taken back");
}

#[test]
fn a_snapshot_of_a_long_history_copies_no_step_and_keeps_what_is_taken_back_meanwhile() {
    const SPLATS: u32 = 200_000;
    let (mut scene, mut history) = (Scene::new(), History::new(usize::MAX));
    let layer = SplatLayer::new(cloud(SPLATS as usize, 0), "file.ply");
    let (id, edit) = Edit::insert(&scene, Node::new("a", Payload::Splats(layer)));
    history.run(&mut scene, "bring", edit).expect("a new layer");
    for step in 0..40 {
        let values = RowValues {
            means: Some(vec![Vec3::splat(step as f32); SPLATS as usize]),
            ..RowValues::default()
        };
        let edit = Edit::set_rows(id, (0..SPLATS).collect(), values);
        history.run(&mut scene, "move", edit).expect("its rows");
    }
    assert!(history.bytes() > 90 << 20, "{} bytes", history.bytes());

    let timed = || {
        let start = Instant::now();
        let project = Project::snapshot(&scene, &history);
        (start.elapsed(), project)
    };
    // The quickest of some: a busy machine may take the thread away in any one of them.
    let taken = (0..5).map(|_| timed().0).min().expect("some times");
    assert!(
        taken < Duration::from_millis(5),
        "{taken:?} for a snapshot of {} bytes of steps",
        history.bytes()
    );

    let mut project = timed().1;
    while history.undo(&mut scene).is_some() {}
    assert_eq!(project.history.applied(), 41, "the snapshot's own steps");
    let newest = project.scene.node(id).and_then(Node::splats);
    let newest = newest.expect("the layer").cloud.means()[0];
    assert_eq!(newest, Vec3::splat(39.0), "the snapshot's own scene");
    while project.history.undo(&mut project.scene).is_some() {}
    assert_eq!(project.scene, scene, "both go back to the same start");
}
