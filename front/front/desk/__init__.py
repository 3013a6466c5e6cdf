"""The staff at /desk: answer assistant, conversations, what the robot learns, figures, knowledge, accounts."""
