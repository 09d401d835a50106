//! Opening a device, with a reason and a remedy where that fails.
//!
//! burn panics where drivers are missing, so everything here runs behind a catch, and a device counts
//! only after it has given the right answer once.

use burn_tensor::Tensor;
use burn_tensor::backend::Backend;
use continuo_train::TrainError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What opening a device gives: what to call it, or what is wrong.
pub(crate) type Opened = Result<String, String>;

/// An error with what helps.
pub(crate) fn unavailable(name: &str, what: &str) -> TrainError {
    TrainError::DeviceUnavailable {
        device: name.to_owned(),
        reason: format!("{what}; {}", remedy(name)),
    }
}

fn remedy(name: &str) -> &'static str {
    match name {
        "cuda" => {
            "install the NVIDIA driver and the CUDA toolkit (with nvrtc), see docs/gpu.md, or train on the CPU"
        }
        "metal" => "it needs a Mac with Metal, see docs/gpu.md; train on the CPU",
        _ => {
            "install a Vulkan driver for your GPU (mesa-vulkan-drivers on Linux), see docs/gpu.md, or train on the CPU"
        }
    }
}

/// Run what burn may panic in.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        // One line: backtraces and lists of adapters follow it.
        let line = text.and_then(|text| text.lines().next());
        Err(line.unwrap_or("the device library gave up").to_owned())
    })
}

/// The GPU that wgpu takes: the fastest kind that there is, a software one if there is no other.
#[cfg(any(feature = "wgpu", feature = "metal"))]
pub(crate) fn open_wgpu<G: burn_wgpu::graphics::GraphicsApi>(name: &str) -> Opened {
    let device = burn_wgpu::WgpuDevice::DefaultDevice;
    let setup = || {
        let options = burn_wgpu::RuntimeOptions::default();
        Ok(burn_wgpu::init_setup::<G>(&device, options))
    };
    // burn's own words are of adapters and fallbacks.
    let setup = caught(setup).map_err(|_| "no GPU with a working driver was found")?;
    let info = setup.adapter.get_info();
    works::<burn_wgpu::Wgpu>(&device)?;
    // By its name, since wgpu itself is burn's to depend on.
    let remark = match format!("{:?}", info.device_type).as_str() {
        "Cpu" => ", software, slower than cpu",
        _ => "",
    };
    Ok(format!("{name}: {}{remark}", info.name))
}

/// The first NVIDIA GPU.
#[cfg(feature = "cuda")]
pub(crate) fn open_cuda(name: &str) -> Opened {
    // SAFETY: both only see whether a library can be loaded.
    let (driver, compiler) = unsafe {
        (
            cudarc::driver::sys::is_culib_present(),
            cudarc::nvrtc::sys::is_culib_present(),
        )
    };
    if !driver {
        return Err("the NVIDIA driver was not found".into());
    }
    if !compiler {
        return Err("nvrtc, a part of the CUDA toolkit, was not found".into());
    }
    let gpu = cudarc::driver::CudaContext::new(0).and_then(|context| context.name());
    let gpu = gpu.map_err(|error| format!("no NVIDIA GPU answers ({error:?})"))?;
    works::<burn_cuda::Cuda>(&burn_cuda::CudaDevice::default())?;
    Ok(format!("{name}: {gpu}"))
}

/// burn's CPU code, for tests.
#[cfg(feature = "flex")]
pub(crate) fn open_flex(name: &str) -> Opened {
    works::<burn_flex::Flex>(&burn_flex::FlexDevice)?;
    Ok(name.to_owned())
}

/// A small product with a known answer.
fn works<B: Backend>(device: &B::Device) -> Result<(), String> {
    let left = Tensor::<B, 2>::from_floats([[1.0, 2.0], [3.0, 4.0]], device);
    let right = Tensor::<B, 2>::from_floats([[5.0, 6.0], [7.0, 8.0]], device);
    let product = crate::weights::read(left.matmul(right))?;
    if product == [19.0, 22.0, 43.0, 50.0] {
        Ok(())
    } else {
        Err(format!("it multiplies wrongly: {product:?}"))
    }
}
