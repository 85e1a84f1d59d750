//! Every system call of the crate.
//!
//! Nothing outside this folder talks to the system. Each function here is one call of the sockets
//! API: it takes borrowed handles and std's types, passes the [seam](crate::seam), makes the call
//! once, and gives the system's error back untouched. It neither retries nor classifies nor
//! allocates; that is the business of the layers above.
//!
//! * [`socket`]: make, bind, listen, connect, accept, shut down, names
//! * [`transfer`]: send and receive
//! * `unix_domain`: what is particular to sockets of the Unix domain, their addresses
//! * [`option`]: options, and the modes that other calls set
//! * [`lookup`]: names, addresses, services, interfaces
//! * [`wait`](mod@wait) and [`wake`]: wait for readiness, and be woken
//! * [`poll`] and `epoll`: wait for any number of sockets
//!
//! What differs by system stands in a file named after the system, loaded as `imp`. It supplies
//!
//! * `AsHandle`, `BorrowedHandle`, `OwnedHandle` and `RawHandle`, std's names for a socket's handle,
//!   and `borrowed` and `raw`, which give it
//! * `AsDatagrams`, the same for who can receive datagrams together with their senders
//! * `poll`, which waits even if there is nothing to wait for, and `hung_up`, what it means by a hang-up
//! * `try_once`, which makes a transfer that does not block whatever mode the socket is in
//! * `AT_ONCE`, how many bytes of a stream that call can take
//! * `receive_from`, which tells as much of a datagram that was cut off as the system does
//! * `nonblocking` and `set_nonblocking`, the mode that a socket is in
//! * `Wake` and `WakeHandle`, something to wait for beside a socket; on WASI, nothing
//!
//! `net` is rustix's, or what WASI has in its place.

#[cfg(not(windows))]
mod descriptor;
#[cfg(any(target_os = "linux", target_os = "android", target_os = "illumos"))]
pub(crate) mod epoll;
pub(crate) mod lookup;
pub(crate) mod option;
pub(crate) mod poll;
pub(crate) mod socket;
pub(crate) mod transfer;
#[cfg(unix)]
pub(crate) mod unix_domain;
pub(crate) mod wait;
pub(crate) mod wake;

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "wasi", path = "wasi.rs")]
#[cfg_attr(not(any(windows, target_os = "wasi")), path = "unix.rs")]
mod imp;

#[cfg(target_os = "wasi")]
use imp::net;
#[cfg(not(target_os = "wasi"))]
use rustix::net;

pub(crate) use imp::{
    AsDatagrams, AsHandle, BorrowedHandle, OwnedHandle, RawHandle, borrowed, raw,
};
