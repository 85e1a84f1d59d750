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
    let plain = "a loopback interface is enough";
    for (tier, what, available, evidence) in [
        (Tier::Plain, "plain", true, plain),
        (Tier::Lab, "labs", host.lab.available, &*host.lab.evidence),
        (
            Tier::Rules,
            "rules",
            host.rules.available,
            &*host.rules.evidence,
        ),
    ] {
        let recipes = provoke::catalogue().iter();
        let count = recipes.filter(|recipe| recipe.tier() == tier).count();
        let word = if available { "yes" } else { "no" };
        writeln!(
            out,
            "  {tier} {what:<9} {word:<3} for {count} recipes: {evidence}"
        )?;
    }
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
