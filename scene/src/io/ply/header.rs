//! The text at the start of a PLY file.

use std::io::{BufRead, Read as _};

use super::{PlyError, scalar::ScalarType};

/// More than any real header (a few KiB), less than would hurt.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// More elements or properties than any tool writes; keeps the checks between them cheap.
const MAX_ELEMENTS: usize = 64;
const MAX_PROPERTIES: usize = 4096;

/// How the values after the header are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Ascii,
    Little,
    Big,
}

/// A parsed header with its own text.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) encoding: Encoding,
    pub(super) elements: Vec<Element>,
    /// Every line as it stood, with what it means.
    pub(super) lines: Vec<(Vec<u8>, Line)>,
    /// Length of the header in the file.
    pub(super) bytes: u64,
}

/// What a header line means to the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Magic, format, comments, end.
    Other,
    /// Begins the element of this index.
    Element(usize),
    /// Property (second index) of an element (first).
    Property(usize, usize),
}

#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) properties: Vec<Declared>,
}

#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(ScalarType),
    List { count: ScalarType, item: ScalarType },
}

impl Element {
    /// Bytes per binary row; `None` where a list makes rows differ.
    pub(super) fn stride(&self) -> Option<usize> {
        let sizes = self.properties.iter().map(|p| match p.kind {
            Kind::Scalar(scalar) => Some(scalar.size()),
            Kind::List { .. } => None,
        });
        sizes.sum()
    }
}

impl Header {
    pub(super) fn read(reader: &mut dyn BufRead) -> Result<Self, PlyError> {
        let mut header = Self {
            encoding: Encoding::Ascii,
            elements: Vec::new(),
            lines: Vec::new(),
            bytes: 0,
        };
        let mut format_seen = false;
        loop {
            let mut raw = Vec::new();
            let left = MAX_HEADER_BYTES.saturating_sub(header.bytes);
            let read = reader.take(left).read_until(b'\n', &mut raw)?;
            header.bytes += read as u64;
            if raw.last() != Some(&b'\n') {
                let problem = if header.lines.is_empty() {
                    PlyError::NotPly
                } else {
                    PlyError::NoHeaderEnd
                };
                return Err(problem);
            }
            let text = String::from_utf8_lossy(&raw).into_owned();
            let line = text.trim();
            if header.lines.is_empty() && line != "ply" {
                return Err(PlyError::NotPly);
            }
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            let meaning = header.understand(&words, &mut format_seen);
            let meaning = meaning.map_err(|problem| PlyError::Header {
                line: header.lines.len() + 1,
                text: line.chars().take(80).collect(),
                problem,
            })?;
            header.lines.push((raw, meaning));
            if line == "end_header" {
                return if format_seen {
                    Ok(header)
                } else {
                    Err(PlyError::NoFormat)
                };
            }
        }
    }

    fn understand(&mut self, words: &[&str], format_seen: &mut bool) -> Result<Line, &'static str> {
        match words {
            ["format", encoding, _version] => {
                *format_seen = true;
                self.encoding = match *encoding {
                    "ascii" => Encoding::Ascii,
                    "binary_little_endian" => Encoding::Little,
                    "binary_big_endian" => Encoding::Big,
                    _ => return Err("an unknown format"),
                };
            }
            ["element", name, count] => {
                if self.elements.iter().any(|element| element.name == *name) {
                    return Err("an element that is there twice");
                }
                if self.elements.len() >= MAX_ELEMENTS {
                    return Err("one element too many");
                }
                self.elements.push(Element {
                    name: (*name).to_owned(),
                    count: count.parse().map_err(|_| "a count that is no number")?,
                    properties: Vec::new(),
                });
                return Ok(Line::Element(self.elements.len() - 1));
            }
            ["property", rest @ ..] => {
                let (name, kind) = match rest {
                    ["list", count, item, name] => (
                        name,
                        Kind::List {
                            count: scalar(count)?,
                            item: scalar(item)?,
                        },
                    ),
                    [kind, name] => (name, Kind::Scalar(scalar(kind)?)),
                    _ => return Err("a property without type or name"),
                };
                let index = self.elements.len();
                let element = self.elements.last_mut();
                let element = element.ok_or("a property before any element")?;
                if element.properties.len() >= MAX_PROPERTIES {
                    return Err("one property too many");
                }
                element.properties.push(Declared {
                    name: (*name).to_owned(),
                    kind,
                });
                return Ok(Line::Property(index - 1, element.properties.len() - 1));
            }
            [] | ["ply" | "end_header" | "comment" | "obj_info", ..] => {}
            _ => return Err("a line that does not belong into a header"),
        }
        Ok(Line::Other)
    }
}

fn scalar(name: &str) -> Result<ScalarType, &'static str> {
    ScalarType::parse(name).ok_or("an unknown number type")
}
