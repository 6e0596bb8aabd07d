"""The sample estate's AWS half: moto's server in the same process, with own handlers in front of it."""
