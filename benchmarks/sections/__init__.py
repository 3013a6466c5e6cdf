"""What is measured: each module has `measure`, which returns plain data, and `rows`, which words it as a table."""
