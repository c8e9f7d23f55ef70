"""Sweeps: train networks that differ in one or two settings, and compare them."""
