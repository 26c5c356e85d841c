"""Questions by the thousand: from a file to a file, on any number of processes.

lines       lines of JSON in blocks, and the line that answers each
unfinished  an output that survives a kill
processes   the processes that share the work
jobs        what is to be done, and with which files
files       from a file of questions to a file of answers
"""
