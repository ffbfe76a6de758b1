//! Every control has a name that a screen reader can say: all panels and cards are laid out without a
//! window, and what they tell the accessibility tree is looked through.

use editor::{Command, Editor};
use egui::{CentralPanel, Context, Panel, RawInput, Rect, Role, pos2, vec2};
use glam::{Quat, Vec3};
use scene::{GaussianCloud, Transform, cloud::CloudParts};

use super::State;
use crate::counts::Counts;
use crate::cx::{CardKind, Cx, Wishes};
use crate::dialogs::{Card, leave::Leaving};
use crate::document::Document;
use crate::jobs::Jobs;
use crate::notify::Notices;
use crate::persist::Settings;
use crate::pictures::Pictures;
use crate::theme;
use crate::view::ViewFacts;

/// A layer in a group, a light and a selection.
fn editor() -> Editor {
    let n = 20;
    let cloud = GaussianCloud::new(CloudParts {
        means: (0..n).map(|i| Vec3::X * i as f32).collect(),
        rotations: vec![Quat::IDENTITY; n],
        log_scales: vec![Vec3::splat(-2.0); n],
        opacity_logits: vec![1.0; n],
        sh: vec![0.3; 3 * n],
        sh_degree: 0,
        columns: Vec::new(),
    })
    .expect("a valid cloud");
    let mut editor = Editor::new();
    let (node, _) = editor.begin_incoming("plant", "plant.ply", Transform::IDENTITY);
    editor.extend_incoming(node, cloud).expect("it arrives");
    editor.finish_incoming(node, editor::Arrived::default());
    editor.run(Command::AddLight);
    editor.run(Command::SelectAll);
    editor.run(Command::SelectNode(Some(node)));
    editor
}

/// Controls without a name in what `add` shows, as "role at place".
fn nameless(add: impl Fn(&mut egui::Ui, &Cx<'_>, &mut Wishes), editor: &Editor) -> Vec<String> {
    let ctx = Context::default();
    theme::install(&ctx);
    ctx.enable_accesskit();
    let jobs = Jobs::default();
    let notices = Notices::default();
    let pictures = Pictures::default();
    let view = ViewFacts::default();
    let cities = crate::cities::Cities::new(std::sync::Arc::new(|| {}));
    let document = Document::default();
    let counts = Counts::of(editor.scene());
    let mut found = Vec::new();
    // Cards measure themselves in their first frame and are there in the second.
    for pass in 0..2 {
        let cx = Cx {
            editor,
            counts: &counts,
            jobs: &jobs,
            cities: &cities,
            notices: &notices,
            pictures: &pictures,
            view: &view,
            document: &document,
            histogram: None,
            reach: 0.1,
            looked: &crate::app::look::Looked::default(),
            flash: None,
        };
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1440.0, 900.0))),
            ..RawInput::default()
        };
        let mut wishes = Wishes::default();
        let mut output = ctx.run_ui(input, |ui| add(ui, &cx, &mut wishes));
        // Nobody paints it.
        output.textures_delta.clear();
        let tree = output.platform_output.accesskit_update;
        let tree = tree.expect("an accessibility tree");
        let controls = tree.nodes.iter().filter(|(_, node)| speaks(node.role()));
        let controls = controls.count();
        assert!(pass == 0 || controls > 0, "something is shown");
        println!("{controls} controls");
        found = tree
            .nodes
            .iter()
            .filter(|(_, node)| speaks(node.role()))
            .filter(|(_, node)| {
                let said = [node.label(), node.description(), node.placeholder()];
                let labelled = !node.labelled_by().is_empty();
                !labelled && said.iter().flatten().all(|words| words.trim().is_empty())
            })
            .map(|(_, node)| {
                format!(
                    "{:?} at {:?} {:?}",
                    node.role(),
                    node.bounds(),
                    node.value()
                )
            })
            .collect();
    }
    found
}

fn speaks(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::ComboBox
            | Role::Link
            | Role::MenuItem
            | Role::RadioButton
            | Role::Slider
            | Role::SpinButton
            | Role::Switch
            | Role::Tab
            | Role::TextInput
            | Role::TreeItem
    )
}

#[test]
fn every_control_of_the_panels_has_a_name() {
    let mut editor = editor();
    let check = |editor: &Editor| {
        nameless(
            |ui, cx, wishes| {
                let (mut state, mut settings) = (State::default(), Settings::default());
                Panel::top("menu").show(ui, |ui| {
                    super::menu::show(ui, cx, &mut state, &mut settings, wishes);
                });
                Panel::bottom("status").show(ui, |ui| super::status::show(ui, cx));
                Panel::left("tools").show(ui, |ui| {
                    super::tools::show(ui, cx, &mut state.tools, wishes);
                });
                Panel::right("side").exact_size(300.0).show(ui, |ui| {
                    super::tree::show(ui, cx, &mut state, wishes);
                    super::inspector::show(ui, cx, &mut state, &mut settings, wishes);
                });
                super::data::drawer(ui, cx, &mut state, &mut settings, wishes);
                Panel::bottom("history").show(ui, |ui| super::history::show(ui, cx, wishes));
                let rect = CentralPanel::default().show(ui, |ui| ui.max_rect()).inner;
                super::tool_options::show(ui, rect, cx, wishes);
            },
            editor,
        )
    };
    for tool in editor::TOOLS {
        editor.run(Command::SetTool(tool.kind));
        let silent = check(&editor);
        assert!(silent.is_empty(), "{:?}: {silent:#?}", tool.kind);
    }
    let light = editor
        .scene()
        .nodes()
        .find(|(_, node)| node.splats().is_none());
    let light = light.map(|(id, _)| id);
    editor.run(Command::SelectNode(light));
    let silent = check(&editor);
    assert!(silent.is_empty(), "a light: {silent:#?}");
}

#[test]
fn every_control_of_the_cards_has_a_name() {
    let editor = editor();
    let cards: [fn() -> Card; 7] = [
        || Card::Leave(Leaving::Quit),
        || Card::of(CardKind::Screenshot),
        || Card::of(CardKind::Turntable),
        || Card::of(CardKind::Palette),
        || Card::of(CardKind::Keyboard),
        || Card::of(CardKind::Preferences),
        || Card::of(CardKind::About),
    ];
    for card in cards {
        let silent = nameless(
            |ui, cx, wishes| {
                let mut card = card();
                let mut settings = Settings::default();
                card.show(ui, ui.max_rect(), cx, &mut settings, wishes);
            },
            &editor,
        );
        assert!(silent.is_empty(), "{}: {silent:#?}", card().name());
    }
}
