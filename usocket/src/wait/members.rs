//! The members of a set, each under a number that no other member ever has.

use std::collections::HashMap;

use super::source::Held;
use crate::interest::Interest;
use crate::sys::RawHandle;

pub(super) struct Member<'a, K> {
    pub(super) held: Held<'a>,
    pub(super) key: K,
    pub(super) interest: Interest,
}

/// Members in slots. A number is a slot and its generation, which counts those who had the slot
/// before: an event that comes late, for one who is no member any more, finds nobody.
pub(super) struct Members<'a, K> {
    slots: Vec<Slot<'a, K>>,
    free: Vec<u32>,
    /// The slots by handle. No two members have the same one, for none is closed.
    places: HashMap<RawHandle, u32>,
}

struct Slot<'a, K> {
    generation: u32,
    member: Option<Member<'a, K>>,
}

impl<'a, K> Members<'a, K> {
    pub(super) fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            places: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The number that the next member has.
    pub(super) fn next(&self) -> u64 {
        match self.free.last() {
            Some(&slot) => number(slot, self.slots[slot as usize].generation),
            None => number(index(self.slots.len()), 0),
        }
    }

    pub(super) fn insert(&mut self, handle: RawHandle, member: Member<'a, K>) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                generation: 0,
                member: None,
            });
            index(self.slots.len() - 1)
        });
        self.slots[slot as usize].member = Some(member);
        self.places.insert(handle, slot);
    }

    /// The member with this handle, and its number.
    pub(super) fn find(&mut self, handle: RawHandle) -> Option<(u64, &mut Member<'a, K>)> {
        let slot = *self.places.get(&handle)?;
        let Slot { generation, member } = &mut self.slots[slot as usize];
        Some((number(slot, *generation), member.as_mut()?))
    }

    /// The member with this number, if there still is one.
    pub(super) fn get(&self, number: u64) -> Option<&Member<'a, K>> {
        let (slot, generation) = parts(number);
        let slot = self.slots.get(slot as usize)?;
        slot.member
            .as_ref()
            .filter(|_| slot.generation == generation)
    }

    pub(super) fn remove(&mut self, handle: RawHandle) -> Option<Member<'a, K>> {
        let slot = self.places.remove(&handle)?;
        let Slot { generation, member } = &mut self.slots[slot as usize];
        // The last generation has no next one, and the slot is left alone for ever.
        if let Some(next) = generation.checked_add(1) {
            *generation = next;
            self.free.push(slot);
        }
        member.take()
    }

    pub(super) fn handles(&self) -> Vec<RawHandle> {
        self.places.keys().copied().collect()
    }
}

/// There are never as many as that: each has a descriptor of its own.
fn index(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

fn number(slot: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(slot)
}

fn parts(number: u64) -> (u32, u32) {
    let low = number & u64::from(u32::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "each is half of it")]
    (low as u32, (number >> 32) as u32)
}
