"""An organization's rules in planton.yaml: what they say, and which of them a manifest breaks."""
