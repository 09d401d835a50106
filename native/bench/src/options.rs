//! `--name value` pairs of the command line.

use crate::Failure;
use continuo_model::{Device, DeviceChoice, Model};
use continuo_sampler::EngineOptions;
use std::collections::HashMap;
use std::path::PathBuf;
use std::str::FromStr;

/// Seed of everything that is drawn here.
pub const SEED: u64 = 20_240_601;

pub struct Options(HashMap<String, String>);

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, Failure> {
        let mut options = HashMap::new();
        while let Some(flag) = arguments.next() {
            let name = flag
                .strip_prefix("--")
                .ok_or_else(|| format!("expected --name, found {flag:?}"))?;
            let value = arguments
                .next()
                .ok_or_else(|| format!("--{name} needs a value"))?;
            options.insert(name.to_owned(), value);
        }
        Ok(Options(options))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        let value = self
            .text(name)
            .ok_or_else(|| format!("--{name} is missing"))?;
        Ok(PathBuf::from(value))
    }

    /// A number, or `default` where the option is not given.
    pub fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T, Failure> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| format!("--{name} {text:?} is not a number").into()),
        }
    }

    /// Numbers with commas between them.
    pub fn numbers(&self, name: &str, default: &[usize]) -> Result<Vec<usize>, Failure> {
        let Some(text) = self.text(name) else {
            return Ok(default.to_vec());
        };
        let parse = |part: &str| {
            part.trim()
                .parse()
                .map_err(|_| format!("--{name}: {part:?} is not a number").into())
        };
        text.split(',').map(parse).collect()
    }

    /// The model folder of `--model`.
    pub fn model(&self) -> Result<Model, Failure> {
        Ok(Model::load(&self.path("model")?)?)
    }

    /// The CPU, with the library of `--library` and the cores of `--threads`.
    pub fn engine(&self) -> Result<EngineOptions, Failure> {
        Ok(EngineOptions {
            device: DeviceChoice::Only(Device::Cpu),
            threads: self.number("threads", 0)?,
            runtime_library: Some(self.path("library")?),
        })
    }
}
