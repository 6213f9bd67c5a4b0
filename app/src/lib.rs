//! The face of Drawbridge: the window, its canvas and its panels. What a board is and how it stays
//! in step lives in `drawbridge-engine`.

pub mod app;
pub mod canvas;
pub mod clipboard;
pub mod command;
pub mod desktop;
pub mod file_kind;
pub mod fonts;
pub mod glide;
pub mod hosting;
pub mod icons;
pub mod minimap;
pub mod nearby;
pub mod network;
pub mod open;
pub mod panels;
pub mod pointers;
pub mod reach;
pub mod render;
pub mod sample;
pub mod settings;
pub mod tasks;
pub mod theme;
pub mod viewer;
pub mod wake;
pub mod when;
pub mod whole;
pub mod window;
pub mod words;
