//! The document with its tools, styles and each person's own undo.
