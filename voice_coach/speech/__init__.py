"""Engines: ears, voice activity and voice, each a small protocol with a real and a scripted one."""
