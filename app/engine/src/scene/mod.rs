//! What is drawn: outlines and meshes made once, found by place.
