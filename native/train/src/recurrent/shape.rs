//! A cell and its sizes.

use super::layout::CellRanges;
use continuo_model::recurrent::Cell;

/// One cell and its sizes.
pub struct CellShape<'a> {
    pub cell: Cell,
    pub width: usize,
    pub ranges: &'a CellRanges,
}
