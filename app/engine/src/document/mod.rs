//! Cells to elements: what a board is made of, and the text forms of its values.
