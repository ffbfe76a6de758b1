//! What changed decides which passes run, and the picture is the one that all passes would draw.

use crate::common::{assert_images, ball, camera, device, insert, layer, place};
use glam::{Affine3A, Vec3};
use renderer::{Background, Frame, Render, Renderer, SoftwareRenderer, ViewMode};
use scene::{
    DirectionalLight, Dirty, Edit, Node, NodeId, Payload, RowSet, RowValues, Scene, SplatFlags,
    Transform,
};

const ALL: [&str; 8] = [
    "cull",
    "scan",
    "project",
    "sort",
    "bin",
    "tiles",
    "blend",
    "composite",
];
const COLORS: [&str; 3] = ["recolor", "blend", "composite"];
/// The second frame from one eye keeps what its harmonics say.
const KEPT: [&str; 4] = ["harmonics", "recolor", "blend", "composite"];
const ALL_KEPT: [&str; 9] = [
    "harmonics",
    "cull",
    "scan",
    "project",
    "sort",
    "bin",
    "tiles",
    "blend",
    "composite",
];

/// What changed, where, what is seen afterwards, and the passes that it needs.
type Change = (
    &'static str,
    Vec<Dirty>,
    Frame,
    Scene,
    &'static [&'static str],
);

struct Stage {
    scene: Scene,
    splats: NodeId,
    light: NodeId,
    frame: Frame,
}

fn stage() -> Stage {
    let mut scene = Scene::new();
    let splats = insert(&mut scene, layer(ball(2500, 3, 1)));
    insert(&mut scene, place(layer(ball(700, 1, 2)), 0.4, 0.8));
    let sun = Node::new("sun", Payload::Light(DirectionalLight::default()));
    let light = insert(&mut scene, sun);
    Edit::set_lit(splats, true)
        .apply(&mut scene)
        .expect("a valid edit");
    let frame = Frame {
        show_selection: true,
        ..Frame::new(camera([120, 90]))
    };
    Stage {
        scene,
        splats,
        light,
        frame,
    }
}

impl Stage {
    fn edit(&mut self, mut edit: Edit) -> Vec<Dirty> {
        edit.apply(&mut self.scene).expect("a valid edit")
    }

    fn flags(&mut self, flags: SplatFlags) -> Vec<Dirty> {
        let rows: Vec<u32> = (100..900).step_by(3).collect();
        let values = vec![flags; rows.len()];
        self.edit(Edit::set_flags(self.splats, rows, values))
    }

    /// Gives some splats other colors, from every side.
    fn paint(&mut self, amount: f32) -> Vec<Dirty> {
        let rows: RowSet = (50..2000).step_by(7).collect();
        let layer = self.scene.node(self.splats).and_then(|n| n.splats());
        let cloud = &layer.expect("a layer").cloud;
        let sh = rows.iter().flat_map(|row| cloud.sh_of(row).to_vec());
        let values = RowValues {
            sh: Some(sh.map(|value| value + amount).collect()),
            ..RowValues::default()
        };
        self.edit(Edit::set_rows(self.splats, rows, values))
    }

    /// One change after the other, each with the passes that it needs.
    fn changes(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut note = |what, dirty, stage: &Self, ran| {
            changes.push((what, dirty, stage.frame, stage.scene.clone(), ran));
        };
        note("the first frame", Vec::new(), self, &ALL[..]);
        note("nothing", Vec::new(), self, &[]);
        self.frame.background = Background::Color([0.2, 0.3, 0.4]);
        note("background", Vec::new(), self, &ALL[7..]);
        let dirty = self.flags(SplatFlags::SELECTED);
        note("selection", dirty, self, &KEPT);
        self.frame.show_selection = false;
        note("no tint", Vec::new(), self, &COLORS);
        let dirty = self.paint(0.4);
        note("paint", dirty, self, &COLORS);
        let dirty = self.paint(-0.2);
        note("more paint", dirty, self, &COLORS);
        self.frame.view = ViewMode::Normals;
        note("view mode", Vec::new(), self, &COLORS);
        self.frame.view = ViewMode::Color;
        self.frame.max_sh_degree = 1;
        note("degree", Vec::new(), self, &COLORS);
        let sun = DirectionalLight {
            direction: Vec3::X,
            ..DirectionalLight::default()
        };
        let dirty = self.edit(Edit::set_light(self.light, sun));
        note("a turning light", dirty, self, &KEPT);
        let dirty = self.edit(Edit::set_lit(self.splats, false));
        note("light off", dirty, self, &COLORS);
        let dirty = self.flags(SplatFlags::HIDDEN);
        note("hiding", dirty, self, &ALL);
        let dirty = self.flags(SplatFlags::NONE);
        note("showing", dirty, self, &ALL);
        let moved = Transform::from_translation(Vec3::X * 0.2);
        let dirty = self.edit(Edit::set_transform(self.splats, moved));
        note("moving a layer", dirty, self, &ALL);
        self.frame.camera.view_from_world.translation.x += 0.1;
        note("moving the camera", Vec::new(), self, &ALL);
        self.frame.camera.fx *= 1.1;
        note("zooming from there", Vec::new(), self, &ALL_KEPT);
        self.frame.camera.fx *= 1.1;
        note("zooming further", Vec::new(), self, &ALL);
        self.frame.max_sh_degree = 0;
        note("no harmonics", Vec::new(), self, &COLORS);
        changes
    }
}

fn fresh(scene: &Scene, frame: &Frame) -> renderer::RenderedImage {
    let mut software = SoftwareRenderer::new();
    software.sync(scene, &[]);
    software.render_image(frame).expect("a picture")
}

fn texture_passes(renderer: &mut Renderer, frame: &Frame) -> Vec<&'static str> {
    renderer.render_to_texture(frame).expect("a texture");
    renderer.stats().ran
}

#[test]
fn the_device_runs_only_what_a_change_needs() {
    let Some(mut device) = device() else { return };
    for (what, dirty, frame, scene, expected) in stage().changes() {
        device.sync(&scene, &dirty);
        assert_eq!(texture_passes(&mut device, &frame), expected, "{what}");
        let bytes = device.read_target().expect("bytes");
        // The same frame drawn from nothing, by the same device.
        let mut anew = Renderer::new(device.gpu().clone()).expect("a renderer");
        anew.sync(&scene, &[]);
        anew.render_to_texture(&frame).expect("a texture");
        let all = anew.read_target().expect("bytes");
        assert!(
            bytes == all,
            "{what}: the kept picture is not the drawn one"
        );
    }
}

#[test]
fn the_software_renderer_runs_only_what_a_change_needs() {
    let mut software = SoftwareRenderer::new();
    for (what, dirty, frame, scene, on_device) in stage().changes() {
        software.sync(&scene, &dirty);
        let image = software.render_image(&frame).expect("a picture");
        // It keeps no finished picture: composite always runs. And it keeps no colors.
        let mut expected = on_device.to_vec();
        expected.retain(|pass| *pass != "harmonics");
        if expected.is_empty() {
            expected.push("composite");
        }
        assert_eq!(software.stats().ran, expected, "{what}");
        assert_images(what, &image, &fresh(&scene, &frame), 0);
    }
}

#[test]
fn an_eye_that_looks_around_keeps_its_colors() {
    let Some(mut device) = device() else { return };
    let Stage { scene, frame, .. } = stage();
    device.sync(&scene, &[]);
    let mut around = frame;
    let mut ran = Vec::new();
    for turn in 0..4 {
        let turned = Affine3A::from_rotation_y(0.03 * turn as f32);
        around.camera.view_from_world = turned * frame.camera.view_from_world;
        ran.push(texture_passes(&mut device, &around));
        let bytes = device.read_target().expect("bytes");
        let mut anew = Renderer::new(device.gpu().clone()).expect("a renderer");
        anew.sync(&scene, &[]);
        anew.render_to_texture(&around).expect("a texture");
        let expected = anew.read_target().expect("bytes");
        // Where the eye is, is known to the last bits only.
        let off = bytes.iter().zip(&expected).map(|(a, e)| a.abs_diff(*e));
        assert!(off.max() <= Some(1), "turn {turn}");
    }
    assert_eq!(ran, [&ALL[..], &ALL_KEPT, &ALL, &ALL]);
}
