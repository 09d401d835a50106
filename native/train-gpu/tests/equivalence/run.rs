//! A whole run on a device: trained, stopped, resumed.

use super::data::{dataset, devices, one_at_a_time};
use continuo_train::TrainError;
use continuo_train::compute::Devices;
use continuo_train::training::{TrainRequest, train_on};
use continuo_train_gpu::Gpu;

fn go(request: &TrainRequest) -> Result<continuo_train::training::TrainAnswer, TrainError> {
    train_on(&Gpu, request, &|| false, &mut |_| ())
}

#[test]
fn a_run_trains_and_resumes_on_every_device() {
    let _guard = one_at_a_time();
    let folder = tempfile::tempdir().expect("temporary folder");
    dataset(&folder.path().join("data"), 3);
    for device in devices() {
        for preset in ["gru-16", "lstm-16x2"] {
            let request = TrainRequest {
                data: folder.path().join("data"),
                run: folder.path().join(format!("{device}-{preset}")),
                model_id: "trial".into(),
                preset: Some(preset.into()),
                updates: Some(2),
                batch: Some(4),
                sequence: Some(16),
                device: Some(device.into()),
                ..TrainRequest::default()
            };
            assert_eq!(go(&request).expect("it trains").updates, 2);
            let more = TrainRequest {
                resume: true,
                updates: Some(4),
                ..request
            };
            assert_eq!(go(&more).expect("it goes on").updates, 4);
        }
    }
}

#[test]
fn a_device_of_another_build_is_named() {
    let family = super::data::infill();
    let error = Gpu.infill("abacus", &family, 1).err();
    let error = error.expect("there is no such device");
    assert_eq!(error.code(), "DEVICE_UNAVAILABLE");
}
