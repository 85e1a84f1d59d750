//! A thread that acts when another one sleeps in a call (proc(5), `/proc/pid/task/tid/syscall`).

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, JoinHandle};
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

/// How often it looks. It is no guess: what it looks for stays so until it acts.
const PERIOD: Duration = Duration::from_micros(100);

/// Calls on one socket, which is their first argument.
const ON_A_SOCKET: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_connect,
    // These two have it as a part of another call only.
    #[cfg(not(any(target_arch = "x86", target_arch = "s390x")))]
    libc::SYS_accept,
    #[cfg(any(target_arch = "x86", target_arch = "s390x"))]
    libc::SYS_socketcall,
    libc::SYS_accept4,
];

/// Calls that wait for many.
const ON_MANY: &[libc::c_long] = &[
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_pwait,
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    libc::SYS_poll,
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    libc::SYS_select,
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    libc::SYS_epoll_wait,
];

/// A thread, and the socket on which it is about to wait.
pub(super) struct Target {
    thread: i32,
    folder: PathBuf,
    socket: PathBuf,
    stop: Arc<AtomicBool>,
}

/// Acts once, in a thread of its own; dropping it ends that, and waits for its end.
pub(super) struct Ambush {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ambush {
    pub(super) fn lay(
        target: Target,
        act: impl FnOnce(&Target) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::clone(&target.stop);
        let thread = Builder::new().name("scene".into()).spawn(move || {
            // A test that waits for a signal must be the one to get it. Only a wrong argument makes it fail.
            let _ = SigSet::all().thread_block();
            // What fails, or is called off, has nothing to say to anybody: the call goes on to wait.
            let _ = act(&target);
        })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Ambush {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Target {
    pub(super) fn calling_thread(socket: &impl AsRawFd) -> io::Result<Self> {
        // `1234/task/1235`
        let own = fs::read_link("/proc/thread-self")?;
        let thread = own
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self {
            thread,
            folder: PathBuf::from("/proc").join(own),
            socket: named(socket.as_raw_fd())?,
            stop: Arc::default(),
        })
    }

    pub(super) fn thread(&self) -> i32 {
        self.thread
    }

    /// Returns when the thread sleeps in a call that waits for the socket.
    ///
    /// # Errors
    ///
    /// `Interrupted` when it is called off, `NotFound` when the thread has ended.
    pub(super) fn wait_until_it_waits(&self) -> io::Result<()> {
        self.wait_until(|| {
            Ok(self.sleeps()? && self.call()?.is_some_and(|call| self.concerns(call)))
        })
    }

    /// Returns when the thread has seen the signal that was sent to it.
    pub(super) fn wait_until_taken(&self, signal: Signal) -> io::Result<()> {
        let bit = 1_u64 << (signal as u32 - 1);
        self.wait_until(|| {
            let status = fs::read_to_string(self.folder.join("status"))?;
            let pending = status
                .lines()
                .find_map(|line| line.strip_prefix("SigPnd:"))
                .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            Ok(pending.is_some_and(|pending| pending & bit == 0))
        })
    }

    pub(super) fn wait_until_stopped(&self) {
        while !self.stop.load(Ordering::Acquire) {
            thread::park();
        }
    }

    /// The number and the first argument of the call that the thread is in; none while it runs.
    pub(super) fn call(&self) -> io::Result<Option<(libc::c_long, RawFd)>> {
        let text = fs::read_to_string(self.folder.join("syscall"))?;
        let mut words = text.split_whitespace();
        let number = words.next().and_then(|word| word.parse().ok());
        let arguments: Vec<u64> = words
            .map_while(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok())
            .collect();
        let Some((number, [first, second, ..])) = number.zip(Some(&*arguments)) else {
            return Ok(None);
        };
        // An argument that is no descriptor names no socket either.
        let first = RawFd::try_from(first_of(number, *first, *second)?).unwrap_or(-1);
        Ok(Some((number, first)))
    }

    /// In a sleep that a signal ends.
    fn sleeps(&self) -> io::Result<bool> {
        let stat = fs::read_to_string(self.folder.join("stat"))?;
        // The name before it is in parentheses and can be anything.
        let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
        Ok(state.is_some_and(|state| state.starts_with('S')))
    }

    fn concerns(&self, (call, first): (libc::c_long, RawFd)) -> bool {
        ON_MANY.contains(&call)
            || ON_A_SOCKET.contains(&call) && named(first).is_ok_and(|name| name == self.socket)
    }

    fn wait_until(&self, mut is_so: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
        while !self.stop.load(Ordering::Acquire) {
            if is_so()? {
                return Ok(());
            }
            thread::park_timeout(PERIOD);
        }
        Err(io::ErrorKind::Interrupted.into())
    }
}

/// The first argument of a call that was made with these two.
#[cfg(not(any(target_arch = "x86", target_arch = "s390x")))]
#[allow(clippy::unnecessary_wraps)] // as where there is more to look at
fn first_of(_call: libc::c_long, first: u64, _second: u64) -> io::Result<u64> {
    Ok(first)
}

/// The same; that of a call on sockets is where the second argument points to (socketcall(2)).
#[cfg(any(target_arch = "x86", target_arch = "s390x"))]
fn first_of(call: libc::c_long, first: u64, second: u64) -> io::Result<u64> {
    use std::os::unix::fs::FileExt;

    if call != libc::SYS_socketcall {
        return Ok(first);
    }
    let mut word = [0; size_of::<libc::c_ulong>()];
    fs::File::open("/proc/self/mem")?.read_exact_at(&mut word, second)?;
    Ok(u64::from(libc::c_ulong::from_ne_bytes(word)))
}

/// `socket:[4321]`, the same for every descriptor of one socket.
fn named(descriptor: RawFd) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{descriptor}"))
}
