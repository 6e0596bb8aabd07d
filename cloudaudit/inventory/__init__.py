"""What is known of the objects in a bucket: from an inventory, a listing or a sample."""
