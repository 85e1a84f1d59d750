//! Which watch a set has: chosen here and nowhere else.

use std::io;
use std::sync::Arc;

use super::watch::Watch;
use crate::sys::wake::Wake;

/// The best that this system has.
pub(super) fn native<'a>(waker: Arc<Wake>) -> io::Result<Box<dyn Watch<'a> + 'a>> {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "illumos"))]
    {
        Ok(Box::new(super::epoll::EpollWatch::new(waker)?))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "illumos")))]
    {
        poll(waker)
    }
}

/// What every system has.
pub(super) fn poll<'a>(waker: Arc<Wake>) -> io::Result<Box<dyn Watch<'a> + 'a>> {
    Ok(Box::new(super::poll::PollWatch::new(waker)?))
}
