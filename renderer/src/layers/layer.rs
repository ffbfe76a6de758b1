//! One splat layer of the renderer's copy.

use std::{ops::Range, sync::Arc, time::Instant};

use glam::Vec3;
use rayon::prelude::*;
use scene::{GaussianCloud, Grade, LodTree, NodeId, RowSet, SplatFlags, SplatLayer, Transform};

use super::{Chunk, flags::Flags, loader::Source, stream::Stream};
use crate::{
    HarmonicsFormat, Residency,
    consts::{CHUNK, PAGE, WORKGROUP},
    pack::{self, Stored},
    pages::{self, PageBounds},
};

/// Layers of no more splats keep the document's order: there is little to leave out.
const SMALL: usize = PAGE / 4;
/// Packed rows that are written together when one of them changed.
const BLOCK: usize = WORKGROUP as usize;

/// What a layer may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) most_bytes: u64,
    /// Until when rows of a large layer are written; the rest waits.
    pub(super) end: Option<Instant>,
    pub(super) harmonics: HarmonicsFormat,
    /// Whether bytes or format are others than before.
    pub(super) is_new: bool,
}

/// One splat layer: its rows one after the other, or, once it has levels of detail, as a stream of nodes.
pub(crate) struct Layer<C> {
    pub(crate) node: NodeId,
    pub(super) transform: Transform,
    pub(super) visible: bool,
    pub(super) lit: bool,
    pub(super) features: u32,
    /// What is packed of each splat.
    pub(super) stored: Stored,
    /// Rows of the document's layer.
    total: usize,
    /// Of these, the ones that are to be packed one after the other; all, but where there is no room.
    fitting: usize,
    /// Of these, the ones that are.
    len: usize,
    pub(super) bounds: Option<(Vec3, Vec3)>,
    /// The box of the middle of all means: without the outliers that trained scenes have.
    pub(super) core: Option<(Vec3, Vec3)>,
    pub(crate) chunks: Vec<C>,
    /// Rows that this sync has packed already.
    pub(super) written: Range<usize>,
    /// Rows that changed and are not packed anew yet.
    changed: Range<usize>,
    /// The document's row of each packed row.
    pub(super) splat_from_sorted: Vec<u32>,
    /// The inverse.
    sorted_from_splat: Vec<u32>,
    /// Where the splats of each page are.
    pub(super) pages: Vec<PageBounds>,
    /// Whether neighbors share pages: not yet while the layer arrives.
    sorted: bool,
    pub(super) flags: Flags,
    /// How colors are shown.
    pub(super) grades: Vec<Grade>,
    /// Levels of detail.
    pub(crate) stream: Option<Stream<C>>,
}

impl<C: Chunk> Layer<C> {
    pub(super) fn empty(node: NodeId) -> Self {
        Self {
            node,
            transform: Transform::IDENTITY,
            visible: false,
            lit: false,
            features: 0,
            stored: Stored::default(),
            total: 0,
            fitting: 0,
            len: 0,
            bounds: None,
            core: None,
            chunks: Vec::new(),
            written: 0..0,
            changed: 0..0,
            splat_from_sorted: Vec::new(),
            sorted_from_splat: Vec::new(),
            pages: Vec::new(),
            sorted: true,
            flags: Flags::default(),
            grades: Vec::new(),
            stream: None,
        }
    }

    /// The layer's own rows, then the slots of its nodes.
    pub(super) fn all_chunks(&self) -> impl Iterator<Item = &C> {
        self.chunks
            .iter()
            .chain(self.stream.iter().flat_map(|s| &s.chunks))
    }

    /// Rows that each of all chunks may hold.
    pub(super) fn chunk_rows(&self) -> impl Iterator<Item = usize> {
        let own = (0..self.len.div_ceil(CHUNK)).map(|i| (self.len - i * CHUNK).min(CHUNK));
        own.chain(self.all_chunks().skip(self.chunks.len()).map(C::capacity))
    }

    /// The document's row at a place of one of all chunks; none for merged splats.
    pub(super) fn row_at(&self, chunk: usize, place: usize) -> Option<u32> {
        match (chunk.checked_sub(self.chunks.len()), &self.stream) {
            (Some(chunk), Some(stream)) => stream.row_at(chunk, place),
            (None, _) => self.splat_from_sorted.get(chunk * CHUNK + place).copied(),
            (Some(_), None) => None,
        }
    }

    /// Rows of the document's layer.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Of these, the ones that pictures may show.
    pub(super) fn held(&self) -> usize {
        if self.stream.is_some() {
            self.total
        } else {
            self.len
        }
    }

    /// Rows that are drawn, in whatever detail.
    pub(super) fn len(&self) -> usize {
        self.held()
    }

    /// Rows that lie one after the other.
    pub(super) fn packed_len(&self) -> usize {
        self.len
    }

    /// Whether rows wait for the next sync.
    pub(super) fn is_behind(&self) -> bool {
        match &self.stream {
            Some(stream) => self.visible && stream.is_recoloring(),
            None => self.len < self.fitting || !self.changed.is_empty(),
        }
    }

    pub(super) fn was_written(&self) -> bool {
        !self.written.is_empty()
    }

    /// Takes over levels of detail. A tree that was refreshed changes only what it does not share with the
    /// one before.
    pub(super) fn set_tree(
        &mut self,
        home: &C::Home,
        source: &SplatLayer,
        tree: Arc<LodTree>,
        most_bytes: u64,
    ) {
        if let Some(stream) = self.stream.as_mut().filter(|s| s.is_of(&tree)) {
            stream.refresh(Arc::clone(&source.cloud), tree);
            return;
        }
        let from = Source {
            cloud: Arc::clone(&source.cloud),
            tree,
            stored: self.stored,
        };
        let stream = Stream::new(home, from, &self.flags, most_bytes);
        let held: u64 = self.chunks.iter().map(C::bytes).sum();
        // Exact pictures are drawn of the rows until the nodes are there, where there is room for both.
        if self.len < self.total || held.saturating_add(stream.most_bytes()) > most_bytes {
            self.drop_rows();
        }
        self.stream = Some(stream);
    }

    /// Gives back the room of rows whose nodes are there.
    pub(super) fn drop_rows(&mut self) {
        self.chunks.clear();
        self.forget_order();
        self.fitting = 0;
    }

    /// Appends rows up to `end` to the order in which they are packed.
    fn append_order(&mut self, means: &[Vec3], end: usize, sort: bool) {
        let kept = self.splat_from_sorted.len();
        let mut rows: Vec<u32> = (kept as u32..end as u32).collect();
        if let (true, Some(core)) = (sort, self.core) {
            rows = pages::morton_order(&rows, means, core);
        }
        self.sorted_from_splat.resize(end, 0);
        for (place, &row) in (kept as u32..).zip(&rows) {
            self.sorted_from_splat[row as usize] = place;
        }
        self.splat_from_sorted.extend(rows);
    }

    /// Runs of packed rows, whole blocks within one chunk, that hold these rows of the document.
    fn packed_runs(&self, rows: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
        let mut touched = vec![false; self.len.div_ceil(BLOCK)];
        let packed = &self.sorted_from_splat[..self.sorted_from_splat.len().min(self.len)];
        for place in rows.filter_map(|row| packed.get(row)) {
            touched[*place as usize / BLOCK] = true;
        }
        let mut runs: Vec<Range<usize>> = Vec::new();
        for block in (0..touched.len()).filter(|&b| touched[b]) {
            let (start, end) = (block * BLOCK, self.len.min((block + 1) * BLOCK));
            match runs.last_mut() {
                Some(run) if run.end == start && start % CHUNK != 0 => run.end = end,
                _ => runs.push(start..end),
            }
        }
        runs
    }

    /// Makes the chunks fit a cloud of another length or degree. Of a large layer as much is written as time
    /// allows; everything else at once.
    pub(super) fn resize(&mut self, home: &C::Home, source: &SplatLayer, room: Room) {
        let cloud = &source.cloud;
        let stored = Stored::of(cloud, room.harmonics);
        let end = room.end.filter(|_| cloud.len() > Residency::LARGE);
        let fitting = room.most_bytes / stored.row_bytes() as u64;
        let fitting = usize::try_from(fitting).unwrap_or(usize::MAX);
        let fitting = fitting.min(cloud.len());
        self.written = 0..0;
        if self.flags.values().len() != source.flags.len() {
            // A stream is of as many rows as it was made of.
            self.flags.take(&source.flags, 0..cloud.len(), |_, _| {});
        }
        if let Some(stream) = self
            .stream
            .take_if(|_| room.is_new && self.total == cloud.len())
        {
            self.start_over();
            self.stored = stored;
            self.stream = Some(stream.anew(home, stored, &self.flags, room.most_bytes));
            return;
        }
        if self.stored != stored || (room.is_new && self.len > fitting) {
            self.start_over();
        } else if self.stream.is_some() {
            if self.total == cloud.len() {
                return;
            }
            self.start_over();
        } else if self.total > cloud.len() || (!self.sorted && !source.incoming && end.is_none()) {
            // A layer that has arrived finds its final order now.
            self.forget_order();
        }
        self.stored = stored;
        self.total = cloud.len();
        self.fitting = fitting.max(self.len);
        self.grow(home, source, end);
        if let Some(end) = end {
            self.write_changed(home, source, end);
        }
    }

    fn start_over(&mut self) {
        self.stream = None;
        self.chunks.clear();
        self.forget_order();
    }

    fn forget_order(&mut self) {
        self.len = 0;
        self.sorted = true;
        self.changed = 0..0;
        self.splat_from_sorted.clear();
        self.sorted_from_splat.clear();
        self.pages.clear();
    }

    /// Packs the rows that are not packed yet, until the end where there is one.
    fn grow(&mut self, home: &C::Home, source: &SplatLayer, end: Option<Instant>) {
        let kept = self.len;
        while self.len < self.fitting {
            let next = match end {
                Some(_) => (self.len / PAGE + 1) * PAGE,
                None => self.fitting,
            };
            self.extend(home, source, next.min(self.fitting));
            if end.is_some_and(|end| Instant::now() > end) {
                break;
            }
        }
        self.written = kept..self.len;
    }

    /// Packs rows up to `end`.
    fn extend(&mut self, home: &C::Home, source: &SplatLayer, end: usize) {
        let (cloud, kept) = (&source.cloud, self.len);
        let sort = end - kept > SMALL;
        self.core = core_bounds(cloud.means());
        self.append_order(cloud.means(), end, sort && !source.incoming);
        self.sorted &= !(sort && source.incoming);
        for i in 0..end.div_ceil(CHUNK) {
            let rows = i * CHUNK..end.min((i + 1) * CHUNK);
            let held = self.chunks.get(i).map_or(0, C::capacity);
            if held >= rows.len() {
                continue;
            }
            let room = match (held, source.incoming) {
                (0, false) => self.fitting.min((i + 1) * CHUNK) - rows.start,
                (0, true) if i > 0 => CHUNK,
                (0, true) => rows.len(),
                // An arriving layer grows often: leave it more room.
                _ if rows.len() > PAGE => rows.len() * 3,
                _ => rows.len() * 3 / 2,
            };
            let capacity = room.next_multiple_of(WORKGROUP as usize).min(CHUNK);
            let mut chunk = C::new(home, capacity, self.stored);
            // Rows that were written before lie in the chunk that is thrown away.
            if rows.start < kept {
                let again = &self.splat_from_sorted[rows.start..rows.end.min(kept)];
                chunk.write_cloud(home, cloud, again, 0);
                chunk.write_flags(home, &source.flags, again, 0);
            }
            if i < self.chunks.len() {
                self.chunks[i] = chunk;
            } else {
                self.chunks.push(chunk);
            }
        }
        self.chunks.truncate(end.div_ceil(CHUNK));
        self.len = end;
        if kept == 0 {
            self.bounds = None;
        }
        self.bounds = union(self.bounds, bounds(&cloud.means()[kept..end]));
        self.write_rows(home, source, kept..end);
    }

    /// Packs rows that changed, now or slice by slice.
    pub(super) fn rewrite(&mut self, home: &C::Home, source: &SplatLayer, rows: Range<usize>) {
        let cloud = &source.cloud;
        self.features = pack::features(cloud);
        self.core = core_bounds(cloud.means());
        self.take_flags(&source.flags, 0..cloud.len());
        if let Some(stream) = &mut self.stream {
            stream.set_cloud(cloud, rows);
            self.drop_rows();
        } else if rows.len() > Residency::LARGE {
            let all = [self.changed.clone(), rows.start..rows.end.min(self.len)];
            self.changed = all
                .into_iter()
                .filter(|r| !r.is_empty())
                .reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))
                .unwrap_or_default();
            return;
        } else {
            self.write_rows(home, source, rows);
        }
        self.bounds = cloud.bounds();
    }

    fn write_changed(&mut self, home: &C::Home, source: &SplatLayer, end: Instant) {
        while !self.changed.is_empty() {
            let next = (self.changed.start + PAGE).min(self.changed.end);
            self.write_rows(home, source, self.changed.start..next);
            self.written = self.written.start..self.written.end.max(1);
            self.changed.start = next;
            if self.changed.is_empty() {
                self.bounds = source.cloud.bounds();
            }
            if Instant::now() > end {
                break;
            }
        }
    }

    /// Packs rows of which only the colors changed: every splat stays where it is. Whether they are so many
    /// that everything is packed as if more had changed.
    pub(super) fn recolor(&mut self, home: &C::Home, source: &SplatLayer, rows: &RowSet) -> bool {
        if rows.len() > Residency::LARGE {
            self.rewrite(home, source, rows.covering());
            return true;
        }
        let runs = self.packed_runs(rows.iter());
        self.write_runs(home, source, &runs);
        if let Some(stream) = &mut self.stream {
            stream.set_cloud(&source.cloud, rows.iter());
        }
        false
    }

    fn write_rows(&mut self, home: &C::Home, source: &SplatLayer, rows: Range<usize>) {
        let runs = self.packed_runs(rows);
        self.write_runs(home, source, &runs);
        self.features = pack::features(&source.cloud);
        self.bound_pages(&source.cloud, &runs);
    }

    fn write_runs(&mut self, home: &C::Home, source: &SplatLayer, runs: &[Range<usize>]) {
        for run in runs.iter().cloned() {
            if let Some(chunk) = self.chunks.get_mut(run.start / CHUNK) {
                let at = run.start % CHUNK;
                let rows = &self.splat_from_sorted[run];
                chunk.write_cloud(home, &source.cloud, rows, at);
                chunk.write_flags(home, &source.flags, rows, at);
            }
        }
    }

    /// Measures the pages of rows that changed.
    fn bound_pages(&mut self, cloud: &GaussianCloud, runs: &[Range<usize>]) {
        let nowhere = PageBounds::of(cloud, &[]);
        let n = self.len.div_ceil(PAGE);
        self.pages.resize(n, nowhere);
        let mut changed = vec![false; n];
        for run in runs {
            changed[run.start / PAGE..=(run.end - 1) / PAGE].fill(true);
        }
        let pages = self.splat_from_sorted[..self.len].par_chunks(PAGE);
        self.pages
            .par_iter_mut()
            .zip(pages)
            .zip(changed)
            .filter(|(_, changed)| *changed)
            .for_each(|((bounds, rows), _)| *bounds = PageBounds::of(cloud, rows));
    }

    fn take_flags(&mut self, flags: &[SplatFlags], rows: Range<usize>) {
        match &mut self.stream {
            Some(stream) => stream.take_flags(&mut self.flags, flags, rows),
            None => self.flags.take(flags, rows, |_, _| {}),
        }
    }

    /// Packs the flags of rows that changed.
    pub(super) fn rewrite_flags(
        &mut self,
        home: &C::Home,
        flags: &[SplatFlags],
        rows: Range<usize>,
    ) {
        self.take_flags(flags, rows.clone());
        for run in self.packed_runs(rows) {
            if let Some(chunk) = self.chunks.get_mut(run.start / CHUNK) {
                let at = run.start % CHUNK;
                chunk.write_flags(home, flags, &self.splat_from_sorted[run], at);
            }
        }
    }
}

fn bounds(means: &[Vec3]) -> Option<(Vec3, Vec3)> {
    let first = *means.first()?;
    let around = |(low, high): (Vec3, Vec3), m: &Vec3| (low.min(*m), high.max(*m));
    Some(means.iter().fold((first, first), around))
}

fn union(a: Option<(Vec3, Vec3)>, b: Option<(Vec3, Vec3)>) -> Option<(Vec3, Vec3)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

/// The box from the 2nd to the 98th percentile of a sample of the means.
fn core_bounds(means: &[Vec3]) -> Option<(Vec3, Vec3)> {
    const SAMPLE: usize = 4096;
    let step = means.len().div_ceil(SAMPLE).max(1);
    let mut low = Vec3::ZERO;
    let mut high = Vec3::ZERO;
    for axis in 0..3 {
        let mut values: Vec<f32> = means.iter().step_by(step).map(|m| m[axis]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let trim = values.len() / 50;
        low[axis] = *values.get(trim)?;
        high[axis] = *values.get(values.len() - 1 - trim)?;
    }
    Some((low, high))
}
