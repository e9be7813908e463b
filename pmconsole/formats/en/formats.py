"""How dates and times are written on pages (FORMAT_MODULE_PATH)."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
