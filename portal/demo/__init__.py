"""The demonstration: two invented clinics with simulated diaries, rebuilt at each start."""
