"""The emulated AWS as a server on this machine, for the tests of applications."""
