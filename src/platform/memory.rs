//! Memory that is given back, wiped first.
//!
//! A secret passes through buffers that are not ours to wipe: texts that grow, values of
//! a JSON reader, requests and answers in the SDK, in hyper and in TLS. All of them come
//! from one allocator. A hit is spared the work: it prints what it reads, and ends.

mod arena;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use arena::{Arena, Memory};

/// Larger blocks are files of certificates, not secrets.
const LARGEST: usize = 64 * 1024;

static WIPING: AtomicBool = AtomicBool::new(false);

static FIRST: Memory = Memory::new();

#[global_allocator]
static ALLOCATOR: Wiping<Arena<System>> = Wiping { inner: Arena::new(&FIRST, System), on: &WIPING };

/// From now on memory is wiped when it is given back, in blocks of up to 64 KiB.
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

// SAFETY: all memory comes from `inner` and goes back to it, with the layout that the
// caller gave; what is done besides is writing to a block that is about to be given back.
#[expect(unsafe_code, reason = "the trait is unsafe, as is writing to what a pointer names")]
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { self.inner.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.wipes(layout.size()) {
            // SAFETY: the block is the caller's, of this size, and nobody reads it any more.
            unsafe { block.write_bytes(0, layout.size()) };
            // To the optimizer, what is written to freed memory is written in vain. This
            // makes it believe that the block is looked at once more.
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
        // The system would leave a copy behind when it moves the block.
        // SAFETY: the caller vouches for the size and the alignment.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !new.is_null() {
            // SAFETY: two blocks that do not overlap, both at least that long.
            unsafe { new.copy_from_nonoverlapping(block, layout.size().min(new_size)) };
            // SAFETY: the old block is not used any more.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "plays the allocator that gets memory back, and its user")]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// Notes what is in the blocks that come back.
    struct Inner(RefCell<Vec<Vec<u8>>>);

    // SAFETY: `System`'s, with a look at each block before it goes.
    unsafe impl GlobalAlloc for Inner {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's contract is the same.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block is still there, and was written to as a whole.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            self.0.borrow_mut().push(bytes.to_vec());
            // SAFETY: as in `alloc`.
            unsafe { System.dealloc(block, layout) }
        }
    }

    /// Fills a block of `size`, moves it to one of `grown`, and gives that back; what came
    /// back, block by block.
    fn given_back(on: &'static AtomicBool, size: usize, grown: usize) -> Vec<Vec<u8>> {
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
    fn what_is_given_back_is_empty_also_when_it_only_moved() {
        static ON: AtomicBool = AtomicBool::new(true);
        assert_eq!(given_back(&ON, 100, 300), [vec![0; 100], vec![0; 300]]);
        assert_eq!(given_back(&ON, 300, 100), [vec![0; 300], vec![0; 100]]);
        let large = LARGEST + 1;
        assert_eq!(given_back(&ON, LARGEST, large), [vec![0; LARGEST], vec![b'y'; large]]);
    }

    #[test]
    fn a_hit_is_spared_the_work() {
        static OFF: AtomicBool = AtomicBool::new(false);
        assert_eq!(given_back(&OFF, 10, 20), [vec![b'x'; 10], vec![b'y'; 20]]);
    }
}
