//! Where this program's own instructions are.

use std::ffi::{CStr, c_int, c_void};

use super::cpu;
use super::program::Range;

/// The text of the executable, of the C library, and of whatever else this crate is linked into.
///
/// Programs that are started later have theirs elsewhere, by the kernel's random choice, and so they are told from
/// this one, although they inherit the filter.
pub(super) fn text() -> Vec<Range> {
    let mut objects: Vec<Object> = Vec::new();
    // SAFETY: the function is called with what it is declared for and returns before this does; it gets the list.
    unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut objects).cast()) };
    let own = cpu::exempt_address();
    let is_ours = |(index, object): &(usize, Object)| {
        // The executable comes first, and some C libraries give it no name.
        *index == 0 || object.is_c_library || object.has(own)
    };
    objects
        .into_iter()
        .enumerate()
        .filter(is_ours)
        .flat_map(|(_, object)| object.text)
        .collect()
}

/// What the loader has loaded.
struct Object {
    text: Vec<Range>,
    is_c_library: bool,
}

impl Object {
    fn has(&self, address: u64) -> bool {
        let text = &self.text;
        text.iter()
            .any(|range| (range.first..=range.last).contains(&address))
    }
}

/// glibc, before 2.34 in two libraries, and musl.
fn is_c_library(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    ["libc.", "libc-", "libpthread", "ld-musl"]
        .iter()
        .any(|prefix| name.starts_with(prefix.as_bytes()))
}

/// One object of `dl_iterate_phdr(3)`.
unsafe extern "C" fn note(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    objects: *mut c_void,
) -> c_int {
    // SAFETY: the loader gives a description that is valid during this call; the pointer is the one that `text` gave,
    // to a list that nobody else uses meanwhile.
    let (info, objects) = unsafe { (&*info, &mut *objects.cast::<Vec<Object>>()) };
    // SAFETY: the loader's names end with a null; none is said as an empty name or as null.
    let name = (!info.dlpi_name.is_null()).then(|| unsafe { CStr::from_ptr(info.dlpi_name) });
    let headers: &[_] = if info.dlpi_phdr.is_null() {
        &[]
    } else {
        // SAFETY: the loader gives the address and the number of the object's program headers.
        unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) }
    };
    #[allow(clippy::useless_conversion)] // narrower on other systems
    let text = headers
        .iter()
        .filter(|header| {
            header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_X != 0 && header.p_memsz > 0
        })
        .map(|header| {
            let first = u64::from(info.dlpi_addr).wrapping_add(header.p_vaddr);
            Range {
                first,
                last: first.wrapping_add(header.p_memsz - 1),
            }
        })
        .collect();
    objects.push(Object {
        text,
        is_c_library: name.is_some_and(|name| is_c_library(name.to_bytes())),
    });
    0
}
