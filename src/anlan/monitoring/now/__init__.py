"""What is so this second and how it looks: values, states, sites, the board of fire protection."""
