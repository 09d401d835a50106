//! The execution providers that can run the trunk.

use std::fmt;

/// Where the trunk runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    Cpu,
    Cuda,
    DirectMl,
    CoreMl,
    WebGpu,
}

impl Device {
    /// Every device that can be named.
    pub const ALL: [Device; 5] = [
        Device::Cpu,
        Device::Cuda,
        Device::DirectMl,
        Device::CoreMl,
        Device::WebGpu,
    ];

    /// Accelerators in the order in which `auto` tries them. WebGPU is only taken by name: where
    /// there is no GPU its loader writes warnings to stderr, which no caller can silence.
    pub(crate) const BY_ITSELF: [Device; 3] = [Device::Cuda, Device::DirectMl, Device::CoreMl];

    pub fn name(self) -> &'static str {
        match self {
            Device::Cpu => "cpu",
            Device::Cuda => "cuda",
            Device::DirectMl => "directml",
            Device::CoreMl => "coreml",
            Device::WebGpu => "webgpu",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
