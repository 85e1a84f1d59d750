//! The kernel's settings of one network (sysctl(8), files below `/proc/sys/net`).

use std::fs;
use std::io;
use std::path::PathBuf;

/// That of the calling thread's network.
pub(super) fn read(name: &str) -> io::Result<String> {
    let text = fs::read_to_string(path(name)?).map_err(|error| about(name, &error))?;
    Ok(text.trim_end().to_owned())
}

pub(super) fn write(name: &str, value: &str) -> io::Result<()> {
    fs::write(path(name)?, value).map_err(|error| about(name, &error))
}

/// `net.ipv4.tcp_retries2`, or with slashes; nothing outside of `net`, which would not be the lab's alone.
fn path(name: &str) -> io::Result<PathBuf> {
    let separator = if name.contains('/') { '/' } else { '.' };
    let parts: Vec<_> = name.split(separator).collect();
    let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
    if parts[0] != "net" || parts.len() < 3 || !parts.iter().all(plain) {
        let words = format!(
            "{name:?} is not the name of a setting of a network, as net.ipv4.tcp_retries2 is"
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, words));
    }
    Ok([&["/proc/sys"], &parts[..]].concat().iter().collect())
}

fn about(name: &str, error: &io::Error) -> io::Error {
    let hint = match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => {
            "; a container that protects /proc/sys allows it with: docker run --security-opt systempaths=unconfined …"
        }
        _ => "",
    };
    io::Error::new(error.kind(), format!("{name}: {error}{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_of_the_network_have_a_path() {
        for (name, expected) in [
            ("net.ipv4.tcp_retries2", "/proc/sys/net/ipv4/tcp_retries2"),
            (
                "net/ipv4/neigh/eth0.1/mcast_solicit",
                "/proc/sys/net/ipv4/neigh/eth0.1/mcast_solicit",
            ),
        ] {
            assert_eq!(path(name).unwrap(), PathBuf::from(expected));
        }
        for name in [
            "",
            "net",
            "net.ipv4",
            "kernel.hostname.x",
            "net/../kernel/panic",
            "net..ipv4.x",
            "/net/ipv4/x",
        ] {
            let error = path(name).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name:?}");
        }
    }
}
