"""The servers that devices speak to, on asyncio; storage and the register of devices are given."""
