//! A slider of one number of something: tables of them make a panel.

use editor::Command;
use egui::Ui;

use super::change;
use crate::cx::Wishes;
use crate::expression::Unit;
use crate::widgets::{self, NumberSpec};

/// One slider of a `T`. Its default is that of `T`.
pub(super) struct Control<T> {
    name: &'static str,
    get: fn(&T) -> f32,
    set: fn(&mut T, f32),
    shown: (f64, f64),
    range: (f64, f64),
    unit: Unit,
}

impl<T: Copy + Default> Control<T> {
    /// A slider from `shown.0` to `shown.1`.
    pub(super) const fn new(
        name: &'static str,
        get: fn(&T) -> f32,
        set: fn(&mut T, f32),
        shown: (f64, f64),
    ) -> Self {
        Self {
            name,
            get,
            set,
            shown,
            range: shown,
            unit: Unit::Plain,
        }
    }

    /// Numbers as far again to both sides may be typed.
    pub(super) const fn beyond(mut self) -> Self {
        let (low, high) = self.shown;
        self.range = (2.0 * low - high, 2.0 * high - low);
        self
    }

    /// In whole degrees.
    pub(super) const fn degrees(mut self) -> Self {
        self.unit = Unit::Degrees;
        self
    }

    /// Its row; a change is gathered into a step and run as the command of the changed value.
    pub(super) fn row(
        &self,
        ui: &mut Ui,
        wishes: &mut Wishes,
        value: &T,
        step: &str,
        command: impl FnOnce(T) -> Option<Command>,
    ) {
        widgets::form_row(ui, self.name, |ui| {
            let is_angle = matches!(self.unit, Unit::Degrees);
            let (low, high) = self.shown;
            let spec = NumberSpec {
                unit: self.unit,
                suffix: if is_angle { "°" } else { "" },
                range: self.range.0..=self.range.1,
                speed: (high - low) / 400.0,
                decimals: if is_angle { 0 } else { 2 },
                default: f64::from((self.get)(&T::default())),
                ..NumberSpec::unit_interval(self.name)
            };
            let now = f64::from((self.get)(value));
            let (number, response) = widgets::slider(ui, now, &spec, low..=high);
            let command = number.and_then(|number| {
                let mut value = *value;
                (self.set)(&mut value, number as f32);
                command(value)
            });
            change(wishes, &response, step, command);
        });
    }
}
