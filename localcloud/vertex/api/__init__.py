"""The edge: REST and gRPC, in both API versions."""
