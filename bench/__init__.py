"""Figures of performance.md, each beside its floor measured in the same run."""
