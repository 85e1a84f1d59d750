//! One wait for a few sockets, by one `poll`.

use std::time::Duration;

use super::source::Source;
use crate::cancel::{Cancel, Until};
use crate::error::Error;
use crate::interest::{Interest, Readiness};
use crate::operation::Operation;
use crate::retry::retry;
use crate::sys::poll::PollArray;

/// Waits until something can be received or accepted on one of `sources` at least, and gives the
/// places of all on which it can, in order.
///
/// When the deadline passes first, there are none. What has ended is readable, be it closed by its
/// peer or failed: the call that follows says so. A [`BufReader`](std::io::BufReader) is readable as
/// long as it has something in its buffer.
///
/// Without any source it waits until the deadline or the cancel, which without both is for ever.
/// Each wait costs time for every source that is given; for many, or for many waits, there is
/// [`WaitSet`](crate::WaitSet).
///
/// # Errors
///
/// [`Cancelled`](crate::Condition::Cancelled), but only if nothing is ready;
/// [`OutOfMemory`](crate::Condition::OutOfMemory);
/// [`InvalidArgument`](crate::Condition::InvalidArgument) for more sources than the process may have
/// descriptors. Source: POSIX `poll`.
///
/// ```
/// use std::time::Duration;
/// use usocket::{UdpSocket, wait_for};
///
/// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
/// assert!(wait_for(&[&one, &two], Duration::ZERO)?.is_empty());
///
/// one.send_to(b"hello", two.local_addr()?)?;
/// assert_eq!(wait_for(&[&one, &two], Duration::from_secs(9))?, [1]);
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "wait-for-input")]
#[doc(alias = "poll")]
#[doc(alias = "select")]
pub fn wait_for<'u>(
    sources: &[&dyn Source],
    until: impl Into<Until<'u>>,
) -> Result<Vec<usize>, Error> {
    let sources = sources.iter().map(|source| (*source, Interest::READABLE));
    wait(&sources, until.into(), |place, _| place)
}

/// The same with an interest for each source, and with what each of the ready ones is ready for.
///
/// # Errors
///
/// Those of [`wait_for`].
///
/// ```
/// use std::time::Duration;
/// use usocket::{Interest, UdpSocket, wait_for_each};
///
/// let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
/// let sources = [
///     (&one as _, Interest::READABLE),
///     (&two as _, Interest::READABLE | Interest::WRITABLE),
/// ];
/// for (place, readiness) in wait_for_each(&sources, Duration::from_secs(9))? {
///     assert_eq!(place, 1);
///     assert!(readiness.is_writable());
/// }
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "poll")]
pub fn wait_for_each<'u>(
    sources: &[(&dyn Source, Interest)],
    until: impl Into<Until<'u>>,
) -> Result<Vec<(usize, Readiness)>, Error> {
    let ready = |place, readiness| (place, readiness);
    wait(&sources.iter().copied(), until.into(), ready)
}

fn wait<'s, T>(
    sources: &(impl ExactSizeIterator<Item = (&'s dyn Source, Interest)> + Clone),
    until: Until<'_>,
    result: impl Fn(usize, Readiness) -> T,
) -> Result<Vec<T>, Error> {
    let cancel = until.cancel();
    let mut array = PollArray::with_capacity(sources.len() + usize::from(cancel.is_some()));
    let mut buffered = false;
    for (source, interest) in sources.clone() {
        array.push(source.handle(), interest);
        buffered |= in_buffer(source, interest).is_some();
    }
    if let Some(wake) = cancel.map(Cancel::wake) {
        array.push_wake(wake);
    }
    let left = || {
        if buffered {
            Some(Duration::ZERO)
        } else {
            until.deadline().remaining()
        }
    };
    loop {
        retry(|| array.poll(left())).map_err(|source| Error::from_io(Operation::Wait, source))?;
        let ready: Vec<_> = sources
            .clone()
            .enumerate()
            .filter_map(|(place, (source, interest))| {
                let said = array.readiness(place).asked_for(interest);
                let both = said.into_iter().chain(in_buffer(source, interest));
                Some(result(place, both.reduce(Readiness::and)?))
            })
            .collect();
        if !ready.is_empty() {
            return Ok(ready);
        }
        if cancel.is_some_and(Cancel::is_cancelled) {
            return Err(Until::cancelled(Operation::Wait));
        }
        if until.deadline().has_passed() {
            return Ok(ready);
        }
    }
}

fn in_buffer(source: &dyn Source, interest: Interest) -> Option<Readiness> {
    (source.is_buffered() && interest.contains(Interest::READABLE)).then_some(Readiness::INPUT)
}
