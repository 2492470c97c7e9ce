//! When to ask again, and how long to wait before. Pure.
