"""Where a manifest comes from: stack input, files, folders, and the settings around it."""
