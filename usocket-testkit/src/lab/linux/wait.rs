//! Waiting for what the kernel does in the background.

use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Asks until it is done. No event says it reliably, and it takes microseconds; but on a machine with hundreds of
/// networks coming and going the kernel's queue has been seen to take more than ten seconds.
pub(super) fn wait_until(what: &str, mut done: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    const WATCHDOG: Duration = Duration::from_secs(40);
    let began = Instant::now();
    while !done()? {
        if began.elapsed() > WATCHDOG {
            let words = format!("waited {WATCHDOG:?} in vain until {what}");
            return Err(io::Error::new(io::ErrorKind::TimedOut, words));
        }
        sleep(Duration::from_micros(50));
    }
    Ok(())
}
