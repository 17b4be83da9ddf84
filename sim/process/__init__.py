"""What happens around the table, one mechanism a file."""
