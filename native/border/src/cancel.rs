//! How JavaScript stops a job that runs on another thread.

use continuo_cancel::CancelFlag;
use napi_derive::napi;

/// Handed to a job when it starts; `cancel` may be called at any time, also when the job is over.
#[napi]
#[derive(Default)]
pub struct CancelHandle {
    flag: CancelFlag,
}

#[napi]
impl CancelHandle {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi]
    pub fn cancel(&self) {
        self.flag.cancel();
    }
}

impl CancelHandle {
    pub fn flag(&self) -> CancelFlag {
        self.flag.clone()
    }
}
