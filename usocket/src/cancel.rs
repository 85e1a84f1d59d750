//! Calling off, from another thread, a call that blocks.

#[cfg(not(target_os = "wasi"))]
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::{Duration, Instant};

use crate::condition::Condition;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::operation::Operation;
use crate::sys::wake::Wake;

/// Calls off, from another thread, calls that block.
///
/// A call that is given a reference to it ends with
/// [`Condition::Cancelled`](crate::Condition::Cancelled) as soon as [`cancel`](Self::cancel) was
/// called, be it before or while the call blocks. It stays cancelled: each later call that is given
/// it does what can be done at once and then ends in the same way. Clones are the same switch.
///
/// On WASI, which has no threads, there is no such type.
///
/// It stands wherever a [`Deadline`] can stand, alone or together with one:
///
/// ```
/// use std::time::Duration;
/// use usocket::{Cancel, Condition, TcpListener};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let cancel = Cancel::new()?;
/// let switch = cancel.clone();
/// let thread = std::thread::spawn(move || switch.cancel());
///
/// let error = listener.accept_deadline(cancel.or(Duration::from_secs(60))).unwrap_err();
/// assert_eq!(error.condition(), Condition::Cancelled);
/// # thread.join().unwrap();
/// # Ok::<(), usocket::Error>(())
/// ```
#[cfg(not(target_os = "wasi"))]
#[derive(Clone, Debug)]
pub struct Cancel(Arc<Switch>);

#[cfg(not(target_os = "wasi"))]
#[derive(Debug)]
struct Switch {
    cancelled: AtomicBool,
    wake: Wake,
}

#[cfg(not(target_os = "wasi"))]
impl Cancel {
    /// A switch that nobody has thrown.
    ///
    /// It takes one descriptor on Linux and Windows, and two elsewhere.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](Condition::TooManyOpenFiles), [`OutOfMemory`](Condition::OutOfMemory).
    pub fn new() -> Result<Self, Error> {
        let wake = Wake::new().map_err(|source| Error::from_io(Operation::Socket, source))?;
        Ok(Self(Arc::new(Switch {
            cancelled: AtomicBool::new(false),
            wake,
        })))
    }

    /// Calls off every call that was given this switch, now and from now on.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        // It writes one message to a descriptor of its own, and fails only if that is full, which
        // is as good.
        let _ = self.0.wake.set();
    }

    /// Whether somebody has called it off.
    ///
    /// ```
    /// let cancel = usocket::Cancel::new()?;
    /// assert!(!cancel.is_cancelled());
    /// cancel.cancel();
    /// assert!(cancel.is_cancelled());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// The end of a call that is called off or whose deadline passes, whichever comes first.
    pub fn or(&self, deadline: impl Into<Deadline>) -> Until<'_> {
        Until {
            deadline: deadline.into(),
            cancel: Some(self),
        }
    }

    pub(crate) fn wake(&self) -> &Wake {
        &self.0.wake
    }
}

/// Who has no threads has nobody to call anything off.
#[cfg(target_os = "wasi")]
#[derive(Debug)]
pub(crate) enum Cancel {}

#[cfg(target_os = "wasi")]
impl Cancel {
    pub(crate) fn is_cancelled(&self) -> bool {
        match *self {}
    }

    pub(crate) fn wake(&self) -> &Wake {
        match *self {}
    }
}

/// What ends a call that blocks: a [`Deadline`], a [`Cancel`], or whichever of both comes first.
///
/// Nobody needs to name it: every call that can block takes `impl Into<Until>`, which a
/// [`Duration`], an [`Instant`], a [`Deadline`], a reference to a [`Cancel`] and the result of
/// [`Cancel::or`] all are.
///
/// ```
/// use std::time::Duration;
/// use usocket::{Cancel, Until};
///
/// fn wait<'a>(until: impl Into<Until<'a>>) -> Until<'a> {
///     until.into()
/// }
/// let cancel = Cancel::new()?;
/// wait(Duration::from_secs(1));
/// wait(&cancel);
/// wait(cancel.or(Duration::from_secs(1)));
/// # Ok::<(), usocket::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Until<'a> {
    deadline: Deadline,
    cancel: Option<&'a Cancel>,
}

impl<'a> Until<'a> {
    /// The deadline.
    pub fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// What may call it off.
    #[cfg(not(target_os = "wasi"))]
    pub fn cancel(&self) -> Option<&'a Cancel> {
        self.cancel
    }

    #[cfg(target_os = "wasi")]
    pub(crate) fn cancel(&self) -> Option<&'a Cancel> {
        self.cancel
    }

    /// Whether nothing will ever end the call.
    pub(crate) fn is_never(&self) -> bool {
        self.deadline == Deadline::Never && self.cancel.is_none()
    }

    /// The error of a call that somebody called off.
    pub(crate) fn cancelled(operation: Operation) -> Error {
        Error::new(operation, Condition::Cancelled)
    }

    /// The error of a call whose deadline passed before the system said anything.
    pub(crate) fn passed(operation: Operation) -> Error {
        Error::new(operation, Condition::Timeout).with_deadline_passed()
    }
}

impl From<Deadline> for Until<'_> {
    fn from(deadline: Deadline) -> Self {
        Self {
            deadline,
            cancel: None,
        }
    }
}

impl From<Duration> for Until<'_> {
    fn from(duration: Duration) -> Self {
        Deadline::from(duration).into()
    }
}

impl From<Option<Duration>> for Until<'_> {
    fn from(duration: Option<Duration>) -> Self {
        Deadline::from(duration).into()
    }
}

impl From<Instant> for Until<'_> {
    fn from(end: Instant) -> Self {
        Deadline::from(end).into()
    }
}

#[cfg(not(target_os = "wasi"))]
impl<'a> From<&'a Cancel> for Until<'a> {
    fn from(cancel: &'a Cancel) -> Self {
        cancel.or(Deadline::Never)
    }
}
