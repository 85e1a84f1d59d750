//! Several reports as one: of partitions of a run, of platforms.

use std::collections::HashMap;

use super::{Host, NotProvoked, Report, Row};
use crate::cell::Cell;

/// All that the reports have, once, in the order of the catalogue.
///
/// Where two have the same cell of the same platform, the worse verdict stands: what failed once has failed.
pub fn merge(reports: impl IntoIterator<Item = Report>) -> Report {
    let mut hosts: Vec<Host> = Vec::new();
    let mut cells: Vec<Row> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut missing: Vec<NotProvoked> = Vec::new();
    let mut seconds = 0.0;
    for report in reports {
        seconds += report.seconds;
        for host in report.hosts {
            if !hosts.iter().any(|known| known.id == host.id) {
                hosts.push(host);
            }
        }
        for row in report.cells {
            let cell = (row.platform.clone(), row.name.clone());
            let place = *places.entry(cell).or_insert(cells.len());
            match cells.get_mut(place) {
                Some(known) if row.verdict.badness() > known.verdict.badness() => *known = row,
                Some(_) => {}
                None => cells.push(row),
            }
        }
        // Those with an operation come from cells, which are all there.
        for row in report.not_provoked {
            if row.operation.is_none() && !missing.contains(&row) {
                missing.push(row);
            }
        }
    }
    let names = Cell::all().map(|cell| cell.name());
    let names: HashMap<String, usize> = names.zip(0..).collect();
    let place = |row: &Row| {
        let cell = names.get(&row.name).copied();
        let host = hosts.iter().position(|host| host.id == row.platform);
        // What this version does not know comes last, in the order in which it came.
        (host, cell.unwrap_or(names.len()))
    };
    cells.sort_by_cached_key(place);
    // What one platform cannot provoke, another may.
    missing.retain(|row| !cells.iter().any(|cell| cell.condition == row.condition));
    Report::of(hosts, cells, missing, seconds)
}
