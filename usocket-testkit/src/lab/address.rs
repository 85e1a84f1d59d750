//! How a test writes an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IP address, as tests write it: `"10.77.1.5"`, `[10, 77, 1, 5]`, or one of std's types.
pub trait IntoIp {
    /// The address.
    ///
    /// # Panics
    ///
    /// If a text is no IP address.
    #[track_caller]
    fn into_ip(self) -> IpAddr;
}

impl IntoIp for &str {
    fn into_ip(self) -> IpAddr {
        let Ok(ip) = self.parse() else {
            panic!("{self:?} is not an IP address")
        };
        ip
    }
}

/// Implements it for what std converts.
macro_rules! convert {
    ($($type:ty),*) => {
        $(impl IntoIp for $type {
            fn into_ip(self) -> IpAddr {
                self.into()
            }
        })*
    };
}

convert!(IpAddr, Ipv4Addr, Ipv6Addr, [u8; 4], [u16; 8]);
