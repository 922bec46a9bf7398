"""The gate: may this client train at this moment, and if not, why not, since when, and whose turn is it?

`rule` is the only place where the rule is written, and pure. `facts` loads what it needs, `guard` asks it under the
client's lock and hands out the pass without which no program version can be stored, `standings` keep its answers for
lists. May import decisions and below; knows nothing of programs. Any doubt means shut.
"""
