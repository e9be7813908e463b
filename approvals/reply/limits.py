"""What is refused before it is parsed: sizes are looked at on the raw bytes."""

# Bytes, on every road that mail comes by; attachments count, though they are never read. Mail servers
# take about as much (Postfix 10,240,000), and what they add on the way fits in as well.
MAX_MESSAGE = 10 * 1024 * 1024
MAX_TEXT = 512 * 1024  # bytes of one decoded text part that may decide
MAX_HEADERS = 400  # fields in the message's head
MAX_HEAD = 256 * 1024  # bytes of one head, the message's or a part's
MAX_FIELD = 32 * 1024  # bytes of one field
MAX_RECIPIENTS = 1000  # addresses in To, Cc and Delivered-To
MAX_RESULTS = 8 * 1024  # bytes of an Authentication-Results field that is looked at
MAX_CONTENT_TYPE = 2 * 1024  # bytes of a Content-Type or Content-Disposition that is looked at
MAX_ENCODING = 200  # bytes of a Content-Transfer-Encoding field
MAX_KEYWORDS = 200  # bytes of a field of a word or two (Precedence) that are looked at
MAX_FORMS = 8  # texts that have to say the same
MAX_PARTS = 100  # MIME parts in all
MAX_DEPTH = 12  # MIME parts inside of each other, and of what is signed
MAX_PARSED = 6 * MAX_MESSAGE  # bytes of all parts together, each counted in those around it as well
MAX_ELEMENTS = 50_000  # elements and comments of an HTML part
MAX_HTML_DEPTH = 400  # elements inside of each other (mail programs nest old threads deeply)
MAX_ABOVE = 1000  # lines that may stand above the answer
MAX_BELOW = 300  # lines below the answer's first one that are looked at for the comment
MAX_LINES = MAX_ABOVE + MAX_BELOW  # lines of a body that are looked at
MAX_SHOWN = 1500  # elements of an HTML part that are looked at for lines
MAX_LINE = 400  # characters of a line that may introduce a quote or be an answer
MAX_COMMENT = 2000  # characters


class TooMuch(Exception):
    """A limit was passed; the message is what the limit says, for people."""
