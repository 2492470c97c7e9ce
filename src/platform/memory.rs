//! Wipes memory when it is freed.
//!
//! A secret passes through buffers that this program cannot wipe itself: strings that grow, the
//! values of the JSON reader, requests and answers in the SDK, in hyper and in TLS. All of them
//! come from the global allocator. A cache hit does not wipe: it prints what it reads, and ends.

mod arena;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use arena::{Arena, Memory};

/// The largest block that is wiped, in bytes. Larger ones hold files of certificates, not secrets.
const LARGEST: usize = 64 * 1024;

static WIPING: AtomicBool = AtomicBool::new(false);

static FIRST: Memory = Memory::new();

#[global_allocator]
static ALLOCATOR: Wiping<Arena<System>> = Wiping { inner: Arena::new(&FIRST, System), on: &WIPING };

/// From now on, blocks of up to 64 KiB are wiped when they are freed.
pub fn wipe_freed_memory() {
    WIPING.store(true, Ordering::Relaxed);
}

struct Wiping<A> {
    inner: A,
    on: &'static AtomicBool,
}

impl<A> Wiping<A> {
    fn wipes(&self, size: usize) -> bool {
        size <= LARGEST && self.on.load(Ordering::Relaxed)
    }
}

// SAFETY: all memory comes from `inner` and goes back to it, with the layout that the caller
// gave. Besides, a block is only written to right before it is freed.
#[expect(unsafe_code, reason = "the trait is unsafe, as is writing to what a pointer names")]
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the contract of this function is the same, and the caller keeps it.
        unsafe { self.inner.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.wipes(layout.size()) {
            // SAFETY: the caller frees the block, which has this size; it is not read any more.
            unsafe { block.write_bytes(0, layout.size()) };
            // The optimizer would leave out a write to memory that is about to be freed. It has to
            // assume that `black_box` reads the block.
            std::hint::black_box(block);
        }
        // SAFETY: as in `alloc`.
        unsafe { self.inner.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if !self.wipes(layout.size()) {
            // SAFETY: as in `alloc`.
            return unsafe { self.inner.realloc(block, layout, new_size) };
        }
        // If the system's `realloc` moved the block, the old one would stay unwiped.
        // SAFETY: the caller guarantees a valid size and alignment.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !new.is_null() {
            // SAFETY: the two blocks do not overlap, and both are at least that long.
            unsafe { new.copy_from_nonoverlapping(block, layout.size().min(new_size)) };
            // SAFETY: the old block is not used any more.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "implements an allocator and calls it")]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Keeps the content of the blocks that are freed.
    struct Inner(RefCell<Vec<Vec<u8>>>);

    // SAFETY: `System` does the work; each block is only read before it is freed.
    unsafe impl GlobalAlloc for Inner {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's contract is the same.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block is not freed yet, and all its bytes were written.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            self.0.borrow_mut().push(bytes.to_vec());
            // SAFETY: as in `alloc`.
            unsafe { System.dealloc(block, layout) }
        }
    }

    /// Fills a block of `size`, moves it to a block of `grown`, and frees that. The content of
    /// each block when it was freed.
    fn freed(on: &'static AtomicBool, size: usize, grown: usize) -> Vec<Vec<u8>> {
        let allocator = Wiping { inner: Inner(RefCell::default()), on };
        let (first, second) = (Layout::array::<u8>(size).unwrap(), Layout::array::<u8>(grown).unwrap());
        // SAFETY: sizes are not zero; each block is written within its size, and freed once
        // with its own layout.
        unsafe {
            let block = allocator.alloc(first);
            block.write_bytes(b'x', size);
            let block = allocator.realloc(block, first, grown);
            assert_eq!(std::slice::from_raw_parts(block, size.min(grown)), vec![b'x'; size.min(grown)]);
            block.write_bytes(b'y', grown);
            allocator.dealloc(block, second);
        }
        allocator.inner.0.into_inner()
    }

    #[test]
    fn a_freed_block_is_empty_also_after_a_move() {
        static ON: AtomicBool = AtomicBool::new(true);
        assert_eq!(freed(&ON, 100, 300), [vec![0; 100], vec![0; 300]]);
        assert_eq!(freed(&ON, 300, 100), [vec![0; 300], vec![0; 100]]);
        let large = LARGEST + 1;
        assert_eq!(freed(&ON, LARGEST, large), [vec![0; LARGEST], vec![b'y'; large]]);
    }

    #[test]
    fn nothing_is_wiped_before_it_is_switched_on() {
        static OFF: AtomicBool = AtomicBool::new(false);
        assert_eq!(freed(&OFF, 10, 20), [vec![b'x'; 10], vec![b'y'; 20]]);
    }
}
