"""HTTP: how calls are read, routed and answered."""
