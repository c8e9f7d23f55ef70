"""The page: a sketch pad that reads drawings in the browser.

`web` contains the browser's modules, and `published` the files that they read. The page has three
forms: `lenet.server` serves it as a Gradio app, `site` writes a static site, `single_file` one HTML
file.
"""
