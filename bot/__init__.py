"""The process: settings, composition root, life cycle, command line."""
