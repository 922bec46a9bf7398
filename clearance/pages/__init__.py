"""The only place that knows HTTP: one module per screen family, `forms/` with the same names.

May import everything below. Views are functions, always in the same order: `@may`, fetch through the door, form, one
action, message, redirect. Never touches a model's manager, never decides who may train.
"""
