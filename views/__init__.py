"""What people read: a record and a language become text, keyboard, picture."""
