//! Pieces and notes as Parquet tables, for DuckDB, Spark, Ray and pandas.
//!
//! Source: Apache Parquet format 2.9, by the `parquet` crate's column writers.

use crate::error::DatasetError;
use crate::file::Dataset;
use crate::manifest::Manifest;
use continuo_tokenizer::vocabulary::{DRUMS, family};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// Dataset folder.
    pub data: PathBuf,
    /// Folder of the tables.
    pub output: PathBuf,
}

#[derive(Debug, Serialize)]
pub struct ExportAnswer {
    pub files: Vec<Table>,
}

#[derive(Debug, Serialize)]
pub struct Table {
    pub file: PathBuf,
    pub rows: usize,
    pub bytes: u64,
}

/// Onsets and durations are in 1/24 quarter; `micro` is in 1/960 quarter beside the onset.
const NOTES: &str = "message notes {
  REQUIRED INT32 piece; REQUIRED INT32 track; REQUIRED INT32 instrument; REQUIRED BOOLEAN is_drums;
  REQUIRED INT32 onset; REQUIRED INT32 duration; REQUIRED INT32 pitch; REQUIRED INT32 velocity; REQUIRED INT32 micro;
}";
const PIECES: &str = "message pieces {
  REQUIRED INT32 piece; REQUIRED BYTE_ARRAY path (UTF8); REQUIRED INT32 notes; REQUIRED INT32 bars; REQUIRED INT32 tracks;
  REQUIRED INT32 cluster; REQUIRED BOOLEAN held_out;
}";
/// Notes of a row group: some megabytes, as readers like it.
const GROUP: usize = 1 << 20;

/// Write `pieces.parquet` and `notes.parquet`. Errors: `DATASET_IO` and those of opening.
pub fn export(request: &ExportRequest) -> Result<ExportAnswer, DatasetError> {
    let dataset = Dataset::open(&request.data)?;
    let manifest = Manifest::of(&request.data, &dataset)?;
    let folder = &request.output;
    std::fs::create_dir_all(folder).map_err(DatasetError::io(folder))?;
    let pieces = folder.join("pieces.parquet");
    write(&pieces, PIECES, |writer| {
        write_pieces(writer, &dataset, &manifest)
    })?;
    let notes = folder.join("notes.parquet");
    write(&notes, NOTES, |writer| write_notes(writer, &dataset))?;
    let table = |file: PathBuf, rows| {
        let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
        Table { file, rows, bytes }
    };
    Ok(ExportAnswer {
        files: vec![
            table(pieces, dataset.len()),
            table(notes, dataset.note_count()),
        ],
    })
}

type Writer = SerializedFileWriter<File>;

/// Under a temporary name, then renamed.
fn write(
    path: &Path,
    schema: &str,
    rows: impl FnOnce(&mut Writer) -> Result<(), ParquetError>,
) -> Result<(), DatasetError> {
    let temporary = path.with_extension("parquet.part");
    let failed = |error: ParquetError| DatasetError::Io {
        path: path.to_path_buf(),
        source: std::io::Error::other(error.to_string()),
    };
    let file = File::create(&temporary).map_err(DatasetError::io(&temporary))?;
    let schema = Arc::new(parse_message_type(schema).map_err(failed)?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
    rows(&mut writer).map_err(failed)?;
    writer.close().map_err(failed)?;
    std::fs::rename(&temporary, path).map_err(DatasetError::io(path))
}

/// The next column of a row group.
fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("the schema has fewer columns".into()));
    };
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

fn write_pieces(
    writer: &mut Writer,
    dataset: &Dataset,
    manifest: &Manifest,
) -> Result<(), ParquetError> {
    let names = manifest.piece_names();
    let all = || 0..dataset.len();
    let numbers = |of: &dyn Fn(usize) -> usize| all().map(|i| of(i) as i32).collect::<Vec<_>>();
    let paths: Vec<ByteArray> = all()
        .map(|i| {
            names
                .get(i)
                .copied()
                .unwrap_or_default()
                .as_bytes()
                .to_vec()
                .into()
        })
        .collect();
    let held_out: Vec<bool> = all().map(|i| dataset.is_held_out(i)).collect();
    let mut group = writer.next_row_group()?;
    column::<Int32Type>(&mut group, &numbers(&|i| i))?;
    column::<ByteArrayType>(&mut group, &paths)?;
    column::<Int32Type>(&mut group, &numbers(&|i| dataset.piece(i).notes.len()))?;
    column::<Int32Type>(&mut group, &numbers(&|i| dataset.piece(i).bars.len()))?;
    column::<Int32Type>(&mut group, &numbers(&|i| dataset.piece(i).sounds.len()))?;
    column::<Int32Type>(&mut group, &numbers(&|i| dataset.cluster(i) as usize))?;
    column::<BoolType>(&mut group, &held_out)?;
    group.close()?;
    Ok(())
}

/// Columns of one row group.
#[derive(Default)]
struct Notes {
    numbers: [Vec<i32>; 8],
    is_drums: Vec<bool>,
}

impl Notes {
    fn flush(&mut self, writer: &mut Writer) -> Result<(), ParquetError> {
        if self.is_drums.is_empty() {
            return Ok(());
        }
        let mut group = writer.next_row_group()?;
        for (index, numbers) in self.numbers.iter().enumerate() {
            if index == 3 {
                column::<BoolType>(&mut group, &self.is_drums)?;
            }
            column::<Int32Type>(&mut group, numbers)?;
        }
        group.close()?;
        self.numbers.iter_mut().for_each(Vec::clear);
        self.is_drums.clear();
        Ok(())
    }
}

fn write_notes(writer: &mut Writer, dataset: &Dataset) -> Result<(), ParquetError> {
    let mut open = Notes::default();
    for index in 0..dataset.len() {
        let piece = dataset.piece(index);
        for note in piece.notes {
            let class = piece
                .sounds
                .get(usize::from(note.track))
                .copied()
                .unwrap_or(0);
            let row = [
                index as i32,
                i32::from(note.track),
                i32::from(family(class)),
                note.onset().0 as i32,
                i32::from(note.duration),
                i32::from(note.pitch),
                i32::from(note.velocity),
                i32::from(note.micro),
            ];
            for (column, value) in open.numbers.iter_mut().zip(row) {
                column.push(value);
            }
            open.is_drums.push(class == DRUMS);
        }
        if open.is_drums.len() >= GROUP {
            open.flush(writer)?;
        }
    }
    open.flush(writer)
}
