//! Other programs' drawings become elements.

pub mod svg;
