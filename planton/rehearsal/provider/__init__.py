"""The AWS provider: its resources as the requests that the real provider sends to create them."""
