"""Finding a person by a name, in any script, case, spelling or nickname."""
