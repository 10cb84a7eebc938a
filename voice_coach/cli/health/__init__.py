"""What `voice-coach doctor` looks at: each check is one function from settings to one finding."""
