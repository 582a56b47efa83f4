"""The files of a Git repository: at a revision and in the working tree. Runs git."""
