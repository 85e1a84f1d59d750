//! The files that tell the C library how to look a name up, as a process with a lab sees them.
//!
//! They are the same for every lab, since every lab has a server of its own at the same address.

use std::ffi::CStr;

/// A file of ours, and the system's that it stands in for.
pub(super) struct SystemFile {
    /// Where it is made, in a file system that is mounted on `/tmp` for that moment.
    pub(super) here: &'static CStr,
    pub(super) over: &'static CStr,
    pub(super) text: &'static str,
}

pub(super) const ALL: &[SystemFile] = &[
    SystemFile {
        here: c"/tmp/resolv.conf",
        over: c"/etc/resolv.conf",
        // Without the host's search list and without a second try: the lab's server answers at once or on purpose not at all.
        text: "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    },
    SystemFile {
        here: c"/tmp/nsswitch.conf",
        over: c"/etc/nsswitch.conf",
        // Services like systemd-resolved and Avahi listen on Unix sockets, which reach out of any network.
        text: "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\n\
               protocols: files\nservices: files\n",
    },
    SystemFile {
        here: c"/tmp/hosts",
        over: c"/etc/hosts",
        text: "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n",
    },
];
