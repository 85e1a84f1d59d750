//! Who makes the system's calls fail.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use usocket::{Operation, seam};
use usocket_testkit::Errno;

/// Some calls that fail: of one operation, after so many, so many times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) operation: Operation,
    pub(crate) skip: u64,
    pub(crate) times: u64,
    pub(crate) errno: Errno,
}

/// What can make them fail.
pub(crate) trait Nemesis {
    /// From now on, until what it gives is dropped. A call meets the first strike that is ready for it.
    fn arm(&self, strikes: &[Strike]) -> Box<dyn Armed>;
}

/// Strikes in force.
pub(crate) trait Armed {
    /// How many calls each has met so far, in the order of the strikes.
    fn hits(&self) -> Vec<u64>;
}

/// usocket's own seam: its calls, on this thread.
#[derive(Debug)]
pub(crate) struct Seam;

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
