"""What is remembered: tables, queries, migrations, the vault that seals readers."""
