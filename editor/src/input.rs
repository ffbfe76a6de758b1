//! Pointer and keyboard as the tools read them, free of any window library.
//!
//! Positions are physical pixels from the viewport's top left corner.

use glam::Vec2;

/// Keys held beside a click or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Control (Command on a Mac).
    pub ctrl: bool,
    /// Alt (Option on a Mac).
    pub alt: bool,
}

impl Modifiers {
    /// None held.
    pub const NONE: Self = Self {
        shift: false,
        ctrl: false,
        alt: false,
    };
    /// Only Shift.
    pub const SHIFT: Self = Self {
        shift: true,
        ..Self::NONE
    };
    /// Only Control.
    pub const CTRL: Self = Self {
        ctrl: true,
        ..Self::NONE
    };
    /// Only Alt.
    pub const ALT: Self = Self {
        alt: true,
        ..Self::NONE
    };
}

/// A button of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Button {
    /// Left, or the pen's tip.
    Primary,
    /// Right.
    Secondary,
    /// Wheel.
    Middle,
}

/// A key by its place on the keyboard where letters are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "keys are what they are called")]
pub enum Key {
    /// Upper-case letter, digit or sign.
    Char(char),
    /// F1 to F12.
    F(u8),
    /// Digit on the number pad.
    Numpad(u8),
    NumpadPeriod,
    Escape,
    Delete,
    Backspace,
    Enter,
    Space,
    Tab,
    Home,
    Left,
    Right,
    Up,
    Down,
}

/// One event over the viewport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// The pointer is here now.
    PointerMoved {
        /// Where.
        pos: Vec2,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// A button went down.
    PointerPressed {
        /// Where.
        pos: Vec2,
        /// Which.
        button: Button,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// A button came up.
    PointerReleased {
        /// Where.
        pos: Vec2,
        /// Which.
        button: Button,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// The primary button was clicked twice.
    DoubleClicked {
        /// Where.
        pos: Vec2,
    },
    /// The wheel turned.
    Wheel {
        /// Where.
        pos: Vec2,
        /// Notches; positive turns away from the user and zooms in.
        notches: f32,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// Two fingers moved apart or together.
    Pinch {
        /// Where.
        pos: Vec2,
        /// More than 1 zooms in.
        factor: f32,
    },
    /// A key went down (repeats included).
    KeyPressed {
        /// Which.
        key: Key,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// A key came up.
    KeyReleased {
        /// Which.
        key: Key,
        /// Keys held.
        modifiers: Modifiers,
    },
    /// The pointer left the viewport; brush rings go.
    PointerLeft,
    /// The window lost the keyboard: keys held are no longer held, drags are cancelled.
    FocusLost,
}
