//! The set of sockets that are waited for together, again and again.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::members::{Member, Members};
use super::native;
use super::source::{IntoMember, Unbuffered};
#[cfg(not(target_os = "wasi"))]
use super::waker::Waker;
use super::watch::{WAKER, Watch};
use crate::cancel::{Cancel, Until};
use crate::error::Error;
use crate::interest::{Interest, Readiness};
use crate::operation::Operation;
use crate::retry::retry;
use crate::sys::wake::Wake;
use crate::sys::{self, RawHandle};

/// Sockets that are waited for together, each under a key.
///
/// The set is kept by the system where that can be, so that a wait costs the same for one member and
/// for ten thousand that are idle: by epoll on Linux, Android and illumos. Elsewhere it is an array
/// for `poll`, whose cost grows with the members.
///
/// It is **level-triggered**: as long as there is something to receive on a member, every wait says
/// so, and one whose connection has ended is ready until it is removed. It is **shared**: all calls
/// take `&self`, several threads may wait at once, and a thread that waits sees at once what another
/// adds, changes or removes. A socket may be a member of several sets.
///
/// A member is borrowed for as long as the set lives, or is an [`Arc`] that the set holds until the
/// member is removed. So it cannot be closed while it is a member; a peer's close is something to be
/// read. Each descriptor has its own membership: a clone by `try_clone` is another member.
///
/// The set sees what the system holds, and nothing that was read into a buffer: see [`Unbuffered`].
///
/// ```
/// use std::time::Duration;
/// use usocket::{Interest, UdpSocket, WaitSet};
///
/// let (a, b) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
/// let set = WaitSet::new()?;
/// set.add(&a, "a", Interest::READABLE)?;
/// set.add(&b, "b", Interest::READABLE | Interest::WRITABLE)?;
///
/// a.send_to(b"hello", b.local_addr()?)?;
/// for (key, readiness) in set.wait(Duration::from_secs(9))? {
///     assert_eq!(key, "b");
///     assert!(readiness.is_readable() && readiness.is_writable());
/// }
/// # Ok::<(), usocket::Error>(())
/// ```
#[doc(alias = "make-wait-list")]
#[doc(alias = "epoll")]
#[doc(alias = "kqueue")]
#[doc(alias = "poll")]
pub struct WaitSet<'a, K> {
    // Dropped first: nothing is watched that may be closed.
    watch: Box<dyn Watch<'a> + 'a>,
    members: Mutex<Members<'a, K>>,
    waker: Arc<Wake>,
}

impl<'a, K> WaitSet<'a, K> {
    /// A set without members.
    ///
    /// It takes two descriptors on Linux and Android, three on illumos, two on Windows, and four
    /// elsewhere; none for a member.
    ///
    /// # Errors
    ///
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles),
    /// [`OutOfMemory`](crate::Condition::OutOfMemory). Source: `epoll_create(2)`.
    ///
    /// ```
    /// let set = usocket::WaitSet::<u64>::new()?;
    /// assert!(set.is_empty());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn new() -> Result<Self, Error> {
        Self::watched_by(native::native)
    }

    /// The same with what systems without epoll have, so that it can be tested everywhere.
    #[doc(hidden)]
    pub fn with_poll() -> Result<Self, Error> {
        Self::watched_by(native::poll)
    }

    fn watched_by(
        watch: impl FnOnce(Arc<Wake>) -> io::Result<Box<dyn Watch<'a> + 'a>>,
    ) -> Result<Self, Error> {
        let waker = Arc::new(Wake::new().map_err(failed)?);
        Ok(Self {
            watch: watch(Arc::clone(&waker)).map_err(failed)?,
            members: Mutex::new(Members::new()),
            waker,
        })
    }

    /// Makes a socket a member: a reference that lives as long as the set, or an [`Arc`].
    ///
    /// Waits give `key` for it; keys need not differ.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) if it is a member already;
    /// [`BadFileDescriptor`](crate::Condition::BadFileDescriptor);
    /// [`OperationNotPermitted`](crate::Condition::OperationNotPermitted) for a descriptor that
    /// epoll cannot watch, such as that of a file on a disk;
    /// [`OutOfMemory`](crate::Condition::OutOfMemory), and an
    /// [unknown](crate::Condition::Unknown) condition for more members than the system allows a
    /// user. Source: `epoll_ctl(2)`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use usocket::{Condition, Interest, UdpSocket, WaitSet};
    ///
    /// let (borrowed, shared) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// let shared = Arc::new(shared);
    /// let set = WaitSet::new()?;
    /// set.add(&borrowed, 1, Interest::READABLE)?;
    /// set.add(Arc::clone(&shared), 2, Interest::READABLE)?;
    ///
    /// let again = set.add(shared, 3, Interest::READABLE).unwrap_err();
    /// assert_eq!(again.condition(), Condition::InvalidArgument);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "add-waiter")]
    pub fn add(
        &self,
        source: impl IntoMember<'a>,
        key: K,
        interest: Interest,
    ) -> Result<(), Error> {
        let held = source.into_held();
        let handle = sys::raw(held.handle());
        let mut members = self.lock();
        if members.find(handle).is_some() {
            return Err(invalid("the socket is a member of the set already"));
        }
        let number = members.next();
        retry(|| self.watch.add(&held, number, interest)).map_err(failed)?;
        let member = Member {
            held,
            key,
            interest,
        };
        members.insert(handle, member);
        Ok(())
    }

    /// Gives a member another interest.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) if it is no member. Source:
    /// `epoll_ctl(2)`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Interest, UdpSocket, WaitSet};
    ///
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let set = WaitSet::new()?;
    /// set.add(&socket, (), Interest::READABLE)?;
    /// assert!(set.wait(Duration::ZERO)?.is_empty());
    /// set.modify(&socket, Interest::WRITABLE)?;
    /// assert!(set.wait(Duration::ZERO)?[0].1.is_writable());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn modify(
        &self,
        source: &(impl Unbuffered + ?Sized),
        interest: Interest,
    ) -> Result<(), Error> {
        let mut members = self.lock();
        let Some((number, member)) = members.find(sys::raw(source.handle())) else {
            return Err(no_member());
        };
        retry(|| self.watch.modify(&member.held, number, interest)).map_err(failed)?;
        member.interest = interest;
        Ok(())
    }

    /// Ends a membership, and gives its key back.
    ///
    /// From then on no wait finds it ready, be it under way or not. One that had found it ready
    /// before may still be about to return.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Condition::InvalidArgument) if it is no member. Source:
    /// `epoll_ctl(2)`.
    ///
    /// ```
    /// use usocket::{Interest, UdpSocket, WaitSet};
    ///
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let set = WaitSet::new()?;
    /// set.add(&socket, "key", Interest::READABLE)?;
    /// assert_eq!(set.remove(&socket)?, "key");
    /// assert!(set.is_empty());
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "remove-waiter")]
    pub fn remove(&self, source: &(impl Unbuffered + ?Sized)) -> Result<K, Error> {
        self.remove_handle(sys::raw(source.handle()))
    }

    fn remove_handle(&self, handle: RawHandle) -> Result<K, Error> {
        let mut members = self.lock();
        let Some((number, member)) = members.find(handle) else {
            return Err(no_member());
        };
        retry(|| self.watch.remove(&member.held, number)).map_err(failed)?;
        let member = members.remove(handle);
        // What closes a socket, if this was the last that held it, needs no lock.
        drop(members);
        member.map(|member| member.key).ok_or_else(no_member)
    }

    /// Ends every membership.
    ///
    /// # Errors
    ///
    /// None that a system is known to give. Source: `epoll_ctl(2)`.
    ///
    /// ```
    /// use usocket::{Interest, UdpSocket, WaitSet};
    ///
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let set = WaitSet::new()?;
    /// set.add(&socket, (), Interest::READABLE)?;
    /// set.clear()?;
    /// assert_eq!(set.len(), 0);
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "remove-all-waiters")]
    pub fn clear(&self) -> Result<(), Error> {
        let handles = self.lock().handles();
        for handle in handles {
            self.remove_handle(handle)?;
        }
        Ok(())
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What ends a wait of this set from another thread.
    ///
    /// ```
    /// let set = usocket::WaitSet::<()>::new()?;
    /// let waker = set.waker();
    /// drop(set);
    /// waker.wake();
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[cfg(not(target_os = "wasi"))]
    pub fn waker(&self) -> Waker {
        Waker::new(Arc::clone(&self.waker))
    }

    /// Nothing that holds the lock can leave anything half done.
    fn lock(&self) -> MutexGuard<'_, Members<'a, K>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone> WaitSet<'_, K> {
    /// Waits until one member at least is ready, and gives the keys of those that are, with what they
    /// are ready for.
    ///
    /// There are none when the deadline passes first, or when a [`Waker`] ended the wait. Without
    /// members it waits all the same: for the deadline, the cancel, the waker, or a member that
    /// another thread adds. Of many that are ready it may give a part, and the others in the waits
    /// that follow: each has its turn.
    ///
    /// # Errors
    ///
    /// [`Cancelled`](crate::Condition::Cancelled), but only if nothing is ready;
    /// [`OutOfMemory`](crate::Condition::OutOfMemory). Where there is no epoll, also
    /// [`TooManyOpenFiles`](crate::Condition::TooManyOpenFiles) if more threads wait at once than ever
    /// before, and [`InvalidArgument`](crate::Condition::InvalidArgument) if the process may have
    /// fewer descriptors than the set has members. Source: `epoll_wait(2)`, POSIX `poll`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Interest, TcpListener, TcpStream, WaitSet};
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let set = WaitSet::new()?;
    /// set.add(&listener, "listener", Interest::READABLE)?;
    /// assert!(set.wait(Duration::from_millis(5))?.is_empty());
    ///
    /// let client = TcpStream::connect(listener.local_addr()?)?;
    /// let ready = set.wait(Duration::from_secs(9))?;
    /// assert_eq!(ready[0].0, "listener");
    /// # Ok::<(), usocket::Error>(())
    /// ```
    #[doc(alias = "wait-for-input")]
    pub fn wait<'u>(&self, until: impl Into<Until<'u>>) -> Result<Vec<(K, Readiness)>, Error> {
        let mut ready = Vec::new();
        self.wait_into(&mut ready, until)?;
        Ok(ready)
    }

    /// The same into a buffer, which is emptied first: with one that is used again and again, no wait
    /// allocates anything.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait); the buffer is empty then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use usocket::{Interest, UdpSocket, WaitSet};
    ///
    /// let socket = UdpSocket::bind("127.0.0.1:0")?;
    /// let set = WaitSet::new()?;
    /// set.add(&socket, 7, Interest::WRITABLE)?;
    /// let mut ready = Vec::new();
    /// for _ in 0..3 {
    ///     set.wait_into(&mut ready, Duration::from_secs(9))?;
    ///     assert_eq!(ready[0].0, 7);
    /// }
    /// # Ok::<(), usocket::Error>(())
    /// ```
    pub fn wait_into<'u>(
        &self,
        ready: &mut Vec<(K, Readiness)>,
        until: impl Into<Until<'u>>,
    ) -> Result<(), Error> {
        let until = until.into();
        ready.clear();
        loop {
            let woken = retry(|| self.wait_once(ready, until)).map_err(failed)?;
            // Of several threads that saw it, one takes it.
            let woken = woken && retry(|| self.waker.reset()).map_err(failed)?;
            if woken || !ready.is_empty() {
                return Ok(());
            }
            if until.cancel().is_some_and(Cancel::is_cancelled) {
                return Err(Until::cancelled(Operation::Wait));
            }
            if until.deadline().has_passed() {
                return Ok(());
            }
        }
    }

    /// One wait: whether the waker was seen.
    fn wait_once(&self, ready: &mut Vec<(K, Readiness)>, until: Until<'_>) -> io::Result<bool> {
        let mut members = None;
        let mut woken = false;
        self.watch.wait(
            until.cancel().map(Cancel::wake),
            until.deadline().remaining(),
            &mut |number, readiness| {
                if number == WAKER {
                    woken = true;
                    return;
                }
                let members = members.get_or_insert_with(|| self.lock());
                if let Some(member) = members.get(number) {
                    if let Some(readiness) = readiness.asked_for(member.interest) {
                        ready.push((member.key.clone(), readiness));
                    }
                }
            },
        )?;
        Ok(woken)
    }
}

impl<K> fmt::Debug for WaitSet<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitSet")
            .field("members", &self.len())
            .finish_non_exhaustive()
    }
}

fn failed(source: io::Error) -> Error {
    Error::from_io(Operation::Wait, source)
}

fn invalid(text: &'static str) -> Error {
    failed(io::Error::new(io::ErrorKind::InvalidInput, text))
}

fn no_member() -> Error {
    invalid("the socket is no member of the set")
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use super::super::source::Held;
    use super::*;

    /// Says of all whom it ever watched, at every wait, that they can be read and written.
    #[derive(Default)]
    struct Late(Mutex<Vec<u64>>);

    impl<'a> Watch<'a> for Late {
        fn add(&self, _: &Held<'a>, number: u64, _: Interest) -> io::Result<()> {
            self.0.lock().unwrap().push(number);
            Ok(())
        }

        fn modify(&self, _: &Held<'a>, _: u64, _: Interest) -> io::Result<()> {
            Ok(())
        }

        fn remove(&self, _: &Held<'a>, _: u64) -> io::Result<()> {
            Ok(())
        }

        fn wait(
            &self,
            _: Option<&Wake>,
            _: Option<Duration>,
            tell: &mut dyn FnMut(u64, Readiness),
        ) -> io::Result<()> {
            let numbers = self.0.lock().unwrap();
            for number in numbers.iter().rev() {
                tell(*number, Readiness::INPUT.and(Readiness::OUTPUT));
            }
            Ok(())
        }
    }

    fn sockets<const N: usize>() -> [UdpSocket; N] {
        std::array::from_fn(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
    }

    fn keys<K: Clone>(set: &WaitSet<'_, K>) -> Vec<K> {
        let ready = set.wait(Duration::ZERO).unwrap();
        ready.into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn an_event_that_comes_late_is_given_to_nobody() {
        let [one, two, three] = sockets();
        let set = WaitSet::watched_by(|_| Ok(Box::new(Late::default()))).unwrap();
        set.add(&one, "one", Interest::READABLE).unwrap();
        set.add(&two, "two", Interest::READABLE).unwrap();
        assert_eq!(keys(&set), ["two", "one"]);
        set.remove(&one).unwrap();
        assert_eq!(keys(&set), ["two"]);
        // The place of the first is taken again, and its events are not the newcomer's.
        set.add(&three, "three", Interest::READABLE).unwrap();
        assert_eq!(keys(&set), ["three", "two"]);
        // Nor are those of the same socket, when it was a member before.
        set.remove(&three).unwrap();
        set.add(&three, "again", Interest::READABLE).unwrap();
        assert_eq!(keys(&set), ["again", "two"]);
        set.clear().unwrap();
        assert!(keys(&set).is_empty());
    }

    #[test]
    fn an_event_of_an_interest_that_was_changed_is_not_told() {
        let [socket] = sockets();
        let set = WaitSet::watched_by(|_| Ok(Box::new(Late::default()))).unwrap();
        set.add(&socket, (), Interest::READABLE).unwrap();
        for interest in [Interest::READABLE, Interest::WRITABLE] {
            set.modify(&socket, interest).unwrap();
            let ((), readiness) = set.wait(Duration::ZERO).unwrap()[0];
            assert_eq!(readiness.is_readable(), interest == Interest::READABLE);
            assert_eq!(readiness.is_writable(), interest == Interest::WRITABLE);
        }
    }

    /// Tells of a wake that nobody gave, or that another thread has taken, and at last of a member.
    #[derive(Default)]
    struct Slow(Mutex<u32>);

    impl<'a> Watch<'a> for Slow {
        fn add(&self, _: &Held<'a>, _: u64, _: Interest) -> io::Result<()> {
            Ok(())
        }

        fn modify(&self, _: &Held<'a>, _: u64, _: Interest) -> io::Result<()> {
            Ok(())
        }

        fn remove(&self, _: &Held<'a>, _: u64) -> io::Result<()> {
            Ok(())
        }

        fn wait(
            &self,
            _: Option<&Wake>,
            _: Option<Duration>,
            tell: &mut dyn FnMut(u64, Readiness),
        ) -> io::Result<()> {
            let mut calls = self.0.lock().unwrap();
            *calls += 1;
            let number = if *calls < 4 { WAKER } else { 0 };
            tell(number, Readiness::INPUT);
            Ok(())
        }
    }

    #[test]
    fn a_wake_that_another_has_taken_ends_nothing() {
        let [socket] = sockets();
        let set = WaitSet::watched_by(|_| Ok(Box::new(Slow::default()))).unwrap();
        set.add(&socket, "key", Interest::READABLE).unwrap();
        let ready = set.wait(Duration::from_secs(20)).unwrap();
        assert_eq!(ready[0].0, "key");
    }
}
