"""The theory of bargaining as pure functions on arrays; knows no agents and no files."""
