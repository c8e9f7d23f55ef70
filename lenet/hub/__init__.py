"""What is uploaded to the Hugging Face Hub: the app, the static site, or a checkpoint.

`uploads` lists the files, and `client` sends them.
"""
