//! Any sequence of usocket's calls, against any schedule of faults in its own seam.
//!
//! One test, in a binary of its own: it counts the descriptors and threads of the whole process.
#![cfg(target_os = "linux")]

#[path = "../../usocket-testkit/tests/counts/mod.rs"]
mod counts;
mod model;
#[path = "properties_faults/nemesis.rs"]
mod nemesis;
mod properties_support;
#[path = "properties_faults/sequences.rs"]
mod sequences;

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::os::fd::BorrowedFd;
use std::rc::Rc;

use nemesis::{Armed, Nemesis, Strike, local_addr};
use properties_support::config;
use proptest::prelude::*;
use sequences::{hold, steps, strikes};
use usocket::seam;

/// usocket's own calls, on this thread.
#[derive(Debug)]
struct Seam;

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    seen: u64,
    hits: u64,
}

struct ArmedSeam {
    counts: Rc<RefCell<Vec<Count>>>,
    _guard: seam::Guard,
}

impl Nemesis for Seam {
    fn arm(&self, strikes: &[Strike]) -> Box<dyn Armed> {
        let counts = Rc::new(RefCell::new(vec![Count::default(); strikes.len()]));
        let (shared, strikes) = (Rc::clone(&counts), strikes.to_vec());
        let guard = seam::install(move |call| {
            let mut counts = shared.borrow_mut();
            strikes
                .iter()
                .zip(counts.iter_mut())
                .filter(|(strike, _)| strike.operation == call.operation())
                .find_map(|(strike, count)| {
                    count.seen += 1;
                    let ready = count.seen > strike.skip && count.hits < strike.times;
                    ready.then(|| {
                        count.hits += 1;
                        io::Error::from(strike.errno)
                    })
                })
        });
        Box::new(ArmedSeam {
            counts,
            _guard: guard,
        })
    }

    /// The seam sees nobody's calls but usocket's.
    fn addr_of(&self, socket: BorrowedFd<'_>) -> SocketAddr {
        local_addr(socket)
    }
}

impl Armed for ArmedSeam {
    fn hits(&self) -> Vec<u64> {
        self.counts
            .borrow()
            .iter()
            .map(|count| count.hits)
            .collect()
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn every_call_ends_in_time_and_names_what_the_seam_provoked(
        steps in steps(),
        strikes in strikes(),
    ) {
        hold(&Seam, &steps, &strikes)?;
    }
}
