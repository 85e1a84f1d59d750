//! From the step that failed before `main` to what a person can do about it.

use std::fs;
use std::io;
use std::path::Path;

use nix::errno::Errno;

use super::hook::Failure;
use crate::lab::refusal::{Refusal, RefusalKind};

/// What the machine says about itself, as far as it bears on namespaces.
#[derive(Debug, Default)]
struct Machine {
    /// `user.max_user_namespaces`.
    max_user_namespaces: Option<u64>,
    /// `kernel.unprivileged_userns_clone`, which only some distributions' kernels have.
    unprivileged_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns`.
    apparmor_restricts: bool,
    /// Whether a system-call filter is on this process.
    filtered: bool,
    /// Whether files say that this is a container.
    container: bool,
}

impl Machine {
    fn look() -> Self {
        let number = |path| fs::read_to_string(path).ok()?.trim().parse().ok();
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let seccomp = status
            .lines()
            .find_map(|line| line.strip_prefix("Seccomp:"));
        Self {
            max_user_namespaces: number("/proc/sys/user/max_user_namespaces"),
            unprivileged_clone: number("/proc/sys/kernel/unprivileged_userns_clone"),
            apparmor_restricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                == Some(1),
            filtered: seccomp.is_some_and(|mode| mode.trim() == "2"),
            container: ["/.dockerenv", "/run/.containerenv"]
                .iter()
                .any(|path| Path::new(path).exists()),
        }
    }
}

/// The refusal for a step that failed before `main`.
pub(super) fn refusal(failure: Failure) -> Refusal {
    explain(failure, &Machine::look())
}

fn explain(failure: Failure, machine: &Machine) -> Refusal {
    let Failure { step, errno } = failure;
    let denied = matches!(errno, Errno::EPERM | Errno::EACCES);
    let (kind, reason, unlock) = if step == "AppArmor" || (denied && machine.apparmor_restricts) {
        (
            RefusalKind::AppArmor,
            "user namespaces are restricted by AppArmor \
             (kernel.apparmor_restrict_unprivileged_userns is 1)",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        )
    } else if machine.max_user_namespaces == Some(0) && errno == Errno::ENOSPC {
        (
            RefusalKind::UserNamespacesOff,
            "user namespaces are off on this system: user.max_user_namespaces is 0",
            "sudo sysctl user.max_user_namespaces=10000",
        )
    } else if errno == Errno::ENOSPC || errno == Errno::EUSERS {
        (
            RefusalKind::UserNamespacesOff,
            "this user has as many namespaces as the system allows, or they are nested too deep",
            "sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000 user.max_mnt_namespaces=10000",
        )
    } else if denied && machine.unprivileged_clone == Some(0) {
        (
            RefusalKind::UserNamespacesOff,
            "user namespaces are off for unprivileged users: kernel.unprivileged_userns_clone is 0",
            "sudo sysctl kernel.unprivileged_userns_clone=1",
        )
    } else if (denied || errno == Errno::ENOSYS) && (machine.filtered || machine.container) {
        (
            RefusalKind::ContainerFilter,
            "the system-call filter of this container forbids namespaces",
            "docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
             --security-opt systempaths=unconfined … (podman run: unmask=ALL in place of systempaths=unconfined)",
        )
    } else {
        let what = match errno {
            Errno::EINVAL => {
                " (a thread was running before main, or the kernel has no such namespaces)"
            }
            Errno::EPERM => " (in a chroot, or by a rule of the system's)",
            _ => "",
        };
        let refusal = Refusal::new(
            RefusalKind::NotOffered,
            format!("{step}: {}{what}; {SKIP_HINT}", errno.desc()),
        );
        return refusal.caused_by(errno.into());
    };
    let refusal = Refusal::new(
        kind,
        format!("{reason}; unlock with: {unlock}; {SKIP_HINT}"),
    );
    refusal.caused_by(io::Error::from(errno))
}

const SKIP_HINT: &str = "or let these tests be skipped: USOCKET_TESTKIT_SKIP=lab";

#[cfg(test)]
mod tests {
    use super::*;

    const UNSHARE: &str = "unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS)";

    fn explained(step: &'static str, errno: Errno, machine: &Machine) -> (RefusalKind, String) {
        let refusal = explain(Failure { step, errno }, machine);
        (refusal.kind(), refusal.to_string())
    }

    #[test]
    fn each_way_to_forbid_it_has_its_own_words_and_its_own_command() {
        let plain = || Machine {
            max_user_namespaces: Some(1000),
            ..Machine::default()
        };
        let rows = [
            (
                UNSHARE,
                Errno::ENOSPC,
                Machine {
                    max_user_namespaces: Some(0),
                    ..plain()
                },
                RefusalKind::UserNamespacesOff,
                "sudo sysctl user.max_user_namespaces=",
            ),
            (
                UNSHARE,
                Errno::EPERM,
                Machine {
                    unprivileged_clone: Some(0),
                    ..plain()
                },
                RefusalKind::UserNamespacesOff,
                "sudo sysctl kernel.unprivileged_userns_clone=1",
            ),
            (
                "AppArmor",
                Errno::EACCES,
                plain(),
                RefusalKind::AppArmor,
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
            ),
            (
                "write /proc/self/uid_map",
                Errno::EPERM,
                Machine {
                    apparmor_restricts: true,
                    ..plain()
                },
                RefusalKind::AppArmor,
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
            ),
            (
                UNSHARE,
                Errno::EPERM,
                Machine {
                    filtered: true,
                    container: true,
                    ..plain()
                },
                RefusalKind::ContainerFilter,
                "docker run --security-opt seccomp=unconfined",
            ),
            (
                "unshare(CLONE_NEWNET | CLONE_NEWNS)",
                Errno::ENOSYS,
                Machine {
                    container: true,
                    ..plain()
                },
                RefusalKind::ContainerFilter,
                "podman run: unmask=ALL",
            ),
            (
                UNSHARE,
                Errno::EINVAL,
                plain(),
                RefusalKind::NotOffered,
                "before main",
            ),
            (
                UNSHARE,
                Errno::EPERM,
                plain(),
                RefusalKind::NotOffered,
                "chroot",
            ),
        ];
        for (step, errno, machine, kind, words) in rows {
            let (found, text) = explained(step, errno, &machine);
            assert_eq!(found, kind, "{text}");
            assert!(text.contains(words), "{text}");
            assert!(text.starts_with("lab: "), "{text}");
            assert!(text.ends_with("USOCKET_TESTKIT_SKIP=lab"), "{text}");
        }
    }
}
