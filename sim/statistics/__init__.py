"""Numbers about histories: estimates with their intervals, paired differences, boxes, and the typical history."""
