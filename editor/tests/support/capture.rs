//! A scene as a capture has them in small: a floor of two colors and a ball above it, and an eye that
//! sees it as the renderer would.
#![allow(
    dead_code,
    reason = "each test file that includes this uses a part of it"
)]

use editor::{Button, Editor, Input, Modifiers, Pick, Picker};
use glam::{Vec2, Vec3};
use scene::{Column, ColumnValues, GaussianCloud, NodeId, PinholeCamera, cloud::CloudParts};

use crate::stage::{self, SIZE};

/// Distance between splats of the floor and of the ball.
pub(crate) const STEP: f32 = 0.1;

/// Which splats are what.
pub(crate) struct Capture {
    pub(crate) editor: Editor,
    pub(crate) id: NodeId,
    pub(crate) red: Vec<usize>,
    pub(crate) green: Vec<usize>,
    pub(crate) ball: Vec<usize>,
}

/// A floor of 21 × 21 splats seen from above, red on the left and green on the right, and a red ball
/// of 27 splats that hovers over the green half.
pub(crate) fn capture() -> Capture {
    let (mut means, mut colors, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    let (mut red, mut green, mut ball) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..441 {
        let at = Vec2::new((i % 21) as f32 - 10.0, (i / 21) as f32 - 10.0) * STEP;
        let is_red = at.x < -0.01;
        if is_red { &mut red } else { &mut green }.push(means.len());
        colors.push(if is_red { Vec3::X } else { Vec3::Y });
        labels.push(u8::from(!is_red));
        means.push(at.extend(0.0));
    }
    for i in 0..27 {
        let at = Vec3::new((i % 3) as f32, (i / 3 % 3) as f32, (i / 9) as f32) - 1.0;
        ball.push(means.len());
        colors.push(Vec3::X);
        labels.push(2);
        means.push(Vec3::new(0.6, 0.6, 0.5) + at * STEP);
    }
    let mut editor = Editor::with_settings(editor::Settings {
        reduced_motion: true,
        ..editor::Settings::default()
    });
    editor.set_viewport(SIZE, 1.0);
    let id = stage::add_layer(&mut editor, "capture", cloud(means, &colors, labels), false);
    editor.run(editor::Command::AxisView(editor::AxisView::Front));
    editor.run(editor::Command::FrameAll);
    Capture {
        editor,
        id,
        red,
        green,
        ball,
    }
}

fn cloud(means: Vec<Vec3>, colors: &[Vec3], labels: Vec<u8>) -> GaussianCloud {
    let n = means.len();
    let column = |name: &str, width, values| Column {
        name: name.into(),
        width,
        values,
    };
    let dc = colors.iter().map(|color| scene::sh::dc_from_color(*color));
    GaussianCloud::new(CloudParts {
        rotations: vec![glam::Quat::IDENTITY; n],
        log_scales: vec![Vec3::splat((0.5 * STEP).ln()); n],
        opacity_logits: (0..n).map(|i| i as f32 * 0.01).collect(),
        sh_degree: 0,
        sh: dc.flat_map(|dc| dc.to_array()).collect(),
        columns: vec![
            column("normal", 3, ColumnValues::F32([0.0, 0.0, 1.0].repeat(n))),
            column("label", 1, ColumnValues::U8(labels)),
        ],
        means,
    })
    .expect("a valid cloud")
}

/// Sees the splat whose center is nearest to the pixel, of those within a few pixels the nearest to the eye.
pub(crate) struct Eye {
    camera: PinholeCamera,
    splats: Vec<Vec3>,
    id: NodeId,
}

impl Capture {
    pub(crate) fn eye(&self) -> Eye {
        let layer = self.editor.scene().node(self.id).and_then(|n| n.splats());
        Eye {
            camera: self.editor.camera(SIZE),
            splats: layer.expect("a layer").cloud.means().to_vec(),
            id: self.id,
        }
    }

    pub(crate) fn pixel(&self, point: Vec3) -> Vec2 {
        stage::pixel(&self.editor, point)
    }

    pub(crate) fn mean(&self, row: usize) -> Vec3 {
        self.eye().splats[row]
    }

    pub(crate) fn selected(&self) -> Vec<usize> {
        stage::selected_rows(&self.editor, self.id)
    }

    pub(crate) fn press(&mut self, pos: Vec2, modifiers: Modifiers) -> editor::Outcome {
        let button = Button::Primary;
        let input = Input::PointerPressed {
            pos,
            button,
            modifiers,
        };
        let mut eye = self.eye();
        self.editor.input(&input, &mut eye)
    }

    pub(crate) fn move_to(&mut self, pos: Vec2, modifiers: Modifiers) -> editor::Outcome {
        let mut eye = self.eye();
        self.editor
            .input(&Input::PointerMoved { pos, modifiers }, &mut eye)
    }

    pub(crate) fn release(&mut self, pos: Vec2, modifiers: Modifiers) -> editor::Outcome {
        let button = Button::Primary;
        let input = Input::PointerReleased {
            pos,
            button,
            modifiers,
        };
        let mut eye = self.eye();
        self.editor.input(&input, &mut eye)
    }

    pub(crate) fn click(&mut self, pos: Vec2, modifiers: Modifiers) -> editor::Outcome {
        let mut outcome = self.press(pos, modifiers);
        outcome.merge(self.release(pos, modifiers));
        outcome
    }

    pub(crate) fn drag(&mut self, from: Vec2, to: Vec2, modifiers: Modifiers) {
        self.press(from, modifiers);
        for i in 1..=8 {
            self.move_to(from.lerp(to, i as f32 / 8.0), modifiers);
        }
        self.release(to, modifiers);
    }

    pub(crate) fn steps(&self) -> usize {
        self.editor.history().applied()
    }
}

impl Picker for Eye {
    fn pick(&mut self, x_px: f32, y_px: f32) -> Option<Pick> {
        let near = self.splats.iter().zip(0_u32..).filter_map(|(mean, row)| {
            let p = self.camera.project(*mean);
            let away = Vec2::new(p.x - x_px, p.y - y_px).length();
            (away < 0.6 * STEP * self.camera.px_per_metre(p.z)).then_some((p.z, row))
        });
        let (depth, row) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Pick {
            node: self.id,
            row,
            point: self.camera.unproject(x_px, y_px, depth),
            depth,
        })
    }
}
