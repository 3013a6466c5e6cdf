"""设置: what the office decides about the service: the robot on or off, and the hours of the desk."""
