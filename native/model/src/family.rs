//! The model family of a folder.

use crate::ModelError;
use crate::checksums::Checksums;
use crate::folder::{CONFIG_FILE, damaged, read};
use serde::Deserialize;
use std::path::Path;

/// Which family a model folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Infill,
    Recurrent,
}

/// Which family a folder's model.json names. Errors: `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `MODEL_FAMILY`.
pub fn family_of(folder: &Path) -> Result<Family, ModelError> {
    #[derive(Deserialize)]
    struct Named {
        architecture: Architecture,
    }
    #[derive(Deserialize)]
    struct Architecture {
        family: String,
    }
    let json = read(folder, CONFIG_FILE)?;
    Checksums::of(folder)?.check(folder, CONFIG_FILE, Some(&json))?;
    let path = folder.join(CONFIG_FILE);
    let named: Named = serde_json::from_slice(&json).map_err(|e| damaged(&path, e))?;
    match named.architecture.family.as_str() {
        "infill" => Ok(Family::Infill),
        "recurrent" => Ok(Family::Recurrent),
        other => Err(ModelError::OtherFamily {
            folder: folder.to_owned(),
            found: format!("a model of the family \"{other}\""),
            needed: "an infill or a recurrent one, or a newer version of continuo",
        }),
    }
}

/// Errors: `MODEL_FAMILY` for a model of another family; as [`family_of`].
pub(crate) fn require_family(folder: &Path, needed: Family) -> Result<(), ModelError> {
    let found = family_of(folder)?;
    if found == needed {
        return Ok(());
    }
    let (found, needed) = match found {
        Family::Infill => ("an infill model", "a recurrent one, such as howl-lstm-192"),
        Family::Recurrent => ("a recurrent model", "an infill one, such as infill-s"),
    };
    Err(ModelError::OtherFamily {
        folder: folder.to_owned(),
        found: found.to_owned(),
        needed,
    })
}
