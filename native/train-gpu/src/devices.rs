//! The devices of this build, each with its backend of burn.

use crate::compute::GpuCompute;
use crate::device::{Opened, caught, unavailable};
use burn_tensor::backend::Backend;
use continuo_train::TrainError;
use continuo_train::batch::Batch;
use continuo_train::compute::{CPU, Compute, CpuOnly, Devices};
use continuo_train::infill::Infill;
use continuo_train::recurrent::{Recurrent, RecurrentBatch};
use std::sync::{LazyLock, OnceLock};

/// The devices of this build, and the CPU.
pub struct Gpu;

/// Opened once in a process, which is as often as burn allows.
struct Named {
    name: &'static str,
    open: fn(&str) -> Opened,
    opened: OnceLock<Opened>,
    infill: for<'a> fn(&'static str, &'a Infill) -> Box<dyn Compute<Batch> + 'a>,
    recurrent: for<'a> fn(&'static str, &'a Recurrent) -> Box<dyn Compute<RecurrentBatch> + 'a>,
}

impl Named {
    fn new<B: Backend>(name: &'static str, open: fn(&str) -> Opened) -> Named {
        Named {
            name,
            open,
            opened: OnceLock::new(),
            infill: |name, family| Box::new(GpuCompute::<_, B>::new(name, family)),
            recurrent: |name, family| Box::new(GpuCompute::<_, B>::new(name, family)),
        }
    }
}

static DEVICES: LazyLock<Vec<Named>> = LazyLock::new(|| {
    vec![
        #[cfg(feature = "wgpu")]
        Named::new::<burn_wgpu::Wgpu>(
            "wgpu",
            crate::device::open_wgpu::<burn_wgpu::graphics::AutoGraphicsApi>,
        ),
        #[cfg(feature = "metal")]
        Named::new::<burn_wgpu::Wgpu>(
            "metal",
            crate::device::open_wgpu::<burn_wgpu::graphics::Metal>,
        ),
        #[cfg(feature = "cuda")]
        Named::new::<burn_cuda::Cuda>("cuda", crate::device::open_cuda),
        #[cfg(feature = "flex")]
        Named::new::<burn_flex::Flex>("flex", crate::device::open_flex),
    ]
});

/// A device that works, and what to call it.
fn find(name: &str) -> Result<(&'static Named, &'static str), TrainError> {
    let Some(device) = DEVICES.iter().find(|device| device.name == name) else {
        let known: Vec<_> = DEVICES.iter().map(|device| device.name).collect();
        let reason = format!("this addon trains on {}", known.join(", "));
        return Err(TrainError::DeviceUnavailable {
            device: name.to_owned(),
            reason,
        });
    };
    let opened = device
        .opened
        .get_or_init(|| caught(|| (device.open)(device.name)));
    match opened {
        Ok(description) => Ok((device, description)),
        Err(what) => Err(unavailable(name, what)),
    }
}

impl Devices for Gpu {
    fn describe(&self, device: &str) -> String {
        let found = find(device).map(|(_, description)| description);
        found.unwrap_or(device).to_owned()
    }

    fn infill<'a>(
        &self,
        device: &str,
        family: &'a Infill,
        shards: usize,
    ) -> Result<Box<dyn Compute<Batch> + 'a>, TrainError> {
        if device == CPU {
            return CpuOnly.infill(device, family, shards);
        }
        let (device, _) = find(device)?;
        Ok((device.infill)(device.name, family))
    }

    fn recurrent<'a>(
        &self,
        device: &str,
        family: &'a Recurrent,
        shards: usize,
    ) -> Result<Box<dyn Compute<RecurrentBatch> + 'a>, TrainError> {
        if device == CPU {
            return CpuOnly.recurrent(device, family, shards);
        }
        let (device, _) = find(device)?;
        Ok((device.recurrent)(device.name, family))
    }
}
