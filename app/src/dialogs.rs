//! Cards over the window: at most one is open.

pub mod about;
pub mod chooser;
pub mod clean_up;
pub mod drop_card;
pub mod export_cards;
pub mod export_settings;
pub mod keyboard;
pub mod leave;
mod outline;
pub mod palette;
pub mod preferences;
pub mod simplify;

use egui::{Align2, Area, Color32, Id, Modal, Order, Rect, Ui, vec2};

use crate::cx::{CardKind, Cx, Wish, Wishes};
use crate::persist::Settings;
use crate::theme::tokens;
use crate::widgets;

/// The open card.
#[derive(Default)]
pub enum Card {
    /// None.
    #[default]
    None,
    /// A picture was dropped.
    Drop(Box<drop_card::DropCard>),
    /// Screenshot options.
    Screenshot,
    /// Turntable options.
    Turntable,
    /// Fewer splats.
    Simplify(Box<simplify::Simplify>),
    /// Floaters.
    CleanUp(clean_up::CleanUp),
    /// What ails splats.
    Doctor(clean_up::Doctor),
    /// Every command by name.
    Palette(palette::Palette),
    /// Keys and buttons.
    Keyboard(Box<keyboard::Keys>),
    /// Preferences.
    Preferences,
    /// Version, licences, device.
    About,
    /// Our own file dialog.
    Chooser(Box<chooser::Chooser>),
    /// Unsaved changes or running jobs.
    Leave(leave::Leaving),
}

impl Card {
    /// The card of a kind.
    pub fn of(kind: CardKind) -> Self {
        match kind {
            CardKind::Screenshot => Self::Screenshot,
            CardKind::Turntable => Self::Turntable,
            CardKind::Simplify => Self::Simplify(Box::default()),
            CardKind::CleanUp => Self::CleanUp(clean_up::CleanUp::default()),
            CardKind::Doctor => Self::Doctor(clean_up::Doctor),
            CardKind::Palette => Self::Palette(palette::Palette::default()),
            CardKind::Keyboard => Self::Keyboard(Box::default()),
            CardKind::Preferences => Self::Preferences,
            CardKind::About => Self::About,
        }
    }

    /// One word for which card is open, for programs that drive the window.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::Drop(card) if card.is_known() => "drop",
            Self::Drop(_) => "reading",
            Self::Screenshot => "screenshot",
            Self::Turntable => "turntable",
            Self::Simplify(_) => "simplify",
            Self::CleanUp(_) => "clean-up",
            Self::Doctor(_) => "doctor",
            Self::Palette(_) => "palette",
            Self::Keyboard(_) => "keyboard",
            Self::Preferences => "preferences",
            Self::About => "about",
            Self::Chooser(_) => "chooser",
            Self::Leave(_) => "leave",
        }
    }

    /// Whether a card is open.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Shows the card over the window; `viewport` is where cards stand that leave the picture free.
    pub fn show(
        &mut self,
        ui: &Ui,
        viewport: Rect,
        cx: &Cx<'_>,
        settings: &mut Settings,
        wishes: &mut Wishes,
    ) {
        match self {
            Self::None => {}
            Self::Screenshot => beside(ui, viewport, wishes, |ui, wishes| {
                export_cards::screenshot_ui(ui, &mut settings.screenshot, cx, wishes);
            }),
            Self::Turntable => beside(ui, viewport, wishes, |ui, wishes| {
                export_cards::turntable_ui(ui, &mut settings.turntable, cx, wishes);
            }),
            Self::Drop(card) => {
                let empty = cx.editor.scene().nodes().next().is_none();
                let place = if empty { Place::Middle } else { Place::Beside };
                floating(ui, viewport, place, wishes, |ui, wishes| {
                    card.show(ui, cx, wishes);
                });
            }
            Self::Preferences => beside(ui, viewport, wishes, |ui, wishes| {
                preferences::show(ui, settings, cx.view, wishes);
            }),
            Self::Simplify(card) => beside(ui, viewport, wishes, |ui, wishes| {
                card.show(ui, cx, wishes);
            }),
            Self::CleanUp(card) => beside(ui, viewport, wishes, |ui, wishes| {
                card.show(ui, cx, wishes);
            }),
            Self::Doctor(card) => beside(ui, viewport, wishes, |ui, wishes| {
                card.show(ui, cx, wishes);
            }),
            Self::Palette(palette) => palette.show(ui, viewport, cx, wishes),
            Self::Keyboard(keys) => modal(ui, wishes, |ui, wishes| {
                keys.show(ui, cx, &mut settings.keymap, wishes);
            }),
            Self::About => modal(ui, wishes, |ui, wishes| about::show(ui, cx, wishes)),
            Self::Chooser(chooser) => modal(ui, wishes, |ui, wishes| chooser.show(ui, wishes)),
            Self::Leave(leaving) => {
                let leaving = *leaving;
                modal(ui, wishes, |ui, wishes| {
                    leave::show(ui, leaving, cx, wishes)
                });
            }
        }
    }
}

/// Where a card stands that leaves the window usable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the viewport's upper right, below the axes: the picture stays free.
    Beside,
    /// In the middle of the viewport, while there is no picture.
    Middle,
}

fn beside(ui: &Ui, viewport: Rect, wishes: &mut Wishes, add: impl FnOnce(&mut Ui, &mut Wishes)) {
    floating(ui, viewport, Place::Beside, wishes, add);
}

fn floating(
    ui: &Ui,
    viewport: Rect,
    place: Place,
    wishes: &mut Wishes,
    add: impl FnOnce(&mut Ui, &mut Wishes),
) {
    let (pivot, at) = match place {
        Place::Beside => (Align2::RIGHT_TOP, viewport.right_top() + vec2(-12.0, 112.0)),
        Place::Middle => (Align2::CENTER_CENTER, viewport.center()),
    };
    Area::new(Id::unique("card"))
        .order(Order::Foreground)
        .pivot(pivot)
        .fixed_pos(at)
        .constrain_to(viewport.shrink(12.0))
        .show(ui.ctx(), |ui| {
            let frame = egui::Frame {
                inner_margin: egui::Margin::same(16),
                ..widgets::card_frame(tokens(ui))
            };
            frame.show(ui, |ui| add(ui, wishes));
        });
    if ui.input(|i| i.key_pressed(egui::Key::Escape)) && !ui.ctx().egui_wants_keyboard_input() {
        wishes.push(Wish::CloseCard);
    }
}

/// A card in the middle that waits for an answer.
fn modal(ui: &Ui, wishes: &mut Wishes, add: impl FnOnce(&mut Ui, &mut Wishes)) {
    let t = tokens(ui);
    let scrim: Color32 = t.scrim;
    let frame = egui::Frame {
        inner_margin: egui::Margin::same(20),
        ..widgets::card_frame(t)
    };
    let response = Modal::new(Id::unique("modal"))
        .backdrop_color(scrim)
        .frame(frame)
        .show(ui.ctx(), |ui| add(ui, wishes));
    if response.should_close() {
        wishes.push(Wish::CloseCard);
    }
}
