//! `.osm`: the XML of OpenStreetMap. It has only elements with attributes, so that a scanner of tags reads it all.

use super::OsmError;
use super::data::{Elements, LonLat, Relation, Tags, Way};

/// A tag with its attributes: `<name a="b">`, `<name/>`, `</name>`.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
    closes: bool,
    empty: bool,
}

impl Tag<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(k, _)| *k == key)
            .map(|(_, v)| v.as_str())
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.get(key)?.trim().parse().ok()
    }
}

/// What is being read.
enum Open {
    Nothing,
    Node(i64, LonLat, Tags),
    Way(Way),
    Relation(Relation),
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Elements, OsmError> {
    let text = String::from_utf8_lossy(bytes);
    let mut elements = Elements::default();
    let mut open = Open::Nothing;
    let mut rest = text.as_ref();
    let mut found = false;
    while let Some(tag) = next_tag(&mut rest)? {
        found |= tag.name == "osm";
        if tag.closes {
            if matches!(tag.name, "node" | "way" | "relation") {
                keep(std::mem::replace(&mut open, Open::Nothing), &mut elements)?;
            }
        } else {
            begin(&tag, &mut open, &mut elements)?;
        }
    }
    if !found {
        return Err(OsmError::Broken {
            what: "there is no <osm> element in it".to_owned(),
        });
    }
    Ok(elements)
}

fn begin(tag: &Tag<'_>, open: &mut Open, elements: &mut Elements) -> Result<(), OsmError> {
    let place = |lon, lat| {
        Some(LonLat {
            lon: tag.number(lon)?,
            lat: tag.number(lat)?,
        })
    };
    match (tag.name, &mut *open) {
        ("bounds", _) => {
            elements.bounds = place("minlon", "minlat").zip(place("maxlon", "maxlat"));
        }
        ("node", _) => {
            if let (Some(id), Some(at)) = (tag.number("id"), place("lon", "lat")) {
                *open = Open::Node(id, at, Tags::default());
            }
        }
        ("way", _) => {
            *open = Open::Way(Way {
                id: tag.number("id").unwrap_or_default(),
                ..Way::default()
            });
        }
        ("relation", _) => {
            *open = Open::Relation(Relation {
                id: tag.number("id").unwrap_or_default(),
                ..Relation::default()
            });
        }
        ("nd", Open::Way(way)) => way.nodes.extend(tag.number::<i64>("ref")),
        ("member", Open::Relation(relation)) if tag.get("type") == Some("way") => {
            let role = tag.get("role").unwrap_or_default().to_owned();
            relation
                .members
                .extend(tag.number("ref").map(|id| (id, role)));
        }
        (
            "tag",
            Open::Node(_, _, tags)
            | Open::Way(Way { tags, .. })
            | Open::Relation(Relation { tags, .. }),
        ) => {
            if let (Some(key), Some(value)) = (tag.get("k"), tag.get("v")) {
                tags.0.push((key.to_owned(), value.to_owned()));
            }
        }
        _ => {}
    }
    if tag.empty && matches!(tag.name, "node" | "way" | "relation") {
        keep(std::mem::replace(open, Open::Nothing), elements)?;
    }
    Ok(())
}

fn keep(open: Open, elements: &mut Elements) -> Result<(), OsmError> {
    match open {
        Open::Nothing => {}
        Open::Node(id, at, tags) => elements.node(id, at, tags)?,
        Open::Way(way) => elements.ways.push(way),
        Open::Relation(relation) => elements.relations.push(relation),
    }
    Ok(())
}

/// The next tag; comments, declarations and text are passed over.
fn next_tag<'a>(rest: &mut &'a str) -> Result<Option<Tag<'a>>, OsmError> {
    loop {
        let Some(start) = rest.find('<') else {
            return Ok(None);
        };
        let tag = &rest[start + 1..];
        let passed = [("!--", "-->"), ("!", ">"), ("?", "?>")]
            .into_iter()
            .find(|(begin, _)| tag.starts_with(begin));
        if let Some((_, end)) = passed {
            *rest = tag.find(end).map_or("", |at| &tag[at + end.len()..]);
            continue;
        }
        let end = end_of(tag).ok_or_else(|| OsmError::Broken {
            what: "the file ends in the middle of an element".to_owned(),
        })?;
        *rest = &tag[end + 1..];
        return Ok(Some(parse(&tag[..end])));
    }
}

/// Where a tag ends: the first `>` outside quotes.
fn end_of(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

fn parse(tag: &str) -> Tag<'_> {
    let closes = tag.starts_with('/');
    let body = tag.trim_start_matches('/');
    let empty = body.ends_with('/');
    let body = body.trim_end_matches('/');
    let (name, mut rest) = body
        .split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((body, ""));
    let mut attributes = Vec::new();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some((value, after)) = after[1..].split_once(quote) else {
            break;
        };
        attributes.push((key.trim(), unescape(value)));
        rest = after;
    }
    Tag {
        name,
        attributes,
        closes,
        empty,
    }
}

/// The text that entities stand for.
fn unescape(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once(';') else {
            text.push('&');
            rest = after;
            continue;
        };
        let numbered = |digits: &str, radix| {
            u32::from_str_radix(digits, radix)
                .ok()
                .and_then(char::from_u32)
        };
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix('#') {
                Some(hex) if hex.starts_with('x') => numbered(&hex[1..], 16),
                Some(digits) => numbered(digits, 10),
                None => None,
            },
        };
        text.extend(character);
        rest = behind;
    }
    text.push_str(rest);
    text
}
