"""What people, and models asked to judge, say of answers: votes, corrections, marks; and what follows from them.

Knows no weights and no page: answers come from a session that it is given, and what was said of them stays in the
database, whatever becomes of the run that gave them.
"""
