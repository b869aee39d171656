"""Whatever is sent to an assessment is answered in the house's words."""

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.diary.conftest import Diary

PEG, PSFS, PGIC = "/me/check/peg", "/me/check/psfs", "/me/check/pgic"

values = st.sampled_from(("0", "10", "11", "-1", "answers", "\x00", "9" * 400)) | st.text(
    max_size=40
)
names = st.sampled_from(("act", "item", "answer", "then", "at", "activity_1")) | st.text(max_size=9)
pairs = st.lists(
    st.tuples(names, values | st.sampled_from(("pain", "activity-1", "overall", "save", "name"))),
    max_size=12,
)


@settings(max_examples=60)
@given(form=pairs, path=st.sampled_from((PEG, PSFS, PGIC, "/me/check/x")))
def test_any_form_is_answered(diary: Diary, form: list[tuple[str, str]], path: str) -> None:
    data = MultiDict([*form, ("csrf_token", diary.client.form_token())])
    answer = diary.client.post(path, data=data, token=False)
    assert answer.status_code in {303, 400, 404, 413, 422}


@settings(max_examples=40)
@given(word=st.text(max_size=20), at=st.text(max_size=20))
def test_any_address_is_answered(diary: Diary, word: str, at: str) -> None:
    assert diary.client.get(f"/me/check/{word}").status_code in {200, 308, 404}
    assert diary.client.get(PEG, query_string={"at": at}).status_code == 200


def test_bytes_that_are_no_text_are_answered(diary: Diary) -> None:
    token = diary.client.form_token().encode()
    body = b"act=%ff&item=pain&answer=%ed%a0%80&csrf_token=" + token
    answer = diary.client.post(
        PEG, data=body, content_type="application/x-www-form-urlencoded", token=False
    )
    assert answer.status_code == 422
