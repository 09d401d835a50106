//! How JavaScript stops work that runs on another thread.

use continuo_cancel::CancelFlag;
use napi_derive::napi;

/// Given to an operation when it starts; `cancel` may be called at any time, also after the end.
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
