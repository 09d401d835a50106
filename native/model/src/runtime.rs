//! The ONNX Runtime library: found, loaded once for the process.

use crate::{Device, ModelError, telemetry};
use ort::environment::Environment;
use ort::ep::{self, ExecutionProviderDispatch};
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Environment variable that overrides where the library is.
pub const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

/// The loaded library. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    environment: Environment,
    library: PathBuf,
}

impl Runtime {
    /// Load the library from `ORT_DYLIB_PATH` if that is set, else from `library`.
    ///
    /// A process can hold only one; once one is loaded, every call gives that one.
    /// Errors: `RUNTIME_NOT_FOUND`.
    pub fn load(library: Option<&Path>) -> Result<Runtime, ModelError> {
        let not_found = |reason: String| ModelError::RuntimeNotFound { reason };
        let mut loaded = LOADED
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((library, environment)) = loaded.as_ref() {
            let (environment, library) = (environment.clone(), library.clone());
            return Ok(Runtime {
                environment,
                library,
            });
        }
        let named = env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty());
        let library = named
            .map(PathBuf::from)
            .or_else(|| library.map(Path::to_owned));
        let library = library.ok_or_else(|| not_found("no library was named".to_owned()))?;
        let library = std::path::absolute(&library).unwrap_or(library);
        if !library.is_file() {
            return Err(not_found(format!("no file {}", library.display())));
        }
        telemetry::switch_off();
        let environment = ort::init_from(&library)
            .map_err(|error| not_found(error.to_string()))?
            .with_name("continuo")
            // Older libraries, up to 1.28, know only this switch.
            .with_telemetry(false)
            .build()
            .map_err(|error| not_found(error.to_string()))?;
        *loaded = Some((library.clone(), environment.clone()));
        Ok(Runtime {
            environment,
            library,
        })
    }

    pub fn library(&self) -> &Path {
        &self.library
    }

    /// Build a session from the bytes of an .onnx file. Errors: `DEVICE_UNAVAILABLE`.
    pub(crate) fn session(
        &self,
        onnx: &[u8],
        device: Device,
        threads: usize,
    ) -> Result<Session, ModelError> {
        let unavailable = |reason: String| ModelError::DeviceUnavailable {
            device,
            reason: one_line(&reason),
        };
        let build = || -> ort::Result<SessionBuilder> {
            Ok(Session::builder(&self.environment)?
                .with_optimization_level(GraphOptimizationLevel::Level3)?
                .with_intra_threads(threads)?
                .with_execution_providers(provider(device))?)
        };
        let mut builder = build().map_err(|error| unavailable(error.to_string()))?;
        builder
            .commit_from_memory(onnx)
            .map_err(|error| unavailable(error.to_string()))
    }
}

/// Where onnxruntime-node keeps the library for this platform, under a folder with node_modules.
///
/// `None` where the package is not installed or ships none for the platform (Macs with Intel).
pub fn bundled_library(root: &Path) -> Option<PathBuf> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let folder = root
        .join("node_modules/onnxruntime-node/bin/napi-v6")
        .join(system)
        .join(machine);
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort();
    names.into_iter().find(|path| {
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        name.starts_with("libonnxruntime.") || name == "onnxruntime.dll"
    })
}

fn provider(device: Device) -> Vec<ExecutionProviderDispatch> {
    let provider = match device {
        Device::Cpu => return Vec::new(),
        Device::Cuda => ep::CUDA::default().build(),
        Device::DirectMl => ep::DirectML::default().build(),
        Device::CoreMl => ep::CoreML::default().build(),
        Device::WebGpu => ep::WebGPU::default().build(),
    };
    vec![provider.error_on_failure()]
}

/// The last part of ONNX Runtime's message, without the place in its source.
fn one_line(text: &str) -> String {
    let message = text.rsplit("FAIL : ").next().unwrap_or(text);
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_the_place_in_the_source() {
        let text = "/src/a.cc:19 f() [ONNXRuntimeError] : 1 : FAIL : Failed to load\n  library x";
        assert_eq!(one_line(text), "Failed to load library x");
        assert_eq!(one_line("not  built in"), "not built in");
    }
}
