"""How findings are written for other programs: each module knows diagnostics and nothing else."""
