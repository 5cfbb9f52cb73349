"""What happens to models and pipelines after the first run: register, promote, monitor, export."""
