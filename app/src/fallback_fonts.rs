//! The system's fonts for scripts that our own typeface lacks, so that every file name can be read.
//!
//! They are looked for by name in the system's font folders and read on a thread after the window is
//! there; where none is installed, the window's own fonts remain. One font for Chinese, Japanese and
//! Korean is taken, and one for each further script that is known to need its own.

use std::path::{Path, PathBuf};

use egui::{Context, FontData, FontFamily, FontInsert, FontPriority, InsertFontFamily};

use crate::theme;

/// Fonts by the beginning of their file names, the best first; of each row one is taken.
const WANTED: &[&[&str]] = &[
    &[
        "NotoSansCJK-Regular",
        "NotoSansCJKsc-Regular",
        "NotoSansSC-Regular",
        "SourceHanSans-Regular",
        "DroidSansFallbackFull",
        "DroidSansFallback",
        "wqy-microhei",
        "wqy-zenhei",
        "PingFang",
        "Hiragino Sans GB",
        "msyh",
        "msgothic",
        "malgun",
    ],
    &[
        "NotoSans-Regular",
        "DejaVuSans.",
        "Arial Unicode",
        "segoeui.",
    ],
    &[
        "NotoSansArabic-Regular",
        "NotoNaskhArabic-Regular",
        "tahoma.",
    ],
    &["NotoSansHebrew-Regular"],
    &["NotoSansDevanagari-Regular", "Nirmala"],
    &["NotoSansThai-Regular", "LeelawUI"],
];
/// Larger files are no fonts that a window should hold.
const MOST_BYTES: u64 = 48 << 20;
/// Folders below the font folders are looked at so deep.
const DEPTH: u32 = 4;

/// One font, read.
pub struct Fallback {
    name: String,
    bytes: Vec<u8>,
}

/// Finds and reads the fonts. Slow; call it on a thread.
pub fn read() -> Vec<Fallback> {
    let mut files = Vec::new();
    for folder in folders() {
        list(&folder, DEPTH, &mut files);
    }
    WANTED
        .iter()
        .filter_map(|names| best(&files, names))
        .filter_map(|path| {
            let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= MOST_BYTES);
            let bytes = std::fs::read(path).ok().filter(|_| small)?;
            is_font(&bytes).then(|| Fallback {
                name: crate::recent::file_name(path),
                bytes,
            })
        })
        .collect()
}

/// Hands the fonts to the window, behind its own.
pub fn install(ctx: &Context, fonts: Vec<Fallback>) {
    for font in fonts {
        let families = [FontFamily::Proportional, theme::semibold()];
        ctx.add_font(FontInsert {
            name: font.name,
            data: FontData::from_owned(font.bytes),
            families: families
                .map(|family| InsertFontFamily {
                    family,
                    priority: FontPriority::Lowest,
                })
                .to_vec(),
        });
    }
}

fn folders() -> Vec<PathBuf> {
    let from = |name: &str, rest: &str| Some(PathBuf::from(std::env::var_os(name)?).join(rest));
    let fixed = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    ];
    fixed
        .iter()
        .map(PathBuf::from)
        .chain(from("HOME", ".local/share/fonts"))
        .chain(from("WINDIR", "Fonts"))
        .collect()
}

fn list(folder: &Path, depth: u32, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    // The order of a folder is the disk's business; the choice must not be.
    entries.sort();
    for path in entries {
        if path.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, files);
            }
        } else if matches!(
            crate::choose::ending_of(&path).as_deref(),
            Some("ttf" | "otf" | "ttc" | "otc")
        ) {
            files.push(path);
        }
    }
}

fn best<'a>(files: &'a [PathBuf], names: &[&str]) -> Option<&'a PathBuf> {
    names.iter().find_map(|name| {
        files
            .iter()
            .find(|path| crate::recent::file_name(path).starts_with(name))
    })
}

/// Whether the bytes begin as OpenType, TrueType or a collection do.
fn is_font(bytes: &[u8]) -> bool {
    matches!(
        bytes.first_chunk(),
        Some([0, 1, 0, 0] | b"OTTO" | b"true" | b"ttcf")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_font_that_is_there_is_taken() {
        let files = [
            "/f/DejaVuSans-Bold.ttf",
            "/f/DejaVuSans.ttf",
            "/f/wqy-zenhei.ttc",
        ];
        let files = files.map(PathBuf::from);
        assert_eq!(best(&files, WANTED[0]), Some(&files[2]), "Chinese");
        assert_eq!(best(&files, WANTED[1]), Some(&files[1]), "not the bold one");
        assert_eq!(best(&files, WANTED[3]), None, "not installed");
        assert!(!is_font(b"<html>"), "a web page is no font");
    }
}
