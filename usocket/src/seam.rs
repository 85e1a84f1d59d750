//! Where a test can stand between the library and the system.
//!
//! With the feature `seam`, a test puts a function here that sees each system call of this crate
//! before it is made, and can answer it with an error of its own. It works on every system, for the
//! calls of this crate alone, and for the thread that installed it alone.
//!
//! ```
//! use std::io;
//! use usocket::{Operation, seam};
//!
//! let guard = seam::install(|call| {
//!     (call.operation() == Operation::Accept).then(|| io::ErrorKind::ConnectionAborted.into())
//! });
//! // Whatever accepts through this crate on this thread now fails.
//! drop(guard);
//! ```

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::operation::Operation;

/// One system call that is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    operation: Operation,
    address: Option<SocketAddr>,
}

impl Call {
    /// What it does.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The address among its arguments.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }
}

type Rule = Rc<dyn Fn(&Call) -> Option<io::Error>>;

thread_local! {
    static RULES: RefCell<Vec<(u64, Rule)>> = const { RefCell::new(Vec::new()) };
}

/// Lets `rule` see every call that this crate makes on this thread, until the guard is dropped.
///
/// Where the rule gives an error, the call is not made and has that error. Of several rules the
/// newest is asked first.
///
/// ```
/// use std::io;
/// use usocket::{Condition, Operation, TcpListener, seam};
///
/// let _guard = seam::install(|call| {
///     (call.operation() == Operation::Listen).then(|| io::ErrorKind::NetworkDown.into())
/// });
/// let error = TcpListener::bind("127.0.0.1:0").unwrap_err();
/// assert_eq!(error.condition(), Condition::NetworkDown);
/// ```
pub fn install(rule: impl Fn(&Call) -> Option<io::Error> + 'static) -> Guard {
    RULES.with_borrow_mut(|rules| {
        let id = rules.last().map_or(0, |(id, _)| id + 1);
        rules.push((id, Rc::new(rule)));
        Guard {
            id,
            thread: PhantomData,
        }
    })
}

/// Takes its rule away when it is dropped. It stays on its thread.
#[must_use = "the rule is gone when the guard is"]
pub struct Guard {
    id: u64,
    thread: PhantomData<Rc<()>>,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A thread that is ending may have dropped its rules before.
        let _ = RULES.try_with(|rules| rules.borrow_mut().retain(|(id, _)| *id != self.id));
    }
}

/// Asks the rules about a call that is about to be made.
pub(crate) fn pass(operation: Operation, address: Option<SocketAddr>) -> io::Result<()> {
    let call = Call { operation, address };
    // By index and cloned, so that a rule may itself make calls, install and drop.
    let mut index = RULES.with_borrow(Vec::len);
    while index > 0 {
        index -= 1;
        let rule = RULES.with_borrow(|rules| rules.get(index).map(|(_, rule)| Rc::clone(rule)));
        if let Some(error) = rule.and_then(|rule| rule(&call)) {
            return Err(error);
        }
    }
    Ok(())
}
