"""The exercise `neuron`."""
