//! Matrix products on strided views, by the `gemm` crate, on the calling thread alone.

/// A matrix inside a slice.
#[derive(Clone, Copy)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// A matrix inside a slice, to be written; columns are next to each other.
pub struct ViewMut<'a> {
    data: &'a mut [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
}

/// Elements from the first to the last of a strided matrix.
fn extent(rows: usize, columns: usize, row_stride: usize, column_stride: usize) -> usize {
    if rows == 0 || columns == 0 {
        0
    } else {
        (rows - 1) * row_stride + (columns - 1) * column_stride + 1
    }
}

impl<'a> View<'a> {
    /// Row-major `[rows, columns]`, rows `stride` apart. Panics where `data` is too short.
    pub fn strided(data: &'a [f32], rows: usize, columns: usize, stride: usize) -> View<'a> {
        assert!(extent(rows, columns, stride, 1) <= data.len());
        View {
            data,
            rows,
            columns,
            row_stride: stride,
            column_stride: 1,
        }
    }

    /// Row-major `[rows, columns]` without gaps.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> View<'a> {
        View::strided(data, rows, columns, columns)
    }

    /// The transpose, without a copy.
    pub fn transposed(self) -> View<'a> {
        View {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

impl<'a> ViewMut<'a> {
    pub fn strided(data: &'a mut [f32], rows: usize, columns: usize, stride: usize) -> ViewMut<'a> {
        assert!(extent(rows, columns, stride, 1) <= data.len());
        assert!(stride >= columns || rows <= 1);
        ViewMut {
            data,
            rows,
            columns,
            row_stride: stride,
        }
    }

    pub fn new(data: &'a mut [f32], rows: usize, columns: usize) -> ViewMut<'a> {
        ViewMut::strided(data, rows, columns, columns)
    }
}

/// `out = scale * left * right`, or `out += ...` where `accumulate`.
///
/// Panics where the shapes do not fit: a programming error.
pub fn matmul(out: ViewMut<'_>, left: View<'_>, right: View<'_>, scale: f32, accumulate: bool) {
    assert_eq!(
        (out.rows, out.columns, left.columns),
        (left.rows, right.columns, right.rows)
    );
    if out.rows == 0 || out.columns == 0 {
        return;
    }
    // SAFETY: every view was checked to lie inside its slice, shapes fit, and `out` is borrowed
    // mutably, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            out.rows,
            out.columns,
            left.columns,
            out.data.as_mut_ptr(),
            1,
            out.row_stride as isize,
            accumulate,
            left.data.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            1.0,
            scale,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
