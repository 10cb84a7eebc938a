"""The same server on many machines: recognisers, voices and fronts as deployments of Ray Serve."""
