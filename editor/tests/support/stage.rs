//! An editor with something to edit, and hands to drive it.
#![allow(
    dead_code,
    reason = "each test file that includes this uses a part of it"
)]
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use glam::{Quat, Vec2, Vec3};
use scene::{
    Column, ColumnValues, GaussianCloud, NodeId, SplatFlags, Transform, cloud::CloudParts,
};

use editor::{
    Arrived, AxisView, Button, Command, Editor, Input, Key, Modifiers, NoPicker, Pick, Picker,
    Settings,
};

/// Size of the viewport, pixels.
pub(crate) const SIZE: [u32; 2] = [800, 600];

/// Sees one point everywhere.
pub(crate) struct Sees(pub(crate) Option<Pick>);

impl Picker for Sees {
    fn pick(&mut self, _x_px: f32, _y_px: f32) -> Option<Pick> {
        self.0
    }
}

/// Small splats at the given places.
pub(crate) fn cloud(means: Vec<Vec3>, with_normals: bool) -> GaussianCloud {
    let n = means.len();
    let normal = Column {
        name: "normal".into(),
        width: 3,
        values: ColumnValues::F32([0.0, 0.0, 1.0].repeat(n)),
    };
    GaussianCloud::new(CloudParts {
        rotations: vec![Quat::IDENTITY; n],
        log_scales: vec![Vec3::splat(-4.0); n],
        opacity_logits: vec![2.0; n],
        sh_degree: 0,
        sh: vec![0.1; 3 * n],
        columns: if with_normals { vec![normal] } else { vec![] },
        means,
    })
    .expect("a valid cloud")
}

/// A 5 × 5 grid in the plane z = 0, one unit wide, seen from the front.
pub(crate) fn grid() -> Vec<Vec3> {
    (0..25)
        .map(|i| {
            Vec3::new(
                (i % 5) as f32 * 0.25 - 0.5,
                (i / 5) as f32 * 0.25 - 0.5,
                0.0,
            )
        })
        .collect()
}

/// Lets a layer arrive.
pub(crate) fn add_layer(
    editor: &mut Editor,
    name: &str,
    cloud: GaussianCloud,
    lit: bool,
) -> NodeId {
    let (id, _) = editor.begin_incoming(name, "test", Transform::IDENTITY);
    editor.extend_incoming(id, cloud).expect("it is arriving");
    let arrived = Arrived {
        lit,
        ..Arrived::default()
    };
    editor.finish_incoming(id, arrived);
    id
}

/// An editor with the grid, looked at from the front.
pub(crate) fn editor() -> (Editor, NodeId) {
    let mut editor = Editor::with_settings(Settings {
        reduced_motion: true,
        ..Settings::default()
    });
    editor.set_viewport(SIZE, 1.0);
    let id = add_layer(&mut editor, "grid", cloud(grid(), true), false);
    editor.run(Command::AxisView(AxisView::Front));
    editor.run(Command::FrameAll);
    (editor, id)
}

pub(crate) fn press(editor: &mut Editor, pos: Vec2, button: Button, modifiers: Modifiers) {
    let input = Input::PointerPressed {
        pos,
        button,
        modifiers,
    };
    editor.input(&input, &mut NoPicker);
}

pub(crate) fn move_to(editor: &mut Editor, pos: Vec2, modifiers: Modifiers) {
    editor.input(&Input::PointerMoved { pos, modifiers }, &mut NoPicker);
}

pub(crate) fn release(editor: &mut Editor, pos: Vec2, button: Button, modifiers: Modifiers) {
    let input = Input::PointerReleased {
        pos,
        button,
        modifiers,
    };
    editor.input(&input, &mut NoPicker);
}

/// Press, move and release of the primary button.
pub(crate) fn drag(editor: &mut Editor, from: Vec2, to: Vec2, modifiers: Modifiers) {
    press(editor, from, Button::Primary, modifiers);
    move_to(editor, from.lerp(to, 0.5), modifiers);
    move_to(editor, to, modifiers);
    release(editor, to, Button::Primary, modifiers);
}

pub(crate) fn key(editor: &mut Editor, key: Key, modifiers: Modifiers) -> editor::Outcome {
    editor.input(&Input::KeyPressed { key, modifiers }, &mut NoPicker)
}

/// The pixel of a world point.
pub(crate) fn pixel(editor: &Editor, point: Vec3) -> Vec2 {
    let p = editor.camera(SIZE).project(point);
    Vec2::new(p.x, p.y)
}

/// Rows with the selection bit.
pub(crate) fn selected_rows(editor: &Editor, id: NodeId) -> Vec<usize> {
    let layer = editor.scene().node(id).and_then(|n| n.splats());
    let flags = &layer.expect("a layer").flags;
    let rows = flags.iter().enumerate();
    rows.filter(|(_, f)| f.intersects(SplatFlags::SELECTED))
        .map(|(row, _)| row)
        .collect()
}

/// Corners of a small box around a world point, pixels.
pub(crate) fn around(editor: &Editor, point: Vec3) -> (Vec2, Vec2) {
    let middle = pixel(editor, point);
    (middle - 20.0, middle + 20.0)
}
