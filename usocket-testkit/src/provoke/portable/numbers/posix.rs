//! POSIX, and what it leaves to the system.

pub(in crate::provoke) use libc::MSG_OOB;
#[cfg(target_os = "linux")]
pub(in crate::provoke) use libc::{
    AF_INET6, AI_NUMERICHOST, NI_NUMERICHOST, SOCK_RDM as TYPE_OF_NO_FAMILY,
};
