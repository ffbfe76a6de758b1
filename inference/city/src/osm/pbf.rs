//! `.osm.pbf`: blocks of nodes, ways and relations in protocol buffers, deflated one by one
//! (<https://wiki.openstreetmap.org/wiki/PBF_Format>).

use std::io::Read;

use super::OsmError;
use super::data::{Elements, LonLat, Relation, Tags, Way};
use super::wire::{Fields, Value, deltas, packed, zigzag};

/// The format's own limit of an inflated block, bytes.
const LARGEST_BLOCK: u64 = 32 << 20;

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Elements, OsmError> {
    let mut elements = Elements::default();
    let mut rest = bytes;
    let mut blocks = 0;
    while !rest.is_empty() {
        let (kind, block) = next_block(&mut rest).ok_or_else(|| broken(blocks))??;
        match kind {
            b"OSMHeader" => header(&block, &mut elements)?,
            b"OSMData" => Block::read(&block)
                .ok_or_else(|| broken(blocks))?
                .collect(&mut elements)?,
            _ => {}
        }
        blocks += 1;
    }
    Ok(elements)
}

fn broken(block: usize) -> OsmError {
    OsmError::Broken {
        what: format!("block {block} of the .osm.pbf file cannot be read"),
    }
}

/// Kind and content of a block.
type Named<'a> = (&'a [u8], Vec<u8>);

/// Kind and content of the next block; nothing where the bytes end too early.
fn next_block<'a>(rest: &mut &'a [u8]) -> Option<Result<Named<'a>, OsmError>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (header, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let (mut kind, mut size) = (b"".as_slice(), 0);
    for field in Fields::new(header) {
        match field {
            (1, Value::Bytes(name)) => kind = name,
            (3, Value::Number(bytes)) => size = usize::try_from(bytes).ok()?,
            _ => {}
        }
    }
    let (blob, after) = after.split_at_checked(size)?;
    *rest = after;
    inflate(blob).map(|block| block.map(|block| (kind, block)))
}

fn inflate(blob: &[u8]) -> Option<Result<Vec<u8>, OsmError>> {
    for field in Fields::new(blob) {
        match field {
            (1, Value::Bytes(raw)) => return Some(Ok(raw.to_vec())),
            (3, Value::Bytes(zlib)) => {
                let mut block = Vec::new();
                let mut reader = flate2::read::ZlibDecoder::new(zlib).take(LARGEST_BLOCK);
                reader.read_to_end(&mut block).ok()?;
                return Some(Ok(block));
            }
            (4..=7, Value::Bytes(_)) => {
                return Some(Err(OsmError::Broken {
                    what: "its blocks are packed in a way that is not read; save it with zlib \
                           (`osmium cat -f pbf,pbf_compression=zlib`)"
                        .to_owned(),
                }));
            }
            _ => {}
        }
    }
    None
}

fn header(block: &[u8], elements: &mut Elements) -> Result<(), OsmError> {
    for field in Fields::new(block) {
        match field {
            (1, Value::Bytes(bytes)) => {
                let mut sides = [None; 5];
                for side in Fields::new(bytes) {
                    if let (key @ 1..=4, Value::Number(value)) = side {
                        sides[key as usize] = Some(zigzag(value) as f64 * 1e-9);
                    }
                }
                if let [_, Some(west), Some(east), Some(north), Some(south)] = sides {
                    elements.bounds = Some((
                        LonLat {
                            lon: west,
                            lat: south,
                        },
                        LonLat {
                            lon: east,
                            lat: north,
                        },
                    ));
                }
            }
            (4, Value::Bytes(feature)) => {
                let known = [b"OsmSchema-V0.6".as_slice(), b"DenseNodes"];
                if !known.contains(&feature) {
                    return Err(OsmError::Broken {
                        what: format!(
                            "it needs “{}”, which is not known; save it as a plain .osm.pbf",
                            String::from_utf8_lossy(feature)
                        ),
                    });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A block with its table of strings and its units.
struct Block<'a> {
    strings: Vec<&'a [u8]>,
    groups: Vec<&'a [u8]>,
    granularity: f64,
    lat_offset: f64,
    lon_offset: f64,
}

impl<'a> Block<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut block = Self {
            strings: Vec::new(),
            groups: Vec::new(),
            granularity: 100.0,
            lat_offset: 0.0,
            lon_offset: 0.0,
        };
        let mut fields = Fields::new(bytes);
        for field in &mut fields {
            match field {
                (1, Value::Bytes(table)) => {
                    block.strings = Fields::new(table)
                        .filter_map(|(_, value)| match value {
                            Value::Bytes(text) => Some(text),
                            Value::Number(_) => None,
                        })
                        .collect();
                }
                (2, Value::Bytes(group)) => block.groups.push(group),
                (17, Value::Number(n)) => block.granularity = n as f64,
                (19, Value::Number(n)) => block.lat_offset = n as i64 as f64,
                (20, Value::Number(n)) => block.lon_offset = n as i64 as f64,
                _ => {}
            }
        }
        (!fields.broken).then_some(block)
    }

    fn collect(&self, elements: &mut Elements) -> Result<(), OsmError> {
        for group in &self.groups {
            for field in Fields::new(group) {
                match field {
                    (1, Value::Bytes(node)) => self.node(node, elements)?,
                    (2, Value::Bytes(nodes)) => self.dense(nodes, elements)?,
                    (3, Value::Bytes(way)) => elements.ways.push(self.way(way)),
                    (4, Value::Bytes(relation)) => elements.relations.push(self.relation(relation)),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn text(&self, index: u64) -> String {
        let bytes = self.strings.get(index as usize).copied().unwrap_or(b"");
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn place(&self, lat: i64, lon: i64) -> LonLat {
        LonLat {
            lon: 1e-9 * (self.lon_offset + self.granularity * lon as f64),
            lat: 1e-9 * (self.lat_offset + self.granularity * lat as f64),
        }
    }

    fn tags(&self, keys: &[u8], values: &[u8]) -> Tags {
        Tags(
            packed(keys)
                .zip(packed(values))
                .map(|(k, v)| (self.text(k), self.text(v)))
                .collect(),
        )
    }

    fn node(&self, bytes: &[u8], elements: &mut Elements) -> Result<(), OsmError> {
        let (mut id, mut lat, mut lon) = (0, 0, 0);
        let (mut keys, mut values) = (b"".as_slice(), b"".as_slice());
        for field in Fields::new(bytes) {
            match field {
                (1, Value::Number(n)) => id = zigzag(n),
                (2, Value::Bytes(b)) => keys = b,
                (3, Value::Bytes(b)) => values = b,
                (8, Value::Number(n)) => lat = zigzag(n),
                (9, Value::Number(n)) => lon = zigzag(n),
                _ => {}
            }
        }
        elements.node(id, self.place(lat, lon), self.tags(keys, values))
    }

    fn dense(&self, bytes: &[u8], elements: &mut Elements) -> Result<(), OsmError> {
        let empty = b"".as_slice();
        let (mut ids, mut lats, mut lons, mut tags) = (empty, empty, empty, empty);
        for field in Fields::new(bytes) {
            match field {
                (1, Value::Bytes(b)) => ids = b,
                (8, Value::Bytes(b)) => lats = b,
                (9, Value::Bytes(b)) => lons = b,
                (10, Value::Bytes(b)) => tags = b,
                _ => {}
            }
        }
        let mut words = packed(tags);
        for ((id, lat), lon) in deltas(ids).zip(deltas(lats)).zip(deltas(lons)) {
            let mut own = Tags::default();
            while let Some(key) = words.next().filter(|&key| key != 0) {
                let Some(value) = words.next() else { break };
                own.0.push((self.text(key), self.text(value)));
            }
            elements.node(id, self.place(lat, lon), own)?;
        }
        Ok(())
    }

    fn way(&self, bytes: &[u8]) -> Way {
        let mut way = Way::default();
        let (mut keys, mut values) = (b"".as_slice(), b"".as_slice());
        for field in Fields::new(bytes) {
            match field {
                (1, Value::Number(n)) => way.id = n as i64,
                (2, Value::Bytes(b)) => keys = b,
                (3, Value::Bytes(b)) => values = b,
                (8, Value::Bytes(b)) => way.nodes = deltas(b).collect(),
                _ => {}
            }
        }
        way.tags = self.tags(keys, values);
        way
    }

    fn relation(&self, bytes: &[u8]) -> Relation {
        const WAY: u64 = 1;
        let empty = b"".as_slice();
        let mut relation = Relation::default();
        let (mut keys, mut values, mut roles, mut ids, mut kinds) =
            (empty, empty, empty, empty, empty);
        for field in Fields::new(bytes) {
            match field {
                (1, Value::Number(n)) => relation.id = n as i64,
                (2, Value::Bytes(b)) => keys = b,
                (3, Value::Bytes(b)) => values = b,
                (8, Value::Bytes(b)) => roles = b,
                (9, Value::Bytes(b)) => ids = b,
                (10, Value::Bytes(b)) => kinds = b,
                _ => {}
            }
        }
        relation.members = deltas(ids)
            .zip(packed(roles))
            .zip(packed(kinds))
            .filter(|(_, kind)| *kind == WAY)
            .map(|((id, role), _)| (id, self.text(role)))
            .collect();
        relation.tags = self.tags(keys, values);
        relation
    }
}
