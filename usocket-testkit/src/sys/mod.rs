//! Calls for which no library here has a safe way.

#[cfg(any(feature = "faults", all(feature = "proxy", not(target_os = "wasi"))))]
pub(crate) mod atomic;
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(crate) mod interruption;
#[cfg(all(target_os = "linux", feature = "lab"))]
#[allow(unsafe_code)]
pub(crate) mod options;
#[cfg(windows)]
#[allow(unsafe_code)]
pub(crate) mod poll;
#[cfg(all(feature = "proxy", not(target_os = "wasi")))]
pub(crate) mod unsent;
