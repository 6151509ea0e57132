"""The places credentials come from, one small class each; `chain` has them in their order."""
