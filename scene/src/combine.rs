//! Joining clouds and taking parts of them.

use rayon::prelude::*;

use crate::{
    Column, ColumnValues, GaussianCloud,
    cloud::{CloudError, CloudParts},
    sh,
};

impl GaussianCloud {
    /// Adds the splats of another cloud at the end.
    ///
    /// The lower SH degree is padded with zeros, a column that one of them lacks is filled with zeros
    /// there, and columns of one name and different types become `f64`. Columns of one name and
    /// different widths are an error. On an error `self` is unchanged.
    pub fn append(&mut self, mut other: Self) -> Result<(), CloudError> {
        if self.is_empty() && self.columns().is_empty() && !self.is_on_disk() {
            *self = other;
            return Ok(());
        }
        self.begin_with_degree(other.sh_degree());
        for column in other.columns() {
            if let Some(own) = self.column(&column.name)
                && own.width != column.width
            {
                return Err(CloudError::Length {
                    array: column.name.clone(),
                    actual: column.width,
                    expected: own.width,
                });
            }
        }
        let degree = self.sh_degree().max(other.sh_degree());
        self.raise_sh_degree(degree);
        other.raise_sh_degree(degree);

        let (n, m) = (self.len(), other.len());
        self.extend_gaussians(&other)?;
        let more = std::mem::take(other.columns_mut());
        append_columns(self.columns_mut(), n, more, m);
        Ok(())
    }

    /// The splats for which `keep(row)` holds, in order.
    pub fn subset(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|row| keep(*row)).collect();
        self.gathered(&rows)
    }

    /// The splats of these rows, in their order; rows may be there twice.
    pub(crate) fn gathered(&self, rows: &[usize]) -> Self {
        let stride = 3 * sh::coefficient_count(self.sh_degree());
        let columns = self.columns().iter().map(|column| Column {
            name: column.name.clone(),
            width: column.width,
            values: column.values.rows(rows, column.width),
        });
        Self::from_checked(CloudParts {
            means: gather(self.means(), rows, 1),
            rotations: gather(self.raw_rotations(), rows, 1),
            log_scales: gather(self.log_scales(), rows, 1),
            opacity_logits: gather(self.opacity_logits(), rows, 1),
            sh_degree: self.sh_degree(),
            sh: gather(self.sh(), rows, stride),
            columns: columns.collect(),
        })
    }

    /// The rows in which another cloud of the same shape differs; none where the shapes do.
    pub fn rows_unlike(&self, other: &Self) -> Option<Vec<u32>> {
        let shape = |c: &Self| {
            let columns = c.columns().iter();
            let columns: Vec<_> = columns.map(|c| (c.name.clone(), c.width)).collect();
            (c.len(), c.sh_degree(), columns)
        };
        if shape(self) != shape(other) {
            return None;
        }
        let same_row = |row: usize| {
            self.means()[row] == other.means()[row]
                && self.raw_rotations()[row] == other.raw_rotations()[row]
                && self.log_scales()[row] == other.log_scales()[row]
                && self.opacity_logits()[row] == other.opacity_logits()[row]
                && self.sh_of(row) == other.sh_of(row)
        };
        let columns = self.columns().iter().zip(other.columns());
        let columns: Vec<_> = columns.filter(|(a, b)| a != b).collect();
        let same_columns = |row: usize| {
            let of = |c: &Column| c.values.rows(&[row], c.width);
            columns.iter().all(|(a, b)| of(a) == of(b))
        };
        let rows = (0..self.len()).into_par_iter();
        let unlike = rows.filter(|row| !same_row(*row) || !same_columns(*row));
        Some(unlike.map(|row| row as u32).collect())
    }

    /// The same cloud without the bands above a degree.
    pub fn with_max_sh_degree(self, degree: u32) -> Self {
        if self.sh_degree() <= degree {
            return self;
        }
        let mut parts = self.into_parts();
        parts.sh = restride(&parts.sh, parts.sh_degree, degree);
        parts.sh_degree = degree;
        Self::from_checked(parts)
    }

    /// The same cloud with the Gaussians' own parameters only.
    pub fn without_columns(self) -> Self {
        let mut parts = self.into_parts();
        parts.columns.clear();
        Self::from_checked(parts)
    }

    fn raise_sh_degree(&mut self, degree: u32) {
        if self.sh_degree() < degree {
            let mut parts = std::mem::take(self).into_parts();
            parts.sh = restride(&parts.sh, parts.sh_degree, degree);
            parts.sh_degree = degree;
            *self = Self::from_checked(parts);
        }
    }
}

/// `[N, K, 3]` coefficients for another degree: bands cut off or zero.
fn restride(sh: &[f32], from: u32, to: u32) -> Vec<f32> {
    let old_stride = 3 * sh::coefficient_count(from);
    let new_stride = 3 * sh::coefficient_count(to);
    let shared = old_stride.min(new_stride);
    let mut out = vec![0.0; sh.len() / old_stride * new_stride];
    out.par_chunks_mut(new_stride)
        .zip(sh.par_chunks(old_stride))
        .for_each(|(new, old)| new[..shared].copy_from_slice(&old[..shared]));
    out
}

fn append_columns(columns: &mut Vec<Column>, n: usize, mut more: Vec<Column>, m: usize) {
    for column in columns.iter_mut() {
        match more.iter().position(|other| other.name == column.name) {
            Some(at) => column.values.extend(more.remove(at).values),
            None => {
                let zeros = column.values.zeros_alike(m * column.width);
                column.values.extend(zeros);
            }
        }
    }
    for column in more {
        let mut values = column.values.zeros_alike(n * column.width);
        values.extend(column.values);
        columns.push(Column { values, ..column });
    }
}

fn gather<T: Copy + Send + Sync>(values: &[T], rows: &[usize], width: usize) -> Vec<T> {
    /// Fewer rows are gathered sooner than other threads are free.
    const WORTH_SHARING: usize = 1 << 15;
    let some = |rows: &[usize]| {
        let mut out = Vec::with_capacity(rows.len() * width);
        for row in rows {
            out.extend_from_slice(&values[row * width..(row + 1) * width]);
        }
        out
    };
    if rows.len() < WORTH_SHARING {
        return some(rows);
    }
    let parts: Vec<Vec<T>> = rows.par_chunks(WORTH_SHARING).map(some).collect();
    parts.concat()
}

/// Does the same to whatever type the values have.
macro_rules! each_type {
    ($values:expr, $v:ident => $body:expr) => {
        match $values {
            ColumnValues::F32($v) => ColumnValues::F32($body),
            ColumnValues::F64($v) => ColumnValues::F64($body),
            ColumnValues::I8($v) => ColumnValues::I8($body),
            ColumnValues::U8($v) => ColumnValues::U8($body),
            ColumnValues::I16($v) => ColumnValues::I16($body),
            ColumnValues::U16($v) => ColumnValues::U16($body),
            ColumnValues::I32($v) => ColumnValues::I32($body),
            ColumnValues::U32($v) => ColumnValues::U32($body),
        }
    };
}

impl ColumnValues {
    /// The values of some rows.
    pub(crate) fn rows(&self, rows: &[usize], width: usize) -> Self {
        each_type!(self, v => gather(v, rows, width))
    }

    /// As many zeros of the same type.
    fn zeros_alike(&self, len: usize) -> Self {
        each_type!(self, _v => vec![Default::default(); len])
    }

    /// One value as the widest type; every value but the largest whole numbers of no column type fits.
    pub fn get_f64(&self, index: usize) -> Option<f64> {
        Some(match self {
            Self::F32(v) => f64::from(*v.get(index)?),
            Self::F64(v) => *v.get(index)?,
            Self::I8(v) => f64::from(*v.get(index)?),
            Self::U8(v) => f64::from(*v.get(index)?),
            Self::I16(v) => f64::from(*v.get(index)?),
            Self::U16(v) => f64::from(*v.get(index)?),
            Self::I32(v) => f64::from(*v.get(index)?),
            Self::U32(v) => f64::from(*v.get(index)?),
        })
    }

    /// Adds values at the end; different types meet in `f64`, which holds all of them exactly.
    pub(crate) fn extend(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::F32(a), Self::F32(b)) => a.extend(b),
            (Self::F64(a), Self::F64(b)) => a.extend(b),
            (Self::I8(a), Self::I8(b)) => a.extend(b),
            (Self::U8(a), Self::U8(b)) => a.extend(b),
            (Self::I16(a), Self::I16(b)) => a.extend(b),
            (Self::U16(a), Self::U16(b)) => a.extend(b),
            (Self::I32(a), Self::I32(b)) => a.extend(b),
            (Self::U32(a), Self::U32(b)) => a.extend(b),
            (_, other) => {
                let widened = |values: &Self| -> Vec<f64> {
                    (0..values.len())
                        .filter_map(|i| values.get_f64(i))
                        .collect()
                };
                let mut all = widened(self);
                all.extend(widened(&other));
                *self = Self::F64(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use glam::{Quat, Vec3};

    use super::*;

    fn cloud(n: usize, degree: u32, columns: Vec<Column>) -> GaussianCloud {
        let len = 3 * n * sh::coefficient_count(degree);
        GaussianCloud::new(CloudParts {
            means: vec![Vec3::ONE; n],
            rotations: vec![Quat::IDENTITY; n],
            log_scales: vec![Vec3::ZERO; n],
            opacity_logits: vec![0.0; n],
            sh_degree: degree,
            sh: vec![0.5; len],
            columns,
        })
        .expect("a valid cloud")
    }

    fn label(values: ColumnValues) -> Column {
        Column {
            name: "label".into(),
            width: 1,
            values,
        }
    }

    #[test]
    fn appending_pads_sh_and_fills_missing_columns_with_zeros() {
        let mut a = cloud(2, 0, vec![]);
        let b = cloud(1, 1, vec![label(ColumnValues::U8(vec![7]))]);
        a.append(b).expect("they fit");
        assert_eq!((a.len(), a.sh_degree()), (3, 1), "rows and degree");
        assert_eq!(a.sh_of(0)[..4], [0.5, 0.5, 0.5, 0.0], "padded with zeros");
        assert_eq!(a.sh_of(2)[11], 0.5, "the higher degree is kept");
        assert_eq!(
            a.column("label").expect("kept").values,
            ColumnValues::U8(vec![0, 0, 7]),
            "zeros where there was none"
        );
    }

    #[test]
    fn columns_of_two_types_meet_without_loss() {
        let mut a = cloud(1, 0, vec![label(ColumnValues::U8(vec![3]))]);
        let b = cloud(1, 0, vec![label(ColumnValues::I32(vec![-70_000]))]);
        a.append(b).expect("they fit");
        assert_eq!(
            a.column("label").expect("kept").values,
            ColumnValues::F64(vec![3.0, -70_000.0]),
            "both values exact"
        );
    }

    #[test]
    fn columns_of_two_widths_are_refused_and_nothing_changes() {
        let mut a = cloud(1, 0, vec![label(ColumnValues::U8(vec![3]))]);
        let mut wide = label(ColumnValues::U8(vec![1, 2]));
        wide.width = 2;
        let before = a.clone();
        a.append(cloud(1, 0, vec![wide]))
            .expect_err("widths differ");
        assert_eq!(a, before, "unchanged on error");
    }

    #[test]
    fn a_subset_keeps_rows_and_their_columns_together() {
        let column = label(ColumnValues::U8(vec![0, 1, 2, 3]));
        let some = cloud(4, 2, vec![column]).subset(|row| row % 2 == 1);
        assert_eq!(some.len(), 2, "two rows are odd");
        assert_eq!(
            some.columns()[0].values,
            ColumnValues::U8(vec![1, 3]),
            "the right rows"
        );
    }
}
