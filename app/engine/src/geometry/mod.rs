//! Outlines, bounds, hits and the camera. Imports nothing else of ours.
