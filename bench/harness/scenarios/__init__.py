"""One file for each scenario: run(bench) returns its figures, by system.

A figure is a number; its name ends with its unit. What holds for no system
alone (the fold by itself) stands under its own name in place of a system's.
"""
