//! The eight number types of PLY and their bytes.

use crate::ColumnValues;

/// A number type of a PLY property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarType {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
}

/// Order of bytes in a binary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endian {
    Little,
    Big,
}

impl ScalarType {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "char" | "int8" => Self::I8,
            "uchar" | "uint8" => Self::U8,
            "short" | "int16" => Self::I16,
            "ushort" | "uint16" => Self::U16,
            "int" | "int32" => Self::I32,
            "uint" | "uint32" => Self::U32,
            "float" | "float32" => Self::F32,
            "double" | "float64" => Self::F64,
            _ => return None,
        })
    }

    /// The name that the oldest readers know.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::I8 => "char",
            Self::U8 => "uchar",
            Self::I16 => "short",
            Self::U16 => "ushort",
            Self::I32 => "int",
            Self::U32 => "uint",
            Self::F32 => "float",
            Self::F64 => "double",
        }
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    pub(super) fn of(values: &ColumnValues) -> Self {
        match values {
            ColumnValues::F32(_) => Self::F32,
            ColumnValues::F64(_) => Self::F64,
            ColumnValues::I8(_) => Self::I8,
            ColumnValues::U8(_) => Self::U8,
            ColumnValues::I16(_) => Self::I16,
            ColumnValues::U16(_) => Self::U16,
            ColumnValues::I32(_) => Self::I32,
            ColumnValues::U32(_) => Self::U32,
        }
    }

    /// Parses one number of an ASCII file into its little-endian bytes; `None` if it is none or does
    /// not fit.
    pub(super) fn parse_into(self, text: &str, out: &mut [u8]) -> Option<()> {
        // Whole numbers may be written as 1.0 by sloppy exporters.
        let whole = || -> Option<i64> {
            let sloppy = || text.parse::<f64>().ok().filter(|v| v.fract() == 0.0);
            text.parse().ok().or_else(|| sloppy().map(|v| v as i64))
        };
        match self {
            Self::I8 => out.copy_from_slice(&i8::try_from(whole()?).ok()?.to_le_bytes()),
            Self::U8 => out.copy_from_slice(&u8::try_from(whole()?).ok()?.to_le_bytes()),
            Self::I16 => out.copy_from_slice(&i16::try_from(whole()?).ok()?.to_le_bytes()),
            Self::U16 => out.copy_from_slice(&u16::try_from(whole()?).ok()?.to_le_bytes()),
            Self::I32 => out.copy_from_slice(&i32::try_from(whole()?).ok()?.to_le_bytes()),
            Self::U32 => out.copy_from_slice(&u32::try_from(whole()?).ok()?.to_le_bytes()),
            Self::F32 => out.copy_from_slice(&text.parse::<f32>().ok()?.to_le_bytes()),
            Self::F64 => out.copy_from_slice(&text.parse::<f64>().ok()?.to_le_bytes()),
        }
        Some(())
    }
}

/// Where the values of one property lie in rows of bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strided {
    pub(super) scalar: ScalarType,
    pub(super) endian: Endian,
    /// Bytes per row.
    pub(super) stride: usize,
    /// First byte of the value in its row.
    pub(super) offset: usize,
}

/// Runs `$body` with `$t` as the Rust type and `$from` / `$to` as its byte conversions.
macro_rules! with_type {
    ($strided:expr, $go:ident) => {
        match ($strided.scalar, $strided.endian) {
            (ScalarType::I8, _) => $go!(i8, from_le_bytes, to_le_bytes),
            (ScalarType::U8, _) => $go!(u8, from_le_bytes, to_le_bytes),
            (ScalarType::I16, Endian::Little) => $go!(i16, from_le_bytes, to_le_bytes),
            (ScalarType::I16, Endian::Big) => $go!(i16, from_be_bytes, to_be_bytes),
            (ScalarType::U16, Endian::Little) => $go!(u16, from_le_bytes, to_le_bytes),
            (ScalarType::U16, Endian::Big) => $go!(u16, from_be_bytes, to_be_bytes),
            (ScalarType::I32, Endian::Little) => $go!(i32, from_le_bytes, to_le_bytes),
            (ScalarType::I32, Endian::Big) => $go!(i32, from_be_bytes, to_be_bytes),
            (ScalarType::U32, Endian::Little) => $go!(u32, from_le_bytes, to_le_bytes),
            (ScalarType::U32, Endian::Big) => $go!(u32, from_be_bytes, to_be_bytes),
            (ScalarType::F32, Endian::Little) => $go!(f32, from_le_bytes, to_le_bytes),
            (ScalarType::F32, Endian::Big) => $go!(f32, from_be_bytes, to_be_bytes),
            (ScalarType::F64, Endian::Little) => $go!(f64, from_le_bytes, to_le_bytes),
            (ScalarType::F64, Endian::Big) => $go!(f64, from_be_bytes, to_be_bytes),
        }
    };
}

impl Strided {
    /// Reads the property of every row into `out[row * out_stride + out_offset]`, as `f32`.
    pub(super) fn scatter(
        &self,
        rows: &[u8],
        out: &mut [f32],
        (out_stride, out_offset): (usize, usize),
    ) {
        macro_rules! go {
            ($t:ty, $from:ident, $to:ident) => {{
                let from = rows.chunks_exact(self.stride);
                let to = out.chunks_exact_mut(out_stride);
                for (row, out) in from.zip(to) {
                    let mut bytes = [0; size_of::<$t>()];
                    bytes.copy_from_slice(&row[self.offset..self.offset + size_of::<$t>()]);
                    out[out_offset] = <$t>::$from(bytes) as f32;
                }
            }};
        }
        with_type!(self, go);
    }

    /// Reads the property of every row in its own type.
    pub(super) fn collect(&self, rows: &[u8]) -> ColumnValues {
        macro_rules! values {
            ($t:ty, $from:ident) => {{
                let rows = rows.chunks_exact(self.stride).map(|row| {
                    let mut bytes = [0; size_of::<$t>()];
                    bytes.copy_from_slice(&row[self.offset..self.offset + size_of::<$t>()]);
                    <$t>::$from(bytes)
                });
                rows.collect()
            }};
        }
        match (self.scalar, self.endian) {
            (ScalarType::I8, _) => ColumnValues::I8(values!(i8, from_le_bytes)),
            (ScalarType::U8, _) => ColumnValues::U8(values!(u8, from_le_bytes)),
            (ScalarType::I16, Endian::Little) => ColumnValues::I16(values!(i16, from_le_bytes)),
            (ScalarType::I16, Endian::Big) => ColumnValues::I16(values!(i16, from_be_bytes)),
            (ScalarType::U16, Endian::Little) => ColumnValues::U16(values!(u16, from_le_bytes)),
            (ScalarType::U16, Endian::Big) => ColumnValues::U16(values!(u16, from_be_bytes)),
            (ScalarType::I32, Endian::Little) => ColumnValues::I32(values!(i32, from_le_bytes)),
            (ScalarType::I32, Endian::Big) => ColumnValues::I32(values!(i32, from_be_bytes)),
            (ScalarType::U32, Endian::Little) => ColumnValues::U32(values!(u32, from_le_bytes)),
            (ScalarType::U32, Endian::Big) => ColumnValues::U32(values!(u32, from_be_bytes)),
            (ScalarType::F32, Endian::Little) => ColumnValues::F32(values!(f32, from_le_bytes)),
            (ScalarType::F32, Endian::Big) => ColumnValues::F32(values!(f32, from_be_bytes)),
            (ScalarType::F64, Endian::Little) => ColumnValues::F64(values!(f64, from_le_bytes)),
            (ScalarType::F64, Endian::Big) => ColumnValues::F64(values!(f64, from_be_bytes)),
        }
    }

    /// Writes `value(row)` of the given rows into the property, one output row each.
    pub(super) fn gather<V: AsScalar>(
        &self,
        out: &mut [u8],
        rows: &[u32],
        value: impl Fn(usize) -> V,
    ) {
        macro_rules! go {
            ($t:ty, $from:ident, $to:ident) => {
                for (out, row) in out.chunks_exact_mut(self.stride).zip(rows) {
                    let bytes = <$t>::cast(value(*row as usize)).$to();
                    out[self.offset..self.offset + size_of::<$t>()].copy_from_slice(&bytes);
                }
            };
        }
        with_type!(self, go);
    }
}

/// Numbers that turn into each other as `as` does.
pub(super) trait AsScalar: Copy {
    fn wide(self) -> f64;
    fn narrow(self) -> f32;
}

/// The type that receives.
trait Cast {
    fn cast<V: AsScalar>(value: V) -> Self;
}

macro_rules! scalars {
    ($($t:ty),*) => {$(
        impl AsScalar for $t {
            fn wide(self) -> f64 { self as f64 }
            fn narrow(self) -> f32 { self as f32 }
        }
        impl Cast for $t {
            fn cast<V: AsScalar>(value: V) -> Self { value.wide() as $t }
        }
    )*};
}
scalars!(i8, u8, i16, u16, i32, u32, f64);

impl AsScalar for f32 {
    fn wide(self) -> f64 {
        f64::from(self)
    }
    fn narrow(self) -> f32 {
        self
    }
}

impl Cast for f32 {
    // Not by way of `f64`, which would quiet the signaling NaNs that unknown columns may carry.
    fn cast<V: AsScalar>(value: V) -> Self {
        value.narrow()
    }
}
