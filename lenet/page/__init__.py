"""The page: a sketch pad in the browser, which reads drawings there.

`web` contains the browser's modules, and `published` the files that they read. The page has three
forms: `blocks` serves it as a Gradio app, `site` writes a static site, `single_file` one HTML file.
"""
