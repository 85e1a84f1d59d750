//! The guide: how to do things with this crate, page by page.
//!
//! Every page is short and stands alone. All code in it runs, over loopback, each time the crate is
//! tested.
//!
//! | page | for |
//! | --- | --- |
//! | [`from_std`] | who knows `std::net`: what is the same, what differs, step by step |
//! | [`from_common_lisp`] | who knows usocket: the forms, the restarts, the traps |
//! | [`errors`] | every condition: what it means, and what to do about it |
//! | [`deadlines`] | calls that end in time, or when another thread says so |
//! | [`dual_stack`] | IPv6 and IPv4 at once |
//! | [`datagrams`] | UDP without surprises |
//! | [`waiting`] | many sockets, one thread |
//! | [`serving`] | servers that can be stopped |
//! | [`testing`] | tests of code that uses sockets |

pub mod datagrams;
pub mod deadlines;
pub mod dual_stack;
pub mod errors;
pub mod from_common_lisp;
pub mod from_std;
pub mod serving;
pub mod testing;
pub mod waiting;
