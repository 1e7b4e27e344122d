"""rows.py STORE [TABLE]: the number of rows of a result store's table."""
import sqlite3
import sys

table = sys.argv[2] if len(sys.argv) > 2 else "evaluation"
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=10)
print(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
