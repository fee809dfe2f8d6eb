"""The exercise `MLPScratch.forward`."""
