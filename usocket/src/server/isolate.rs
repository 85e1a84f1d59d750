//! Code of the user's, which may panic.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` gives, or what it panicked with.
///
/// Nothing of the server is in the hands of `work`, so a panic leaves nothing half done but what is
/// the user's own.
pub(super) fn isolate<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let message = message(&*payload);
        // What it panicked with may itself panic when it is dropped.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            mem::forget(again);
        }
        message
    })
}

/// The text that `panic!` was given.
fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    struct PanicsToo;

    impl Drop for PanicsToo {
        fn drop(&mut self) {
            panic!("while it is dropped");
        }
    }

    #[test]
    fn a_panic_of_any_kind_is_a_message() {
        assert_eq!(isolate(|| 7), Ok(7));
        let (number, none) = (7, "a panic without a message");
        assert_eq!(isolate(|| panic!("fixed")), Err::<(), _>("fixed".into()));
        assert_eq!(
            isolate(|| panic!("no {number}")),
            Err::<(), _>("no 7".into())
        );
        assert_eq!(isolate(|| panic_any(number)), Err::<(), _>(none.into()));
        assert_eq!(isolate(|| panic_any(PanicsToo)), Err::<(), _>(none.into()));
    }
}
