//! Elsewhere, all threads of a process are in the same network.

/// The one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkId;

impl NetworkId {
    /// The network of the calling thread.
    #[allow(clippy::unnecessary_wraps)] // it is not known on every system
    pub(crate) fn of_thread() -> Option<Self> {
        Some(Self)
    }
}
