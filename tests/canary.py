"""
What stands for a secret: it is in what tests drop, and nowhere in what comes out.
"""

# In contents. It reads the same in JSON, in a URL and in a log line; and it is no name
# of a field, since those may be told: they are what a JSON path is made of.
CANARY = "canary-7f3a9cd"
# In object names, which may be told where a name is told and nowhere else.
NAMED = "namedc4e1b2"
