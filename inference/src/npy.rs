//! Reads NumPy's `.npy` files, which hold the constant tables of a package.
//!
//! Little-endian, C order, the element types of [`NpyValues`]; everything else is refused. The
//! header is hostile until parsed: no allocation is larger than the bytes that are really there.

use half::f16;

/// Why a table could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The bytes are not a `.npy` file of a known version.
    #[error("not a .npy table ({reason})")]
    Format {
        /// What is wrong.
        reason: String,
    },
    /// An element type or order that tables may not have.
    #[error(
        "tables of type {dtype} are not supported; use f2, f4, i1, u1, u2, i4 or u4 in C order"
    )]
    Type {
        /// The type as written in the file.
        dtype: String,
    },
    /// The header promises another number of values than the file holds.
    #[error("the table declares {declared} bytes of values but holds {actual}")]
    Length {
        /// Bytes by the header.
        declared: u128,
        /// Bytes after the header.
        actual: usize,
    },
    /// The caller needs another shape or type.
    #[error("the table has shape {shape:?} of {dtype} where {expected} is needed")]
    Mismatch {
        /// Shape found.
        shape: Vec<usize>,
        /// Type found.
        dtype: &'static str,
        /// What is needed.
        expected: String,
    },
}

/// The values of a table.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the variants are the types they are named after"
)]
pub enum NpyValues {
    F16(Vec<f16>),
    F32(Vec<f32>),
    I8(Vec<i8>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
}

impl NpyValues {
    fn dtype(&self) -> &'static str {
        match self {
            Self::F16(_) => "f16",
            Self::F32(_) => "f32",
            Self::I8(_) => "i8",
            Self::U8(_) => "u8",
            Self::U16(_) => "u16",
            Self::U32(_) => "u32",
            Self::I32(_) => "i32",
        }
    }
}

/// One table: a shape and its values in C order.
#[derive(Debug, Clone, PartialEq)]
pub struct Npy {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The values.
    pub values: NpyValues,
}

impl Npy {
    /// Parses the bytes of a `.npy` file.
    pub fn parse(bytes: &[u8]) -> Result<Self, NpyError> {
        let (header, body) = split(bytes)?;
        let dtype = quoted_after(header, "'descr'")
            .ok_or_else(|| format_error("no descr in the header"))?;
        if value_after(header, "'fortran_order'").is_none_or(|v| !v.starts_with("False")) {
            return Err(NpyError::Type {
                dtype: format!("{dtype} in Fortran order"),
            });
        }
        let shape = shape_of(header)?;
        let width = match dtype.get(1..) {
            Some("i1" | "u1") => 1_usize,
            Some("f2" | "u2") => 2,
            Some("f4" | "u4" | "i4") => 4,
            _ => {
                return Err(NpyError::Type {
                    dtype: dtype.to_owned(),
                });
            }
        };
        if !(dtype.starts_with('<') || (width == 1 && dtype.starts_with('|'))) {
            return Err(NpyError::Type {
                dtype: dtype.to_owned(),
            });
        }
        let declared = shape
            .iter()
            .try_fold(width as u128, |n, &d| n.checked_mul(d as u128))
            .unwrap_or(u128::MAX);
        if declared != body.len() as u128 {
            return Err(NpyError::Length {
                declared,
                actual: body.len(),
            });
        }
        let values = match &dtype[1..] {
            "f2" => NpyValues::F16(decode(body, f16::from_le_bytes)),
            "f4" => NpyValues::F32(decode(body, f32::from_le_bytes)),
            "i1" => NpyValues::I8(decode(body, i8::from_le_bytes)),
            "u1" => NpyValues::U8(body.to_vec()),
            "u2" => NpyValues::U16(decode(body, u16::from_le_bytes)),
            "u4" => NpyValues::U32(decode(body, u32::from_le_bytes)),
            _ => NpyValues::I32(decode(body, i32::from_le_bytes)),
        };
        Ok(Self { shape, values })
    }

    /// The values as `f32` if they are a float type and the axes match; 0 in `shape` matches any
    /// length. Fails on NaN and infinity.
    pub fn to_f32(&self, shape: &[usize]) -> Result<Vec<f32>, NpyError> {
        self.check_shape(shape, "f16 or f32")?;
        let values: Vec<f32> = match &self.values {
            NpyValues::F16(v) => v.iter().map(|x| x.to_f32()).collect(),
            NpyValues::F32(v) => v.clone(),
            _ => return Err(self.mismatch(shape, "f16 or f32")),
        };
        if values.iter().all(|v| v.is_finite()) {
            Ok(values)
        } else {
            Err(format_error("a value is not a number"))
        }
    }

    /// The values as `u32` if they are u8, u16 or u32 and the axes match (0 matches any length).
    pub fn to_u32(&self, shape: &[usize]) -> Result<Vec<u32>, NpyError> {
        self.check_shape(shape, "u8, u16 or u32")?;
        match &self.values {
            NpyValues::U8(v) => Ok(v.iter().map(|&x| x.into()).collect()),
            NpyValues::U16(v) => Ok(v.iter().map(|&x| x.into()).collect()),
            NpyValues::U32(v) => Ok(v.clone()),
            _ => Err(self.mismatch(shape, "u8, u16 or u32")),
        }
    }

    /// The values if they are u8 and the axes match (0 matches any length).
    pub fn as_u8(&self, shape: &[usize]) -> Result<&[u8], NpyError> {
        self.check_shape(shape, "u8")?;
        match &self.values {
            NpyValues::U8(v) => Ok(v),
            _ => Err(self.mismatch(shape, "u8")),
        }
    }

    /// The values if they are i8 and the axes match (0 matches any length).
    pub fn as_i8(&self, shape: &[usize]) -> Result<&[i8], NpyError> {
        self.check_shape(shape, "i8")?;
        match &self.values {
            NpyValues::I8(v) => Ok(v),
            _ => Err(self.mismatch(shape, "i8")),
        }
    }

    fn check_shape(&self, shape: &[usize], dtype: &str) -> Result<(), NpyError> {
        let fits = self.shape.len() == shape.len()
            && self.shape.iter().zip(shape).all(|(a, b)| *b == 0 || a == b);
        if fits {
            Ok(())
        } else {
            Err(self.mismatch(shape, dtype))
        }
    }

    fn mismatch(&self, shape: &[usize], dtype: &str) -> NpyError {
        NpyError::Mismatch {
            shape: self.shape.clone(),
            dtype: self.values.dtype(),
            expected: format!("{shape:?} of {dtype} (0 = any length)"),
        }
    }
}

fn format_error(reason: &str) -> NpyError {
    NpyError::Format {
        reason: reason.to_owned(),
    }
}

/// Header text and value bytes.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), NpyError> {
    let short = || format_error("the file ends in its header");
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or_else(|| format_error("the file does not begin as one"))?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let (length, rest) = match version[0] {
        1 => {
            let (n, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
            (usize::from(u16::from_le_bytes(*n)), rest)
        }
        2 | 3 => {
            let (n, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
            let n = usize::try_from(u32::from_le_bytes(*n)).map_err(|_e| short())?;
            (n, rest)
        }
        _ => return Err(format_error("unknown version")),
    };
    let (header, body) = rest.split_at_checked(length).ok_or_else(short)?;
    let header = std::str::from_utf8(header).map_err(|_e| format_error("header is not text"))?;
    Ok((header, body))
}

/// What follows `key:` in the header's Python dictionary.
fn value_after<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let rest = &header[header.find(key)? + key.len()..];
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

fn quoted_after<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let rest = value_after(header, key)?.strip_prefix('\'')?;
    rest.split('\'').next()
}

fn shape_of(header: &str) -> Result<Vec<usize>, NpyError> {
    let bad = || format_error("the shape cannot be read");
    let rest = value_after(header, "'shape'")
        .and_then(|v| v.strip_prefix('('))
        .ok_or_else(bad)?;
    let (inside, _) = rest.split_once(')').ok_or_else(bad)?;
    let axes: Result<Vec<usize>, NpyError> = inside
        .split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| s.parse().map_err(|_e| bad()))
        .collect();
    let axes = axes?;
    if axes.len() > 8 {
        return Err(bad());
    }
    Ok(axes)
}

fn decode<T, const W: usize>(body: &[u8], read: fn([u8; W]) -> T) -> Vec<T> {
    body.as_chunks::<W>().0.iter().map(|c| read(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, body: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(body);
        bytes
    }

    #[test]
    fn a_table_reads_with_shape_and_values() {
        let bytes = file(
            "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3), }\n",
            &[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 1],
        );
        let table = Npy::parse(&bytes).unwrap();
        assert_eq!(table.shape, [2, 3], "shape");
        assert_eq!(
            table.to_u32(&[0, 3]).unwrap(),
            [1, 2, 3, 4, 5, 256],
            "values"
        );
        assert!(table.to_f32(&[2, 3]).is_err(), "an integer is no float");
        assert!(table.to_u32(&[3, 2]).is_err(), "the shape is checked");
    }

    #[test]
    fn half_floats_become_floats_and_nan_is_refused() {
        let half = |v: f32| f16::from_f32(v).to_le_bytes();
        let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }";
        let good = file(header, &[half(0.5), half(-2.0)].concat());
        assert_eq!(
            Npy::parse(&good).unwrap().to_f32(&[2]).unwrap(),
            [0.5, -2.0],
            "values"
        );
        let bad = file(header, &[half(0.5), half(f32::NAN)].concat());
        assert!(Npy::parse(&bad).unwrap().to_f32(&[2]).is_err(), "NaN");
    }

    #[test]
    fn hostile_headers_are_refused() {
        let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551615, 18446744073709551615, 9), }";
        let cases = [
            Vec::new(),
            b"\x93NUMPY".to_vec(),
            b"\x93NUMPY\x01\x00\xff\xff{".to_vec(),
            b"\x93NUMPY\x07\x00\x02\x00{}".to_vec(),
            file("{}", &[]),
            file(huge, &[0; 16]),
            file(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
                &[0; 4],
            ),
            file(
                "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }",
                &[0; 4],
            ),
            file(
                "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
                &[0; 4],
            ),
            file(
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
                &[0; 8],
            ),
            file(
                "{'descr': '<é', 'fortran_order': False, 'shape': (1,), }",
                &[0; 8],
            ),
            file(
                "{'descr': 'é', 'fortran_order': False, 'shape': (1,), }",
                &[0; 8],
            ),
            file(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
                &[0; 4],
            ),
        ];
        for (i, bytes) in cases.iter().enumerate() {
            assert!(Npy::parse(bytes).is_err(), "case {i} must be refused");
        }
    }
}
