"""Small changes to a valid manifest, each near one rule: some break it, some only just not."""
