"""Does any secret reach a realm whose name it does not bear? Worlds at random, judged by reading what is on the wire.

Nothing here knows a rule of the package: each secret says in plain text which realm it is for (`tags`), and the judge
compares that with where `requests` connects. `worlds` makes up what is configured and asked for, `drivers` are the ways
to send it, `transport` is the network, `judge` the servers and the verdict, `trial` runs a world and tells of it.
"""
