"""The plan as a ResourceGraphDefinition of kro."""
