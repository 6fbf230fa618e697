//! A panic in a room's function ends that request and nothing else, and is logged once, with its place.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// Runs `work`; answers what it panicked with, and where, if it did. The default report on standard error is kept for
/// every other thread and left out here, where the caller logs the message with the request it belongs to.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if IS_WATCHED.get() {
                CAUGHT.set(Some(panic.to_string()));
            } else {
                others(panic);
            }
        }));
    });
    IS_WATCHED.set(true);
    // Nothing that the closure touched is used again, but for the shared state of rooms, whose locks know of poisoning.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    IS_WATCHED.set(false);
    outcome.map_err(|_| {
        CAUGHT
            .take()
            .unwrap_or_else(|| "panicked without a message".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_is_answered_with_its_message_and_place() {
        let message = caught(|| panic!("the lamp is {}", "broken")).unwrap_err();
        assert!(message.contains("the lamp is broken"), "{message}");
        assert!(message.contains("panics.rs"), "{message}");
        assert_eq!(caught(|| 7), Ok(7));
    }
}
