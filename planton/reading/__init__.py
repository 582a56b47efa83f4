"""Where a manifest comes from: stack input, files, folders, and what stands around it."""
