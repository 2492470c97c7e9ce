//! The first 64 KiB of memory, which are part of the program.
//!
//! A hit needs 14 KiB. The system's allocator would get them in a dozen system calls, and with a
//! page fault for each size of block. Here the blocks follow each other. The memory of a freed
//! block is used again only if the block was the last one. A longer run, which needs more than
//! 64 KiB, gets the rest from the system's allocator.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

const SIZE: usize = 64 * 1024;

/// The largest block in the arena, in bytes. Larger ones are rare, and would soon fill it.
const LARGEST: usize = 16 * 1024;

/// The largest alignment of a block in the arena, in bytes. Few types need more.
const ALIGNMENT: usize = 16;

/// The memory of an arena. It is a separate static, because all of it is zero: together with a
/// value that is not zero, it would be stored in the program's file and read from there.
#[repr(C, align(16))]
pub(super) struct Memory(UnsafeCell<MaybeUninit<[u8; SIZE]>>);

impl Memory {
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::zeroed()))
    }
}

/// An allocator that uses `memory` first, and then `inner`.
pub(super) struct Arena<A> {
    memory: &'static Memory,
    /// Where free memory begins.
    used: AtomicUsize,
    inner: A,
}

// SAFETY: only its arena uses the memory. A byte belongs to one block at most, because a range is
// allocated and freed by one atomic change of `used`. The arena itself writes only to a block
// that it is about to return.
#[expect(unsafe_code, reason = "memory that is shared by all threads, block by block")]
unsafe impl Sync for Memory {}

impl<A> Arena<A> {
    /// No other arena may use `memory`.
    pub(super) const fn new(memory: &'static Memory, inner: A) -> Self {
        Self { memory, used: AtomicUsize::new(0), inner }
    }

    fn start(&self) -> *mut u8 {
        self.memory.0.get().cast()
    }

    /// Allocates a range for `layout`; null if there is none.
    fn take(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST || layout.align() > ALIGNMENT {
            return std::ptr::null_mut();
        }
        let mut used = self.used.load(Ordering::Relaxed);
        loop {
            let from = used.next_multiple_of(layout.align());
            let to = from + layout.size();
            if to > SIZE {
                return std::ptr::null_mut();
            }
            match self.used.compare_exchange_weak(used, to, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return self.start().wrapping_add(from),
                Err(other) => used = other,
            }
        }
    }

    /// The offset of `block` in the arena; `None` if it is not in the arena.
    fn place(&self, block: *mut u8) -> Option<usize> {
        Some(block.addr().wrapping_sub(self.start().addr())).filter(|place| *place < SIZE)
    }

    /// Changes the size of the block at `place`. Possible only for the last block, and if there is
    /// room. Returns whether it was done.
    fn resize(&self, place: usize, size: usize, new_size: usize) -> bool {
        let (end, new_end) = (place + size, place + new_size);
        new_size <= LARGEST
            && new_end <= SIZE
            && self.used.compare_exchange(end, new_end, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }
}

// SAFETY: a block is either a range of the arena that belongs to no other block and has the size
// and alignment of the layout, or it is from `inner`, which frees it with the same layout.
#[expect(unsafe_code, reason = "the trait is unsafe, as is writing to what a pointer names")]
unsafe impl<A: GlobalAlloc> GlobalAlloc for Arena<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = self.take(layout);
        if block.is_null() {
            // SAFETY: the contract of this function is the same, and the caller keeps it.
            return unsafe { self.inner.alloc(layout) };
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = self.take(layout);
        if block.is_null() {
            // SAFETY: as above.
            return unsafe { self.inner.alloc_zeroed(layout) };
        }
        // A freed block may have left its content here.
        // SAFETY: the block has this size, and nothing else uses it.
        unsafe { block.write_bytes(0, layout.size()) };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.place(block) {
            Some(place) => {
                self.resize(place, layout.size(), 0);
            }
            // SAFETY: as in `alloc`.
            None => unsafe { self.inner.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let Some(place) = self.place(block) else {
            // SAFETY: as in `alloc`.
            return unsafe { self.inner.realloc(block, layout, new_size) };
        };
        if self.resize(place, layout.size(), new_size) || new_size <= layout.size() {
            return block;
        }
        // SAFETY: the caller guarantees a valid size and alignment.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !new.is_null() {
            // SAFETY: the two blocks do not overlap, and both are at least that long. The old one
            // is not used afterwards.
            unsafe {
                new.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
        }
        new
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "asks for blocks and writes to them")]
mod tests {
    use super::*;
    use std::alloc::System;

    fn arena() -> Arena<System> {
        Arena::new(Box::leak(Box::new(Memory::new())), System)
    }

    fn bytes(size: usize) -> Layout {
        Layout::from_size_align(size, 1).unwrap()
    }

    #[test]
    fn blocks_stand_side_by_side_aligned_as_asked() {
        let arena = arena();
        // SAFETY: sizes are not zero; nothing is read or written.
        let places = unsafe {
            [bytes(3), Layout::new::<u64>(), bytes(1), Layout::new::<u128>()]
                .map(|layout| arena.place(arena.alloc(layout)))
        };
        assert_eq!(places, [Some(0), Some(8), Some(16), Some(32)]);
    }

    #[test]
    fn the_last_block_grows_and_shrinks_in_place_and_is_used_again() {
        let arena = arena();
        // SAFETY: each block is written within its size and freed with its own layout.
        unsafe {
            let block = arena.alloc(bytes(10));
            let same = arena.realloc(block, bytes(10), 1000);
            assert_eq!(same, block);
            same.write_bytes(b'x', 1000);
            assert_eq!(arena.realloc(same, bytes(1000), 5), block);
            arena.dealloc(block, bytes(5));
            let again = arena.alloc_zeroed(bytes(100));
            assert_eq!(again, block);
            assert_eq!(std::slice::from_raw_parts(again, 100), [0; 100]);
        }
    }

    #[test]
    fn a_block_that_is_not_the_last_keeps_its_content_when_it_grows() {
        let arena = arena();
        // SAFETY: as above.
        unsafe {
            let first = arena.alloc(bytes(10));
            first.write_bytes(b'a', 10);
            let second = arena.alloc(bytes(10));
            second.write_bytes(b'b', 10);
            let moved = arena.realloc(first, bytes(10), 20);
            assert_eq!(arena.place(moved), Some(20));
            assert_eq!(std::slice::from_raw_parts(moved, 10), [b'a'; 10]);
            assert_eq!(std::slice::from_raw_parts(second, 10), [b'b'; 10]);
        }
    }

    #[test]
    fn a_block_that_is_not_the_last_shrinks_in_place() {
        let arena = arena();
        // SAFETY: as above.
        unsafe {
            let first = arena.alloc(bytes(10));
            let second = arena.alloc(bytes(10));
            assert_eq!(arena.realloc(first, bytes(10), 5), first);
            arena.dealloc(first, bytes(5));
            assert_eq!(arena.place(second), Some(10));
            assert_eq!(arena.place(arena.alloc(bytes(1))), Some(20));
        }
    }

    #[test]
    fn blocks_that_do_not_fit_come_from_the_system() {
        let arena = arena();
        // SAFETY: each block is freed once, with its own layout.
        unsafe {
            for layout in [bytes(LARGEST + 1), Layout::from_size_align(64, 64).unwrap()] {
                let block = arena.alloc(layout);
                assert_eq!(arena.place(block), None);
                arena.dealloc(block, layout);
            }
            for _ in 0..SIZE / LARGEST {
                assert!(arena.place(arena.alloc(bytes(LARGEST))).is_some());
            }
            let block = arena.alloc(bytes(1));
            assert_eq!(arena.place(block), None);
            let grown = arena.realloc(block, bytes(1), 100);
            arena.dealloc(grown, bytes(100));
        }
    }

    #[test]
    fn a_block_moves_out_of_a_full_arena_with_its_content() {
        let arena = arena();
        // SAFETY: each block is written within its size and freed with its own layout.
        unsafe {
            let block = arena.alloc(bytes(100));
            block.write_bytes(b'x', 100);
            while arena.place(arena.alloc(bytes(LARGEST))).is_some() {}
            let moved = arena.realloc(block, bytes(100), LARGEST);
            assert_eq!(arena.place(moved), None);
            assert_eq!(std::slice::from_raw_parts(moved, 100), [b'x'; 100]);
            arena.dealloc(moved, bytes(LARGEST));
        }
    }

    #[test]
    fn threads_never_share_a_block() {
        let arena = arena();
        std::thread::scope(|scope| {
            for mark in 1..=4u8 {
                let arena = &arena;
                scope.spawn(move || {
                    for round in 0..10_000 {
                        let layout = bytes(1 + round % 50);
                        // SAFETY: as above.
                        unsafe {
                            let block = arena.alloc(layout);
                            block.write_bytes(mark, layout.size());
                            std::thread::yield_now();
                            let content = std::slice::from_raw_parts(block, layout.size());
                            assert!(content.iter().all(|byte| *byte == mark));
                            arena.dealloc(block, layout);
                        }
                    }
                });
            }
        });
    }
}
