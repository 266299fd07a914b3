"""Reading a sheet row by row. Knows neither Django nor the database."""
