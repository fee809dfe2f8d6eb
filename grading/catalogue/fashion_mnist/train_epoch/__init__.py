"""The exercise `train_epoch`."""
