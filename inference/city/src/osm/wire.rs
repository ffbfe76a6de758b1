//! As much of the wire format of protocol buffers as map files use.

/// One value of a message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    /// A number.
    Number(u64),
    /// A string, a message or packed numbers.
    Bytes(&'a [u8]),
}

/// The fields of a message in order; ends where the bytes make no sense any more.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    /// Whether it ended because of broken bytes.
    pub(super) broken: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            broken: false,
        }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = varint(&mut self.rest)?;
        let value = match key & 7 {
            0 => Value::Number(varint(&mut self.rest)?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = varint(&mut self.rest)?;
                Value::Bytes(self.take(usize::try_from(length).ok()?)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.broken = true;
            self.rest = &[];
        }
        field
    }
}

/// Takes a number of one to ten bytes.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

/// Packed numbers.
pub(super) fn packed(mut bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    std::iter::from_fn(move || varint(&mut bytes))
}

/// A signed number in zigzag order.
pub(super) fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Running sums of packed zigzag differences.
pub(super) fn deltas(bytes: &[u8]) -> impl Iterator<Item = i64> + '_ {
    packed(bytes).scan(0i64, |sum, value| {
        *sum = sum.wrapping_add(zigzag(value));
        Some(*sum)
    })
}
