//! What a lab's network does with packets to some addresses.

/// What happens to packets to some addresses: see [`Lab::add_route`](super::Lab::add_route).
///
/// Source: ip-route(8); the errors are those of Linux, for TCP `connect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Route {
    /// To the lab's hosts, as packets to `10.77.0.0/16` and `fd77::/64` go without asking.
    Link,
    /// Dropped without a word; the sender itself gets `EINVAL`.
    Blackhole,
    /// `EHOSTUNREACH`.
    Unreachable,
    /// `EACCES`.
    Prohibit,
    /// As if there were no route: `ENETUNREACH`, if no other one fits.
    Throw,
}
