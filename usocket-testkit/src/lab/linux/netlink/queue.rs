//! How an interface queues what it sends (queueing disciplines, tc(8); `include/uapi/linux/pkt_sched.h`).

use super::Message;

/// What becomes of packets before they reach the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab::system) enum Discipline {
    /// There is room for one byte (tc-bfifo(8)).
    Drops,
    /// One byte each second leaves, after the first few (tc-tbf(8)).
    Holds,
}

// <linux/pkt_sched.h>: libc does not have these.
const ROOT: u32 = u32::MAX;
const TBF_PARMS: u16 = 1;
const TBF_BURST: u16 = 6;
const LINKLAYER_ETHERNET: u8 = 1;

/// What `Holds` lets pass at first: a whole packet at least, or it would wait for ever.
const BURST: u32 = 2000;
/// What waits behind that, in bytes: more than the send buffers of a test's few sockets have room for.
const LIMIT: u32 = 64 << 20;

/// In place of the interface's own.
pub(in crate::lab::system) fn add_queue(link: u32, discipline: Discipline) -> Message {
    let flags = libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    let message = message(libc::RTM_NEWQDISC, flags, link);
    match discipline {
        Discipline::Drops => message
            .text(libc::TCA_KIND, "bfifo")
            .number(libc::TCA_OPTIONS, 1),
        Discipline::Holds => {
            message
                .text(libc::TCA_KIND, "tbf")
                .nested(libc::TCA_OPTIONS, |message| {
                    message
                        .attribute(TBF_PARMS, &tbf_parameters())
                        .number(TBF_BURST, BURST)
                })
        }
    }
}

/// Back to the interface's own.
pub(in crate::lab::system) fn remove_queue(link: u32) -> Message {
    message(libc::RTM_DELQDISC, 0, link)
}

/// `struct tc_tbf_qopt`: the rate and a peak rate, each a `struct tc_ratespec`, the limit, and what `BURST` replaces.
fn tbf_parameters() -> Vec<u8> {
    let rate = [[0, LINKLAYER_ETHERNET, 0, 0], [0; 4], 1_u32.to_ne_bytes()].concat();
    let rest = [LIMIT, 0, 0].map(u32::to_ne_bytes).concat();
    [rate, vec![0; 12], rest].concat()
}

/// `struct tcmsg`.
fn message(kind: u16, flags: i32, link: u32) -> Message {
    let numbers = [0, link, 0, ROOT, 0].map(u32::to_ne_bytes).concat();
    Message::new(kind, flags, &[&numbers])
}
