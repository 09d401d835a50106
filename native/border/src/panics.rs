//! Panics stop at this border: what was running fails with `INTERNAL_PANIC`, the process goes on.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

use crate::failure::Failure;

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Run `work`; a panic inside becomes a failure that says where it happened.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    keep_panics_quiet();
    // The work owns all it changes and is dropped after a panic, so nothing half-changed is seen again.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(_) => {
            let what = LAST_PANIC
                .take()
                .unwrap_or_else(|| "at an unknown place".to_owned());
            Err(Failure::panic(&what))
        }
    }
}

/// The default hook prints on stderr, where only `error[CODE]` lines belong.
fn keep_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_hook(Box::new(|info| {
            LAST_PANIC.set(Some(info.to_string().replace('\n', " ")));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_that_says_where_and_the_next_work_runs() {
        let failed: Result<(), Failure> = guarded(|| panic!("a note\nwithout a pitch"));
        let failure = failed.unwrap_err();
        assert_eq!(failure.code, "INTERNAL_PANIC");
        assert!(failure.message.contains("a note without a pitch"));
        assert!(failure.message.contains("panics.rs"));
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
    }
}
