//! A run: every chosen cell, a few at a time, each judged as it comes in.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use usocket::Condition;
use usocket_testkit::provoke::Tier;

use crate::cell::{Cell, Performed, Report};
use crate::offer::Offer;
use crate::series::{self, Series};
use crate::verdict::{Judged, judge};
use crate::worker;

/// One part of all cells, the same on every host and at every time.
///
/// ```
/// use usocket_conformance::run::Partition;
///
/// let parts = ["hash:1/3", "hash:2/3", "hash:3/3"].map(|text| text.parse::<Partition>().unwrap());
/// assert_eq!(parts.iter().filter(|part| part.has("some::cell")).count(), 1);
/// assert!("hash:4/3".parse::<Partition>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// From 0.
    part: u64,
    of: NonZero<u64>,
}

impl Partition {
    /// Whether a cell of that name belongs to the part.
    pub fn has(&self, name: &str) -> bool {
        // FNV-1a, 64 bits: small, and never another one in another release of the compiler.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash % self.of == self.part
    }
}

impl FromStr for Partition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (part, of) = text.strip_prefix("hash:")?.split_once('/')?;
            let (part, of): (u64, NonZero<u64>) = (part.parse().ok()?, of.parse().ok()?);
            (1..=of.get())
                .contains(&part)
                .then(|| Self { part: part - 1, of })
        };
        parse()
            .ok_or_else(|| format!("expected hash:PART/PARTS, for example hash:1/4, not {text:?}"))
    }
}

/// What to run, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The program that performs a cell when it is started with [`worker::ARGUMENT`].
    pub program: PathBuf,
    /// The cells, in the order of the report.
    pub cells: Vec<Cell>,
    /// How long one cell may take before its process is ended.
    pub limit: Duration,
    /// How many cells run at the same time; of those whose recipe is slow, which wait and do nothing, as many times
    /// four run beside them.
    pub jobs: NonZero<usize>,
    /// Whether cells that leave nothing behind share a process, one after another, which is faster where a process takes
    /// longer to start than a cell to perform. One whose answer is not as expected is performed again, in a process of its
    /// own, and only that counts.
    pub together: bool,
    /// Recipes, by id, that are held against another condition than their own: to see that the run
    /// finds it.
    pub expect: Vec<(String, Condition)>,
    /// The platform whose own answers are [known](crate::expectation), if it has a name.
    pub platform: Option<String>,
}

impl Plan {
    /// All cells, ten seconds each, as many at a time as there are processors.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            cells: Cell::all().collect(),
            limit: Duration::from_secs(10),
            jobs: thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN),
            together: false,
            expect: Vec::new(),
            platform: None,
        }
    }

    /// Runs the cells; `progress` hears of each one that is done, from any thread.
    ///
    /// # Errors
    ///
    /// A worker could not be started or watched: the first such error ends the run.
    pub fn run(&self, progress: impl Fn(&Judged) + Sync) -> io::Result<Vec<Judged>> {
        let indices = 0..self.cells.len();
        let (slow, quick): (Vec<_>, Vec<_>) =
            indices.partition(|index| self.cells[*index].recipe.is_slow());
        let jobs = self.jobs.get();
        let queues = [
            Queue::new(slow, jobs.saturating_mul(4)),
            Queue::new(quick, jobs),
        ];
        let lacks = Lacks::default();
        let done = Mutex::new(Vec::with_capacity(self.cells.len()));
        let failed = Mutex::new(None);
        let work = |queue: &Queue| {
            let mut series = Series::new(&self.program, self.limit);
            while let Some(index) = queue.take() {
                let cell = self.cells[index];
                let perform = || self.perform(cell, &mut series);
                match lacks.known(cell).map_or_else(perform, Ok) {
                    Ok(report) => {
                        lacks.learn(&self.program, cell, &report);
                        let judged = self.judge(cell, report);
                        progress(&judged);
                        lock(&done).push((index, judged));
                    }
                    Err(error) => {
                        queues.iter().for_each(Queue::end);
                        lock(&failed).get_or_insert(error);
                    }
                }
            }
        };
        thread::scope(|scope| {
            for queue in &queues {
                for _ in 0..queue.jobs.min(queue.cells.len()) {
                    scope.spawn(|| work(queue));
                }
            }
        });
        if let Some(error) = lock(&failed).take() {
            return Err(error);
        }
        let mut done = std::mem::take(&mut *lock(&done));
        done.sort_by_key(|(index, _)| *index);
        Ok(done.into_iter().map(|(_, judged)| judged).collect())
    }

    fn perform(&self, cell: Cell, series: &mut Series) -> io::Result<Report> {
        if self.together && series::takes(cell) {
            let report = series.perform(cell)?;
            if !self.judge(cell, report.clone()).verdict.fails() {
                return Ok(report);
            }
        }
        worker::perform(&self.program, cell, self.limit)
    }

    fn judge(&self, cell: Cell, report: Report) -> Judged {
        let judged = judge(cell, self.expected(cell), report);
        match &self.platform {
            Some(platform) => judged.on(platform),
            None => judged,
        }
    }

    fn expected(&self, cell: Cell) -> Condition {
        let other = self
            .expect
            .iter()
            .find(|(id, _)| id.eq_ignore_ascii_case(cell.recipe.id()));
        other.map_or_else(|| cell.recipe.condition(), |(_, condition)| *condition)
    }
}

/// What the host was found to lack, so that not every cell that needs it starts a process to find that out: nothing for
/// what it was found to offer, of which some scenes need more than there is.
#[derive(Default)]
struct Lacks(Mutex<Vec<(Tier, Option<Report>)>>);

impl Lacks {
    /// The report of a cell that cannot be performed here; nothing if it is not known whether it can.
    fn known(&self, cell: Cell) -> Option<Report> {
        cell.can().ok()?;
        // That nobody asked for it comes first.
        if cell.recipe.is_by_name_only() {
            return None;
        }
        let tier = cell.recipe.tier();
        let known = lock(&self.0);
        let (_, report) = known.iter().find(|(known, _)| *known == tier)?;
        report.clone()
    }

    fn learn(&self, program: &Path, cell: Cell, report: &Report) {
        let tier = cell.recipe.tier();
        let lacking = matches!(&report.performed, Performed::NotRun { lacks: Some(_), .. });
        if !lacking || lock(&self.0).iter().any(|(known, _)| *known == tier) {
            return;
        }
        let offer = match tier {
            Tier::Lab => Offer::labs(program),
            // With usocket's seam, some of the recipes with rules can do without.
            Tier::Rules if !cfg!(feature = "seam") => Offer::rules(program),
            _ => return,
        };
        // A program that does not say it is asked for each cell.
        if let Ok(offer) = offer {
            let lacks = (!offer.available).then(|| report.clone());
            lock(&self.0).push((tier, lacks));
        }
    }
}

/// Cells that wait for a thread of theirs.
struct Queue {
    /// Their places in the plan.
    cells: Vec<usize>,
    next: AtomicUsize,
    jobs: usize,
}

impl Queue {
    fn new(cells: Vec<usize>, jobs: usize) -> Self {
        Self {
            cells,
            next: AtomicUsize::new(0),
            jobs,
        }
    }

    fn take(&self) -> Option<usize> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.cells.get(next).copied()
    }

    /// No thread takes another cell.
    fn end(&self) {
        self.next.store(self.cells.len(), Ordering::Relaxed);
    }
}

/// A thread that panicked while it held the lock left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
