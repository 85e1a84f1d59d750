//! `conformance doctor`.

use std::error::Error;
use std::io::{self, Write};

use usocket_conformance::report::{Found, Host};
use usocket_testkit::provoke::{self, Tier};

pub(super) fn perform() -> Result<bool, Box<dyn Error>> {
    let host = Host::discover(&std::env::current_exe()?)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{host}\n")?;
    writeln!(out, "discovered")?;
    let found = [("unused port", &host.unused_port), ("IPv6", &host.ipv6)];
    for (
        what,
        Found {
            value,
            certainty,
            evidence,
            ..
        },
    ) in found
    {
        writeln!(out, "  {what:<12} {value} ({certainty}): {evidence}")?;
    }
    writeln!(out, "\ntiers")?;
    let recipes = |tier: Tier| {
        provoke::catalogue()
            .iter()
            .filter(|recipe| recipe.tier() == tier)
            .count()
    };
    let count = recipes(Tier::Plain);
    writeln!(
        out,
        "  {:<12} yes: loopback is enough for {count} recipes",
        "T0 plain"
    )?;
    let (word, count) = (
        if host.lab.available { "yes" } else { "no" },
        recipes(Tier::Lab),
    );
    let evidence = &host.lab.evidence;
    writeln!(
        out,
        "  {:<12} {word}: {evidence}; {count} recipes need one",
        "T1 lab"
    )?;
    writeln!(out, "\nnot to be had on this system")?;
    for missing in provoke::missing() {
        writeln!(
            out,
            "  {:<28} {}",
            missing.condition().name(),
            missing.reason()
        )?;
    }
    Ok(true)
}
