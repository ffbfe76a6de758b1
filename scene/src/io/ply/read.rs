//! Reading the body of a PLY file in chunks.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    sync::Arc,
};

use super::{
    PlyError, ReadError,
    decode::parse_rows,
    header::{Element, Encoding, Header, Kind},
    layout::{PlyLayout, RawRows},
    plan::Plan,
    scalar::{Endian, ScalarType, Strided},
};
use crate::{
    GaussianCloud, Progress, Sink,
    io::{Loaded, Warning, Warnings},
};

/// Splats per part, the renderer's page.
const CHUNK_ROWS: u64 = 65_536;
/// A chunk takes no more than this, however wide its rows are.
const CHUNK_BYTES: usize = 64 << 20;
/// Other elements and raw rows up to this size are kept for saving.
const KEPT_BYTES: u64 = 256 << 20;
/// Longer than any line of numbers.
const LINE_BYTES: u64 = 1 << 20;

pub(in crate::io) fn read_file(
    file: File,
    total_bytes: u64,
    sink: &mut dyn Sink<GaussianCloud>,
) -> Result<Loaded, ReadError> {
    read(BufReader::with_capacity(1 << 16, file), total_bytes, sink)
}

/// Reads a PLY file of `total_bytes`, handing over chunks.
pub(in crate::io) fn read(
    mut reader: impl BufRead,
    total_bytes: u64,
    sink: &mut dyn Sink<GaussianCloud>,
) -> Result<Loaded, ReadError> {
    let header = Header::read(&mut reader)?;
    let vertex = header.elements.iter().position(|e| e.name == "vertex");
    let vertex = vertex.ok_or(PlyError::NotSplats {
        what: "a file without vertices",
    })?;
    let plan = Plan::of_element(&header, &header.elements[vertex])?;
    let mut body = Body {
        encoding: header.encoding,
        done_bytes: header.bytes,
        total_bytes,
        reader,
    };
    let mut before = Vec::new();
    for element in &header.elements[..vertex] {
        body.skip_element(element, &mut before)?;
    }
    let mut state = State {
        layout: PlyLayout::new(header, vertex, plan),
        loaded: Loaded {
            format: "PLY",
            ..Loaded::default()
        },
        sink,
    };
    state.layout.before = before;

    let lossless = state.layout.plan.is_lossless();
    if state.layout.encoding == Encoding::Ascii || !lossless {
        state.layout.raw = Some(RawRows::default());
    }
    if state.layout.splats > u64::from(u32::MAX - 1) {
        return Err(body.truncated(&state.layout).into());
    }
    match body.encoding {
        Encoding::Ascii => body.text_rows(&mut state)?,
        Encoding::Little => body.binary_rows(&mut state, Endian::Little)?,
        Encoding::Big => body.binary_rows(&mut state, Endian::Big)?,
    }
    let State {
        mut layout,
        mut loaded,
        ..
    } = state;
    let rest = (&mut body.reader)
        .take(KEPT_BYTES)
        .read_to_end(&mut layout.after);
    let rest = rest.map_err(PlyError::from)?;
    let all_kept = (rest as u64) < KEPT_BYTES;
    let warnings = &mut loaded.warnings;
    warnings.add(
        Warning::IncompleteHarmonics,
        u64::from(layout.plan.incomplete_harmonics),
    );
    warnings.add(Warning::Empty, u64::from(loaded.splats == 0));
    warnings.add(Warning::NotKept, u64::from(!all_kept));
    loaded.layout = all_kept.then(|| Arc::new(layout));
    Ok(loaded)
}

/// What grows while reading.
struct State<'a> {
    layout: PlyLayout,
    loaded: Loaded,
    sink: &'a mut dyn Sink<GaussianCloud>,
}

impl State<'_> {
    /// Decodes rows and hands them over; `raw` are the rows as they stood.
    fn push(
        &mut self,
        rows: &[u8],
        endian: Endian,
        raw: (&[u8], &[usize]),
        progress: (u64, u64),
    ) -> Result<(), ReadError> {
        let decoded = self.layout.plan.decode(rows, endian);
        self.keep_raw(raw, &decoded.dropped);
        merge(&mut self.loaded.warnings, &decoded.warnings);
        self.loaded.splats += decoded.cloud.len();
        self.loaded.bounds = match (self.loaded.bounds, decoded.cloud.bounds()) {
            (Some((lo, hi)), Some((low, high))) => Some((lo.min(low), hi.max(high))),
            (old, new) => old.or(new),
        };
        if !decoded.cloud.is_empty() {
            self.sink.push(decoded.cloud)?;
        }
        let (done, total) = progress;
        self.sink
            .progress(Progress::new("Reading splats", done.min(total), total))?;
        Ok(())
    }

    fn keep_raw(&mut self, (bytes, ends): (&[u8], &[usize]), dropped: &[usize]) {
        let Some(kept) = &mut self.layout.raw else {
            return;
        };
        if (kept.bytes.len() + bytes.len()) as u64 > KEPT_BYTES || !dropped.is_empty() {
            self.layout.raw = None;
            return;
        }
        let first = kept.bytes.len();
        kept.bytes.extend_from_slice(bytes);
        kept.ends.extend(ends.iter().map(|end| first + end));
    }
}

fn merge(all: &mut Warnings, more: &Warnings) {
    for (warning, count) in more.iter() {
        all.add(warning, count);
    }
}

/// The rest of the file.
struct Body<R> {
    reader: R,
    encoding: Encoding,
    done_bytes: u64,
    total_bytes: u64,
}

impl<R: BufRead> Body<R> {
    fn binary_rows(&mut self, state: &mut State<'_>, endian: Endian) -> Result<(), ReadError> {
        let stride = state.layout.plan.stride();
        let present = self.total_bytes.saturating_sub(self.done_bytes);
        let promised = state.layout.splats;
        if promised.saturating_mul(stride as u64) > present {
            return Err(self.truncated(&state.layout).into());
        }
        let chunk_rows = chunk_rows(stride);
        let mut left = promised;
        let mut rows = Vec::new();
        while left > 0 {
            let n = left.min(chunk_rows) as usize;
            rows.resize(n * stride, 0);
            // The file may have become shorter since its size was asked.
            if self.reader.read_exact(&mut rows).is_err() {
                return Err(self.truncated(&state.layout).into());
            }
            self.done_bytes += rows.len() as u64;
            left -= n as u64;
            let progress = (self.done_bytes, self.total_bytes);
            state.push(&rows, endian, (&rows, &[]), progress)?;
        }
        Ok(())
    }

    fn text_rows(&mut self, state: &mut State<'_>) -> Result<(), ReadError> {
        let chunk_rows = chunk_rows(state.layout.plan.stride());
        let mut left = state.layout.splats;
        let mut row = 0;
        while left > 0 {
            let (mut text, mut ends) = (Vec::new(), Vec::new());
            while (ends.len() as u64) < left.min(chunk_rows) && text.len() < CHUNK_BYTES {
                if !self.text_line(&mut text)? {
                    return Err(self.truncated(&state.layout).into());
                }
                ends.push(text.len());
            }
            let rows = parse_rows(&state.layout.plan, &text, &ends).map_err(|(bad, word)| {
                PlyError::Value {
                    splat: row + bad as u64,
                    found: word,
                }
            })?;
            left -= ends.len() as u64;
            row += ends.len() as u64;
            let progress = (self.done_bytes, self.total_bytes);
            state.push(&rows, Endian::Little, (&text, &ends), progress)?;
        }
        Ok(())
    }

    /// Adds the next line with words (and the blank ones before it) to `text`; false at the end.
    fn text_line(&mut self, text: &mut Vec<u8>) -> Result<bool, PlyError> {
        loop {
            let start = text.len();
            let read = (&mut self.reader)
                .take(LINE_BYTES)
                .read_until(b'\n', text)?;
            self.done_bytes += read as u64;
            if read == 0 {
                return Ok(false);
            }
            if read as u64 == LINE_BYTES {
                return Err(PlyError::LongLine);
            }
            if !text[start..].iter().all(u8::is_ascii_whitespace) {
                return Ok(true);
            }
        }
    }

    /// Adds an element as it stands to `kept`.
    fn skip_element(&mut self, element: &Element, kept: &mut Vec<u8>) -> Result<(), PlyError> {
        if element.properties.is_empty() {
            return Ok(());
        }
        let cut_short = || PlyError::Truncated {
            element: element.name.clone(),
            promised: element.count,
        };
        if self.encoding == Encoding::Ascii {
            for _ in 0..element.count {
                if !self.text_line(kept)? {
                    return Err(cut_short());
                }
                self.check_kept(kept)?;
            }
            return Ok(());
        }
        if let Some(stride) = element.stride() {
            let bytes = element.count.saturating_mul(stride as u64);
            return self.skip_bytes(bytes, kept)?.ok_or_else(cut_short);
        }
        let endian = match self.encoding {
            Encoding::Big => Endian::Big,
            _ => Endian::Little,
        };
        for _ in 0..element.count {
            for property in &element.properties {
                let bytes = match property.kind {
                    Kind::Scalar(scalar) => scalar.size() as u64,
                    Kind::List { count, item } => {
                        let start = kept.len();
                        let size = count.size() as u64;
                        self.skip_bytes(size, kept)?.ok_or_else(cut_short)?;
                        list_length(&kept[start..], count, endian)
                            .saturating_mul(item.size() as u64)
                    }
                };
                self.skip_bytes(bytes, kept)?.ok_or_else(cut_short)?;
            }
        }
        Ok(())
    }

    /// Adds so many bytes to `kept`; `None` if the file ends before.
    fn skip_bytes(&mut self, bytes: u64, kept: &mut Vec<u8>) -> Result<Option<()>, PlyError> {
        if bytes > self.total_bytes.saturating_sub(self.done_bytes) {
            return Ok(None);
        }
        let limit = KEPT_BYTES.saturating_sub(kept.len() as u64);
        if bytes > limit {
            return Err(PlyError::LargeElement);
        }
        let read = (&mut self.reader).take(bytes).read_to_end(kept)?;
        self.done_bytes += read as u64;
        Ok((read as u64 == bytes).then_some(()))
    }

    fn check_kept(&self, kept: &[u8]) -> Result<(), PlyError> {
        if kept.len() as u64 > KEPT_BYTES {
            return Err(PlyError::LargeElement);
        }
        Ok(())
    }

    fn truncated(&self, layout: &PlyLayout) -> PlyError {
        PlyError::Truncated {
            element: String::from("splat"),
            promised: layout.splats,
        }
    }
}

/// Rows of so many bytes that are read at once.
fn chunk_rows(stride: usize) -> u64 {
    CHUNK_ROWS.min((CHUNK_BYTES / stride.max(1)) as u64).max(1)
}

/// How many items a list holds; a negative number holds none.
fn list_length(bytes: &[u8], scalar: ScalarType, endian: Endian) -> u64 {
    let place = Strided {
        scalar,
        endian,
        stride: scalar.size(),
        offset: 0,
    };
    let value = place.collect(bytes).get_f64(0).unwrap_or(0.0);
    value.max(0.0) as u64
}
