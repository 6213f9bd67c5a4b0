//! A world whose disks are too small.
