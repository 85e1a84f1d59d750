//! What a stopped call answers.

use std::time::Instant;

use super::call::{Call, failed, outcome};
use super::site::Site;
use super::table::{Form, Row};
use super::{act, describe, rearm};
use crate::errno::Errno;
use crate::exempt::exempt;
use crate::faults::log::Record;
use crate::faults::scope::Scope;

/// The answer to a call that a filter has stopped, in the form of the kernel's.
pub(super) fn answer(scope: &'static Scope, row: &'static Row, call: Call) -> isize {
    match row.form {
        Form::EpollControl => return rearm::control(call),
        // Calls by way of a ring would get past the rules; programs that use one do without where there is none.
        Form::Ring => return failed(Errno::ENOSYS),
        _ => {}
    }
    if !scope.cares_about(row.operations()) {
        // SAFETY: it is the program's own call.
        return unsafe { call.make() };
    }
    let Some(site) = Site::of(scope, row, call) else {
        // SAFETY: as above.
        return unsafe { call.make() };
    };
    let logs = scope.logs();
    if logs.is_empty() {
        return act::act(&site).answer;
    }
    let arguments = describe::arguments(&site);
    let begin = Instant::now();
    let acted = act::act(&site);
    let duration = begin.elapsed();
    let _exempt = exempt();
    let outcome = outcome(acted.answer);
    let record = Record {
        operation: site.operation,
        call: row.name,
        arguments,
        outcome,
        results: describe::results(&site, outcome),
        duration,
        ruled: acted.by_rule,
        thread: describe::thread(),
    };
    for log in logs {
        log.add(record.clone());
    }
    acted.answer
}
