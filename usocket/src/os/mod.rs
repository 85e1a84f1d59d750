//! The codes of every system, as tables.
//!
//! Each file holds one family of systems and nothing but rows: the system's name for a code, its
//! number, and the condition that it means by itself. What it means in a certain call is the
//! business of [`classify`](crate::classify). All tables are compiled, and tested, on every
//! system; on its own system each row is also compared with the system's constant at compile time.

use crate::condition::Condition;

/// One code of one system.
#[derive(Debug)]
pub(crate) struct Row {
    /// The system's name for the code.
    pub(crate) name: &'static str,
    /// Further names that the system gives the same number.
    pub(crate) aliases: &'static [&'static str],
    /// The number, as `io::Error::raw_os_error` or `getaddrinfo` gives it.
    pub(crate) code: i32,
    /// What it means whatever the call; [`Condition::Unknown`] where only the call can tell.
    pub(crate) condition: Condition,
}

impl Row {
    /// Whether the system calls the code by this name.
    fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// The codes of one system.
#[derive(Debug)]
pub(crate) struct Table {
    /// The name of the system, as in `fixtures/errno.toml`.
    #[cfg(test)]
    pub(crate) system: &'static str,
    /// Whether this is the system that the crate is compiled for.
    pub(crate) native: bool,
    /// The rows, the most frequent first.
    pub(crate) rows: &'static [Row],
}

impl Table {
    /// What a code means by itself; `None` for one that has no row.
    pub(crate) fn condition(&self, code: i32) -> Option<Condition> {
        let row = self.rows.iter().find(|row| row.code == code)?;
        Some(row.condition)
    }

    /// The number that the system gives a name; `None` where it has no such name, or the name no
    /// row.
    pub(crate) fn code(&self, name: &str) -> Option<i32> {
        let row = self.rows.iter().find(|row| row.is_named(name))?;
        Some(row.code)
    }
}

/// Turns a readable list into a [`Table`], and refuses a list with two rows of one code.
///
/// The head says for which targets the table holds. There, the rows of each block are compared, at
/// compile time, with the constants of the module named in front of it; `[]` is for names that no
/// crate defines.
macro_rules! table {
    (@compare [] $($name:ident = $code:literal;)*) => {};
    (@compare [$($module:ident)::+] $($name:ident = $code:literal;)*) => {
        #[allow(clippy::cast_lossless, reason = "i32 or u32, and `From` is not const")]
        const _: () = {
            use $($module)::+ as constants;
            $(assert!(constants::$name as i64 == $code, stringify!($name));)*
        };
    };
    (
        $(#[$doc:meta])*
        $table:ident = $system:literal on $target:meta;
        $($constants:tt {
            $($name:ident $(| $alias:ident)* = $code:literal => $condition:ident,)*
        })*
    ) => {
        $(#[$doc])*
        pub(crate) static $table: $crate::os::Table = $crate::os::Table {
            #[cfg(test)]
            system: $system,
            native: cfg!($target),
            rows: &[$($($crate::os::Row {
                name: stringify!($name),
                aliases: &[$(stringify!($alias)),*],
                code: $code,
                condition: $crate::condition::Condition::$condition,
            },)*)*],
        };

        const _: () = assert!(
            $crate::os::codes_differ($table.rows),
            concat!("two rows of one code: ", $system)
        );

        $(
            #[cfg($target)]
            table! { @compare $constants $($name = $code; $($alias = $code;)*)* }
        )*
    };
}

mod apple;
mod bsd;
mod illumos;
mod linux;
#[cfg(unix)]
mod posix;
mod resolver;
#[cfg(test)]
mod tests;
mod wasi;
mod windows;

/// The tables of error numbers, of all systems.
pub(crate) static TABLES: &[&Table] = &[
    &linux::LINUX,
    &linux::MIPS,
    &linux::SPARC,
    &apple::APPLE,
    &bsd::FREEBSD,
    &bsd::NETBSD,
    &bsd::OPENBSD,
    &bsd::DRAGONFLY,
    &illumos::ILLUMOS,
    &windows::WINDOWS,
    &wasi::WASI,
];

/// The tables of what `getaddrinfo` returns, of all systems.
///
/// `EAI_SYSTEM` is in none of them: it means nothing by itself, `errno` has the code.
pub(crate) static RESOLVER_TABLES: &[&Table] = &[
    &resolver::LINUX,
    &resolver::ANDROID,
    &resolver::APPLE,
    &resolver::FREEBSD,
    &resolver::NETBSD,
    &resolver::OPENBSD,
    &resolver::DRAGONFLY,
    &resolver::ILLUMOS,
    &resolver::WINDOWS,
    &resolver::WASI,
];

/// The error numbers of the target.
pub(crate) static CURRENT: &Table = native(TABLES, ANY_UNIX);

/// The resolver's codes of the target.
pub(crate) static RESOLVER: &Table = native(RESOLVER_TABLES, ANY_UNIX_RESOLVER);

#[cfg(unix)]
const ANY_UNIX: Option<&Table> = Some(&posix::POSIX);
#[cfg(unix)]
const ANY_UNIX_RESOLVER: Option<&Table> = Some(&posix::RESOLVER);
#[cfg(not(unix))]
const ANY_UNIX: Option<&Table> = None;
#[cfg(not(unix))]
const ANY_UNIX_RESOLVER: Option<&Table> = None;

/// The one table that holds for the target.
const fn native(
    tables: &'static [&'static Table],
    any_unix: Option<&'static Table>,
) -> &'static Table {
    let mut found = None;
    let mut i = 0;
    while i < tables.len() {
        if tables[i].native {
            assert!(found.is_none(), "two tables hold for this target");
            found = Some(tables[i]);
        }
        i += 1;
    }
    match (found, any_unix) {
        (Some(table), _) | (None, Some(table)) => table,
        (None, None) => panic!("no table holds for this target"),
    }
}

/// Whether every row has a code of its own.
const fn codes_differ(rows: &[Row]) -> bool {
    let mut i = 0;
    while i < rows.len() {
        let mut j = i + 1;
        while j < rows.len() {
            if rows[i].code == rows[j].code {
                return false;
            }
            j += 1;
        }
        i += 1;
    }
    true
}
