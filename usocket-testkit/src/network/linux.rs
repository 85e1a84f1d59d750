//! Linux shows a thread's network namespace as a file: namespaces(7).

use std::fs;
use std::os::unix::fs::MetadataExt;

/// A network namespace, by device and inode of its file.
///
/// The inode is given to no other namespace for as long as anything holds this one, such as a socket that was made in
/// it. An id is compared only while one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkId {
    device: u64,
    inode: u64,
}

impl NetworkId {
    /// The network of the calling thread; none where /proc does not tell.
    pub(crate) fn of_thread() -> Option<Self> {
        // Not `/proc/self`: that is the main thread's.
        let file = fs::metadata("/proc/thread-self/ns/net").ok()?;
        Some(Self {
            device: file.dev(),
            inode: file.ino(),
        })
    }
}
