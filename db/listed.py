"""Choosing rows by a list of keyed hashes that is handed over as one value.

SQLAlchemy's ``IN`` makes a parameter of each: for hundreds of them that takes longer than the
database does. A hash has 16 bytes (:data:`db.vault.HASH`).
"""

from collections.abc import Collection
from typing import Any, Self

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, LargeBinary, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_ONE_BY_ONE = """
WITH RECURSIVE place(first) AS (
    VALUES (1) UNION ALL
    SELECT first + 16 FROM place WHERE first + 16 <= length(HASHES)
)
SELECT substr(HASHES, first, 16) FROM place
"""


def listed(column: ColumnElement[bytes], name: str) -> ColumnElement[bool]:
    """Choose the rows whose hash is among those that the parameter of this name lists."""
    return _Listed(column, bindparam(name, type_=_Hashes))


class _Hashes(TypeDecorator[Collection[bytes]]):
    """Hashes; SQLite, which knows no lists, is given them one behind the other."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(
            LargeBinary() if dialect.name == "sqlite" else ARRAY(LargeBinary)
        )

    def process_bind_param(self, value: Collection[bytes] | None, dialect: Dialect) -> Any:
        hashes = value or ()
        return b"".join(hashes) if dialect.name == "sqlite" else list(hashes)


class _Listed(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Self:
        """Stay as it is: compared with a truth value, as others are, it would use no index."""
        return self


@compiles(_Listed, "postgresql")
def _in_postgresql(listed: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    column, hashes = (compiler.process(clause, **options) for clause in listed.clauses)
    return f"{column} = ANY ({hashes})"


@compiles(_Listed, "sqlite")
def _in_sqlite(listed: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    column, hashes = (compiler.process(clause, **options) for clause in listed.clauses)
    return f"{column} IN ({_ONE_BY_ONE.replace('HASHES', hashes)})"
