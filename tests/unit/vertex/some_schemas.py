"""
Response schemas of every kind.
"""

from typing import Any

SCHEMAS: list[dict[str, Any]] = [
    {"type": "STRING"},
    {"type": "string", "minLength": "40", "maxLength": 60},
    {"type": "string", "maxLength": 3},
    {"type": "STRING", "enum": ["red", "green"]},
    {"type": "STRING", "format": "enum", "enum": ["a", "b"]},
    {"type": "INTEGER"},
    {"type": "INTEGER", "format": "int32", "minimum": 1, "maximum": 5},
    {"type": "integer", "minimum": -10, "maximum": -5},
    {"type": "integer", "maximum": -5},
    {"type": "integer", "minimum": 7, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
    {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 30},
    {"type": "integer", "enum": [1, 2, 3]},
    {"type": "NUMBER", "minimum": 0, "maximum": 1},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "maximum": -2.5},
    {"type": "number", "minimum": 0.25, "maximum": 0.25},
    {"type": "BOOLEAN"},
    {"type": "NULL"},
    {"type": ["string", "null"]},
    {"type": "STRING", "nullable": True},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "time"},
    {"type": "string", "format": "duration"},
    {"type": "string", "format": "email"},
    {"type": "string", "format": "uri"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "ipv4"},
    {"type": "string", "format": "ipv6"},
    {"type": "string", "format": "hostname"},
    {"type": "string", "pattern": "^[A-Z]{2}-\\d{3,5}(a|bc)?$"},
    {"type": "string", "pattern": "[^a-z]x.\\w+\\s"},
    {"type": "ARRAY", "items": {"type": "STRING"}},
    {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": "4", "maxItems": "4"},
    {"type": "array", "items": {"type": "integer"}, "maxItems": 0},
    {"type": "array", "items": {"type": "integer"}, "min_items": 7},
    {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "items": {"type": "boolean"},
        "minItems": 5,
    },
    {"type": "array", "prefixItems": [{"type": "null"}], "items": False, "minItems": 1},
    {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"]},
    {"type": "object", "required": ["x", "y"], "properties": {"x": {"type": "number"}}},
    {"type": "object"},
    {"properties": {"a": {"items": {"enum": [None, "x"]}}}},
    {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]},
    {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 200}]},
    {"oneOf": [{"type": "object", "properties": {"a": {"const": 4}}}]},
    {"type": "object", "any_of": [{"required": ["a"]}, {"required": ["b"]}]},
    {"const": {"fixed": [1, None]}},
    {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"properties": {"b": {"type": "integer"}}, "required": ["b"]},
        ]
    },
    {
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/node"}},
        "required": ["tree"],
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                    "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
                "required": ["name", "next"],
            }
        },
    },
]
