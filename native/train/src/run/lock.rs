//! One training at a time in a run's folder.

use crate::error::TrainError;
use std::fs::{File, TryLockError};
use std::path::Path;

const NAME: &str = "run.lock";

/// Held as long as it lives; the system lets go of it when its process ends, however that ends.
pub(super) struct RunLock {
    /// None where the file system has no locks.
    _file: Option<File>,
}

impl RunLock {
    /// Errors: `RUN_BUSY`, `TRAIN_IO`.
    pub fn take(folder: &Path) -> Result<RunLock, TrainError> {
        let path = folder.join(NAME);
        let file = File::create(&path).map_err(TrainError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(RunLock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(TrainError::RunBusy {
                path: folder.to_owned(),
            }),
            // Some network folders have no locks; there the user must take care.
            Err(TryLockError::Error(_)) => Ok(RunLock { _file: None }),
        }
    }
}
