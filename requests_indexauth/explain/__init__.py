"""What the sources did for one URL: as data, as text, and with a sentence of advice."""
