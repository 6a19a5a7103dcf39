"""How properties are searched: the same examples every time where the suite decides what lands, new ones in the campaign."""

from hypothesis import settings

# a busy machine is no defect of the code: no example has a deadline
settings.register_profile("same_examples", deadline=None, derandomize=True)
settings.register_profile("new_examples", deadline=None)
settings.load_profile("same_examples")
