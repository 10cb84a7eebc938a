"""What the pages ask for over HTTP: one module for each thing they look at."""
