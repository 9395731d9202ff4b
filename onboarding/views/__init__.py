"""Pages: for everybody, for an applicant with his link, and for our people."""
