"""The app's server: it hands out the page's files, and reads pictures for programs.

    request → Remembered → Headers → Guard → Doors → Bounds → Preview →
    files, predict, health, Gradio

`blocks` puts it together and launches it; it is the only module that imports Gradio.
"""
