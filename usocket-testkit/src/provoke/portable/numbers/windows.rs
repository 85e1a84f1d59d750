//! Windows Sockets.

use windows_sys::Win32::Networking::WinSock as ws;

pub(in crate::provoke) use ws::MSG_OOB;

/// A type of which no internet family has a protocol. (`SOCK_RDM` is multicast where that is installed.)
pub(in crate::provoke) const TYPE_OF_NO_FAMILY: i32 = ws::SOCK_SEQPACKET;
