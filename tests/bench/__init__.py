"""The benchmark: how fast the simulator is beside a plain scalar Mesa model of comparable rules. `make bench`."""
