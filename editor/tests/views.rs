//! How the view is shown, clipped and selected in, driven without a window.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "support/stage.rs"]
mod stage;

use editor::{Button, Command, Guide, Input, Modifiers, Pick, Picker, ShowAs, ToolKind};
use glam::{Vec2, Vec3};
use scene::{Footprint, NodeId, Projection, RegionMask, RegionQuery};
use stage::{SIZE, Sees, around, drag, editor, pixel, selected_rows};

#[test]
fn what_is_shown_is_remembered_with_the_settings() {
    let (mut editor, _) = editor();
    for command in [
        Command::ShowAs(ShowAs::Rings),
        Command::SetShDegree(1),
        Command::ToggleGuide(Guide::Grid),
        Command::SetPlanes(Some(0.5), Some(9.0)),
    ] {
        editor.run(command);
    }
    let view = editor.settings().view;
    assert_eq!((view.show_as, view.sh_degree), (ShowAs::Rings, 1));
    assert!(view.grid && !view.axes, "one guide was switched");
    let camera = editor.camera(SIZE);
    assert_eq!((camera.near, camera.far), (0.5, 9.0), "the planes");
    let text = serde_json::to_string(editor.settings()).expect("settings");
    let back: editor::Settings = serde_json::from_str(&text).expect("settings");
    assert_eq!(&back, editor.settings(), "as they are stored");

    // The shell keeps a copy that preferences change.
    let mut kept = editor::Settings {
        reduced_motion: true,
        ..editor::Settings::default()
    };
    kept.take_over_commands(editor.settings());
    assert_eq!(&kept, editor.settings(), "commands win over the copy");
}

#[test]
fn an_orthographic_view_is_as_large_as_before_and_is_moved_alike() {
    let (mut editor, id) = editor();
    let point = Vec3::new(0.25, 0.25, 0.0);
    let before = pixel(&editor, point);
    editor.run(Command::ToggleGuide(Guide::Orthographic));
    let camera = editor.camera(SIZE);
    assert_eq!(camera.projection, Projection::Orthographic);
    let at = pixel(&editor, point);
    assert!(at.distance(before) < 0.5, "{before} became {at}");

    let depth = camera.project(point).z;
    let mut sees = Sees(Some(Pick {
        node: id,
        row: 0,
        point,
        depth,
    }));
    let modifiers = Modifiers::NONE;
    let wheel = Input::Wheel {
        pos: at,
        notches: 3.0,
        modifiers,
    };
    let scale = editor.camera(SIZE).fy;
    editor.input(&wheel, &mut sees);
    assert!(editor.camera(SIZE).fy > 1.2 * scale, "nearer is larger");
    let zoomed = pixel(&editor, point);
    assert!(zoomed.distance(at) < 0.1, "{at} became {zoomed}");

    for (pos, button) in [(at, None), (at + Vec2::new(40.0, -25.0), Some(()))] {
        let input = match button {
            None => Input::PointerPressed {
                pos,
                button: Button::Secondary,
                modifiers,
            },
            Some(()) => Input::PointerMoved { pos, modifiers },
        };
        editor.input(&input, &mut sees);
    }
    let panned = pixel(&editor, point);
    let expected = at + Vec2::new(40.0, -25.0);
    assert!(panned.distance(expected) < 0.1, "{panned}");
}

#[test]
fn a_clipping_box_hides_from_selection_what_it_cuts_off() {
    let (mut editor, id) = editor();
    editor.run(Command::SetTool(ToolKind::Rect));
    let (a, b) = around(&editor, Vec3::new(-0.5, -0.5, 0.0));
    let far = pixel(&editor, Vec3::new(-0.2, -0.2, 0.0));
    drag(&mut editor, a, b.max(far), Modifiers::NONE);
    let inside = selected_rows(&editor, id);
    assert!(inside.len() > 1 && inside.len() < 25, "{inside:?}");
    editor.run(Command::ClipToSelection);
    assert_eq!(editor.overlay().lines.len(), 12, "the box is shown");
    drag(
        &mut editor,
        Vec2::ZERO,
        Vec2::new(800.0, 600.0),
        Modifiers::NONE,
    );
    assert_eq!(selected_rows(&editor, id), inside, "only what is drawn");
    editor.run(Command::ClearClip);
    drag(
        &mut editor,
        Vec2::ZERO,
        Vec2::new(800.0, 600.0),
        Modifiers::NONE,
    );
    assert_eq!(editor.selected_splats(), 25, "everything again");
}

/// Answers every region with the same row, and notes what was asked.
struct Masks(NodeId, Vec<RegionQuery>);

impl Picker for Masks {
    fn pick(&mut self, _x_px: f32, _y_px: f32) -> Option<Pick> {
        None
    }

    fn region(&mut self, query: &RegionQuery) -> Option<RegionMask> {
        self.1.push(query.clone());
        Some(RegionMask {
            layers: vec![(self.0, vec![1 << 7])],
        })
    }
}

#[test]
fn the_renderer_is_asked_where_more_than_centres_count() {
    let (mut editor, id) = editor();
    let mut masks = Masks(id, Vec::new());
    let modifiers = Modifiers::NONE;
    let rectangle = [
        Input::PointerPressed {
            pos: Vec2::ZERO,
            button: Button::Primary,
            modifiers,
        },
        Input::PointerMoved {
            pos: Vec2::new(800.0, 600.0),
            modifiers,
        },
        Input::PointerReleased {
            pos: Vec2::new(800.0, 600.0),
            button: Button::Primary,
            modifiers,
        },
    ];
    editor.run(Command::SetTool(ToolKind::Rect));
    editor.run(Command::ToggleSelectSurface);
    for input in &rectangle {
        editor.input(input, &mut masks);
    }
    assert!(masks.1.is_empty(), "centres need no renderer");
    assert_eq!(editor.selected_splats(), 25, "all centres");

    editor.run(Command::ToggleSelectSurface);
    for input in &rectangle {
        editor.input(input, &mut masks);
    }
    let query = masks.1.first().expect("it was asked");
    assert!(query.surface_only && query.footprint == Footprint::Center);
    assert_eq!(selected_rows(&editor, id), [7], "as it answered");
}
