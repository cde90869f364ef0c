"""What is done with a picture that is there: kept, shared, compared, gone on from."""
