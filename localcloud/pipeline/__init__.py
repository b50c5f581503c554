"""What runs dropbatch on the local cloud: functions, Eventarc, Scheduler."""
