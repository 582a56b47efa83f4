"""The check of one document: its places, the types of its fields, and the rules between them."""
