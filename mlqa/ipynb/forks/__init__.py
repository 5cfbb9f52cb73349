"""Kernels forked from a server that has imported what a kernel imports, and forks of a kernel's own state."""
