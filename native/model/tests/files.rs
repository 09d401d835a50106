//! Model folders: written and read back, damaged and missing.

use continuo_model::recurrent::{Cell, RecurrentArchitecture, RecurrentModel};
use continuo_model::{
    Architecture, CHECKSUMS_FILE, CONFIG_FILE, KNOWN_PASSAGES_FILE, Model, ModelError, Precision,
    WEIGHTS_FILE, seal,
};
use continuo_tokenizer::passages::PassageFilter;
use std::fs;
use std::path::Path;

fn small() -> Model {
    let mut a = Architecture::infill_s();
    (a.layers, a.ff_size, a.head_size) = (1, 8, 8);
    Model::random(a, 3)
}

fn written(precision: Precision) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    small().save(folder.path(), precision).expect("saves");
    folder
}

fn code(folder: &Path) -> &'static str {
    Model::load(folder).map_or_else(|error| error.code(), |_| "none")
}

#[test]
fn f32_is_read_back_exactly_and_f16_to_its_precision() {
    let model = small();
    let exact = Model::load(written(Precision::F32).path()).expect("loads");
    assert_eq!(exact.weights, model.weights);
    assert_eq!(exact.config, model.config);
    assert_eq!(exact.sha256(), model.sha256());
    let half = Model::load(written(Precision::F16).path()).expect("loads");
    let (half, full) = (&half.weights.layers[0].qkv, &model.weights.layers[0].qkv);
    for (h, f) in half.iter().zip(full) {
        assert!((h - f).abs() <= f.abs() / 2048.0 + 1e-7, "{h} {f}");
    }
}

#[test]
fn a_folder_without_one_of_the_files_is_not_found() {
    for file in [CONFIG_FILE, WEIGHTS_FILE] {
        let folder = written(Precision::F16);
        fs::remove_file(folder.path().join(file)).expect("removes");
        assert_eq!(code(folder.path()), "MODEL_NOT_FOUND");
    }
    assert_eq!(code(Path::new("/nowhere")), "MODEL_NOT_FOUND");
}

#[test]
fn weights_cut_anywhere_are_damaged() {
    let folder = written(Precision::F16);
    let path = folder.path().join(WEIGHTS_FILE);
    let whole = fs::read(&path).expect("reads");
    for keep in [0, 1, 7, 8, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..keep]).expect("writes");
        assert_eq!(code(folder.path()), "MODEL_DAMAGED", "{keep} bytes");
    }
    let mut endless = whole.clone();
    endless[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    fs::write(&path, &endless).expect("writes");
    assert_eq!(code(folder.path()), "MODEL_DAMAGED");
}

#[test]
fn values_shapes_and_names_that_do_not_fit_are_damaged() {
    let folder = written(Precision::F16);
    let path = folder.path().join(WEIGHTS_FILE);
    let whole = fs::read(&path).expect("reads");
    let mut infinite = whole.clone();
    let last = infinite.len() - 2;
    infinite[last..].copy_from_slice(&0x7C00u16.to_le_bytes());
    fs::write(&path, &infinite).expect("writes");
    let error = Model::load(folder.path()).err();
    assert!(
        matches!(&error, Some(ModelError::Damaged { reason, .. }) if reason.contains("finite"))
    );
    let at = whole
        .windows(6)
        .position(|w| w == b"\"norm\"")
        .expect("named");
    let mut other = whole.clone();
    other[at + 1] = b'f';
    fs::write(&path, &other).expect("writes");
    let error = Model::load(folder.path()).err();
    assert!(
        matches!(&error, Some(ModelError::Damaged { reason, .. }) if reason == "no tensor norm")
    );
    fs::write(&path, &whole).expect("writes");
    let mut config = small().config;
    config.architecture.ff_size = 16;
    let json = serde_json::to_vec(&config).expect("serializes");
    fs::write(folder.path().join(CONFIG_FILE), json).expect("writes");
    let error = Model::load(folder.path()).err();
    assert!(matches!(&error, Some(ModelError::Damaged { reason, .. }) if reason.contains("shape")));
}

#[test]
fn a_model_of_another_vocabulary_is_refused() {
    let folder = written(Precision::F16);
    let mut config = small().config;
    config.vocabulary.hash = "0".repeat(64);
    let json = serde_json::to_vec(&config).expect("serializes");
    fs::write(folder.path().join(CONFIG_FILE), json).expect("writes");
    assert_eq!(code(folder.path()), "VOCAB_MISMATCH");
}

#[test]
fn a_folder_that_cannot_be_written_says_so() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let error = small()
        .save(&file.path().join("below"), Precision::F16)
        .err();
    assert_eq!(error.map(|e| e.code()), Some("MODEL_WRITE_FAILED"));
}

/// Flips bits all over each file of a finished model; every one has to be found.
fn assert_flips_are_found(folder: &Path, files: &[&str], code: impl Fn() -> &'static str) {
    seal(folder).expect("sealed");
    assert_eq!(code(), "none");
    for file in files {
        let path = folder.join(file);
        let whole = fs::read(&path).expect("reads");
        let step = (whole.len() / 200).max(1);
        for at in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, &flipped).expect("writes");
            assert_eq!(code(), "MODEL_DAMAGED", "byte {at} of {file}");
        }
        fs::remove_file(&path).expect("removes");
        assert_ne!(code() == "none", *file != CHECKSUMS_FILE, "without {file}");
        fs::write(&path, &whole).expect("writes");
    }
    assert_eq!(code(), "none");
}

#[test]
fn a_bit_that_flips_in_a_finished_model_is_found() {
    let folder = written(Precision::F16);
    let passages = PassageFilter::new(&[1, 2, 3]).to_bytes();
    fs::write(folder.path().join(KNOWN_PASSAGES_FILE), passages).expect("writes");
    let files = [
        CONFIG_FILE,
        WEIGHTS_FILE,
        KNOWN_PASSAGES_FILE,
        CHECKSUMS_FILE,
    ];
    assert_flips_are_found(folder.path(), &files, || code(folder.path()));
    // Written again, it is another model, and not a damaged one.
    small().save(folder.path(), Precision::F32).expect("saves");
    assert_eq!(code(folder.path()), "none");
}

#[test]
fn a_bit_that_flips_in_a_recurrent_model_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let architecture = RecurrentArchitecture::new(Cell::Lstm, 8, 1);
    let model = RecurrentModel::random(architecture, 3);
    model.save(folder.path(), Precision::F16).expect("saves");
    let code = || RecurrentModel::load(folder.path()).map_or_else(|error| error.code(), |_| "none");
    assert_flips_are_found(
        folder.path(),
        &[CONFIG_FILE, WEIGHTS_FILE, CHECKSUMS_FILE],
        code,
    );
}

#[test]
fn a_model_of_another_family_is_told_and_not_called_damaged() {
    let infill = written(Precision::F16);
    let recurrent = tempfile::tempdir().expect("a folder");
    let architecture = RecurrentArchitecture::new(Cell::Gru, 8, 1);
    let model = RecurrentModel::random(architecture, 3);
    model.save(recurrent.path(), Precision::F16).expect("saves");
    assert_eq!(code(recurrent.path()), "MODEL_FAMILY");
    let error = RecurrentModel::load(infill.path()).expect_err("another family");
    assert_eq!(error.code(), "MODEL_FAMILY");
    assert!(
        error
            .to_string()
            .contains("a recurrent one, such as howl-lstm-192")
    );
    let path = infill.path().join(CONFIG_FILE);
    let json = fs::read_to_string(&path).expect("reads");
    fs::write(&path, json.replace("\"infill\"", "\"diffusion\"")).expect("writes");
    assert_eq!(code(infill.path()), "MODEL_FAMILY");
}
