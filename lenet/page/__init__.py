"""The page: a sketch pad in the browser and the server functions behind it.

`blocks` builds and launches it; `web` contains the browser's modules.
"""
