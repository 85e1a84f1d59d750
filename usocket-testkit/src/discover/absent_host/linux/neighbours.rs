//! The table of IPv4 neighbours, as proc(5) shows it in `/proc/net/arp`.

use std::net::Ipv4Addr;

/// One address that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbour {
    pub(super) ip: Ipv4Addr,
    pub(super) device: String,
    /// Whether a hardware address is known for it.
    pub(super) answers: bool,
}

/// `ATF_COM` of `<net/if_arp.h>`: the entry is complete.
const COMPLETE: u32 = 0x2;

/// Each line that can be read: address, type of hardware, flags, hardware address, mask, device.
pub(super) fn parse(table: &str) -> impl Iterator<Item = Neighbour> {
    table.lines().filter_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let ip = columns.next()?.parse().ok()?;
        let flags = columns.nth(1)?.strip_prefix("0x")?;
        let flags = u32::from_str_radix(flags, 16).ok()?;
        let device = columns.nth(2)?.to_owned();
        Some(Neighbour {
            ip,
            device,
            answers: flags & COMPLETE != 0,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0
192.0.2.2        0x1         0x0         00:00:00:00:00:00     *        eth0
192.0.2.3        0x1         0x6         02:00:00:00:00:03     *        wlp0s20f3
";

    #[test]
    fn complete_entries_answer_and_others_do_not() {
        let all: Vec<_> = parse(TABLE)
            .map(|n| (n.ip.octets()[3], n.device, n.answers))
            .collect();
        let eth = || "eth0".to_owned();
        assert_eq!(
            all,
            [
                (1, eth(), true),
                (2, eth(), false),
                (3, "wlp0s20f3".into(), true)
            ]
        );
    }

    #[test]
    fn what_is_no_entry_is_left_out() {
        for line in [
            "",
            "192.0.2.1",
            "192.0.2.1 0x1 2 02:0 * eth0",
            "::1 0x1 0x2 02:0 * eth0",
            "192.0.2.1 0x1 0xg 02:0 * eth0",
            "192.0.2.1 0x1 0x2 02:0 *",
        ] {
            assert_eq!(parse(line).next(), None, "{line:?}");
        }
    }
}
