//! The one line that a test file needs.

/// Puts the process into a private network before `main`, so that its tests can make labs.
///
/// Once per test file (or example, or program), anywhere at its top level. It costs less than a
/// millisecond per process and needs no root:
///
/// ```
/// usocket_testkit::lab_main!();
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lab = usocket_testkit::Lab::new()?;
/// # drop(lab);
/// # Ok(())
/// # }
/// ```
///
/// Every test of the file then runs in a network that has nothing but its own loopback interface,
/// also those without a lab: what a test sends by mistake does not leave it. The process keeps its
/// user and group, seen from inside and from outside. It is in a user namespace of its own (`user_namespaces(7)`), so
/// it cannot become another user, and what other users own seems to belong to nobody. Name
/// look-ups of the C library read a hosts file with `localhost` only, and ask the lab. Where the system forbids all
/// that, nothing happens here, and [`Lab::new`](crate::Lab::new) says why.
///
/// `USOCKET_TESTKIT_LAB=off` in the environment switches it off; it does nothing when the tests
/// are only listed, and on systems other than Linux.
///
/// A program that has more to do than what needs a lab names the argument with which it is started for that; without
/// the argument it stays where it is: `lab_main!("--lab");`
#[macro_export]
macro_rules! lab_main {
    () => {
        #[cfg(target_os = "linux")]
        const _: () = {
            // In the user's own crate, so that no linker leaves it out.
            #[used]
            #[unsafe(link_section = ".init_array")]
            static BEFORE_MAIN: extern "C" fn() = $crate::lab::before_main;
        };
    };
    ($argument:literal) => {
        #[cfg(target_os = "linux")]
        const _: () = {
            extern "C" fn before_main() {
                $crate::lab::before_main_with($argument);
            }
            #[used]
            #[unsafe(link_section = ".init_array")]
            static BEFORE_MAIN: extern "C" fn() = before_main;
        };
    };
}
