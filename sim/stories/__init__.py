"""One history, dated and in sentences; and two of them side by side."""
