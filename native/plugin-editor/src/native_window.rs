//! Windows as C interfaces give them: an X11 window's number, a pointer to an NSView, an HWND.

use raw_window_handle::*;
use std::ffi::c_void;
use std::num::{NonZeroIsize, NonZeroU32};
use std::ptr::NonNull;

/// A window of the host's, in which ours is to lie.
pub struct NativeWindow(RawWindowHandle);

impl NativeWindow {
    /// `None` where it is null or no window of this system.
    ///
    /// # Safety
    /// It stays a window of the host's for as long as this is used.
    pub unsafe fn new(window: *mut c_void) -> Option<Self> {
        let handle = if cfg!(target_os = "windows") {
            Win32WindowHandle::new(NonZeroIsize::new(window as isize)?).into()
        } else if cfg!(target_os = "macos") {
            AppKitWindowHandle::new(NonNull::new(window)?).into()
        } else {
            let number = u32::try_from(window as usize).ok()?;
            XcbWindowHandle::new(NonZeroU32::new(number)?).into()
        };
        Some(Self(handle))
    }
}

impl HasWindowHandle for NativeWindow {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        // SAFETY: by the contract of `new`.
        Ok(unsafe { WindowHandle::borrow_raw(self.0) })
    }
}

/// The other way round; null where the system has no such window.
pub(crate) fn pointer_to(window: &impl HasWindowHandle) -> *mut c_void {
    match window.window_handle().map(|handle| handle.as_raw()) {
        Ok(RawWindowHandle::Xcb(handle)) => handle.window.get() as usize as *mut c_void,
        Ok(RawWindowHandle::Xlib(handle)) => handle.window as usize as *mut c_void,
        Ok(RawWindowHandle::Win32(handle)) => handle.hwnd.get() as *mut c_void,
        Ok(RawWindowHandle::AppKit(handle)) => handle.ns_view.as_ptr(),
        _ => std::ptr::null_mut(),
    }
}
