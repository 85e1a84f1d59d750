//! Changes to a lab's network, and their way back: under nextest the first lab of a process is in the process's own
//! network, which is there for longer than the lab.

use std::io;
use std::sync::Arc;

use crate::Lab;
use crate::lab::Route;

type Back = Box<dyn Fn(&Lab) -> io::Result<()> + Send + Sync>;

/// Takes a change back when it is dropped.
pub(super) struct Change {
    lab: Arc<Lab>,
    back: Back,
}

impl Change {
    /// Changes a setting.
    pub(super) fn setting(lab: &Arc<Lab>, name: &'static str, value: &str) -> io::Result<Self> {
        let before = lab.sysctl(name)?;
        lab.set_sysctl(name, value)?;
        Ok(Self {
            lab: Arc::clone(lab),
            back: Box::new(move |lab| lab.set_sysctl(name, &before)),
        })
    }

    /// The same, where older kernels do not have it.
    pub(super) fn setting_if_known(
        lab: &Arc<Lab>,
        name: &'static str,
        value: &str,
    ) -> io::Result<Option<Self>> {
        match Self::setting(lab, name, value) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            changed => changed.map(Some),
        }
    }

    /// Adds a route.
    pub(super) fn route(lab: &Arc<Lab>, to: &'static str, route: Route) -> io::Result<Self> {
        lab.add_route(to, route)?;
        Ok(Self {
            lab: Arc::clone(lab),
            back: Box::new(move |lab| lab.remove_route(to, route)),
        })
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        // What cannot be taken back is gone already.
        let _ = (self.back)(&self.lab);
    }
}
