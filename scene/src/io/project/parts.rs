//! Large things that nodes and steps share: written once, named by number.
//!
//! The nodes and edits are written by derived code, which cannot be handed a table. So the table of the
//! file at hand lies in the thread for as long as [`collect`] or [`resolve`] runs.

use std::{cell::RefCell, sync::Arc};

use crate::{GaussianCloud, io::PlyLayout};

/// What the nodes and steps of one file share.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    pub(super) clouds: Vec<Arc<GaussianCloud>>,
    pub(super) layouts: Vec<Arc<PlyLayout>>,
}

thread_local! {
    static AT_HAND: RefCell<Option<Parts>> = const { RefCell::new(None) };
}

/// Runs `write`, which serializes; the clouds and layouts that it met come back beside its result.
pub(super) fn collect<T>(write: impl FnOnce() -> T) -> (T, Parts) {
    let _cleared = AtHand::hold(Parts::default());
    let result = write();
    let parts = AT_HAND.with_borrow_mut(Option::take);
    (result, parts.unwrap_or_default())
}

/// Runs `read`, which deserializes things that name these clouds and layouts.
pub(super) fn resolve<T>(parts: Parts, read: impl FnOnce() -> T) -> T {
    let _cleared = AtHand::hold(parts);
    read()
}

/// Clears the table also where the work between panics.
struct AtHand;

impl AtHand {
    fn hold(parts: Parts) -> Self {
        AT_HAND.set(Some(parts));
        Self
    }
}

impl Drop for AtHand {
    fn drop(&mut self) {
        AT_HAND.set(None);
    }
}

/// The number of a shared thing in its table, where it is put if it is new.
fn number_of<T>(
    shared: &Arc<T>,
    table: impl FnOnce(&mut Parts) -> &mut Vec<Arc<T>>,
) -> Option<u32> {
    AT_HAND.with_borrow_mut(|parts| {
        let table = table(parts.as_mut()?);
        let known = table.iter().position(|known| Arc::ptr_eq(known, shared));
        let number = known.unwrap_or_else(|| {
            table.push(Arc::clone(shared));
            table.len() - 1
        });
        u32::try_from(number).ok()
    })
}

/// The shared thing of a number.
fn by_number<T>(number: u32, table: impl FnOnce(&Parts) -> &Vec<Arc<T>>) -> Option<Arc<T>> {
    AT_HAND.with_borrow(|parts| table(parts.as_ref()?).get(number as usize).cloned())
}

const NO_TABLE: &str = "this is written only as a part of a project";
const NO_NUMBER: &str = "it names a cloud or a layout that is not there";

/// For `#[serde(with)]` of a shared cloud.
pub(crate) mod cloud {
    use super::*;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de, ser};

    pub(crate) fn serialize<S: Serializer>(
        cloud: &Arc<GaussianCloud>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let number = number_of(cloud, |parts| &mut parts.clouds);
        let number = number.ok_or_else(|| ser::Error::custom(NO_TABLE))?;
        number.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<GaussianCloud>, D::Error> {
        let number = u32::deserialize(deserializer)?;
        by_number(number, |parts| &parts.clouds).ok_or_else(|| de::Error::custom(NO_NUMBER))
    }
}

/// For `#[serde(with)]` of a shared layout.
pub(crate) mod layout {
    use super::*;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de, ser};

    pub(crate) fn serialize<S: Serializer>(
        layout: &Option<Arc<PlyLayout>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let number = match layout {
            None => None,
            Some(layout) => {
                let number = number_of(layout, |parts| &mut parts.layouts);
                Some(number.ok_or_else(|| ser::Error::custom(NO_TABLE))?)
            }
        };
        number.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<PlyLayout>>, D::Error> {
        let Some(number) = Option::<u32>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let layout = by_number(number, |parts| &parts.layouts);
        layout.map(Some).ok_or_else(|| de::Error::custom(NO_NUMBER))
    }
}

/// For `#[serde(with)]` of the state of splats: one byte each.
pub(crate) mod flags {
    use crate::SplatFlags;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        flags: &[SplatFlags],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = flags
            .iter()
            // A preview is nothing to keep.
            .map(|flags| flags.without(SplatFlags::MARKED).0)
            .collect();
        serializer.serialize_bytes(&bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<SplatFlags>, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        Ok(bytes.iter().map(|byte| SplatFlags(*byte)).collect())
    }
}
