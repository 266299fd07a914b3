"""What stands outside: devices, channels, secrets, and what they sent that nobody understood."""
