"""What Cloud Storage allows and refuses, apart from HTTP and from the disk."""
