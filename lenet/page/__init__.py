"""The page: a sketch pad in the browser and the functions that answer it.

`blocks` builds and launches it, `web` is the browser's side.
"""
