"""Running other people's Python programs, with every session of ``requests`` that they make mounted.

`program` runs one in this process as the interpreter would; `hooks` has what is changed in it, `children` what reaches
the Python programs that it starts.
"""
