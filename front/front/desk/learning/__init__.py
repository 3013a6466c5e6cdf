"""What the robot learns from: questions collected, grouped and sorted by people, then trained on and proved."""
