//! What a host does with the relay's program: boards, backups, repairs, while it runs and while it doesn't. Everything here
//! goes through the program itself.

mod boards;
mod copies;
mod doctor;
mod keeping;
mod revert;
mod rig;
mod versions;
