//! What runs before `main`: the process goes into namespaces of its own while it still has one thread.
//!
//! A process with several threads cannot make a user namespace, and libtest runs every test on a
//! thread of its own, so this cannot wait until a test asks for it. The function is called by the
//! loader, before `main` and before std is set up: it allocates nothing, prints nothing, and
//! keeps what it found for the message of a later [`Lab::new`](super::Lab::new).

use std::ffi::CStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::stat::{Mode, stat};
use nix::unistd::{read, write};

use super::system_files;

/// What `lab_main!` makes the loader call.
#[doc(hidden)]
pub extern "C" fn before_main() {
    once(enter);
}

/// What `lab_main!` with an argument makes the loader call.
#[doc(hidden)]
pub fn before_main_with(argument: &'static str) {
    once(|| {
        if has_argument(argument.as_bytes()) {
            enter()
        } else {
            Found::OptedOut
        }
    });
}

fn once(enter: impl FnOnce() -> Found) {
    // Doc tests share one binary, and each of them may have the line.
    static STARTED: AtomicBool = AtomicBool::new(false);
    if !STARTED.swap(true, Ordering::SeqCst) {
        // It cannot be set twice.
        let _ = FOUND.set(enter());
    }
}

static FOUND: OnceLock<Found> = OnceLock::new();

/// What the hook did; none where the program has no hook.
pub(super) fn found() -> Option<Found> {
    FOUND.get().copied()
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// The environment switched it off, or the tests were only listed.
    OptedOut,
    /// A step failed.
    Refused(Failure),
    /// The process is in its own namespaces.
    Entered {
        /// Its network, and the one that it came from.
        network: NetworkId,
        outside: NetworkId,
        /// Whether the C library's look-ups ask the lab.
        names: Result<(), Failure>,
    },
}

/// A step that failed, and with which error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub(super) step: &'static str,
    pub(super) errno: Errno,
}

/// A network namespace, by device and inode of its file in /proc (namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NetworkId(u64, u64);

impl NetworkId {
    pub(super) fn of_thread() -> Result<Self, Errno> {
        Self::of(c"/proc/thread-self/ns/net")
    }

    pub(super) fn of(path: &CStr) -> Result<Self, Errno> {
        // Both types differ between architectures.
        #[allow(clippy::useless_conversion, clippy::unnecessary_cast)]
        stat(path).map(|stat| Self(stat.st_dev as u64, stat.st_ino as u64))
    }
}

fn at(step: &'static str) -> impl Fn(Errno) -> Failure {
    move |errno| Failure { step, errno }
}

fn enter() -> Found {
    if opted_out() || has_argument(b"--list") {
        return Found::OptedOut;
    }
    let entered = || {
        let outside = NetworkId::of_thread().map_err(at("stat /proc/thread-self/ns/net"))?;
        new_namespaces()?;
        let network = NetworkId::of_thread().map_err(at("stat /proc/thread-self/ns/net"))?;
        loopback_up()?;
        Ok((network, outside))
    };
    match entered() {
        Ok((network, outside)) => Found::Entered {
            network,
            outside,
            names: private_names(),
        },
        Err(failure) => Found::Refused(failure),
    }
}

fn opted_out() -> bool {
    // SAFETY: the name ends with a null, nothing else runs that could change the environment, and
    // what is returned lives as long as that.
    let value = unsafe {
        let value = libc::getenv(c"USOCKET_TESTKIT_LAB".as_ptr());
        if value.is_null() {
            return false;
        }
        CStr::from_ptr(value)
    };
    matches!(value.to_bytes(), b"off" | b"0" | b"no")
}

/// Whether the program was started with it, as tests that are to be listed are with `--list`. std does not know the
/// arguments yet.
fn has_argument(wanted: &[u8]) -> bool {
    let Ok(arguments) = open(
        c"/proc/self/cmdline",
        OFlag::O_RDONLY | OFlag::O_CLOEXEC,
        Mode::empty(),
    ) else {
        return false;
    };
    // Compared byte by byte: an argument may be longer than any buffer.
    let mut matched = Some(0);
    let mut buffer = [0; 512];
    while let Ok(length @ 1..) = read(&arguments, &mut buffer) {
        for byte in &buffer[..length] {
            matched = match (byte, matched) {
                (0, Some(n)) if n == wanted.len() => return true,
                (0, _) => Some(0),
                (byte, Some(n)) if wanted.get(n) == Some(byte) => Some(n + 1),
                _ => None,
            };
        }
    }
    false
}

const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWNET.union(CloneFlags::CLONE_NEWNS);

/// All in one call: either the process is in all of them, or nothing has changed.
fn new_namespaces() -> Result<(), Failure> {
    if restricted_by_apparmor() {
        // The call would succeed, and leave the process in a user namespace without rights in it.
        return Err(at("AppArmor")(Errno::EACCES));
    }
    // Asked before: afterwards these are the ids of nobody.
    // SAFETY: both calls only return a number, and cannot fail.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    match unshare(CloneFlags::CLONE_NEWUSER | NAMESPACES) {
        Ok(()) => map_ids(user, group),
        // Root without user namespaces does not need one.
        Err(_) if is_admin() => {
            unshare(NAMESPACES).map_err(at("unshare(CLONE_NEWNET | CLONE_NEWNS)"))
        }
        Err(errno) => Err(at("unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS)")(
            errno,
        )),
    }
}

/// Maps the user and the group to themselves (`user_namespaces(7)`).
fn map_ids(user: u32, group: u32) -> Result<(), Failure> {
    // Without it the kernel refuses the group's map to those who are not root outside. The file is missing from
    // kernels that do not ask for it.
    let _ = put(c"/proc/self/setgroups", b"deny");
    let (line, length) = map_line(user);
    put(c"/proc/self/uid_map", &line[..length]).map_err(at("write /proc/self/uid_map"))?;
    let (line, length) = map_line(group);
    put(c"/proc/self/gid_map", &line[..length]).map_err(at("write /proc/self/gid_map"))
}

/// `id id 1`, without allocating.
fn map_line(id: u32) -> ([u8; 32], usize) {
    use std::io::Write;
    let mut line = [0; 32];
    let mut rest = &mut line[..];
    // Two numbers of ten digits at most always fit.
    let _ = write!(rest, "{id} {id} 1");
    let length = 32 - rest.len();
    (line, length)
}

fn put(path: &CStr, text: &[u8]) -> Result<(), Errno> {
    let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
    write(open(path, flags, Mode::empty())?, text).map(drop)
}

/// Ubuntu since 23.10 gives programs that no profile names a user namespace without any rights in it.
fn restricted_by_apparmor() -> bool {
    let mut first = [0; 10];
    let reads = |path, text: &[u8], first: &mut [u8; 10]| {
        let file = open(path, OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty());
        let length = file.and_then(|file| read(file, first)).unwrap_or(0);
        first[..length].starts_with(text)
    };
    reads(
        c"/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        b"1",
        &mut first,
    ) && reads(c"/proc/self/attr/current", b"unconfined", &mut first)
        && !is_admin()
}

/// Whether `CAP_SYS_ADMIN` is in effect (capget(2); nix and libc do not have the call).
fn is_admin() -> bool {
    const VERSION_3: u32 = 0x2008_0522;
    const CAP_SYS_ADMIN: u32 = 21;
    let mut header = [VERSION_3, 0];
    let mut sets = [0_u32; 6];
    // SAFETY: the header names version 3 and this process; that version writes two sets of three words.
    let result = unsafe { libc::syscall(libc::SYS_capget, header.as_mut_ptr(), sets.as_mut_ptr()) };
    result == 0 && sets[0] & (1 << CAP_SYS_ADMIN) != 0
}

/// A new network has a loopback interface that is down (netdevice(7)).
fn loopback_up() -> Result<(), Failure> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
    use std::os::fd::AsRawFd;

    let any = socket(
        AddressFamily::Inet,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )
    .or_else(|_| {
        socket(
            AddressFamily::Inet6,
            SockType::Datagram,
            SockFlag::SOCK_CLOEXEC,
            None,
        )
    })
    .map_err(at("socket"))?;
    // SAFETY: an interface request is plain data, for which zeros are a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = libc::c_char::from_ne_bytes([*from]);
    }
    #[allow(clippy::cast_possible_truncation)] // 1
    let up = libc::IFF_UP as libc::c_short;
    request.ifr_ifru.ifru_flags = up;
    // SAFETY: the call reads the request, which lives until it returns.
    let result = unsafe { libc::ioctl(any.as_raw_fd(), libc::SIOCSIFFLAGS as _, &request) };
    Errno::result(result)
        .map(drop)
        .map_err(at("SIOCSIFFLAGS on lo"))
}

/// Makes the C library of this process look into files of the lab's own: see `system_files`.
///
/// They live in a file system in memory that is mounted, filled, bound over the system's and let
/// go, all in this process's own view of the mounts. Nothing is written to any disk.
fn private_names() -> Result<(), Failure> {
    const NONE: Option<&CStr> = None;
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    // First of all, so that nothing of what follows is seen by anybody else.
    mount(NONE, c"/", NONE, private, NONE).map_err(at("make the mounts private"))?;
    // A folder that nearly every system has; for this moment only.
    let folder = c"/tmp";
    let flags = MsFlags::MS_NODEV | MsFlags::MS_NOEXEC | MsFlags::MS_NOSUID;
    mount(
        Some(c"usocket-testkit"),
        folder,
        Some(c"tmpfs"),
        flags,
        Some(c"mode=755"),
    )
    .map_err(at("mount a tmpfs"))?;
    let bound = system_files::ALL.iter().try_for_each(|file| {
        let create = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
        let here = open(file.here, create, Mode::from_bits_truncate(0o644))?;
        write(here, file.text.as_bytes())?;
        match mount(Some(file.here), file.over, NONE, MsFlags::MS_BIND, NONE) {
            // What is not there needs no replacement: what the C library then assumes is what these files say.
            Err(Errno::ENOENT) => Ok(()),
            result => result,
        }
    });
    let gone = umount2(folder, MntFlags::MNT_DETACH);
    bound.map_err(at("bind the files for name look-ups"))?;
    gone.map_err(at("unmount the tmpfs"))?;
    // A caching daemon outside would answer in place of the lab.
    match mount(NONE, c"/run/nscd", Some(c"tmpfs"), flags, NONE) {
        Ok(()) | Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(()),
        Err(errno) => Err(at("mount over /run/nscd")(errno)),
    }
}
