//! The choice of passes that was measured to be the fastest on a graphics device, remembered in a file
//! beside the settings: one line a device and driver.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use renderer::{Gpu, Tuning};

use crate::persist;

/// The file of the choices.
fn path() -> PathBuf {
    persist::config_folder().join("passes.json")
}

/// Another device or driver may have another choice.
fn key(gpu: &Gpu) -> String {
    format!("{}, {}", gpu.adapter_name, gpu.driver.trim())
}

/// The choice for a device, if it was measured before.
pub(crate) fn remembered(gpu: &Gpu) -> Option<Tuning> {
    read(&path()).get(&key(gpu))?.parse().ok()
}

/// Remembers the choice for a device.
pub(crate) fn remember(gpu: &Gpu, tuning: Tuning) -> std::io::Result<()> {
    write(&path(), key(gpu), tuning)
}

fn read(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // A file that cannot be read only costs another measurement.
    serde_json::from_str(&text).unwrap_or_default()
}

fn write(path: &Path, key: String, tuning: Tuning) -> std::io::Result<()> {
    let mut choices = read(path);
    choices.insert(key, tuning.to_string());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("json.new");
    std::fs::write(&beside, serde_json::to_vec_pretty(&choices)?)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_several_devices_are_kept_side_by_side() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep").join("passes.json");
        assert!(read(&path).is_empty(), "nothing is remembered at first");
        let mut choices = Tuning::all();
        let (first, second) = (choices.next().expect("one"), choices.next().expect("two"));
        write(&path, String::from("a"), first).expect("a file");
        write(&path, String::from("b"), second).expect("a file");
        write(&path, String::from("a"), second).expect("a file");
        let kept = read(&path);
        assert_eq!(kept.len(), 2);
        assert!(kept.values().all(|text| text.parse() == Ok(second)));
        std::fs::write(&path, "nonsense").expect("a file");
        assert!(read(&path).is_empty(), "nonsense is measured anew");
    }
}
