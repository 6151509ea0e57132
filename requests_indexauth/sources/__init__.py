"""The places credentials come from, one small class a module; `chain` has them in their order."""
