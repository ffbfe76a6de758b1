//! The scene tree: what is there, shown or hidden, locked or free, in which order.

use editor::Command;
use egui::accesskit::Role;
use egui::{
    Align2, Key, Rect, Response, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use scene::{Node, NodeId, Payload, Scene};

use super::State;
use crate::cx::{Cx, Wishes};
use crate::theme::{self, GAP, ROW, tokens};
use crate::widgets::{self, IconButton};
use crate::{icons, text};

/// Step of one level, points.
const INDENT: f32 = 14.0;

/// Where a dragged row would land.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Landing {
    parent: Option<NodeId>,
    index: usize,
}

/// The tree with its title row.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, state: &mut State, wishes: &mut Wishes) {
    title_ui(ui, cx, wishes);
    let scene = cx.editor.scene();
    ScrollArea::vertical()
        .id_salt("tree")
        .auto_shrink([false, false])
        .content_margin(super::SCROLL_MARGIN)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if scene.nodes().next().is_none() {
                empty_ui(ui);
            }
            let mut landing = None;
            let listed = scene.children(None).enumerate();
            for (index, (id, node)) in listed.filter(|(_, (id, _))| !cx.editor.is_floating(*id)) {
                branch_ui(
                    ui,
                    cx,
                    state,
                    wishes,
                    &Branch::new(id, node, 0, index),
                    &mut landing,
                );
            }
            environment_ui(ui, cx, state, wishes);
            finish_drag(ui, scene, landing, wishes);
        });
}

fn title_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        ui.set_min_height(ROW + 4.0);
        ui.label(theme::strong(text::SCENE));
        widgets::right_to_left(ui, |ui| {
            ui.add_space(f32::from(super::SCROLL_MARGIN.right));
            ui.spacing_mut().item_spacing.x = 2.0;
            let add = IconButton::new(icons::PLUS, text::ADD).show(ui);
            egui::Popup::menu(&add).show(|ui| {
                for command in [
                    Command::Open,
                    Command::ImportPicture,
                    Command::AddLight,
                    Command::AddGroup,
                ] {
                    super::menu::item(ui, cx, wishes, command);
                }
            });
        });
    });
}

fn empty_ui(ui: &mut Ui) {
    let t = tokens(ui);
    ui.add_space(GAP);
    let line = theme::small(text::TREE_EMPTY).color(t.text_secondary);
    ui.add(egui::Label::new(line).wrap());
    ui.add_space(GAP * 2.0);
}

struct Branch<'a> {
    id: NodeId,
    node: &'a Node,
    depth: usize,
    index: usize,
}

impl<'a> Branch<'a> {
    fn new(id: NodeId, node: &'a Node, depth: usize, index: usize) -> Self {
        Self {
            id,
            node,
            depth,
            index,
        }
    }
}

fn branch_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    wishes: &mut Wishes,
    branch: &Branch<'_>,
    landing: &mut Option<Landing>,
) {
    let response = row_ui(ui, cx, state, wishes, branch);
    if let Some(dragged) = egui::DragAndDrop::payload::<NodeId>(ui.ctx())
        && let Some(pointer) = ui.input(|i| i.pointer.interact_pos())
        && response.rect.contains(pointer)
        && *dragged != branch.id
        && !is_under(cx.editor.scene(), branch.id, *dragged)
    {
        *landing = Some(land(ui, branch, response.rect, pointer.y));
    }
    let is_group = matches!(branch.node.payload, Payload::Group);
    if is_group && !state.closed_groups.contains(&branch.id) {
        let children = cx.editor.scene().children(Some(branch.id));
        for (index, (id, node)) in children.enumerate() {
            if cx.editor.scene().is_streamed(id) {
                continue;
            }
            let child = Branch::new(id, node, branch.depth + 1, index);
            branch_ui(ui, cx, state, wishes, &child, landing);
        }
    }
}

fn is_under(scene: &Scene, mut id: NodeId, above: NodeId) -> bool {
    while let Some(parent) = scene.node(id).and_then(|node| node.parent) {
        if parent == above {
            return true;
        }
        id = parent;
    }
    false
}

/// Above, into (groups only) or below the row; paints where.
fn land(ui: &Ui, branch: &Branch<'_>, rect: Rect, y: f32) -> Landing {
    let t = tokens(ui);
    let share = (y - rect.top()) / rect.height();
    let line = Stroke::new(2.0, t.accent);
    if matches!(branch.node.payload, Payload::Group) && (0.25..0.75).contains(&share) {
        ui.painter()
            .rect_stroke(rect, theme::RADIUS, line, egui::StrokeKind::Inside);
        return Landing {
            parent: Some(branch.id),
            index: 0,
        };
    }
    let below = share >= 0.5;
    let at = if below { rect.bottom() } else { rect.top() };
    let left = rect.left() + INDENT * branch.depth as f32;
    ui.painter().hline(left..=rect.right(), at, line);
    Landing {
        parent: branch.node.parent,
        index: branch.index + usize::from(below),
    }
}

fn finish_drag(ui: &Ui, scene: &Scene, landing: Option<Landing>, wishes: &mut Wishes) {
    let (Some(landing), true) = (landing, ui.input(|i| i.pointer.any_released())) else {
        return;
    };
    let Some(dragged) = egui::DragAndDrop::take_payload::<NodeId>(ui.ctx()) else {
        return;
    };
    // Taking the row out shifts what comes after it in the same parent.
    let before = scene
        .children(landing.parent)
        .position(|(id, _)| id == *dragged)
        .is_some_and(|at| at < landing.index);
    let index = landing.index - usize::from(before);
    wishes.run(Command::MoveNode(*dragged, landing.parent, index));
}

fn row_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    wishes: &mut Wishes,
    branch: &Branch<'_>,
) -> Response {
    let selected = cx.editor.selected_node() == Some(branch.id) && !state.environment_selected;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let id = ui.scope_id().with(("row", branch.id));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let name = branch.node.name.as_str();
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, selected, name));
    paint_row(ui, rect, &response, selected);

    let mut left = rect.left() + 4.0 + INDENT * branch.depth as f32;
    left = caret_ui(ui, state, branch, rect, left);
    let t = tokens(ui);
    let shown = cx.editor.scene().is_visible(branch.id);
    let ink = if shown { t.text } else { t.text_faint };
    let quiet = if shown {
        t.text_secondary
    } else {
        t.text_faint
    };
    widgets::paint_icon(
        ui,
        pos2(left + 8.0, rect.center().y),
        node_icon(branch.node),
        16.0,
        quiet,
    );
    left += 24.0;
    let buttons = toggles_ui(ui, wishes, branch, rect, &response);
    let text_rect = Rect::from_min_max(pos2(left, rect.top()), pos2(buttons, rect.bottom()));
    if state
        .renaming
        .as_ref()
        .is_some_and(|(id, _)| *id == branch.id)
    {
        rename_ui(ui, state, wishes, text_rect);
    } else {
        label_ui(
            ui,
            branch.node,
            cx.counts.layer(branch.id).alive,
            text_rect,
            ink,
            quiet,
        );
    }
    act(ui, cx, state, wishes, branch, &response);
    response
}

fn paint_row(ui: &Ui, rect: Rect, response: &Response, selected: bool) {
    let t = tokens(ui);
    if selected {
        ui.painter().rect_filled(rect, theme::RADIUS, t.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, t.hover);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            theme::RADIUS,
            Stroke::new(1.0, t.accent),
            egui::StrokeKind::Inside,
        );
    }
}

fn caret_ui(ui: &Ui, state: &mut State, branch: &Branch<'_>, rect: Rect, left: f32) -> f32 {
    if !matches!(branch.node.payload, Payload::Group) {
        return left;
    }
    let area = Rect::from_min_size(pos2(left - 4.0, rect.top()), vec2(18.0, ROW));
    let response = ui.interact(
        area,
        ui.scope_id().with(("caret", branch.id)),
        Sense::click(),
    );
    let closed = state.closed_groups.contains(&branch.id);
    response
        .widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, !closed, text::FOLD));
    if response.clicked() {
        if closed {
            state.closed_groups.remove(&branch.id);
        } else {
            state.closed_groups.insert(branch.id);
        }
    }
    let icon = if closed {
        icons::CARET_RIGHT
    } else {
        icons::CARET_DOWN
    };
    widgets::paint_icon(ui, area.center(), icon, 12.0, tokens(ui).text_secondary);
    left + 14.0
}

/// Eye and lock at the right end: always there when they are off, else under the pointer.
fn toggles_ui(
    ui: &mut Ui,
    wishes: &mut Wishes,
    branch: &Branch<'_>,
    rect: Rect,
    row: &Response,
) -> f32 {
    let node = branch.node;
    let pointed = row.contains_pointer();
    let eye = if node.visible {
        (icons::EYE, text::HIDE)
    } else {
        (icons::EYE_OFF, text::SHOW)
    };
    let lock = if node.locked {
        (icons::LOCK, text::UNLOCK)
    } else {
        (icons::LOCK_OPEN, text::LOCK)
    };
    let mut right = rect.right() - 2.0;
    for ((icon, label), off, command) in [
        (lock, node.locked, Command::ToggleLock(branch.id)),
        (eye, !node.visible, Command::ToggleVisible(branch.id)),
    ] {
        if !(pointed || off) {
            continue;
        }
        let area = Rect::from_min_max(
            pos2(right - theme::FIELD, rect.top() + 1.0),
            pos2(right, rect.bottom() - 1.0),
        );
        let button = |ui: &mut Ui| IconButton::new(icon, label).show(ui);
        let clicked = ui
            .scope_builder(
                egui::UiBuilder::new()
                    .max_rect(area)
                    .id_salt((label, branch.id)),
                button,
            )
            .inner
            .clicked();
        if clicked {
            wishes.run(command);
        }
        right -= theme::FIELD;
    }
    right
}

fn label_ui(
    ui: &Ui,
    node: &Node,
    alive: usize,
    rect: Rect,
    ink: egui::Color32,
    quiet: egui::Color32,
) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let count = node
        .splats()
        .map(|_| widgets::short_count(alive))
        .unwrap_or_default();
    let mut right = rect.right() - 4.0;
    if !count.is_empty() {
        let at = painter.text(
            pos2(right, rect.center().y),
            Align2::RIGHT_CENTER,
            count,
            theme::small_font(),
            quiet,
        );
        right = at.left() - 6.0;
    }
    let mut job =
        egui::text::LayoutJob::simple_singleline(node.name.clone(), theme::body_font(), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width((right - rect.left()).max(8.0));
    let galley = painter.layout_job(job);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, ink);
}

fn rename_ui(ui: &mut Ui, state: &mut State, wishes: &mut Wishes, rect: Rect) {
    let Some((id, name)) = &mut state.renaming else {
        return;
    };
    let edit = TextEdit::singleline(name)
        .margin(egui::Margin::symmetric(4, 2))
        .align(Align2::LEFT_CENTER);
    let response = ui
        .put(rect.shrink2(vec2(0.0, 2.0)), edit)
        .accessible_name(text::LAYER_NAME);
    if response.lost_focus() {
        let kept = !ui.input(|i| i.key_pressed(Key::Escape)) && !name.trim().is_empty();
        if kept {
            wishes.run(Command::RenameNode(*id, name.trim().to_owned()));
        }
        state.renaming = None;
    } else if !response.has_focus() {
        response.request_focus();
    }
}

fn act(
    ui: &Ui,
    cx: &Cx<'_>,
    state: &mut State,
    wishes: &mut Wishes,
    branch: &Branch<'_>,
    response: &Response,
) {
    if response.clicked() || response.secondary_clicked() {
        state.environment_selected = false;
        wishes.run(Command::SelectNode(Some(branch.id)));
    }
    let renamed_by_key = response.has_focus() && ui.input(|i| i.key_pressed(Key::F2));
    if response.double_clicked() || renamed_by_key {
        state.renaming = Some((branch.id, branch.node.name.clone()));
    }
    if response.drag_started() {
        response.dnd_set_drag_payload(branch.id);
    }
    response.context_menu(|ui| {
        if ui.button(text::RENAME).clicked() {
            state.renaming = Some((branch.id, branch.node.name.clone()));
            ui.close();
        }
        for command in [
            Command::FocusSelection,
            Command::DuplicateNode(branch.id),
            Command::ResetTransform(branch.id),
        ] {
            super::menu::item(ui, cx, wishes, command);
        }
        ui.separator();
        super::menu::item(ui, cx, wishes, Command::DeleteNode(branch.id));
    });
}

fn environment_ui(ui: &mut Ui, cx: &Cx<'_>, state: &mut State, wishes: &mut Wishes) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let selected = state.environment_selected;
    response
        .widget_info(|| WidgetInfo::selected(Role::TreeItem, true, selected, text::ENVIRONMENT));
    paint_row(ui, rect, &response, selected);
    let t = tokens(ui);
    let middle = rect.center().y;
    widgets::paint_icon(
        ui,
        pos2(rect.left() + 12.0, middle),
        icons::GLOBE,
        16.0,
        t.text_secondary,
    );
    ui.painter().text(
        pos2(rect.left() + 28.0, middle),
        Align2::LEFT_CENTER,
        text::ENVIRONMENT,
        theme::body_font(),
        t.text,
    );
    ui.painter().text(
        pos2(rect.right() - 6.0, middle),
        Align2::RIGHT_CENTER,
        &cx.editor.scene().environment().name,
        theme::small_font(),
        t.text_secondary,
    );
    if response.clicked() {
        state.environment_selected = true;
        wishes.run(Command::SelectNode(None));
    }
}

/// The icon of a node's kind.
pub fn node_icon(node: &Node) -> &'static str {
    match &node.payload {
        Payload::Group => icons::FOLDER,
        Payload::Splats(_) => icons::CUBE,
        Payload::Camera(_) => icons::VIDEO,
        Payload::Light(_) => icons::SUN,
        Payload::Recipe(_) => icons::CITY,
    }
}
