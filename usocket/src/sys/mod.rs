//! Every system call of the crate.
//!
//! Nothing outside this folder talks to the system. Each function here is one call of the sockets
//! API: it takes borrowed handles and std's types, passes the [seam](crate::seam), makes the call
//! once, and gives the system's error back untouched. It neither retries nor classifies nor
//! allocates; that is the business of the layers above.
//!
//! * [`socket`]: make, bind, listen, connect, accept, shut down, names
//! * [`transfer`]: send and receive
//! * [`option`]: options, and the modes that other calls set
//! * [`wait`](mod@wait): wait for readiness
//!
//! What differs by system stands in a file named after the system, loaded as `imp`. It supplies
//! `AsHandle` and `OwnedHandle`, and `try_once`, which makes a transfer that does not block
//! whatever mode the socket is in.

pub(crate) mod option;
pub(crate) mod socket;
pub(crate) mod transfer;
pub(crate) mod wait;

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "unix.rs")]
mod imp;

pub(crate) use imp::{AsHandle, OwnedHandle};
