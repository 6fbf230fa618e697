"""The one exception that a package can cause: it says what is wrong, and where (page, section 4)."""


class Refused(Exception):
    """Something in the package is not as the page says.

    `code` is the step of section 4, `place` the file, line or entry, `sentence` what is wrong there.
    """

    def __init__(self, code, place, sentence):
        super().__init__(code, place, sentence)
        self.code = code
        self.place = place
        self.sentence = sentence


class Malformed(Exception):
    """A value has not the form that the page gives it. The step that read it turns this into `Refused`."""


def shown(value, limit=60):
    """Writes an untrusted value so that it is safe on a terminal: ASCII, one line, short."""
    text = ascii(value)
    return text if len(text) <= limit else text[:limit] + "…"
