"""The main job, shown to a person from the drop to the first answers."""
