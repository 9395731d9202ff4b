"""What somebody does with contracts and their terms."""
