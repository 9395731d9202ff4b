"""Files that others send us: looked into before they are kept, kept under their checksum, given out as attachments."""
