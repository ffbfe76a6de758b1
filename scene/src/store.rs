//! Numbers of a cloud: in memory, or in a file without a name, mapped, where they are too many.
//!
//! What is in a file never changes once it is written; more may follow behind it. Only this module knows
//! how; everyone else sees slices.

use std::{
    fs::File,
    io::{self, Seek as _, SeekFrom, Write as _},
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bytemuck::Pod;
use memmap2::Mmap;

/// Bytes that a file has at least, so that it grows seldom.
const LEAST: u64 = 1 << 20;
/// Values begin at multiples of this, enough for every type.
const ALIGNED: u64 = 16;

/// A file without a name: it is gone when the last who uses it is.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    map: Arc<Mmap>,
    written: u64,
}

impl Store {
    /// An empty one in a folder.
    pub(crate) fn new(folder: &Path) -> io::Result<Arc<Self>> {
        let file = tempfile::tempfile_in(folder)?;
        file.set_len(LEAST)?;
        let map = map(&file)?;
        Ok(Arc::new(Self {
            inner: Mutex::new(Inner {
                file,
                map,
                written: 0,
            }),
        }))
    }

    /// Values at the end of the file.
    pub(crate) fn add<T: Pod>(self: &Arc<Self>, values: &[T]) -> io::Result<Values<T>> {
        let mut inner = self.lock();
        let start = inner.written.next_multiple_of(ALIGNED);
        inner.write(start, bytemuck::cast_slice(values))?;
        Ok(Values::Mapped(Mapped {
            store: Arc::clone(self),
            map: Arc::clone(&inner.map),
            start,
            len: values.len(),
            kind: std::marker::PhantomData,
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // What was written counts only once it is there: a panic elsewhere spoils nothing.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn write(&mut self, start: u64, bytes: &[u8]) -> io::Result<()> {
        let end = start + bytes.len() as u64;
        let room = self.map.len() as u64;
        if end > room {
            // Holes take no space on the disk.
            self.file.set_len(end.max(2 * room))?;
            self.map = map(&self.file)?;
        }
        self.file.seek(SeekFrom::Start(start))?;
        self.file.write_all(bytes)?;
        self.written = end;
        Ok(())
    }
}

#[expect(unsafe_code, reason = "there is no other way to map a file")]
fn map(file: &File) -> io::Result<Arc<Mmap>> {
    // SAFETY: the file has no name, so nobody else can open it, and we never write or cut off what slices
    // were given out of: files only grow, and bytes are written before values refer to them.
    let map = unsafe { Mmap::map(file) }?;
    Ok(Arc::new(map))
}

/// Values in a [`Store`].
#[derive(Debug, Clone)]
pub(crate) struct Mapped<T> {
    store: Arc<Store>,
    map: Arc<Mmap>,
    /// First byte.
    start: u64,
    len: usize,
    kind: std::marker::PhantomData<T>,
}

/// A list of numbers.
#[derive(Debug, Clone)]
pub(crate) enum Values<T> {
    Owned(Vec<T>),
    Mapped(Mapped<T>),
}

impl<T: Pod> Values<T> {
    /// An empty list in a file of its own.
    pub(crate) fn in_folder(folder: &Path) -> io::Result<Self> {
        Store::new(folder)?.add(&[])
    }

    /// Whether they are in a file.
    pub(crate) fn is_mapped(&self) -> bool {
        matches!(self, Self::Mapped(_))
    }

    /// Memory held, bytes; files do not count.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Owned(values) => size_of_val(values.as_slice()),
            Self::Mapped(_) => 0,
        }
    }

    /// Adds values at the end. Where they cannot be written nothing changes.
    pub(crate) fn extend(&mut self, more: &[T]) -> io::Result<()> {
        let mapped = match self {
            Self::Owned(values) => {
                values.extend_from_slice(more);
                return Ok(());
            }
            Self::Mapped(mapped) => mapped,
        };
        let end = mapped.start + (mapped.len * size_of::<T>()) as u64;
        let mut inner = mapped.store.lock();
        if inner.written > end {
            // A copy of these values has gone on in the file already.
            drop(inner);
            let values: Vec<T> = [&self[..], more].concat();
            *self = Self::Owned(values);
            return Ok(());
        }
        inner.write(end, bytemuck::cast_slice(more))?;
        let map = Arc::clone(&inner.map);
        drop(inner);
        mapped.map = map;
        mapped.len += more.len();
        Ok(())
    }

    /// Forgets the values from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        match self {
            Self::Owned(values) => values.truncate(len),
            Self::Mapped(mapped) => mapped.len = mapped.len.min(len),
        }
    }

    /// Makes room for more values.
    pub(crate) fn reserve(&mut self, additional: usize) {
        if let Self::Owned(values) = self {
            values.reserve(additional);
        }
    }

    /// The values in memory.
    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::Owned(values) => values,
            Self::Mapped(_) => self.to_vec(),
        }
    }
}

impl<T: Pod> Deref for Values<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            Self::Mapped(mapped) => {
                let start = mapped.start as usize;
                bytemuck::cast_slice(&mapped.map[start..start + mapped.len * size_of::<T>()])
            }
        }
    }
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self::Owned(Vec::new())
    }
}

impl<T> From<Vec<T>> for Values<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Owned(values)
    }
}

impl<T: Pod + PartialEq> PartialEq for Values<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use glam::Quat;

    use super::*;

    #[test]
    fn values_in_files_grow_and_copies_of_them_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mut values = Values::<f32>::in_folder(folder.path()).unwrap();
        let expected: Vec<f32> = (0..1_000_000).map(|i| i as f32).collect();
        let mut copy = values.clone();
        for part in expected.chunks(70_000) {
            values.extend(part).unwrap();
            if values.len() == 140_000 {
                copy = values.clone();
            }
        }
        assert_eq!(*values, expected[..]);
        assert_eq!(*copy, expected[..140_000], "a copy keeps its end");
        copy.extend(&[-1.0]).unwrap();
        assert_eq!((copy.len(), copy[140_000]), (140_001, -1.0));
        assert_eq!(values[140_000], 140_000.0, "and does not write into others");
        assert_eq!(values.bytes(), 0, "nothing is held in memory");
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 0, "the file has no name");
    }

    #[test]
    fn lists_of_several_types_share_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path()).unwrap();
        let bytes = store.add(&[1u8, 2, 3]).unwrap();
        let turns = store.add(&[Quat::IDENTITY; 5]).unwrap();
        let large = store.add(&vec![7u32; 1 << 20]).unwrap();
        assert_eq!((*bytes).to_vec(), [1, 2, 3]);
        assert_eq!(turns[4], Quat::IDENTITY);
        assert_eq!(large[(1 << 20) - 1], 7);
    }
}
