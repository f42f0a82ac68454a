"""Whether a value can belong to a type annotation, as far as the annotation is plain enough to say."""

import ast

_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "string": (str,),
    "String": (str,),
    "text": (str,),
    "bool": (bool,),
    "bytes": (bytes,),
    "list": (list,),
    "List": (list,),
    "tuple": (tuple,),
    "Tuple": (tuple,),
    "dict": (dict,),
    "Dict": (dict,),
    "set": (set, frozenset),
    "Set": (set, frozenset),
}
_FOREIGN = frozenset({"ListNode", "TreeNode", "Node", "NestedInteger"})


def compatible(annotation: ast.expr | None, value: object) -> bool:
    """Whether `value` may be what `annotation` says; anything not understood is taken as a yes."""
    match annotation:
        case ast.Constant(value=None):
            return value is None
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)) | ast.Constant(value=str() as name) if (
            name in _TYPES
        ):
            if isinstance(value, bool):
                return name == "bool"
            return isinstance(value, _TYPES[name])
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return value is None or compatible(inner, value)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return compatible(left, value) or compatible(right, value)
    return True


def names_foreign_type(annotation: ast.expr) -> bool:
    """Whether it names a class that only the judge has, such as `ListNode`: literals shown for it are not arguments."""
    return any(isinstance(node, ast.Name) and node.id in _FOREIGN for node in ast.walk(annotation))
