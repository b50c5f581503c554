"""
What stands for a secret: it is in what tests drop, and nowhere in what comes out.
"""

# In contents. No letter of it changes in JSON, in a URL or in a log line.
CANARY = "canary7f3a9c"
# In object names, which may be told where a name is told and nowhere else.
NAMED = "namedc4e1b2"
