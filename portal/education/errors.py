"""What is wrong with a content file, in one sentence that tells its writer what to do."""

from portal.errors import BadSettings


class ContentError(BadSettings):
    """A content file cannot be used; the sentence names file, line, key and what is allowed."""

    def __init__(self, sentence: str, *, file: str, line: int = 1, key: str = "") -> None:
        self.sentence = sentence
        self.file = file
        self.line = line
        self.key = key
        named = f", key {key}" if key else ""
        super().__init__(f"{file}, line {line}{named}: {sentence}")
