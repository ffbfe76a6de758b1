//! Keys → commands, from the shortcuts in the command table.

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

/// The command of a key with modifiers.
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
    fn flying_keys_are_no_shortcuts() {
        for key in "WASDQE".chars() {
            let command = command_for(Key::Char(key), Modifiers::NONE);
            assert_eq!(command, None, "{key} flies");
        }
    }
}
