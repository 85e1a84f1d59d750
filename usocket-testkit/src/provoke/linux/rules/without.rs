//! The same set-ups where the crate was built without its feature `faults`.

use crate::errno::Errno;
use crate::protocol::Protocol;
use crate::provoke::stage::Stage;
use crate::provoke::unavailable::{Hindrance, UnavailableKind};

fn without_faults() -> Hindrance {
    let text = "faults: the crate was built without its feature faults";
    Hindrance::new(UnavailableKind::NoFaults, text)
}

macro_rules! without {
    ($($set_up:ident)+) => {
        $(pub(super) fn $set_up(_: Protocol, _: Errno) -> Result<Stage, Hindrance> {
            Err(without_faults())
        })+
    };
}

without! {
    socket bind listen connect connect_after accept send receive send_to receive_from shut_down get_option set_option local_name
    peer_name
}

pub(in crate::provoke::system) fn aborted_accept(_: Protocol) -> Result<Stage, Hindrance> {
    Err(without_faults())
}

pub(in crate::provoke::system) fn no_resolver(_: Protocol) -> Result<Stage, Hindrance> {
    Err(without_faults())
}
