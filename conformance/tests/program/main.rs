//! Programs as subjects. This test is its own driver, well behaved or not: started with `driver` and a way to behave, it
//! is one; started with `driver usocket`, it is the one that users get.

#[cfg(target_os = "linux")]
mod driver;
#[cfg(target_os = "linux")]
mod trials;
#[cfg(target_os = "linux")]
#[path = "../../drivers/usocket.rs"]
mod usocket;

/// Elsewhere no descriptor finds its way to a driver.
#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [role, way, rest @ ..] = &words[..] {
        if role == "driver" && way == "usocket" {
            usocket::main().expect("it hears and is heard");
            return std::process::ExitCode::SUCCESS;
        }
        if role == "driver" {
            driver::drive(way, rest.first().map(std::path::Path::new));
            return std::process::ExitCode::SUCCESS;
        }
    }
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), trials::all()).exit_code()
}
