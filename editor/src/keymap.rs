//! Keys → commands: the shortcuts of the command table, and the artist's own over them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    camera_control::AxisView,
    command::Command,
    input::{Key, Modifiers},
    settings::NavigationPreset,
    tool::ToolKind,
};

/// Further keys for commands, where artists of different programs expect different ones.
///
/// Window libraries may not tell the number pad from the number row, so both work.
const ALTERNATIVES: [(&str, Command); 10] = [
    ("Ctrl+Y", Command::Redo),
    ("Backspace", Command::DeleteSelection),
    ("Home", Command::FrameAll),
    ("NumpadPeriod", Command::FocusSelection),
    ("1", Command::AxisView(AxisView::Front)),
    ("Ctrl+1", Command::AxisView(AxisView::Back)),
    ("3", Command::AxisView(AxisView::Right)),
    ("Ctrl+3", Command::AxisView(AxisView::Left)),
    ("7", Command::AxisView(AxisView::Top)),
    ("Ctrl+7", Command::AxisView(AxisView::Bottom)),
];

/// Letters that move the camera while they are held, by their place on the keyboard; with Ctrl they are free.
pub(crate) const FLY_KEYS: [char; 6] = ['W', 'A', 'S', 'D', 'Q', 'E'];

/// Why a command cannot have a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// The key has another command; its name.
    By(&'static str),
    /// The key flies, cancels, asks for help or is none that a command can have.
    Reserved,
}

/// The artist's own keys. A command that is not in it has the key of the table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keymap {
    /// By [`id_of`]; no key where the value is empty.
    own: BTreeMap<String, String>,
}

impl Keymap {
    /// The keys of a command as they are shown.
    pub fn shortcut(&self, command: &Command) -> Option<&str> {
        match self.own.get(&id_of(command)) {
            Some(keys) => Some(keys.as_str()).filter(|keys| !keys.is_empty()),
            None => command.info().shortcut,
        }
    }

    /// Whether the artist gave the command other keys than the table.
    pub fn is_own(&self, command: &Command) -> bool {
        self.own.contains_key(&id_of(command))
    }

    /// The command of a key with modifiers: the artist's own first, then the table, where its key was
    /// not given to another command or taken away.
    pub fn command_for(&self, key: Key, modifiers: Modifiers) -> Option<Command> {
        if !self.own.is_empty() {
            let mut simple = Command::all_simple().into_iter();
            let own = simple.find(|command| {
                let keys = self.own.get(&id_of(command));
                keys.and_then(|keys| parse(keys)) == Some((key, modifiers))
            });
            if own.is_some() {
                return own;
            }
        }
        command_for(key, modifiers).filter(|command| !self.is_own(command))
    }

    /// Gives a command a key. Refused where another command has it; take it from that one first.
    pub fn assign(
        &mut self,
        command: &Command,
        key: Key,
        modifiers: Modifiers,
    ) -> Result<(), Taken> {
        let flies = matches!(key, Key::Char(letter) if FLY_KEYS.contains(&letter));
        if matches!(key, Key::Escape | Key::F(1)) || (flies && !modifiers.ctrl) {
            return Err(Taken::Reserved);
        }
        let keys = name_of(key, modifiers);
        if parse(&keys) != Some((key, modifiers)) {
            return Err(Taken::Reserved);
        }
        match self.command_for(key, modifiers) {
            Some(other) if other != *command => return Err(Taken::By(other.info().name)),
            _ => {}
        }
        if command.info().shortcut == Some(keys.as_str()) {
            self.own.remove(&id_of(command));
        } else {
            self.own.insert(id_of(command), keys);
        }
        Ok(())
    }

    /// Takes a command's key away.
    pub fn clear(&mut self, command: &Command) {
        self.own.insert(id_of(command), String::new());
    }

    /// Gives a command the key of the table again, unless another one has it now.
    pub fn reset(&mut self, command: &Command) -> Result<(), Taken> {
        let Some((key, modifiers)) = command.info().shortcut.and_then(parse) else {
            self.own.remove(&id_of(command));
            return Ok(());
        };
        self.assign(command, key, modifiers)
    }

    /// Gives every command the key of the table again.
    pub fn reset_all(&mut self) {
        self.own.clear();
    }
}

/// What names a command in the settings file.
fn id_of(command: &Command) -> String {
    format!("{command:?}")
}

/// A key with modifiers as the table writes it.
pub fn name_of(key: Key, modifiers: Modifiers) -> String {
    let mut name = String::new();
    for (held, prefix) in [
        (modifiers.ctrl, "Ctrl+"),
        (modifiers.shift, "Shift+"),
        (modifiers.alt, "Alt+"),
    ] {
        if held {
            name.push_str(prefix);
        }
    }
    match key {
        Key::Char(letter) => name.push(letter),
        Key::F(number) => name.push_str(&format!("F{number}")),
        Key::Numpad(digit) => name.push_str(&format!("Numpad{digit}")),
        other => name.push_str(&format!("{other:?}")),
    }
    name
}

/// The command of a key with modifiers in the table.
pub fn command_for(key: Key, modifiers: Modifiers) -> Option<Command> {
    let table = Command::all_simple().into_iter();
    let mut table = table.filter_map(|command| Some((command.info().shortcut?, command)));
    let found = table.find(|(shortcut, _)| parse(shortcut) == Some((key, modifiers)));
    let mut alternatives = ALTERNATIVES.iter();
    found.map(|(_, command)| command).or_else(|| {
        let hit = alternatives.find(|(shortcut, _)| parse(shortcut) == Some((key, modifiers)));
        hit.map(|(_, command)| command.clone())
    })
}

/// Keys of the transform tools where a program's habits give them letters that fly or mean something
/// else here.
pub fn tool_for(preset: NavigationPreset, key: Key, modifiers: Modifiers) -> Option<ToolKind> {
    let letters = match preset {
        NavigationPreset::Splatwright => return None,
        NavigationPreset::Blender => "GRS",
        NavigationPreset::Maya | NavigationPreset::Unreal => "WER",
    };
    let Key::Char(letter) = key else { return None };
    let at = letters
        .find(letter)
        .filter(|_| modifiers == Modifiers::NONE)?;
    [ToolKind::Move, ToolKind::Rotate, ToolKind::Scale]
        .get(at)
        .copied()
}

/// Reads a shortcut as written in the table.
pub fn parse(shortcut: &str) -> Option<(Key, Modifiers)> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = shortcut;
    loop {
        let held = [
            ("Ctrl+", &mut modifiers.ctrl),
            ("Shift+", &mut modifiers.shift),
            ("Alt+", &mut modifiers.alt),
        ];
        let mut any = false;
        for (prefix, held) in held {
            if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                *held = true;
                any = true;
                rest = after;
            }
        }
        if !any {
            break;
        }
    }
    Some((parse_key(rest)?, modifiers))
}

fn parse_key(name: &str) -> Option<Key> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(Key::Char(letter.to_ascii_uppercase()));
    }
    if let Some(digit) = name.strip_prefix("Numpad").and_then(|d| d.parse().ok()) {
        return Some(Key::Numpad(digit));
    }
    if let Some(number) = name.strip_prefix('F').and_then(|n| n.parse().ok()) {
        return Some(Key::F(number));
    }
    Some(match name {
        "NumpadPeriod" => Key::NumpadPeriod,
        "Escape" => Key::Escape,
        "Delete" => Key::Delete,
        "Backspace" => Key::Backspace,
        "Enter" => Key::Enter,
        "Space" => Key::Space,
        "Tab" => Key::Tab,
        "Home" => Key::Home,
        "Left" => Key::Left,
        "Right" => Key::Right,
        "Up" => Key::Up,
        "Down" => Key::Down,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shortcut_of_the_table_reaches_its_command() {
        for command in Command::all_simple() {
            let Some(shortcut) = command.info().shortcut else {
                continue;
            };
            let (key, modifiers) = parse(shortcut).unwrap_or_else(|| panic!("{shortcut}?"));
            assert_eq!(command_for(key, modifiers), Some(command), "{shortcut}");
        }
        for (shortcut, command) in ALTERNATIVES {
            let (key, modifiers) = parse(shortcut).unwrap_or_else(|| panic!("{shortcut}?"));
            assert_eq!(command_for(key, modifiers), Some(command), "{shortcut}");
        }
    }

    #[test]
    fn own_keys_stand_over_the_table_and_never_take_from_each_other() {
        let mut keys = Keymap::default();
        let (ctrl_z, _) = (parse("Ctrl+Z").unwrap(), ());
        let refused = keys.assign(&Command::SelectAll, ctrl_z.0, ctrl_z.1);
        assert_eq!(refused, Err(Taken::By(Command::Undo.info().name)), "taken");
        assert_eq!(keys, Keymap::default(), "a refusal changes nothing");

        let ctrl_u = (Key::Char('U'), Modifiers::CTRL);
        assert_eq!(keys.assign(&Command::Undo, ctrl_u.0, ctrl_u.1), Ok(()));
        assert_eq!(keys.shortcut(&Command::Undo), Some("Ctrl+U"), "shown");
        assert_eq!(keys.command_for(ctrl_u.0, ctrl_u.1), Some(Command::Undo));
        assert_eq!(
            keys.command_for(ctrl_z.0, ctrl_z.1),
            None,
            "its old key is free"
        );
        assert_eq!(keys.assign(&Command::SelectAll, ctrl_z.0, ctrl_z.1), Ok(()));
        let refused = keys.reset(&Command::Undo);
        assert_eq!(
            refused,
            Err(Taken::By(Command::SelectAll.info().name)),
            "given away"
        );

        keys.clear(&Command::SelectAll);
        assert_eq!(keys.shortcut(&Command::SelectAll), None, "no key");
        assert_eq!(keys.reset(&Command::Undo), Ok(()));
        assert!(!keys.is_own(&Command::Undo), "as in the table");
        let flying = keys.assign(&Command::Undo, Key::Char('W'), Modifiers::NONE);
        assert_eq!(flying, Err(Taken::Reserved), "W flies");

        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(
            serde_json::from_str::<Keymap>(&text).unwrap(),
            keys,
            "stored"
        );
        keys.reset_all();
        assert_eq!(
            keys.shortcut(&Command::SelectAll),
            Command::SelectAll.info().shortcut
        );
    }

    #[test]
    fn flying_keys_are_no_shortcuts() {
        for key in "WASDQE".chars() {
            let command = command_for(Key::Char(key), Modifiers::NONE);
            assert_eq!(command, None, "{key} flies");
        }
    }
}
