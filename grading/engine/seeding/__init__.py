"""What the inputs of a lesson's checks are drawn from: the course's secret, and until when it is the same for everybody."""
