//! Calls for which no library here has a safe way.

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(crate) mod interruption;
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(crate) mod options;
#[cfg(all(feature = "proxy", not(target_os = "wasi")))]
pub(crate) mod unsent;
