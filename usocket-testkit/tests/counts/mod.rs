//! What a process has, for tests that look whether something is left behind.

use std::fs;

/// How many descriptors are open, and how many threads run.
///
/// A thread that was joined is shown in `/proc` for a moment more. It does not count: it has begun to exit, which its
/// flags tell (`PF_EXITING`; `proc_pid_stat(5)`, field 9).
pub(crate) fn counts() -> (usize, usize) {
    let entries = |folder| fs::read_dir(folder).unwrap().flatten();
    let threads = entries("/proc/self/task").filter(|task| {
        // One that has gone since the folder was read has no such file.
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        // The second field is the name, in brackets, with anything in it.
        let flags = stat
            .rsplit_once(')')
            .and_then(|(_, fields)| fields.split_ascii_whitespace().nth(6));
        flags.is_some_and(|flags| flags.parse::<u64>().unwrap() & 0x4 == 0)
    });
    (entries("/proc/self/fd").count(), threads.count())
}
