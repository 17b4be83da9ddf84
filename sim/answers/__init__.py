"""What a result says: sentences, tables for a terminal, and the object that `--json` prints."""
